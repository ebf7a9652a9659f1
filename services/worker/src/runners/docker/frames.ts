/**
 * Frames: the two streams of a container, as the engine sends them in one: eight bytes that say
 * which stream and how many bytes, then those.
 */

/** Takes the chunks of the connection, however they are cut; `take` gets what each stream said. */
export function openFrames(take: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void) {
  const head = Buffer.alloc(8)
  let have = 0
  let left = 0
  return (chunk: Uint8Array): void => {
    let at = 0
    while (at < chunk.length) {
      if (left === 0) {
        const part = chunk.subarray(at, at + head.length - have)
        head.set(part, have)
        have += part.length
        at += part.length
        if (have < head.length) return
        have = 0
        left = head.readUInt32BE(4)
        continue
      }
      const part = chunk.subarray(at, at + left)
      take(head[0] === 2 ? 'stderr' : 'stdout', part)
      left -= part.length
      at += part.length
    }
  }
}
