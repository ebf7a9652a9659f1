/** A route table over real HTTP: what it answers and what it refuses. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../src/log.ts'
import { listen, mount } from '../src/server.ts'
import { clock, type Echo, startEcho } from './support/echo.ts'

let echo: Echo
beforeAll(async () => {
  echo = await startEcho()
})
afterAll(() => echo[Symbol.asyncDispose]())
beforeEach(() => void echo.lines.splice(0))

const post = (body: string | Uint8Array<ArrayBuffer>, path = '/echo/a') =>
  echo.send(path, { method: 'POST', body })

describe('answering', () => {
  test('parses what comes and writes what goes, amounts as decimal text', async () => {
    const amount = 2n ** 255n
    const answer = await echo.ask.echo({
      params: { id: 'a/b' },
      query: { times: 2 },
      body: { amount },
    })
    expect(answer).toEqual({ id: 'a/b', times: 2, amount })
    const raw = await (await post(`{"amount":"${amount}"}`)).json()
    expect(raw).toEqual({ ok: true, id: 'a', times: 1, amount: `${amount}` })
  })

  test('gives bytes, text and nothing as they are', async () => {
    expect(await echo.ask.bytes()).toEqual(Uint8Array.of(0, 255, 10))
    expect(await echo.ask.text()).toBe('some text')
    expect(await echo.ask.nothing()).toBeUndefined()
    expect((await echo.send('/nothing', { method: 'DELETE' })).status).toBe(204)
  })

  test('is alive, and open to other origins', async () => {
    expect(await (await echo.send('/health/live')).json()).toEqual({ ok: true })
    const asked = { origin: 'https://example.org', 'access-control-request-method': 'PUT' }
    const preflight = await echo.send('/whoami/a', { method: 'OPTIONS', headers: asked })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect((await echo.send('/refuse')).headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('refusing', () => {
  const refusal = async (response: Promise<Response>) => {
    const { status, headers } = await response
    const { code } = (await (await response).json()) as { code: string }
    expect(headers.get('content-type')).toBe('application/json')
    return `${status} ${code}`
  }

  test('says what a handler refuses, completely, and the client throws the same', async () => {
    expect(await (await echo.send('/refuse')).json()).toEqual({
      ok: false,
      error: 'No volume left.',
      code: 'order/consumed',
      hint: expect.any(String),
      retry: false,
      details: { remaining: '0', hash: '0x1' },
    })
    await expect(echo.ask.refuse()).rejects.toMatchObject({
      name: 'AppError',
      code: 'order/consumed',
      message: 'No volume left.',
      details: { remaining: '0', hash: '0x1' },
    })
    expect(echo.lines).toEqual([])
  })

  test('keeps a bug to itself, under an id that the log has too', async () => {
    const response = await echo.send('/crash')
    const body = (await response.json()) as { details: { id: string }; error: string }
    expect(response.status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('secret detail')
    expect(echo.lines).toMatchObject([
      {
        level: 'error',
        event: 'request.crashed',
        id: body.details.id,
        error: { name: 'TypeError' },
      },
    ])
  })

  test('names the fields that are wrong', async () => {
    const response = await post('{"amount":"1"}', '/echo/123456789?times=4')
    expect(await response.json()).toMatchObject({
      code: 'request/invalid',
      details: { fields: [expect.stringMatching(/^params\.id: /)] },
    })
    const body = await (await post('{"amount":"-1","text":5}')).json()
    expect(body).toMatchObject({
      details: {
        fields: [expect.stringMatching(/^body\.amount: /), expect.stringMatching(/^body\.text: /)],
      },
    })
  })

  test.each([
    ['an unknown path', '/none', 'GET', undefined, '404 route/unknown'],
    ['a known path by another method', '/text', 'POST', '{}', '404 route/unknown'],
    ['no body', '/echo/a', 'POST', undefined, '400 request/not-json'],
    ['half a body', '/echo/a', 'POST', '{"amount":', '400 request/not-json'],
    ['a body that is no object', '/echo/a', 'POST', '[]', '400 request/invalid'],
    ['a query out of range', '/echo/a?times=9', 'POST', '{"amount":"1"}', '400 request/invalid'],
    ['a body above the limit', '/echo/a', 'POST', 'x'.repeat(1_001), '413 request/too-large'],
    ['an unsigned request', '/whoami/a', 'PUT', 'x', '401 request/unauthorized'],
  ])('refuses %s', async (_, path, method, body, expected) => {
    expect(await refusal(echo.send(path, { method, ...(body !== undefined && { body }) }))).toBe(
      expected,
    )
  })

  test('refuses bytes that are not UTF-8 as JSON', async () => {
    expect(await refusal(post(Uint8Array.of(0x22, 0xff, 0x22)))).toBe('400 request/not-json')
  })

  test('refuses a body that is longer than it said, or did not say', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(500)),
    })
    const sent = echo.send('/echo/a', {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect(await refusal(sent)).toBe('413 request/too-large')
  })

  test('property: no body makes it crash', async () => {
    const bodies = fc.oneof(fc.json(), fc.string(), fc.constant('{"__proto__":{"amount":"1"}}'))
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { status } = await post(new TextEncoder().encode(body))
        expect([200, 400, 413]).toContain(status)
      }),
      { numRuns: 200 },
    )
    expect(echo.lines).toEqual([])
  })
})

describe('listening', () => {
  test('says that a port is taken', async () => {
    const app = mount({}, {}, { log: createLog(), clock, chainId: 1, service: 'x' })
    await expect(listen(app, echo.port)).rejects.toMatchObject({
      code: 'port/taken',
      details: { port: echo.port },
    })
  })

  test('closes though a client keeps its connection', async () => {
    const app = mount({}, {}, { log: createLog(), clock, chainId: 1, service: 'x' })
    const own = await listen(app, 0)
    await (await fetch(`${own.url}/health/live`)).text() // fetch keeps it
    await own[Symbol.asyncDispose]()
    await expect(fetch(`${own.url}/health/live`)).rejects.toThrow()
  })
})
