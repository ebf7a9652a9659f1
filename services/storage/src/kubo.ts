/**
 * Kubo: the part of an IPFS node's RPC that clients use to bring a file and to look whether it stays.
 *
 * Source: Kubo's HTTP RPC reference. Calls are POST, options are in the query, files in a multipart
 * form; failures carry `Message`. Nobody signs, so all callers share one quota.
 */
import { AppError } from '@traboule/protocol'
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { type Layout, name } from './cid.ts'
import type { Objects } from './objects.ts'

const flag = z.stringbool().optional()
const off = z.stringbool().pipe(z.literal(false, 'is not offered here')).optional()

const adding = z.object({
  'cid-version': z.enum(['0', '1']).default('0'),
  'raw-leaves': flag,
  'only-hash': flag,
  hash: z.literal('sha2-256').optional(),
  chunker: z.literal('size-262144').optional(),
  ...{ 'wrap-with-directory': off, trickle: off, inline: off, nocopy: off, fscache: off },
})

const naming = z.object({ arg: z.string().min(1).max(200) })

export type KuboOptions = Readonly<{ objects: Objects; version: string; open: boolean }>

/** Serves `/api/v0/…`. */
export function serveKubo(app: Hono, { objects, version, open }: KuboOptions): void {
  const route = (path: string, answer: (call: Context) => Promise<Response>) =>
    app.post(`/api/v0/${path}`, (call) => answer(call).catch(told))
  route('version', async (call) =>
    call.json({ Version: version, Commit: '', Repo: '', System: '', Golang: '' }),
  )
  route('add', async (call) => {
    if (!open)
      throw new AppError('request/forbidden', 'This storage takes only what is signed for.')
    return lines(await add(call, objects))
  })
  route('cat', async (call) => {
    const cid = cidIn(call)
    await sizeOf(objects, cid)
    return new Response((await objects.read(cid)) ?? null)
  })
  route('pin/add', async (call) => {
    const cid = cidIn(call)
    await sizeOf(objects, cid) // what is kept stays: there is nothing to do
    return call.json({ Pins: [cid] })
  })
  route('pin/ls', async (call) => {
    const cid = cidIn(call)
    await sizeOf(objects, cid)
    return call.json({ Keys: { [cid]: { Type: 'recursive' } } })
  })
}

type Added = Readonly<{ Name: string; Hash: string; Size: string }>

async function add(call: Context, objects: Objects): Promise<Added[]> {
  const options = parse(adding, call.req.query())
  const version = options['cid-version'] === '1' ? 1 : 0
  // As `ipfs add` does: who asks for new names gets plain leaves unless they say otherwise.
  const layout: Layout = { version, rawLeaves: options['raw-leaves'] ?? version === 1 }
  const files = await filesIn(call)
  const added: Added[] = []
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const kept = options['only-hash'] ? name(bytes, layout) : objects.give(bytes, layout)
    const { cid, dagSize } = await kept
    added.push({ Name: decoded(file.name) || cid, Hash: cid, Size: String(dagSize) })
  }
  return added
}

async function filesIn(call: Context): Promise<File[]> {
  const form = await call.req.formData().catch((cause) => {
    const sentence = 'The body is not a multipart form with files in it.'
    throw new AppError('request/invalid', sentence, { fields: ['body'] }, cause)
  })
  const files = [...form.values()].filter((each): each is File => typeof each !== 'string')
  if (files.some(({ type }) => type === 'application/x-directory'))
    throw new AppError('request/invalid', 'Folders are not offered here: add files one by one.')
  if (files.length > 0) return files
  throw new AppError('request/invalid', 'The form has no file.', { fields: ['body'] })
}

function cidIn(call: Context): string {
  return parse(naming, call.req.query()).arg.replace(/^\/ipfs\//, '')
}

async function sizeOf(objects: Objects, cid: string): Promise<void> {
  if ((await objects.size(cid)) !== undefined) return
  throw new AppError('object/unknown', `Nothing is kept here under ${cid}.`, { cid })
}

function parse<T extends z.ZodType>(schema: T, query: unknown): z.output<T> {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new AppError('request/invalid', `The query is not valid: ${fields[0]}.`, { fields })
}

/** Names travel encoded, since they stand in a header. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function lines(answers: readonly object[]): Response {
  const body = answers.map((each) => `${JSON.stringify(each)}\n`).join('')
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

/** The node's clients read `Message`; ours read the rest. */
function told(error: unknown): Response {
  if (!(error instanceof AppError)) throw error
  const { code, message, hint, details, retry, status } = error
  const ours = { ok: false, error: message, code, hint, retry, details }
  return Response.json({ Message: message, Code: 0, Type: 'error', ...ours }, { status })
}
