/**
 * Gateway: `GET /ipfs/<cid>` as clients of an IPFS gateway expect it.
 *
 * Source: IPFS path gateway specification, for single files; RFC 9110 for ranges and conditions.
 * Files are strangers': nothing is ever served as a page that a browser would run.
 */
import { AppError } from '@traboule/protocol'
import type { Context, Hono } from 'hono'
import { all, type Range } from './backends/backend.ts'
import { typeOf } from './contentType.ts'
import type { Objects } from './objects.ts'
import { rangeOf } from './range.ts'

/** What the bytes of a name are never changes: a year, and never asked again. */
const FOREVER = 'public, max-age=31536000, immutable'

export function serveGateway(app: Hono, objects: Objects): void {
  app.get('/ipfs/:cid', (call) => serve(call, objects)) // Hono answers HEAD with it too
}

async function serve(call: Context, objects: Objects): Promise<Response> {
  const cid = call.req.param('cid') ?? ''
  const size = await objects.size(cid)
  if (size === undefined)
    throw new AppError('object/unknown', `Nothing is kept here under ${cid}.`, { cid })
  const etag = `"${cid}"`
  if (matches(call.req.header('if-none-match'), etag))
    return new Response(null, { status: 304, headers: { etag, 'cache-control': FOREVER } })
  const whole = { start: 0, end: size }
  const stale = ![undefined, etag].includes(call.req.header('if-range'))
  const range = stale ? undefined : partOf(call, size)
  const { start, end } = range ?? whole
  const headers = new Headers({
    etag,
    'accept-ranges': 'bytes',
    'access-control-expose-headers': 'Content-Length, Content-Range, ETag, X-Ipfs-Path',
    'cache-control': FOREVER,
    'content-length': String(end - start),
    'content-type': typeOf(await headOf(objects, cid, size)),
    'x-content-type-options': 'nosniff',
    'x-ipfs-path': `/ipfs/${cid}`,
    'x-ipfs-roots': cid,
  })
  const { filename, download } = call.req.query()
  if (filename !== undefined || download === 'true')
    headers.set('content-disposition', disposition(filename ?? cid, download === 'true'))
  if (range) headers.set('content-range', `bytes ${start}-${end - 1}/${size}`)
  const status = range ? 206 : 200
  const empty = call.req.method === 'HEAD' || start === end
  const body = empty ? null : await objects.read(cid, { start, end })
  return new Response(body ?? null, { status, headers })
}

/** Who asks beyond the end is told where the end is. */
function partOf(call: Context, size: number): Range | undefined {
  try {
    return rangeOf(call.req.header('range'), size)
  } catch (error) {
    call.res.headers.set('content-range', `bytes */${size}`)
    throw error
  }
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

/** As much of the file as tells what it is. */
async function headOf(objects: Objects, cid: string, size: number): Promise<Uint8Array> {
  const end = Math.min(size, 512)
  return all(end === 0 ? undefined : await objects.read(cid, { start: 0, end }))
}

function disposition(filename: string, download: boolean): string {
  const plain = filename.replace(/[^\w.-]/g, '_')
  const exact = encodeURIComponent(filename).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  )
  return `${download ? 'attachment' : 'inline'}; filename="${plain}"; filename*=UTF-8''${exact}`
}
