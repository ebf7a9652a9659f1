/** Bundle: what a browser must load for an import. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'

/** Compressed bytes: when the page loads, and with every chunk that may be fetched later. */
export type Weight = Readonly<{ loaded: number; all: number }>

/** What these lines weigh, bundled and minified for browsers. */
export async function weigh(source: string): Promise<Weight> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  try {
    const input = join(folder, 'entry.js')
    await writeFile(input, source)
    const { output } = await build({
      ...{ input, write: false, platform: 'browser', logLevel: 'silent' },
      output: { minify: true, format: 'esm' },
    })
    const chunks = output.filter((each) => each.type === 'chunk')
    const first = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
    for (const name of first)
      for (const each of chunks.find(({ fileName }) => fileName === name)?.imports ?? [])
        first.add(each)
    const sum = (some: typeof chunks) => some.reduce((n, { code }) => n + gzipSync(code).length, 0)
    return { loaded: sum(chunks.filter(({ fileName }) => first.has(fileName))), all: sum(chunks) }
  } finally {
    await rm(folder, { recursive: true })
  }
}
