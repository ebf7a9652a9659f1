import { expect, test } from 'vitest'
import { openFrames } from './frames.ts'

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

test.each([1, 2, 3, 7, 8, 9, 1_000])('streams come apart, cut every %i bytes', (size) => {
  const whole = Buffer.concat([frame(1, 'one'), frame(2, ''), frame(2, 'héll'), frame(1, ' two')])
  const said = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const take = openFrames((stream, bytes) => said[stream].push(Uint8Array.from(bytes)))
  for (let at = 0; at < whole.length; at += size) take(whole.subarray(at, at + size))
  expect(Buffer.concat(said.stdout).toString()).toBe('one two')
  expect(Buffer.concat(said.stderr).toString()).toBe('héll')
})
