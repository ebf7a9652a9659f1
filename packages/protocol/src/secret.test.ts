import { expect, test } from 'vitest'
import * as Secret from './secret.ts'

const owner = '0x748e091bf16048cb5103e0e10f9d5a8b7fbdd860'

test.each([
  ['dataset', '', '0x82ed4058740fcf254fa65e702206eb0bbaea2c28d5c494fd2664cb0830ce0623'],
  ['user', 'name', '0x9f87cacd58d686f5b87ad2b683515e17ff2f167f3378beeba91da543f7b4c5c8'],
  ['requester', 'name', '0x9f87cacd58d686f5b87ad2b683515e17ff2f167f3378beeba91da543f7b4c5c8'],
  ['app', Secret.APP_NAME, '0x36cd37d2c475e60fac5b6cef0b8d4610339758a2343431069324e9d994a5fefe'],
] as const)('digests a secret of a %s as its clients sign it', (kind, name, digest) => {
  expect(Secret.digest({ kind, owner, name }, 'secret')).toBe(digest)
})
