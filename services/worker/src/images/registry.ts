/**
 * Registry: manifests and layers of images by digest, from where the image is kept. Whoever answers,
 * what comes is held to its digest by the caller (`blob`) or here (`manifest`).
 */
import { createHash } from 'node:crypto'
import { AppError } from '@traboule/protocol'
import { z } from 'zod'
import type { Credentials, Login } from './credentials.ts'
import { type Image, textOf } from './reference.ts'

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const part = z.object({ digest, size: z.number().int().min(0), mediaType: z.string().optional() })
const manifestSchema = z.object({ config: part, layers: z.array(part).max(512) })
const indexSchema = z.object({
  manifests: z
    .array(
      part.extend({ platform: z.object({ architecture: z.string(), os: z.string() }).optional() }),
    )
    .max(256),
})

export type Part = z.output<typeof part>
export type Manifest = z.output<typeof manifestSchema>

export type Registry = Readonly<{
  /** The manifest for this machine. */
  manifest(image: Image, signal: AbortSignal): Promise<Manifest>
  /** Bytes that claim to be those of a part. */
  blob(image: Image, part: Part, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}>

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
const MOST_MANIFEST = 4_194_304
const MOST_REDIRECTS = 5
/** How long a registry may think. */
const PATIENCE_MS = 60_000

/** Throws `image/unknown`, `image/forbidden`, `image/malformed` and `registry/unreachable`. */
export function openRegistry(credentials: Credentials): Registry {
  const tokens = new Map<string, string>()

  async function get(image: Image, path: string, accept: string, signal: AbortSignal) {
    const url = `${originOf(image.registry)}/v2/${image.name}/${path}`
    const scope = `${image.registry}/${image.name}`
    const answer = await ask(url, { accept, authorization: tokens.get(scope) }, signal)
    if (answer.status !== 401) return judged(answer, image)
    const login = credentials.of(image.registry)
    const authorization = await authorize(answer, image, login, signal)
    if (authorization === undefined) return judged(answer, image)
    tokens.set(scope, authorization)
    return judged(await ask(url, { accept, authorization }, signal), image)
  }

  async function document(image: Image, wanted: string, signal: AbortSignal): Promise<unknown> {
    const answer = await get(image, `manifests/${wanted}`, ACCEPT, signal)
    const bytes = await collect(answer, image)
    if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` !== wanted)
      throw malformed(image, `${image.registry} gave something else for ${wanted}`)
    try {
      return JSON.parse(bytes.toString())
    } catch {
      throw malformed(image, 'its manifest is not JSON')
    }
  }

  return {
    async manifest(image, signal) {
      const first = await document(image, image.digest, signal)
      const index = indexSchema.safeParse(first)
      const chosen = index.success ? forThisMachine(index.data, image) : undefined
      const found = chosen ? await document(image, chosen, signal) : first
      const manifest = manifestSchema.safeParse(found)
      if (manifest.success) return manifest.data
      throw malformed(image, 'its manifest is of no kind that this worker knows')
    },
    async blob(image, { digest: wanted }, signal) {
      const answer = await get(image, `blobs/${wanted}`, '*/*', signal)
      if (answer.body) return answer.body
      throw unreachable(image, 'sent nothing')
    },
  }
}

/** As engines have it: plain HTTP only on this machine itself. */
function originOf(registry: string): string {
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registry)
  return `${local ? 'http' : 'https'}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`
}

type Headers = Readonly<{ accept: string; authorization: string | undefined }>

/** A registry may send elsewhere for the bytes, but not with the login, and only over TLS. */
async function ask(start: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  let url = new URL(start)
  const { origin, protocol } = url
  for (let left = MOST_REDIRECTS; left > 0; left--) {
    const { accept, authorization } = headers
    const shown = authorization !== undefined && url.origin === origin
    const answer = await answerOf(url, shown ? { accept, authorization } : { accept }, signal)
    const to = answer.status >= 300 && answer.status < 400 && answer.headers.get('location')
    if (!to) return answer
    url = new URL(to, url)
    if (url.protocol !== 'https:' && url.origin !== origin)
      throw new AppError('registry/unreachable', `${new URL(start).host} sends to ${url.host}.`, {
        protocol,
      })
  }
  throw new AppError('registry/unreachable', `${new URL(start).host} sends in circles.`)
}

/** Only the first word is waited for so long: a layer may take its time. */
async function answerOf(url: URL, headers: Record<string, string>, signal: AbortSignal) {
  const silent = new AbortController()
  const timer = setTimeout(() => silent.abort(), PATIENCE_MS)
  try {
    const until = AbortSignal.any([signal, silent.signal])
    return await fetch(url, { headers, redirect: 'manual', signal: until })
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw new AppError('registry/unreachable', `${url.host} does not answer.`, {}, cause)
  } finally {
    clearTimeout(timer)
  }
}

/** What to say so that the registry listens; undefined when there is nothing to say. */
async function authorize(
  answer: Response,
  { name, registry }: Image,
  login: Login | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const challenge = answer.headers.get('www-authenticate') ?? ''
  const basic =
    login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  if (/^basic/i.test(challenge)) return basic
  const said = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  )
  if (!/^bearer/i.test(challenge) || !said.realm || !URL.canParse(said.realm)) return undefined
  const realm = new URL(said.realm)
  // Where the login may be sent: to nobody who listens on the way.
  if (realm.protocol !== 'https:' && realm.host !== registry) return undefined
  if (said.service) realm.searchParams.set('service', said.service)
  realm.searchParams.set('scope', `repository:${name}:pull`)
  const given = await ask(realm.href, { accept: '*/*', authorization: basic }, signal)
  const parsed = tokenSchema.safeParse(await given.json().catch(() => undefined))
  const token = parsed.data?.token ?? parsed.data?.access_token
  return token === undefined ? undefined : `Bearer ${token}`
}

const tokenSchema = z.object({
  token: z.string().max(65_536).optional(),
  access_token: z.string().max(65_536).optional(),
})

function judged(answer: Response, image: Image): Response {
  if (answer.ok) return answer
  void answer.body?.cancel()
  const { status } = answer
  const text = textOf(image)
  if (status === 401 || status === 403)
    throw new AppError('image/forbidden', `${image.registry} does not give ${text}.`, { status })
  if (status === 404)
    throw new AppError('image/unknown', `${image.registry} has no ${text}.`, { status })
  throw unreachable(image, `answered ${status}`)
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

function forThisMachine({ manifests }: z.output<typeof indexSchema>, image: Image): string {
  const architecture = architectures[process.arch]
  const fits = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  )
  if (fits) return fits.digest
  throw malformed(image, `it is not made for ${architecture ?? process.arch}`)
}

async function collect(answer: Response, image: Image): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const each of answer.body ?? []) {
    size += each.length
    if (size > MOST_MANIFEST) throw malformed(image, 'its manifest is too long')
    parts.push(each)
  }
  return Buffer.concat(parts)
}

export function malformed(image: Image, why: string): AppError {
  return new AppError('image/malformed', `${textOf(image)} cannot be used: ${why}.`, { why })
}

function unreachable({ registry }: Image, what: string): AppError {
  return new AppError('registry/unreachable', `The registry ${registry} ${what}.`, { registry })
}
