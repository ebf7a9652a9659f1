/** Wallet: what the visitor's browser signs with (EIP-1193), if it has one and they connect it. */
import { AppError } from '@traboule/protocol'
import { type Network, openNetwork } from '@traboule/sdk'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { type Address, type EIP1193Provider, getAddress } from 'viem'
import { useMarket } from './market.tsx'

type Wallet = Readonly<{
  /** Whether this browser has a wallet at all. */
  there: boolean
  address: Address | undefined
  /** The network, to be written to; undefined until a wallet is connected. */
  acting: Network | undefined
  /** Asks the visitor. Throws `wallet/refused`. */
  connect(): Promise<void>
}>

const Context = createContext<Wallet | undefined>(undefined)

/** Where wallets put themselves. */
const injected = () => (globalThis as { ethereum?: EIP1193Provider }).ethereum

export function WalletOfVisitor({ children }: Readonly<{ children: ReactNode }>) {
  const { network } = useMarket()
  const [acting, setActing] = useState<Network>()
  const provider = injected()
  const follow = (accounts: readonly Address[]) => {
    const [first] = accounts
    const wallet = first && provider && { address: getAddress(first), provider }
    setActing(wallet && openNetwork(network.profile, wallet))
  }
  const connect = async () => {
    const accounts = await provider?.request({ method: 'eth_requestAccounts' }).catch(refused)
    follow(accounts ?? [])
    provider?.on('accountsChanged', follow)
  }
  const there = provider !== undefined
  const address = acting?.signer?.address
  return <Context value={{ there, address, acting, connect }}>{children}</Context>
}

function refused(cause: unknown): never {
  throw new AppError('wallet/refused', 'The wallet did not connect.', {}, cause)
}

/** The visitor's wallet. */
export function useWallet(): Wallet {
  const wallet = useContext(Context)
  if (!wallet) throw new Error('useWallet outside of <WalletOfVisitor>')
  return wallet
}
