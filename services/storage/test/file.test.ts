import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { conforms } from '../src/backends/conformance.ts'
import { openFile } from '../src/backends/file.ts'

const root = await mkdtemp(join(tmpdir(), 'traboule-storage-'))
afterAll(() => rm(root, { recursive: true, force: true }))
let n = 0
const freshFolder = () => join(root, String(n++))

conforms(() => openFile(freshFolder()))

test('keeps what it has across restarts, and removes what a crash left half written', async () => {
  const folder = freshFolder()
  const first = await openFile(folder)
  await first.create('objects/a', new TextEncoder().encode('hello'))
  await mkdir(join(folder, 'unfinished'), { recursive: true })
  await writeFile(join(folder, 'unfinished', 'torn'), 'hel')
  const second = await openFile(folder)
  expect(await second.size('objects/a')).toBe(5)
  expect(await readdir(join(folder, 'unfinished'))).toEqual([])
})
