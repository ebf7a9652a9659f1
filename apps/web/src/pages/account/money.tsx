/** Money: moving one's own between wallet and hub. */
import { Amount, AppError } from '@traboule/protocol'
import { account } from '@traboule/sdk'
import { useId, useState } from 'react'
import { Action } from '../../ui/action.tsx'
import { Card } from '../../ui/page.tsx'

export function Money() {
  const [text, setText] = useState('1')
  const id = useId()
  return (
    <Card title="Your money">
      <div className="money">
        <label htmlFor={id}>Amount in RLC</label>
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Action
          name="Deposit"
          done="Deposited."
          act={async (network) => account.deposit(network, amountOf(text))}
        />
        <Action
          name="Withdraw"
          done="Withdrawn."
          act={async (network) => account.withdraw(network, amountOf(text))}
        />
      </div>
    </Card>
  )
}

function amountOf(text: string): bigint {
  try {
    return Amount.parse(text)
  } catch (cause) {
    const sentence = `"${text}" is not an amount of RLC.`
    throw new AppError('request/invalid', sentence, { fields: ['amount'] }, cause)
  }
}
