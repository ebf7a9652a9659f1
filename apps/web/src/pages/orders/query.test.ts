import { expect, test } from 'vitest'
import { readFilters } from './query.ts'

const read = (query: string) => readFilters(new URLSearchParams(query))
const somebody = `0x${'ab'.repeat(20)}`

test('shows the workerpools’ book unless another is named', () => {
  expect(read('')).toEqual({ kind: 'workerpool', filters: {} })
  expect(read('kind=nonsense').kind).toBe('workerpool')
  expect(read('kind=request&category=2').filters).toEqual({ category: 2n })
})

test('gives each book only the filters that it knows', () => {
  expect(read('kind=app&category=2&minTrust=5').filters).toEqual({})
  expect(read('minTrust=5&maxTrust=9').filters).toEqual({ minTrust: 5n })
})

test('names the subject of an order as its book does', () => {
  const { filters } = read(`kind=request&subject=${somebody}`)
  expect(Object.keys(filters)).toEqual(['requester'])
  expect(Object.keys(read(`kind=app&subject=${somebody}`).filters)).toEqual(['app'])
})

test('turns names of tags into tags', () => {
  expect(read('tag=tdx').filters).toEqual({ minTag: `0x${'9'.padStart(64, '0')}` })
  expect(read('tag=gpu').filters).toEqual({ minTag: `0x${'100'.padStart(64, '0')}` })
})

test('says which filter cannot be understood', () => {
  expect(read('minVolume=-1').wrong).toBe('minVolume: must be a whole number.')
  expect(read('subject=0x12').wrong).toMatch(/^subject: must be an address/)
  expect(read('tag=__proto__').wrong).toMatch(/^tag: /)
})
