/** Surroundings: everything a command touches outside its arguments. Tests bring their own. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export type Surroundings = Readonly<{
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Where wallets and network profiles are kept. */
  home: string
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream & { isTTY?: boolean }
  /** Aborted when the user interrupts. */
  signal: AbortSignal
}>

/** The surroundings of this process. */
export function ofProcess(signal: AbortSignal): Surroundings {
  const { env, stdin, stdout, stderr } = process
  const home = env.TRABOULE_HOME ?? join(homedir(), '.traboule')
  return { env, cwd: process.cwd(), home, stdin, stdout, stderr, signal }
}
