/** Ago: a moment, told by how far away it is. */
import { useSyncExternalStore } from 'react'
import { distance } from '../format.ts'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all of the page, which runs while anybody looks at it. */
function subscribe(listen: () => void): () => void {
  listeners.add(listen)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1_000)
  return () => {
    listeners.delete(listen)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** `at` in Unix milliseconds. */
export function Ago({ at }: Readonly<{ at: number }>) {
  const current = useSyncExternalStore(subscribe, () => now)
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString('en')}>
      {distance(at, current)}
    </time>
  )
}

/** A moment of the chain, in Unix seconds. */
export const Moment = ({ at }: Readonly<{ at: bigint }>) => <Ago at={Number(at) * 1_000} />
