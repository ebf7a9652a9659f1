/** Images as registries and their makers may give them: whole, by other ways, damaged, or hostile. */
import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { createLog, systemClock } from '@traboule/service-kit/process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noCredentials, readCredentials } from '../src/images/credentials.ts'
import type { Image } from '../src/images/reference.ts'
import { openStore, type StoreOptions } from '../src/images/store.ts'
import { type Recipe, type Registry, startRegistry } from './support/registry.ts'
import { type Entry, tar } from './support/tar.ts'

let folder: string
let registry: Registry
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traboule-unpack-'))
  registry = await startRegistry()
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const signal = new AbortController().signal
const waiting = { tell: () => undefined, signal }
let stores = 0

const store = (over: Partial<StoreOptions> = {}) =>
  openStore({
    folder: join(folder, String(++stores)),
    credentials: noCredentials,
    ...{ imageBytes: 10_000_000, clock: systemClock, signal },
    log: createLog({}, { level: 'silent' }),
    ...over,
  })

/** The root of an image, unpacked. */
async function unpacked(image: Image): Promise<string> {
  await using kept = await (await store()).take(image, waiting)
  return kept.root
}

const rootOf = (...layers: Entry[][]) => unpacked(registry.push({ layers }))

async function refusal(recipe: Recipe, over: Partial<StoreOptions> = {}) {
  return codeOf(registry.push(recipe), over)
}

async function codeOf(image: Image, over: Partial<StoreOptions> = {}): Promise<string> {
  const opened = await store(over)
  return opened.take(image, waiting).then(
    () => 'accepted',
    (error) => error.code,
  )
}

test('unpacks layers over each other, and what they say is gone is gone', async () => {
  const root = await rootOf(
    [
      { path: 'kept/one', content: '1' },
      { path: 'kept/two', content: '2' },
      { path: 'opaque/old', content: 'old' },
      { path: 'changed', content: 'before' },
      { path: 'folder/inside', content: 'x' },
    ],
    [
      { path: 'kept/.wh.two' },
      { path: 'opaque/new', content: 'new' },
      { path: 'opaque/.wh..wh..opq' },
      { path: 'changed', content: 'after', mode: 0o644 },
      { path: 'folder', content: 'a file now' },
    ],
  )
  expect(await readdir(join(root, 'kept'))).toEqual(['one'])
  expect(await readdir(join(root, 'opaque'))).toEqual(['new'])
  expect(await readFile(join(root, 'changed'), 'utf8')).toBe('after')
  expect(await readFile(join(root, 'folder'), 'utf8')).toBe('a file now')
})

test('keeps links as words, and never writes through one to the outside', async () => {
  const outside = join(folder, 'outside')
  await writeFile(outside, 'mine')
  const root = await rootOf([
    { path: 'up', type: '2', to: '../../../..' },
    { path: 'abs', type: '2', to: folder },
    { path: 'usr/lib', type: '5' },
    { path: 'lib', type: '2', to: 'usr/lib' },
    { path: 'lib/inside', content: 'through a link of the image' },
    { path: 'up/climbed', content: 'x' },
    { path: 'abs/outside', content: 'x' },
    { path: 'out', type: '2', to: outside },
    { path: 'out', content: 'the link is replaced' },
  ])
  expect(await readFile(outside, 'utf8')).toBe('mine')
  expect(await readlink(join(root, 'up'))).toBe('../../../..')
  expect(await readFile(join(root, 'usr/lib/inside'), 'utf8')).toBe('through a link of the image')
  expect(await readFile(join(root, 'climbed'), 'utf8')).toBe('x')
})

test('leaves out devices and the bits that lend rights, and opens the folders that runs mount on', async () => {
  const root = await rootOf([
    { path: 'bin/su', content: 'x', mode: 0o6755 },
    { path: 'dev/sda', type: '4' },
    { path: 'null', type: '3' },
    { path: 'pipe', type: '6' },
    { path: 'tmp', type: '2', to: '/etc' },
    { path: 'iexec_out', content: 'in the way' },
  ])
  expect((await lstat(join(root, 'bin/su'))).mode & 0o7777).toBe(0o755)
  expect((await readdir(root)).sort()).toEqual(
    ['bin', 'dev', 'iexec_in', 'iexec_out', 'proc', 'sys', 'tmp'].sort(),
  )
  expect(await readdir(join(root, 'dev'))).toEqual([])
  expect((await lstat(join(root, 'tmp'))).isDirectory()).toBe(true)
})

test('hard links lead to files of the image alone', async () => {
  const root = await rootOf([
    { path: 'one', content: 'x' },
    { path: 'two', type: '1', to: '/one' },
  ])
  expect((await lstat(join(root, 'two'))).nlink).toBe(2)
  expect(await refusal({ layers: [[{ path: 'p', type: '1', to: '/etc/passwd' }]] })).toBe(
    'image/malformed',
  )
  expect(await refusal({ layers: [[{ path: 'p', type: '1', to: '../../etc/passwd' }]] })).toBe(
    'image/malformed',
  )
})

describe('refuses', () => {
  const file = (content: Entry['content']): Entry => ({ path: 'file', ...(content && { content }) })
  test.each<[string, Recipe, string]>([
    ['names that climb', { layers: [[{ path: '../../x' }]] }, 'image/malformed'],
    ['links in circles', { layers: [circle()] }, 'image/malformed'],
    [
      'a layer that ends early',
      { layers: [tar([file('x'.repeat(9_000))]).subarray(0, 4_096)] },
      'image/malformed',
    ],
    ['a layer that is none', { layers: [Buffer.alloc(2_048, 7)] }, 'image/malformed'],
    ['a whiteout of its own folder', { layers: [[{ path: 'a/.wh...' }]] }, 'image/malformed'],
    ['what unpacks to too much', { layers: [[file(Buffer.alloc(20_000_000))]] }, 'image/too-large'],
    [
      'a manifest of no known kind',
      { layers: [], manifest: { layers: 'none' } },
      'image/malformed',
    ],
  ])('%s', async (_, recipe, code) => expect(await refusal(recipe)).toBe(code))

  function circle(): Entry[] {
    return [
      { path: 'a', type: '2', to: 'b' },
      { path: 'b', type: '2', to: 'a' },
      { path: 'a/file', content: 'x' },
    ]
  }

  test('another layer, configuration or manifest under the same digest', async () => {
    const other = Buffer.from('{"schemaVersion":2}')
    for (const which of ['manifests', 'blobs', 'blobs'] as const) {
      const image = registry.push({ layers: [[{ path: `file${stores}`, content: 'x' }]] })
      const from = registry.asked.length
      await unpacked(image)
      const asked = registry.asked.slice(from).filter((path) => path.includes(which))
      registry.tamper(asked.at(-1)?.split('/').at(-1) ?? '', other)
      expect(await codeOf(image)).toBe('image/malformed')
    }
  })

  test('an image that the registry does not have', async () => {
    const digest: Image['digest'] = `sha256:${'0'.repeat(64)}`
    expect(await codeOf({ registry: registry.host, name: 'app', digest })).toBe('image/unknown')
    expect(await codeOf({ registry: '127.0.0.1:1', name: 'app', digest })).toBe(
      'registry/unreachable',
    )
  })
})

test.each(['basic', 'token'] as const)('gets into a private registry by %s', async (way) => {
  await using private_ = await startRegistry({ username: 'me', password: 'p:w', way })
  const image = private_.push({ layers: [[{ path: 'file', content: 'x' }]] })
  expect(await codeOf(image)).toBe('image/forbidden')
  const file = join(folder, 'logins.json')
  const auths = { [private_.host]: { auth: btoa('me:p:w') } }
  await writeFile(file, JSON.stringify({ auths }))
  expect(await codeOf(image, { credentials: await readCredentials(file) })).toBe('accepted')
  await writeFile(file, '{"auths":{"x":{"auth":"bm9jb2xvbg=="}}}')
  await expect(readCredentials(file)).rejects.toMatchObject({ code: 'file/malformed' })
  await expect(readCredentials(`${file}.not`)).rejects.toMatchObject({ code: 'file/unreadable' })
})

test('layers may be packed with zstd, or not at all', async () => {
  const plain = tar([{ path: 'plain', content: 'x' }])
  const packed = zstdCompressSync(tar([{ path: 'packed', content: 'x' }]))
  const root = await unpacked(registry.push({ layers: [plain, packed], raw: true }))
  expect(
    (await readdir(root)).filter((name) => name.startsWith('p') && name !== 'proc').sort(),
  ).toEqual(['packed', 'plain'])
})

test('fetches what several runs want once, keeps what is held, and lets the oldest go', async () => {
  const big = (name: string): Recipe => ({
    layers: [[{ path: name, content: Buffer.alloc(60_000) }]],
  })
  const [one, two, three] = ['one', 'two', 'three'].map((name) => registry.push(big(name)))
  if (!one || !two || !three) throw new Error('no images')
  const at = join(folder, String(stores + 1))
  const small = await store({ imageBytes: 150_000 })
  const from = registry.asked.length
  await using held = await small.take(one, waiting)
  const both = await Promise.all([small.take(two, waiting), small.take(two, waiting)])
  expect(registry.asked.slice(from).filter((path) => path.includes(two.digest))).toHaveLength(1)
  for (const each of both) await each[Symbol.asyncDispose]()
  await using _third = await small.take(three, waiting)
  expect((await readdir(at)).sort()).toEqual(
    [one, three].map(({ digest }) => digest.slice(7)).sort(),
  )
  expect(held.start.Entrypoint ?? []).toEqual([])
})
