/** Wallet button: connects the visitor's wallet, and leads to its account. */
import { useMutation } from '@tanstack/react-query'
import { Link } from 'wouter'
import { short } from './format.ts'
import { useMarket } from './market.tsx'
import { useWallet } from './wallet.tsx'

export function WalletButton() {
  const { there, address, connect } = useWallet()
  const { nameOf } = useMarket()
  const connecting = useMutation({ mutationFn: connect })
  if (!there) return null
  if (address)
    return (
      <Link href={`/account/${address}`} className="wallet" title={address}>
        {nameOf(address) ?? short(address)}
      </Link>
    )
  return (
    <button
      type="button"
      disabled={connecting.isPending}
      title={connecting.error?.message}
      onClick={() => connecting.mutate()}
    >
      {connecting.error ? 'Connect wallet again' : 'Connect wallet'}
    </button>
  )
}
