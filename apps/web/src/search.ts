/** Search: what a visitor may mean, and which page shows it. */
import { AppError } from '@traboule/protocol'
import { explore, type Network } from '@traboule/sdk'
import type { Address } from 'viem'

/** Something that was found, and what it is called. */
export type Hit = Readonly<{ found: explore.Found; name: string }>

/**
 * Everything that an address, an id or a name may mean: one hit for ids, any number for names. Throws
 * what the visitor should read when there is none.
 */
export async function find(
  network: Network,
  names: ReadonlyMap<Address, string>,
  typed: string,
): Promise<readonly Hit[]> {
  const text = typed.trim()
  if (/^0x/i.test(text) || text.includes('.'))
    return [{ found: await explore.locate(network, text), name: text }]
  const accounts = [...names]
    .filter(([, name]) => name.toLowerCase() === text.toLowerCase())
    .map(([id, name]): Hit => ({ found: { kind: 'account', id }, name }))
  const assets = await explore.named(network, text)
  const hits = [...accounts, ...assets.map(({ name, ...found }) => ({ found, name }))]
  if (hits.length > 0) return hits
  throw new AppError('id/unknown', `Nothing here is called "${text.slice(0, 80)}".`, { text })
}

/** The path of the page about what was found. */
export function pathOf(found: explore.Found): string {
  if (found.kind === 'order') return `/order/${found.of}/${found.id}`
  return `/${found.kind}/${found.id}`
}
