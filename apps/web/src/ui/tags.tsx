/** Tags: what an execution needs; an enclave that is only simulated says so. */
import { Tag } from '@traboule/protocol'
import type { Hex } from 'viem'
import { useMarket } from '../market.tsx'

export function Tags({ of, none }: Readonly<{ of: Hex; none: string }>) {
  const { tee } = useMarket()
  const names = Tag.decode(of)
  if (names.length === 0) return none
  const simulated = names.includes('tee') && tee !== undefined
  return (
    <>
      {names.join(', ')}
      {simulated && <span className="quiet"> ({tee})</span>}
    </>
  )
}
