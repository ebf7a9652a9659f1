/** ContentType: what a file is, told from its first bytes. Text is plain, whatever it contains. */

const signatures: readonly (readonly [type: string, bytes: readonly number[]])[] = [
  ['application/zip', [0x50, 0x4b, 0x03, 0x04]],
  ['application/zip', [0x50, 0x4b, 0x05, 0x06]],
  ['application/wasm', [0x00, 0x61, 0x73, 0x6d]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['application/gzip', [0x1f, 0x8b]],
]

/** The type of a file that begins with `head`. */
export function typeOf(head: Uint8Array): string {
  const known = signatures.find(([, bytes]) => bytes.every((byte, at) => head[at] === byte))
  if (known) return known[0]
  return isText(head) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

/** Text has no control characters but tab, line feed, form feed, return and escape. */
function isText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 32 && ![9, 10, 12, 13, 27].includes(byte))) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}
