/** Failure: what went wrong, and what to do about it. */
import { AppError } from '@traboule/protocol'

export function Failure({ error, again }: Readonly<{ error: unknown; again?: () => void }>) {
  const known = error instanceof AppError ? error : undefined
  return (
    <div className="failure" role="alert">
      <p>
        <strong>{known?.message ?? `This page is broken: ${String(error)}`}</strong>
      </p>
      <p>{known?.hint ?? 'Reload it; if it happens again, report it.'}</p>
      {known && <code>{known.code}</code>}
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}
