import { globSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crewFor, type Devnet, sellPool, startDevnet } from '@traboule/devnet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksIn, follow, patternOf } from '../support/guide.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** As `npm run devnet` offers it. */
const TRUST = 5n

let folder: string
let devnet: Devnet
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traboule-guides-'))
  devnet = await startDevnet({
    folder: join(folder, '.traboule'),
    ...{ workers: crewFor(TRUST, 0) + 1, liars: 0, blockTime: 1, ports: 'free' },
    progress: () => undefined,
  })
  await sellPool(devnet.facts, { trust: TRUST })
})
afterAll(async () => {
  await devnet?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** A folder that looks like a clone of the repository, with a devnet in it. */
async function clone(name: string): Promise<string> {
  const place = join(folder, name)
  await mkdir(place)
  const shared = ['apps', 'examples', 'node_modules', 'package.json', 'README.md', 'services']
  for (const each of shared) await symlink(join(ROOT, each), join(place, each))
  await symlink(join(folder, '.traboule'), join(place, '.traboule'))
  return place
}

describe('a guide', () => {
  const pages = globSync('docs/guides/*.md', { cwd: ROOT }).sort()

  test.concurrent.each(pages)('%s does what it says', async (page) => {
    const cwd = await clone(basename(page, '.md'))
    // What the repository's own install fetched is there already.
    const env = { ...process.env, npm_config_prefer_offline: 'true' }
    const home = join(cwd, 'wallets-and-networks')
    await follow(join(ROOT, page), { cwd, env: { ...env, TRABOULE_HOME: home } })
  })

  test('is there for each role', () => {
    const roles = ['requester', 'app-developer', 'data-owner', 'pool-operator']
    expect(pages.map((page) => basename(page, '.md'))).toEqual(expect.arrayContaining(roles))
  })
})

describe('following a page', () => {
  const page = '# Title\n\n```sh\necho one\n```\n\nand\n\n```text\none\n```\n'

  test('finds its blocks and their lines', () => {
    expect(blocksIn(page)).toEqual([
      { language: 'sh', code: 'echo one\n', line: 3 },
      { language: 'text', code: 'one\n', line: 9 },
    ])
  })

  test('compares what is promised, with … for what varies', () => {
    expect('deal 0x12 is done').toMatch(patternOf('deal 0x… is done'))
    expect('deal 0x12 is late').not.toMatch(patternOf('deal 0x… is done'))
    expect('a     b').toMatch(patternOf('a  b'))
    expect('a\nb\nc\nd').toMatch(patternOf('a\n…\nd'))
    expect('a b').not.toMatch(patternOf('a  b'))
    expect('a\nd?').not.toMatch(patternOf('a\n…\nd'))
  })
})
