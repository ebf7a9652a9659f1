import { expect, test } from 'vitest'
import { run, text } from '../../run.ts'

test('counts the words of all input files, the most frequent first', async () => {
  const outcome = await run('wordcount', {
    inputs: {
      'one.txt': 'The cat — the “Cat” — isn’t THE dog.\n',
      'two.txt': "«Où est l'été?» dit 'le chat'. Où? 猫。",
    },
  })
  expect(text(outcome, 'counts.json')).toMatchInlineSnapshot(`
    "{
      "words": 15,
      "distinct": 11,
      "counts": {
        "the": 3,
        "cat": 2,
        "où": 2,
        "chat": 1,
        "dit": 1,
        "dog": 1,
        "est": 1,
        "isn’t": 1,
        "l'été": 1,
        "le": 1,
        "猫": 1
      }
    }
    "
  `)
  expect(new TextDecoder().decode(outcome.stdout)).toBe('15 words, 11 distinct, in 2 files\n')
})

test('counts the words of a dataset too', async () => {
  const outcome = await run('wordcount', { inputs: { 'one.txt': 'to be' }, dataset: 'or to be' })
  expect(JSON.parse(text(outcome, 'counts.json'))).toMatchObject({ words: 5, distinct: 3 })
})

test('counts a large text exactly', async () => {
  const words = Array.from({ length: 300_000 }, (_, n) => `w${n % 40_009}`)
  const outcome = await run('wordcount', { inputs: { 'large.txt': words.join(' ') } })
  const { words: total, distinct, counts } = JSON.parse(text(outcome, 'counts.json'))
  expect([total, distinct]).toEqual([300_000, 40_009])
  expect([counts.w0, counts.w40008]).toEqual([8, 7])
})

test('makes valid JSON of bytes that are no text', async () => {
  const bytes = Uint8Array.from({ length: 5_000 }, (_, n) => (n * n * 31) & 255)
  const outcome = await run('wordcount', { inputs: { 'noise.bin': bytes, 'empty.txt': '' } })
  expect(() => JSON.parse(text(outcome, 'counts.json'))).not.toThrow()
})

test('asks for input when there is none', async () => {
  const { exitCode, stderr } = await run('wordcount', {})
  expect([exitCode, new TextDecoder().decode(stderr)]).toEqual([
    1,
    'Give at least one text file as input, or a dataset.\n',
  ])
})
