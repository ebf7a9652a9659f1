/** Dataset: the bytes that one is, as they were stored. */
import { Multiaddr, Scalar } from '@traboule/protocol'
import type { Address } from 'viem'
import { readDataset } from '../chain.ts'
import { checkSum, fetchContent } from '../content/checked.ts'
import type { Parts } from '../parts.ts'

/** A file of `/iexec_in`. */
export type File = readonly [name: string, bytes: Uint8Array]

/** The dataset appears under its address. Throws as `fetchContent` and `checkSum` do. */
export async function fetchDataset(
  dataset: Address,
  parts: Parts,
  signal: AbortSignal,
): Promise<File> {
  const { m_datasetMultiaddr, m_datasetChecksum } = await readDataset(parts, dataset)
  const bytes = await fetchContent(Multiaddr.decode(m_datasetMultiaddr), parts, signal)
  if (m_datasetChecksum !== Scalar.nullBytes32) checkSum(bytes, m_datasetChecksum, dataset)
  return [dataset.toLowerCase(), bytes]
}
