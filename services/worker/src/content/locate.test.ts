import { expect, test } from 'vitest'
import { cidOf } from './locate.ts'

const v0 = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const v1 = 'bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby'

test.each([
  [`/ipfs/${v0}`, v0],
  [`/ipfs/${v1}/`, v1],
  [`ipfs://${v1}`, v1],
  [`https://gateway.example/ipfs/${v0}`, v0],
  [`http://127.0.0.1:8080/ipfs/${v1}`, v1],
])('%s names content', (location, cid) => {
  expect(cidOf(location)).toBe(cid)
})

test.each([
  '',
  'https://example.com/file.txt',
  `https://example.com/ipfs/${v0}/../../admin`,
  `https://example.com/other?x=/ipfs/${v0}`,
  `/ipfs/${v0}/folder/file`,
  `file:///ipfs/${v0}`,
  '/ipfs/QmShort',
  'http://169.254.169.254/latest/meta-data',
])('%s does not', (location) => {
  expect(cidOf(location)).toBeUndefined()
})
