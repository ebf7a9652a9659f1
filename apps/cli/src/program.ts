/** Program: every command, each in the file of its noun. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import * as account from './commands/account.ts'
import * as app from './commands/app.ts'
import * as category from './commands/category.ts'
import * as completion from './commands/completion.ts'
import * as dataset from './commands/dataset.ts'
import * as deal from './commands/deal.ts'
import * as doctor from './commands/doctor.ts'
import * as init from './commands/init.ts'
import * as market from './commands/market.ts'
import * as name from './commands/name.ts'
import * as network from './commands/network.ts'
import * as order from './commands/order.ts'
import * as run from './commands/run.ts'
import * as secret from './commands/secret.ts'
import * as storage from './commands/storage.ts'
import * as task from './commands/task.ts'
import * as wallet from './commands/wallet.ts'
import * as workerpool from './commands/workerpool.ts'
import { statuses } from './exit.ts'
import { type Answer, answer } from './print.ts'
import { type Options, openSession, type Session } from './session.ts'
import type { Surroundings } from './surroundings.ts'

/** What a command does with its session, its own options and its arguments. */
type Work<O extends object, A extends unknown[]> = (
  session: Session,
  options: O,
  ...args: A
) => Promise<Answer>

/** Makes a commander action of a command's work. */
export type Act = <O extends object, A extends unknown[]>(
  work: Work<O, A>,
) => (...given: unknown[]) => Promise<void>

const nouns = [
  run,
  app,
  dataset,
  workerpool,
  order,
  deal,
  task,
  market,
  secret,
  storage,
  account,
  wallet,
  network,
  name,
  category,
  doctor,
  init,
  completion,
]

/** The whole command line, working on `at`. */
export function createProgram(at: Surroundings): Command {
  const program = new Command('traboule')
    .description('Buy, sell and verify computation.')
    .version(version, '--version', 'say which release this is')
    .option('--network <name>', 'a network by name or profile file (default: the devnet near by)')
    .option('--as <role>', 'act as somebody of the devnet, such as requester or appOwner')
    .option('--wallet <name>', 'act with this wallet, by name or address (or TRABOULE_WALLET)')
    .option('--password-file <path>', 'file whose first line is the wallet’s password')
    .option('--json', 'answer in JSON, for programs')
    .option('--field <path>', 'answer with one value of that JSON, such as tasks.0.taskId')
    .option('-y, --yes', 'accept costs without being asked')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => at.stdout.write(text),
      writeErr: (text) => at.stderr.write(text),
    })
    .addHelpText('after', `\nExit status:\n${exitLines().join('\n')}`)
  const act: Act =
    (work) =>
    async (...given) => {
      const command = given.pop() as Command // commander passes options and itself last
      const own = given.pop() as never
      const session = openSession(at, command.optsWithGlobals<Options>())
      answer(at, session.form, await work(session, own, ...(given as never)))
    }
  for (const noun of nouns) noun.add(program, act)
  return program
}

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string } // of our own package

const exitLines = () =>
  Object.entries(statuses).map(([status, meaning]) => `  ${status.padStart(3)}  ${meaning}`)
