/**
 * Containment: what runners of images promise of programs that mean harm, as tests. The program is
 * `test/images/program.c`.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { opened, type Subject } from './conformance.ts'
import { aJob } from './testing.ts'

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const limits = aJob({ app: new Uint8Array() }).limits

export function contains(name: string, subject: Subject): void {
  describe(name, () => {
    const { run, refusal, bounds } = opened(subject)
    const said = async (...args: string[]) => decode((await run(args)).stdout)

    test('lets nothing out: no name, no address, old or new, no host, no metadata', async () => {
      const host = createServer().listen(0, '127.0.0.1')
      await once(host, 'listening')
      const { port } = host.address() as AddressInfo
      const lines = await said('escape', String(port))
      host.close()
      expect(lines).toContain('interfaces lo\n')
      // Where that cannot be kept, the operator was told.
      const toHost = bounds().some((bound) => bound.includes('vsock')) ? [] : ['vsock']
      for (const way of ['raw IP', 'IPv6', 'metadata', 'DNS', 'host', 'raw socket', ...toHost])
        expect(lines).toContain(`${way} refused\n`)
    })

    test('gives no powers, and no way to get some', async () => {
      const lines = await said('powers')
      expect(lines).not.toMatch(/ALLOWED|ROOT/)
      expect(lines).toContain('user nobody\n')
      expect(lines).toContain('CapEff:\t0000000000000000\n')
      expect(lines).toContain('NoNewPrivs:\t1\n')
      expect(lines).toContain('Seccomp:\t2\n')
    })

    test('shows a program itself alone', async () => expect(await said('see')).toBe('alone\n'))

    test('gives scratch folders, and starts each run without what was left there', async () => {
      expect((await run(['scratch', ''])).exitCode).toBe(0)
      expect((await run(['scratch', '/forbidden'])).exitCode).toBe(91)
    })

    test('keeps a fork bomb inside, and ends it', async () => {
      const roomy = { ...limits, wallMs: 1_000, memoryBytes: 4 * limits.memoryBytes }
      expect(await refusal(['bomb'], { limits: roomy })).toBe('app/timeout')
      expect(await said('see')).toBe('alone\n')
    })

    test('ends a program that does not listen to being told to end', async () => {
      expect(await refusal(['deaf'], { limits: { ...limits, wallMs: 300 } })).toBe('app/timeout')
    })

    test('ends what a program leaves running behind itself', async () => {
      const outcome = await run(['daemon'])
      expect(outcome.exitCode).toBe(0)
      expect([...outcome.files.keys()]).toEqual(['computed.json', 'result.txt'])
    })

    test('takes files alone for a result, and says what it left out', async () => {
      const outcome = await run(['specials'])
      expect(decode(outcome.stdout)).toBe('made 0\ndevice refused\n')
      expect([...outcome.files.keys()]).toEqual(['locked/secret', 'plain'])
      expect(decode(outcome.files.get('locked/secret') ?? new Uint8Array())).toBe('secret')
      for (const left of ['link', 'up', 'fifo', 'socket'])
        expect(decode(outcome.stderr)).toContain(`"${left}"`)
      expect(await said('see')).toBe('alone\n')
    })

    test('tells the signal that ended a program as its exit code', async () => {
      expect((await run(['crash'])).exitCode).toBe(139)
    })
  })
}
