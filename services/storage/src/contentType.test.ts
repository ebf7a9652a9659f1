import { expect, test } from 'vitest'
import { typeOf } from './contentType.ts'

test.each([
  ['PK\u0003\u0004rest', 'application/zip'],
  ['\0asm\u0001\0\0\0', 'application/wasm'],
  ['hello\n', 'text/plain; charset=utf-8'],
  ['<script>alert(1)</script>', 'text/plain; charset=utf-8'],
  ['', 'text/plain; charset=utf-8'],
  ['a\0b', 'application/octet-stream'],
])('takes %j for %s', (head, type) => {
  expect(typeOf(new TextEncoder().encode(head))).toBe(type)
})

test('takes text cut within a character for text, and broken text for bytes', () => {
  expect(typeOf(new TextEncoder().encode('é').subarray(0, 1))).toBe('text/plain; charset=utf-8')
  expect(typeOf(Uint8Array.of(0x61, 0xff, 0x61))).toBe('application/octet-stream')
})
