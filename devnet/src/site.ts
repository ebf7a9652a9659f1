/** Site: the built web application in memory; built once for the same sources. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AppError } from '@traboule/protocol'

export type File = Readonly<{
  bytes: Uint8Array<ArrayBuffer>
  gzip: Uint8Array<ArrayBuffer>
  type: string
  etag: string
}>
/** Files by path: `/index.html`. */
export type Site = ReadonlyMap<string, File>

export type BuildOptions = Readonly<{ logFile: string; signal: AbortSignal }>

const root = fileURLToPath(new URL('../../', import.meta.url))
const dist = join(root, 'apps/web/dist')
/** Everything that the pages are made of. */
const sources = [
  'package-lock.json',
  'apps/web/{index.html,build.ts,vite.config.ts}',
  'apps/web/{src,public}/**/*',
  'packages/{sdk,protocol}/src/**/*.ts',
]

/** The site of these sources, from an earlier build if there is one. */
export async function buildWeb(options: BuildOptions): Promise<Site> {
  const release = await releaseOf(sources)
  const folder = join(dist, release)
  const found = await readSite(folder)
  if (found.size > 0) return found
  await build(folder, options)
  await forgetOthers(release)
  return readSite(folder)
}

async function releaseOf(patterns: readonly string[]): Promise<string> {
  const paths = globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const path of paths) hash.update(relative(root, path)).update(await readFile(path))
  return hash.digest('hex').slice(0, 16)
}

/** Made aside and renamed: one that is interrupted is not taken for whole. */
async function build(folder: string, { logFile, signal }: BuildOptions): Promise<void> {
  const part = `${folder}.${process.pid}`
  await mkdir(dist, { recursive: true })
  const script = fileURLToPath(import.meta.resolve('@traboule/web/build'))
  const child = spawn(process.execPath, [script, part], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  await appendFile(logFile, said.join(''))
  if (code !== 0)
    throw new AppError('service/not-started', 'The web application did not build.', { logFile })
  await rename(part, folder).catch(() => rm(part, { recursive: true })) // another devnet was faster
}

/** Sites are served from memory, so nobody misses their files. */
async function forgetOthers(release: string): Promise<void> {
  const others = (await readdir(dist)).filter((name) => /^[0-9a-f]{16}$/.test(name))
  for (const name of others)
    if (name !== release) await rm(join(dist, name), { recursive: true, force: true })
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

async function readSite(folder: string): Promise<Site> {
  const entries = globSync('**/*', { cwd: folder, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const pairs = files.map(async ({ parentPath, name }): Promise<[string, File]> => {
    const path = join(parentPath, name)
    const bytes = new Uint8Array(await readFile(path))
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`
    const type = types[extname(name)] ?? 'application/octet-stream'
    const small = new Uint8Array(await promisify(gzip)(bytes))
    return [`/${relative(folder, path).split(sep).join('/')}`, { bytes, gzip: small, type, etag }]
  })
  return new Map(await Promise.all(pairs))
}
