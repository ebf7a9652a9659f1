/** `traboule account`: what an address has, and moving it. */
import { Amount } from '@traboule/protocol'
import { account } from '@traboule/sdk'
import type { Command } from 'commander'
import { formatEther, type TransactionReceipt } from 'viem'
import * as Parse from '../parse.ts'
import { type Answer, facts } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('account').description('what an address has')
  noun
    .command('show [address]')
    .description('coin, RLC, stake and score of an address (default: yours)')
    .action(act(show))
  noun
    .command('deposit <amount>')
    .description('move RLC from the wallet into the stake: "1.5", "1.5 RLC", "100 nRLC"')
    .action(act(deposit))
  noun
    .command('withdraw <amount>')
    .description('move RLC from the stake into the wallet')
    .action(act(withdraw))
  noun
    .command('transfer <amount> <to>')
    .description('send RLC from the wallet to another address')
    .option('--coin', 'send the chain’s own coin, which pays for gas, instead: 0.1 is 0.1 ETH')
    .action(act(transfer))
}

async function show(session: Session, _: object, given?: string): Promise<Answer> {
  const address = given === undefined ? await session.address() : Parse.address(given)
  return balance(await account.show(await session.read(), address))
}

function balance(found: account.Balance): Answer {
  const { address, coin, wallet, stake, locked, score } = found
  const text = facts({
    address,
    coin: `${formatEther(coin)} ETH`,
    wallet: Amount.format(wallet),
    stake: Amount.format(stake),
    locked: Amount.format(locked),
    score,
  })
  return { json: found, text }
}

async function deposit(session: Session, _: object, amount: string): Promise<Answer> {
  const network = await session.act()
  return moved(session, await account.deposit(network, Parse.amount(amount)))
}

async function withdraw(session: Session, _: object, amount: string): Promise<Answer> {
  const network = await session.act()
  return moved(session, await account.withdraw(network, Parse.amount(amount)))
}

async function transfer(
  session: Session,
  { coin }: { coin?: boolean },
  ...[text, given]: [string, string]
): Promise<Answer> {
  const to = Parse.address(given)
  const amount = coin ? Parse.wei(text) : Parse.amount(text)
  const network = await session.act()
  if (coin) return moved(session, await account.transferCoin(network, { to, amount }))
  return moved(session, await account.transfer(network, { to, amount }))
}

async function moved(session: Session, { transactionHash }: TransactionReceipt): Promise<Answer> {
  const now = balance(await account.show(await session.read(), await session.address()))
  return { json: { ...now.json, transactionHash }, text: now.text }
}
