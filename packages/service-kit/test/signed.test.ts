/** Who signed a request is believed for that request, for a minute, and for nothing else. */
import { Signed } from '@traboule/protocol/api'
import fc from 'fast-check'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHAIN_ID, clock, type Echo, seconds, signer, startEcho } from './support/echo.ts'

let echo: Echo
beforeAll(async () => {
  echo = await startEcho()
})
afterAll(() => echo[Symbol.asyncDispose]())
beforeEach(() => void echo.lines.splice(0))

const claim = {
  chainId: CHAIN_ID,
  service: 'test',
  method: 'PUT',
  target: '/whoami/a?q=1',
  body: new TextEncoder().encode('body'),
}
const present = async (authorization: string, over: { path?: string; body?: string } = {}) => {
  const headers = { authorization }
  const { path = claim.target, body = 'body' } = over
  const response = await echo.send(path, { method: 'PUT', headers, body })
  const { code, caller } = (await response.json()) as { code?: string; caller?: string }
  return code ?? caller
}
const sign = (over: Partial<Signed.Claim> = {}) =>
  Signed.sign({ ...claim, issuedAt: seconds(), ...over }, signer as never)

test('a signature tells the handler who calls', async () => {
  expect(await present(await sign())).toBe(signer.address)
  const { caller } = await echo.ask.whoami({
    params: { id: 'x y' },
    query: { q: 'ü&=' },
    body: Uint8Array.of(1, 2, 3),
  })
  expect(caller).toBe(signer.address)
})

test.each([
  ['another chain', { chainId: 8 }],
  ['another service', { service: 'other' }],
  ['another method', { method: 'POST' }],
  ['another path', { target: '/whoami/b?q=1' }],
  ['another query', { target: '/whoami/a?q=2' }],
  ['another body', { body: new TextEncoder().encode('other') }],
  ['no body', { body: undefined }],
])('a signature for %s is refused', async (_, over) => {
  expect(await present(await sign(over))).toBe('request/unauthorized')
})

test.each([-61, 61])('a signature is refused %i seconds off the clock', async (off) => {
  expect(await present(await sign({ issuedAt: seconds() + off }))).toBe('request/unauthorized')
})

test.each([-60, 60])('a signature is good %i seconds off the clock', async (off) => {
  expect(await present(await sign({ issuedAt: seconds() + off }))).toBe(signer.address)
})

test('a signature cannot be replayed once a minute is over', async () => {
  const header = await sign()
  expect(await present(header)).toBe(signer.address)
  await clock.pass(61_000)
  expect(await present(header)).toBe('request/unauthorized')
})

test('a signature cannot be given another time or another address', async () => {
  const [scheme, address, issuedAt, signature] = (await sign()).split(' ')
  const other = privateKeyToAccount(generatePrivateKey()).address
  const forged = [
    `${scheme} ${other} ${issuedAt} ${signature}`,
    `${scheme} ${address} ${Number(issuedAt) + 1} ${signature}`,
    `${scheme} ${address} ${issuedAt} ${'0x'.padEnd(132, '0')}`,
    `${scheme} ${address} ${issuedAt} ${signature?.slice(0, -2)}`,
    `${scheme} ${address} ${issuedAt}`,
    `Bearer ${address} ${issuedAt} ${signature}`,
    '',
  ]
  for (const header of forged) expect(await present(header)).toBe('request/unauthorized')
})

test('property: no other body and no other target goes with a signature', async () => {
  const header = await sign()
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 100 }), fc.webSegment(), async (body, id) => {
      if (body !== 'body') expect(await present(header, { body })).toBe('request/unauthorized')
      const path = `/whoami/${id === '' || id === 'a' ? 'b' : id}?q=1`
      expect(['request/unauthorized', 'route/unknown']).toContain(await present(header, { path }))
    }),
    { numRuns: 50 },
  )
})

test('property: no altered header is taken for another address', async () => {
  const header = await sign()
  const printable = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code))
  await fc.assert(
    fc.asyncProperty(fc.nat(header.length - 1), printable, async (at, char) => {
      const altered = header.slice(0, at) + char + header.slice(at + 1)
      const answer = await present(altered)
      expect(['request/unauthorized', signer.address]).toContain(answer)
    }),
    { numRuns: 100 },
  )
  expect(echo.lines).toEqual([])
})
