/** Links: every address and id leads to its page, and can be copied. */
import { Scalar } from '@traboule/protocol'
import { app, dataset, type Network, workerpool } from '@traboule/sdk'
import { useState } from 'react'
import type { Address, Hex } from 'viem'
import { Link } from 'wouter'
import { short } from '../format.ts'
import { useFixed } from '../live.ts'
import { useMarket } from '../market.tsx'

export type Kind = 'account' | 'app' | 'dataset' | 'workerpool' | 'deal' | 'task'

/** A link to what an address is of, by its name where it has one. */
export function To({ kind, id }: Readonly<{ kind: Kind; id: Hex }>) {
  const { nameOf } = useMarket()
  const registered = useFixed(
    ['name', kind, id],
    async (network) => (await registeredNames[kind]?.(network, id)) ?? '',
  )
  const name = nameOf(id) ?? registered.data
  if (id === Scalar.nullAddress) return <span className="quiet">none</span>
  return (
    <Link href={`/${kind}/${id}`} title={id} className={name ? 'name' : 'hex'}>
      {name || short(id)}
    </Link>
  )
}

/** How owners called what they registered. */
const registeredNames: Partial<
  Record<Kind, (network: Network, id: Address) => Promise<string | undefined>>
> = {
  app: async (network, id) => (await app.show(network, id)).name,
  dataset: async (network, id) => nameless(id) ?? (await dataset.show(network, id)).name,
  workerpool: async (network, id) =>
    nameless(id) ?? (await workerpool.show(network, id)).description,
}

/** Nothing is asked about the address that stands for none. */
const nameless = (id: Address) => (id === Scalar.nullAddress ? '' : undefined)

/** An id in full, to be copied. */
export function Whole({ hex }: Readonly<{ hex: Hex | Address | string }>) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard.writeText(hex).then(
      () => setCopied(true),
      () => setCopied(false), // the browser did not let us; the text is there to be selected
    )
  return (
    <span className="whole">
      <code>{hex}</code>
      <button type="button" className="copy" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  )
}
