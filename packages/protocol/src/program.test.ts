import { expect, test } from 'vitest'
import * as Multiaddr from './multiaddr.ts'
import { kindOf } from './program.ts'

const CID = 'QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'
const app = (m_appType: string, at: string) => ({ m_appType, m_appMultiaddr: Multiaddr.encode(at) })

test.each([
  ['DOCKER', `/ipfs/${CID}`, 'WASI'],
  ['DOCKER', `ipfs://${CID}`, 'WASI'],
  ['DOCKER', 'docker.io/library/hello:1', 'DOCKER'],
  ['WASI', `/ipfs/${CID}`, 'WASI'],
  ['JAR', `/ipfs/${CID}`, 'JAR'],
])('an app called %s at %s is %s', (type, at, kind) => {
  expect(kindOf(app(type, at))).toBe(kind)
})
