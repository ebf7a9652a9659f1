/** Programs: what runners are tested with, compiled from source once a test file. */
import { compile } from '../../../examples/build.ts'

let compiled: Promise<Uint8Array> | undefined

/** The program that acts on its first argument. */
export function program(): Promise<Uint8Array> {
  compiled ??= compile('../services/worker/test/assembly/program.ts')
  return compiled
}
