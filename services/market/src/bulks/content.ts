/** Content: the bytes under a CID, from whichever gateway has them; checked, so none need be trusted. */
import { createHash } from 'node:crypto'
import { AppError, Cid } from '@traboule/protocol'
import { download } from '@traboule/service-kit'

/** A list of as many CIDs as a bulk may have, or of as many orders as a slice. */
const MOST_BYTES = 16 * 1_048_576

const sha256: Cid.Sha256 = (bytes) => createHash('sha256').update(bytes).digest()

/** Throws `object/digest-mismatch`, and what `download` throws. */
export async function content(gateway: string, cid: string, signal: AbortSignal) {
  const bytes = await download(new URL(`/ipfs/${cid}`, gateway), MOST_BYTES, signal)
  if (Cid.matches(cid, bytes, sha256)) return bytes
  throw new AppError('object/digest-mismatch', `${gateway} gave other bytes for ${cid}.`, { cid })
}
