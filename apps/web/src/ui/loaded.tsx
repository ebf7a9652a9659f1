/** Loaded: something read from afar: still on its way, refused, empty, or there. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'

type Props<T> = Readonly<{
  of: UseQueryResult<T>
  /** Said when what came is nothing. */
  empty?: string
  isEmpty?: (data: T) => boolean
  children: (data: T) => ReactNode
}>

export function Loaded<T>({ of, empty, isEmpty = nothing, children }: Props<T>) {
  const { data, error, refetch } = of
  if (data === undefined && error) return <Failure error={error} again={() => void refetch()} />
  if (data === undefined) return <p className="loading">Loading …</p>
  return (
    <>
      {error && <Failure error={error} />}
      {empty !== undefined && isEmpty(data) ? <p className="empty">{empty}</p> : children(data)}
    </>
  )
}

const nothing = (data: unknown) => Array.isArray(data) && data.length === 0
