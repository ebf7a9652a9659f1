import { AppError } from '@traboule/protocol'
import {
  HttpRequestError,
  LimitExceededRpcError,
  ResponseBodyTooLargeError,
  RpcRequestError,
  TimeoutError,
} from 'viem'
import { expect, test } from 'vitest'
import { openReach, refused } from './reach.ts'

const url = 'http://node'
const said = (code: number, message: string) =>
  new RpcRequestError({ body: { method: 'eth_getLogs' }, error: { code, message }, url })
const reading = (cause: Error) => new AppError('chain/unreachable', 'no answer', {}, cause)

test('halves at each refusal and finds its way back in small steps', () => {
  const reach = openReach(1_000n)
  reach.shrank(1_000n)
  reach.shrank(500n)
  expect(reach.most()).toBe(250n)
  reach.grew(250n)
  expect(reach.most()).toBe(266n)
  for (let n = 0; n < 30; n++) reach.grew(reach.most())
  expect(reach.most()).toBe(1_000n)
})

test('asks for one block at least, and learns nothing from short questions', () => {
  const reach = openReach(4n)
  for (const blocks of [4n, 2n, 1n, 1n]) reach.shrank(blocks)
  expect(reach.most()).toBe(1n)
  reach.grew(1n)
  reach.grew(1n)
  expect(reach.most()).toBe(2n)
})

test.each([
  [-32_005, 'query returned more than 10000 results. Try with this block range [0x1, 0x2].'],
  [-32_005, 'limit exceeded'],
  [-32_602, 'Log response size exceeded. You can make eth_getLogs requests with up to a 2K block'],
  [-32_614, 'eth_getLogs is limited to a 10,000 range'],
  [-32_000, 'exceed maximum block range: 5000'],
  [-32_602, 'query exceeds max results 20000, retry with the range 1-2'],
  [-32_000, 'block range is too wide'],
])('knows a refusal by its words: %i %s', (code, message) => {
  const error = said(code, message)
  const known = code === -32_005 ? new LimitExceededRpcError(error) : error
  expect(refused(reading(known))).toBe('too long')
})

test.each([
  [-32_005, 'daily request count exceeded, request rate limited'],
  [429, 'Too Many Requests'],
  [-32_000, 'block range extends beyond current head block'],
  [-32_000, 'One of the blocks specified in filter is out of range'],
  [-32_603, 'internal error'],
])('takes nothing else for one: %i %s', (code, message) => {
  const error = said(code, message)
  const known = code === -32_005 ? new LimitExceededRpcError(error) : error
  expect(refused(reading(known))).toBeUndefined()
})

test('knows bodies that are too large for us or for a proxy, and nodes that are too slow', () => {
  expect(refused(reading(new ResponseBodyTooLargeError({ maxSize: 1, size: 2 })))).toBe('too long')
  expect(refused(reading(new HttpRequestError({ url, status: 413 })))).toBe('too long')
  expect(refused(reading(new HttpRequestError({ url, status: 503 })))).toBeUndefined()
  expect(refused(reading(new TimeoutError({ body: {}, url })))).toBe('too slow')
  expect(refused(new Error('a bug'))).toBeUndefined()
})
