/** Registry: images by digest over HTTP, as engines fetch them, with what a test wants to be wrong. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Hex } from 'viem'
import type { Image } from '../../src/images/reference.ts'
import { type Entry, tar } from './tar.ts'

export type Recipe = Readonly<{
  layers: readonly (readonly Entry[] | Buffer)[]
  config?: object
  /** What the manifest says instead of what is so. */
  manifest?: object
  /** The layers come as they are, whatever the manifest says of them. */
  raw?: boolean
}>

export type Registry = AsyncDisposable &
  Readonly<{
    host: string
    push(recipe: Recipe): Image & { readonly location: string; readonly checksum: Hex }
    /** From now on these bytes are given under the digest. */
    tamper(digest: string, bytes: Buffer): void
    /** Paths asked for. */
    asked: readonly string[]
  }>

const types = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Starts a registry; with a login, only who has it is given anything, by a token or itself. */
export async function startRegistry(
  login?: Readonly<{ username: string; password: string; way: 'basic' | 'token' }>,
): Promise<Registry> {
  const kept = new Map<string, Buffer>()
  const asked: string[] = []
  const keep = (bytes: Buffer) => {
    const digest = `sha256:${sha256(bytes)}`
    kept.set(digest, bytes)
    return { digest, size: bytes.length }
  }
  const basic = login && `Basic ${btoa(`${login.username}:${login.password}`)}`
  const expected = login?.way === 'token' ? 'Bearer the-token' : basic

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://registry')
    asked.push(pathname)
    if (pathname === '/token') {
      if (request.headers.authorization !== basic) return end(response, 401, '{}')
      return end(response, 200, '{"token":"the-token"}')
    }
    if (expected && request.headers.authorization !== expected) return challenge(request, response)
    if (/^\/v2\/?$/.test(pathname)) return end(response, 200, '{}')
    const [, , digest = ''] = /\/(manifests|blobs)\/(.*)$/.exec(pathname) ?? []
    const bytes = kept.get(digest)
    if (!bytes)
      return end(
        response,
        404,
        '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
      )
    const type = pathname.includes('/manifests/') ? types.manifest : 'application/octet-stream'
    response.setHeader('docker-content-digest', digest)
    end(response, 200, request.method === 'HEAD' ? '' : bytes, type)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  function challenge(_: IncomingMessage, response: ServerResponse): void {
    const way =
      login?.way === 'token'
        ? `Bearer realm="http://${host}/token",service="test",scope="repository:app:pull"`
        : 'Basic realm="test"'
    response.setHeader('www-authenticate', way)
    end(response, 401, '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}')
  }

  return {
    ...{ host, asked },
    push({ layers, config = {}, manifest = {}, raw = false }) {
      const tars = layers.map((layer) => (Buffer.isBuffer(layer) ? layer : tar(layer as Entry[])))
      const diffIds = tars.map((each) => `sha256:${sha256(each)}`)
      const image = {
        ...{ architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux', config },
        rootfs: { type: 'layers', diff_ids: diffIds },
        history: diffIds.map(() => ({ created: '2020-01-01T00:00:00Z' })),
      }
      const { digest } = keep(
        Buffer.from(
          JSON.stringify({
            ...{ schemaVersion: 2, mediaType: types.manifest },
            config: { mediaType: types.config, ...keep(Buffer.from(JSON.stringify(image))) },
            layers: tars.map((each) => ({
              mediaType: types.layer,
              ...keep(raw ? each : gzipSync(each)),
            })),
            ...manifest,
          }),
        ),
      )
      const checksum: Hex = `0x${digest.slice(7)}`
      const location = `${host}/app:latest`
      return { registry: host, name: 'app', digest: digest as Image['digest'], location, checksum }
    },
    tamper: (digest, bytes) => kept.set(digest, bytes),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function end(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = 'application/json',
) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
