/** Program: what kind of thing an app on chain is, whatever word its owner's client had for it. */
import type { Hex } from 'viem'
import * as Multiaddr from './multiaddr.ts'

/** What `viewApp` answers of an app, as far as it matters here. */
type OnChain = Readonly<{ m_appType: string; m_appMultiaddr: Hex }>

/**
 * The kind of runner that an app takes. The ecosystem's clients deploy every app as `DOCKER`; an
 * image is named by a registry, never by the hash of its content, so one that is named so is a
 * WASI module.
 */
export function kindOf({ m_appType, m_appMultiaddr }: OnChain): string {
  if (m_appType !== 'DOCKER') return m_appType
  return /^(\/ipfs\/|ipfs:\/\/)/.test(Multiaddr.decode(m_appMultiaddr)) ? 'WASI' : m_appType
}
