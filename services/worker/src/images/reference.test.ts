import { AppError } from '@traboule/protocol'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { imageOf, textOf } from './reference.ts'

const checksum: Hex = `0x${'ab'.repeat(32)}`
const digest = `sha256:${'ab'.repeat(32)}`

test.each([
  ['alpine', `docker.io/library/alpine@${digest}`],
  ['me/app:1.2', `docker.io/me/app@${digest}`],
  ['index.docker.io/me/app', `docker.io/me/app@${digest}`],
  ['docker.io/alpine', `docker.io/library/alpine@${digest}`],
  ['ghcr.io/me/a/b__c:latest', `ghcr.io/me/a/b__c@${digest}`],
  ['localhost/app', `localhost/app@${digest}`],
  ['127.0.0.1:5000/app:1', `127.0.0.1:5000/app@${digest}`],
  [`registry.example/app:1@${digest}`, `registry.example/app@${digest}`],
])('%s is %s', (location, text) => expect(textOf(imageOf(location, checksum))).toBe(text))

test.each([
  '',
  'UPPER/case',
  'a//b',
  '../etc',
  'a b',
  'app:',
  'app@sha256:ab',
  'http://host.example/app',
  'user:password@host.example/app',
  `${'a/'.repeat(300)}a`,
])('%s names no image', (location) =>
  expect(() => imageOf(location, checksum)).toThrow(
    expect.objectContaining({ code: 'image/malformed' }),
  ),
)

test('an image without a checksum is not pinned, so it is none', () =>
  expect(() => imageOf('alpine', `0x${'00'.repeat(32)}`)).toThrow(AppError))

test('the digest in a location must be the one on the chain', () =>
  expect(() => imageOf(`alpine@sha256:${'cd'.repeat(32)}`, checksum)).toThrow(
    expect.objectContaining({ code: 'app/checksum-mismatch' }),
  ))
