/** `traboule category`: how long tasks may take. */
import { category } from '@traboule/sdk'
import type { Command } from 'commander'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('category').description('how long tasks may take')
  noun.command('list').description('the categories of the chain').action(act(list))
  noun.command('show <id>').description('one category').action(act(show))
  noun
    .command('create <name> <seconds>')
    .description('add a category; only the hub’s owner may')
    .option('--description <text>', 'what it is for', '')
    .action(act(create))
}

async function show(session: Session, _: object, id: string): Promise<Answer> {
  const found = await category.show(await session.read(), Parse.whole(id))
  return { json: found, text: facts(found) }
}

async function create(
  session: Session,
  { description }: { description: string },
  ...[name, seconds]: [string, string]
): Promise<Answer> {
  const workClockTimeRef = Parse.whole(seconds)
  const network = await session.act()
  await category.create(network, { name, description, workClockTimeRef })
  return list(session)
}

async function list(session: Session): Promise<Answer> {
  const categories = await category.list(await session.read())
  const rows = categories.map(({ id, name, workClockTimeRef, finishWithin }) =>
    [id, name, `${workClockTimeRef} s`, `${finishWithin} s`].map(String),
  )
  const headings = ['id', 'name', 'reference', 'paid or refunded within']
  return { json: { categories }, text: table(headings, rows) }
}
