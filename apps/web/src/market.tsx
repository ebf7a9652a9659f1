/** Market: the network that the pages read, and what people call its accounts. */
import { type Network, openNetwork } from '@traboule/sdk'
import { createContext, type ReactNode, useContext, useState } from 'react'
import type { Address } from 'viem'
import type { Config } from './config.ts'

type Known = Readonly<{
  network: Network
  /** Names of known accounts. */
  names: Config['names']
  nameOf(address: Address): string | undefined
  tee: string | undefined
}>

const Context = createContext<Known | undefined>(undefined)

export function Market({ config, children }: Readonly<{ config: Config; children: ReactNode }>) {
  const [known] = useState<Known>(() => ({
    network: openNetwork(config.profile),
    names: config.names,
    nameOf: (address) => config.names.get(address),
    tee: config.tee,
  }))
  return <Context value={known}>{children}</Context>
}

/** The network of this page. */
export function useMarket(): Known {
  const known = useContext(Context)
  if (!known) throw new Error('useMarket outside of <Market>')
  return known
}
