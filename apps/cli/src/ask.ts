/** Ask: questions to a person at a terminal. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '@traboule/protocol'
import type { Surroundings } from './surroundings.ts'

/** Whether somebody can be asked. */
export const somebodyThere = ({ stdin, stderr }: Surroundings) => !!stdin.isTTY && !!stderr.isTTY

/** Yes or no; anything but a clear yes is no. */
export async function yes(at: Surroundings, question: string): Promise<boolean> {
  const reader = createInterface({ input: at.stdin, output: at.stderr })
  try {
    const said = await reader.question(`${question} [y/N] `, { signal: at.signal })
    return /^y(es)?$/i.test(said.trim())
  } finally {
    reader.close()
  }
}

/** A secret, typed unseen. */
export async function secret(at: Surroundings, question: string): Promise<string> {
  at.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: at.stdin, output: nowhere, terminal: true })
  try {
    return await reader.question('', { signal: at.signal })
  } finally {
    reader.close()
    at.stderr.write('\n')
  }
}

/** Everything that is piped into this process. Throws when a person sits there instead. */
export async function piped(at: Surroundings): Promise<string> {
  if (at.stdin.isTTY)
    throw new AppError('command/invalid', 'Nothing is piped into this command.', {})
  const chunks: Buffer[] = []
  for await (const chunk of at.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
