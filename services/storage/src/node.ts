/**
 * Node: an IPFS node beside this storage. It keeps what is kept here, so that its gateway serves it
 * too, and is asked for what is not here. What it gives is checked, then kept.
 */
import { AppError } from '@traboule/protocol'
import { z } from 'zod'
import { type Layout, usual } from './cid.ts'
import type { Objects } from './objects.ts'

/** A node on the same machine or next to it: what it has, it gives at once. */
const PATIENCE_MS = 30_000

const answer = z.object({ Hash: z.string().optional(), Message: z.string().optional() })

export type NodeOptions = Readonly<{
  /** Of the node's RPC. */
  url: string
  /** Largest file that is taken from it. */
  bytes: number
}>

/** The same objects, with a node behind them. */
export function withNode(objects: Objects, options: NodeOptions): Objects {
  async function fetched(cid: string): Promise<boolean> {
    const bytes = await cat(cid, options)
    return bytes !== undefined && (await objects.keepAs(cid, bytes))
  }
  async function both<T extends { cid: string }>(kept: Promise<T>, file: Laid): Promise<T> {
    const known = await kept
    await add(file, known.cid, options)
    return known
  }
  return {
    put: (bytes, account) => both(objects.put(bytes, account), { bytes, layout: usual }),
    give: (bytes, layout) => both(objects.give(bytes, layout), { bytes, layout }),
    keep: (bytes) => both(objects.keep(bytes), { bytes, layout: usual }),
    keepAs: objects.keepAs,
    async size(cid) {
      const size = await objects.size(cid)
      if (size !== undefined || !(await fetched(cid))) return size
      return objects.size(cid)
    },
    read: objects.read,
  }
}

type Laid = Readonly<{ bytes: Uint8Array; layout: Layout }>

/** The layout is said in full: the node must come to the same name, whatever it does by default. */
async function add({ bytes, layout }: Laid, cid: string, options: NodeOptions): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([bytes.slice()]))
  const laid = `cid-version=${layout.version}&raw-leaves=${layout.rawLeaves}`
  const response = await ask(`add?pin=true&${laid}`, options, form)
  const said = answer.safeParse(await response.json().catch(() => ({}))).data
  if (said?.Hash === cid) return
  const sentence = `The IPFS node at ${options.url} did not keep ${cid}.`
  throw new AppError('service/bad-answer', sentence, { named: said?.Hash, said: said?.Message })
}

/** The file, if the node itself has it: it is not sent to look for it elsewhere. */
async function cat(cid: string, options: NodeOptions): Promise<Uint8Array | undefined> {
  const response = await ask(`cat?offline=true&arg=${encodeURIComponent(cid)}`, options)
  if (!response.ok || !response.body) return undefined
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > options.bytes) return undefined
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function ask(path: string, { url }: NodeOptions, body?: FormData): Promise<Response> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const init = { method: 'POST', signal, ...(body && { body }) }
  return fetch(new URL(`/api/v0/${path}`, url), init).catch((cause) => {
    throw new AppError('service/unreachable', `The IPFS node at ${url} does not answer.`, {}, cause)
  })
}
