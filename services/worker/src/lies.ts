/** Lies: how a devnet's worker falsifies results, so that being caught can be watched. */
import { Result } from '@traboule/protocol'
import { bytesToHex } from 'viem'

/**
 * The same output with `lie` added to everything that counts. Workers with the same lie agree with
 * each other, which is how collusion is tried out.
 */
export function falsify(files: Result.Files, lie: string): Result.Files {
  const bytes = new TextEncoder().encode(lie)
  return new Map(
    [...files].map(([path, content]) => [
      path,
      path === Result.COMPUTED ? falsifyCallback(content, bytes) : append(content, bytes),
    ]),
  )
}

function falsifyCallback(content: Uint8Array, lie: Uint8Array): Uint8Array {
  const computed = Result.parseComputed(content)
  const data = computed['callback-data']
  if (data === undefined) return content
  const falsified = { ...computed, 'callback-data': `${data}${bytesToHex(lie).slice(2)}` }
  return new TextEncoder().encode(JSON.stringify(falsified))
}

function append(content: Uint8Array, lie: Uint8Array): Uint8Array {
  return new Uint8Array([...content, ...lie])
}
