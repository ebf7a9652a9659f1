import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('every attack in the reference has the test it names', () => {
  const page = readFileSync(`${root}/docs/reference/known-attacks.md`, 'utf8')
  const named = [...page.matchAll(/`(test_\w+)`/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(25)
  const tests = globSync('contracts/test/**/*.t.sol', { cwd: root })
    .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
    .join('')
  expect(named.filter((name) => !tests.includes(`function ${name}(`))).toEqual([])
})
