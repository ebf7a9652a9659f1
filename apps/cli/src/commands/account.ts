/** `traboule account`: what an address has, and moving it. */
import { Amount, AppError } from '@traboule/protocol'
import { account, ens, type Movement, type Statement, statement } from '@traboule/sdk'
import type { Command } from 'commander'
import { formatEther, type TransactionReceipt } from 'viem'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('account').description('what an address has')
  noun
    .command('show [address]')
    .description('coin, RLC, stake and score of an address (default: yours)')
    .action(act(show))
  noun
    .command('history [address]')
    .description(
      'every movement of an address’s money in the escrow, from the chain (default: yours)',
    )
    .option('--csv', 'as comma-separated values, amounts in nRLC')
    .action(act(history))
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
  const address = await session.addressOf(given)
  const network = await session.read()
  const [name, found] = await Promise.all([
    ens.lookup(network, address),
    account.show(network, address),
  ])
  return balance(found, name)
}

function balance(found: account.Balance, name?: string): Answer {
  const { address, coin, wallet, stake, locked, score } = found
  const text = facts({
    address,
    ...(name && { name }),
    coin: `${formatEther(coin)} ETH`,
    wallet: Amount.format(wallet),
    stake: Amount.format(stake),
    locked: Amount.format(locked),
    score,
  })
  return { json: { ...found, ...(name && { name }) }, text }
}

async function history(session: Session, { csv }: { csv?: boolean }, given?: string) {
  const address = await session.addressOf(given)
  const found = await statement(await session.read(), address)
  if (!found.matches) throw unequal(found)
  return { json: found, text: csv ? csvOf(found) : bookOf(found) }
}

/** A statement that the chain contradicts is worse than none. */
function unequal({ address, block, stake, locked }: Statement): AppError {
  const sentence = `The events about ${address} do not add up to what the hub says at block ${block}.`
  return new AppError('account/unexplained', sentence, { address, block, stake, locked })
}

const when = ({ time }: Movement) => new Date(Number(time) * 1000).toISOString()

function csvOf({ movements }: Statement): string[] {
  const rows = movements.map((each) =>
    [when(each), each.block, each.kind, each.amount, each.ref ?? '', each.transactionHash].join(
      ',',
    ),
  )
  return ['time,block,kind,nRLC,task or deal,transaction', ...rows]
}

function bookOf({ movements, stake, locked, block }: Statement): string[] {
  const rows = movements.map((each) => [
    ...[when(each), each.kind, Amount.format(each.amount), each.ref ?? each.transactionHash],
  ])
  const sums = facts({ stake: Amount.format(stake), locked: Amount.format(locked) })
  const headings = ['time', 'what', 'amount', 'task, deal or transaction']
  return [...table(headings, rows), '', ...sums, `which is what the hub says at block ${block}`]
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
  const to = await session.addressOf(given)
  const amount = coin ? Parse.wei(text) : Parse.amount(text)
  const network = await session.act()
  if (coin) return moved(session, await account.transferCoin(network, { to, amount }))
  return moved(session, await account.transfer(network, { to, amount }))
}

async function moved(session: Session, { transactionHash }: TransactionReceipt): Promise<Answer> {
  const now = balance(await account.show(await session.read(), await session.address()))
  return { json: { ...now.json, transactionHash }, text: now.text }
}
