import { expect, test } from 'vitest'
import { kindOf, textOf } from './preview.ts'

const text = new TextEncoder()

test('tells text and pictures from bytes that nobody can read', () => {
  expect(kindOf(text.encode('3.14159\n'))).toBe('text')
  expect(kindOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1))).toBe('image')
  expect(kindOf(Uint8Array.of(0xff, 0xfe))).toBe('other')
  expect(kindOf(Uint8Array.of(65, 0, 66))).toBe('other')
})

test('shows the beginning of a long text', () => {
  const shown = textOf(text.encode('x'.repeat(5_000)))
  expect(shown).toHaveLength(2_002)
  expect(shown.endsWith(' …')).toBe(true)
})
