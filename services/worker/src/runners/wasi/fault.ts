/** Fault: why a program is stopped. Crosses from the child to the worker as plain data. */
import type { ErrorCode } from '@traboule/protocol'

export type FaultCode = Extract<ErrorCode, `app/${string}`>

/** The program broke a rule: nothing it does afterwards counts. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: FaultCode, sentence: string, details: Record<string, unknown> = {}) {
    super(sentence)
    this.name = 'Fault'
    this.code = code
    this.details = details
  }
}

/** The program asked to end, with an exit code of its own. */
export class Exit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.name = 'Exit'
    this.exitCode = exitCode
  }
}
