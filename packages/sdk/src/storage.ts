/** Storage: putting bytes where workers find them, and getting results from there. */
import { AppError, Cid } from '@traboule/protocol'
import { type Network, signerOf } from './network.ts'

export type Stored = Readonly<{
  cid: string
  /** `/ipfs/<cid>`: what an order or a registry names. */
  location: string
  /** Bytes. */
  size: number
}>

/**
 * Uploads an app, a dataset or an input. The same bytes give the same CID.
 *
 * @example
 * ```ts
 * const { cid } = await storage.upload(network, new TextEncoder().encode('hello'))
 * ```
 */
export async function upload(network: Network, bytes: Uint8Array): Promise<Stored> {
  signerOf(network) // says so plainly when there is none
  const { cid, size } = await network.storage().put({ body: bytes })
  return { cid, location: `/ipfs/${cid}`, size }
}

/**
 * The bytes under a CID, checked to be those that it names. Throws `object/unknown` or
 * `object/digest-mismatch`.
 *
 * @example
 * ```ts
 * const bytes = await storage.download(network, cid)
 * ```
 */
export function download(network: Network, cid: string): Promise<Uint8Array> {
  return fetchFrom(network, cid, (bytes) => {
    if (Cid.matches(cid, bytes)) return bytes
    throw new AppError('object/digest-mismatch', `The gateway gave other bytes than ${cid}.`, {
      cid,
    })
  })
}

/**
 * What `open` makes of the bytes under a CID, from the first gateway whose bytes it accepts: one
 * gateway that lies or is down does no harm. Throws what went wrong last.
 *
 * @example
 * ```ts
 * const text = await storage.fetchFrom(network, cid, (bytes) => new TextDecoder().decode(bytes))
 * ```
 */
export async function fetchFrom<T>(
  network: Network,
  cid: string,
  open: (bytes: Uint8Array) => T | Promise<T>,
): Promise<T> {
  const { ipfsGateway, storage } = network.profile.urls
  const gateways = new Set([ipfsGateway, storage].filter((url) => url !== undefined))
  let failure = new AppError('object/unknown', `No gateway of this network has ${cid}.`, { cid })
  for (const gateway of gateways) {
    try {
      return await open(await get(network, new URL(`/ipfs/${cid}`, gateway)))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      failure = error
    }
  }
  throw failure
}

async function get(network: Network, url: URL): Promise<Uint8Array> {
  const response = await network.fetch(url).catch((cause: unknown) => {
    throw new AppError('service/unreachable', `${url.origin} does not answer.`, { url }, cause)
  })
  if (response.ok) return new Uint8Array(await response.arrayBuffer())
  const { status } = response
  throw new AppError('object/unknown', `${url} answered ${status}.`, { url, status })
}
