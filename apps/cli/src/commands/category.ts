/** `traboule category`: how long tasks may take. */
import { category } from '@traboule/sdk'
import type { Command } from 'commander'
import { type Answer, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('category').description('how long tasks may take')
  noun.command('list').description('the categories of the chain').action(act(list))
}

async function list(session: Session): Promise<Answer> {
  const categories = await category.list(await session.read())
  const rows = categories.map(({ id, name, workClockTimeRef, finishWithin }) =>
    [id, name, `${workClockTimeRef} s`, `${finishWithin} s`].map(String),
  )
  const headings = ['id', 'name', 'reference', 'paid or refunded within']
  return { json: { categories }, text: table(headings, rows) }
}
