/** Preview: whether a stranger's file can be shown, and as what. Only text and PNG ever are. */

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Characters that are shown. */
const SHOWN = 2_000

export function kindOf(bytes: Uint8Array): 'image' | 'text' | 'other' {
  if (PNG.every((byte, n) => bytes[n] === byte)) return 'image'
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? 'other' : 'text'
  } catch {
    return 'other'
  }
}

/** The beginning of a text. */
export function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes)
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)} …`
}
