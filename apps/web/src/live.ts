/** Live: what the pages read, read again whenever the market has seen a new block. */
import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query'
import { explore, type Network } from '@traboule/sdk'
import { useEffect } from 'react'
import { useMarket } from './market.tsx'

/** Looks at the market for each look that the SDK takes at the chain. */
const SLOWER = 5

/** The market's figures, which are also the pulse of every page. */
export function useFigures() {
  const { network } = useMarket()
  return useQuery({
    queryKey: ['figures'],
    queryFn: () => explore.figures(network),
    refetchInterval: network.chain.pollingInterval * SLOWER,
  })
}

/** Has everything that is shown read again at each new block. */
export function usePulse(): void {
  const queries = useQueryClient()
  const block = useFigures().data?.block
  useEffect(() => {
    if (block !== undefined)
      void queries.invalidateQueries({ predicate: ({ meta }) => !!meta?.live })
  }, [block, queries])
}

/** Reads something that changes with the chain; `key` tells it apart from everything else. */
export function useLive<T>(key: QueryKey, read: (network: Network) => Promise<T>) {
  const { network } = useMarket()
  return useQuery({ queryKey: key, queryFn: () => read(network), meta: { live: true } })
}

/** Reads something that stays as it is. */
export function useFixed<T>(key: QueryKey, read: (network: Network) => Promise<T>) {
  const { network } = useMarket()
  return useQuery({ queryKey: key, queryFn: () => read(network), staleTime: Infinity })
}
