/** Conformance: what every backend promises. Its tests are one call of `conforms`. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { all, type Backend, type Bytes } from './backend.ts'

const text = (content: string) => new TextEncoder().encode(content)

async function bytesOf(stream: Bytes | undefined) {
  return stream && all(stream)
}

export function conforms(open: () => Promise<Backend>): void {
  test('gives back what it keeps', async () => {
    await using backend = await open()
    expect(await backend.create('objects/a', text('hello'))).toBe(true)
    expect(await bytesOf(await backend.read('objects/a'))).toEqual(text('hello'))
    expect(await backend.size('objects/a')).toBe(5)
  })

  test('knows nothing of what it never kept', async () => {
    await using backend = await open()
    expect(await backend.read('objects/a')).toBeUndefined()
    expect(await backend.size('objects/a')).toBeUndefined()
    expect(await backend.list('objects')).toEqual([])
    await backend.remove('objects/a')
  })

  test('keeps the first of two under one key, also when they arrive together', async () => {
    await using backend = await open()
    const contents = Array.from({ length: 8 }, (_, n) => `content ${n}`)
    const made = await Promise.all(contents.map((each) => backend.create('results/r', text(each))))
    expect(made.filter(Boolean)).toHaveLength(1)
    const winner = contents[made.indexOf(true)] ?? ''
    expect(await backend.create('results/r', text('late'))).toBe(false)
    expect(await bytesOf(await backend.read('results/r'))).toEqual(text(winner))
  })

  test('keeps nothing as well as something', async () => {
    await using backend = await open()
    await backend.create('objects/empty', new Uint8Array())
    expect(await backend.size('objects/empty')).toBe(0)
    expect(await bytesOf(await backend.read('objects/empty'))).toEqual(new Uint8Array())
  })

  test('lists one folder, and forgets what is removed', async () => {
    await using backend = await open()
    await backend.create('objects/a', text('1'))
    await backend.create('objects/b', text('22'))
    await backend.create('results/c', text('333'))
    const listed = (await backend.list('objects')).toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(listed).toEqual([
      { key: 'a', size: 1 },
      { key: 'b', size: 2 },
    ])
    await backend.remove('objects/a')
    expect(await backend.list('objects')).toEqual([{ key: 'b', size: 2 }])
    expect(await backend.create('objects/a', text('again'))).toBe(true)
  })

  test('does not change when the caller reuses its buffer', async () => {
    await using backend = await open()
    const buffer = text('before')
    await backend.create('objects/a', buffer)
    buffer.set(text('after!'))
    expect(await bytesOf(await backend.read('objects/a'))).toEqual(text('before'))
  })

  test.each(['', 'a', '../a', 'objects/../a', 'objects/a/b', '/a', 'objects/', 'objects/A'])(
    'refuses the key %j',
    async (key) => {
      await using backend = await open()
      await expect(backend.create(key, text('x'))).rejects.toThrow(TypeError)
    },
  )

  test('property: reads any part of any bytes', async () => {
    await using backend = await open()
    let n = 0
    const part = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), fc.nat(), fc.nat())
    await fc.assert(
      fc.asyncProperty(part, async ([bytes, a, b]) => {
        const key = `objects/p${n++}`
        const start = a % bytes.length
        const end = start + 1 + (b % (bytes.length - start))
        await backend.create(key, bytes)
        const read = await bytesOf(await backend.read(key, { start, end }))
        expect(read).toEqual(bytes.slice(start, end))
      }),
      { numRuns: 50 },
    )
  })
}
