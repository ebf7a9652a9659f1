/**
 * Tar: the entries of a layer, read as they come. Names that other formats extend are put together
 * here (pax, GNU); what an entry means is up to the reader.
 */
import { malformedLayer } from './layer.ts'

export type Kind = 'file' | 'folder' | 'symlink' | 'hardlink' | 'other'

export type Entry = Readonly<{
  path: string
  kind: Kind
  /** Where a link leads. */
  to: string
  size: number
  mode: number
  /** The content of a file; what is not read is skipped. */
  content: () => AsyncGenerator<Uint8Array>
}>

const BLOCK = 512
/** Of a name in another entry. */
const MOST_NAME = 65_536

const kinds: Readonly<Record<string, Kind>> = {
  '0': 'file',
  '\u0000': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'folder',
}

/** Throws `image/malformed` where the format is broken. */
export async function* entriesOf(from: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const reader = openReader(from)
  let next: Readonly<Record<string, string>> = {}
  while (true) {
    const head = await reader.exactly(BLOCK)
    if (!head || head.every((byte) => byte === 0)) return reader.drain()
    checkSum(head)
    const type = String.fromCharCode(head[156] ?? 0)
    const size = next.size === undefined ? numberIn(head, 124, 12) : decimal(next.size)
    if (type === 'x' || type === 'L' || type === 'K' || type === 'g') {
      if (size > MOST_NAME) throw malformedLayer('a name is too long')
      const text = await reader.text(size)
      if (type !== 'g') next = { ...next, ...namesIn(type, text) }
      continue
    }
    const kind = kinds[type] ?? 'other'
    const length = kind === 'file' || kind === 'other' ? size : 0
    yield {
      path: next.path ?? nameIn(head),
      to: next.linkpath ?? textIn(head, 157, 100),
      ...{ kind, size: length, mode: numberIn(head, 100, 8) },
      content: () => reader.some(length),
    }
    await reader.skipRest(length)
    next = {}
  }
}

function namesIn(type: string, text: string): Record<string, string> {
  if (type === 'L') return { path: untilNul(text) }
  if (type === 'K') return { linkpath: untilNul(text) }
  const found: Record<string, string> = {}
  for (let rest = text; rest !== ''; ) {
    const [, length = '', key = ''] = /^(\d{1,6}) ([^=]*)=/.exec(rest) ?? []
    const bytes = Buffer.from(rest)
    const end = Number(length)
    if (!(end > 0) || end > bytes.length) throw malformedLayer('its pax header is broken')
    const record = bytes.subarray(0, end).toString()
    found[key] = record.slice(record.indexOf('=') + 1, -1)
    rest = bytes.subarray(end).toString()
  }
  return found
}

function nameIn(head: Uint8Array): string {
  const name = textIn(head, 0, 100)
  const prefix = textIn(head, 257, 5) === 'ustar' ? textIn(head, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const untilNul = (text: string) => text.split('\u0000')[0] ?? ''

function textIn(head: Uint8Array, at: number, length: number): string {
  return untilNul(Buffer.from(head.subarray(at, at + length)).toString())
}

/** Octal digits, or binary where the first bit says so. */
function numberIn(head: Uint8Array, at: number, length: number): number {
  const bytes = head.subarray(at, at + length)
  const binary = ((bytes[0] ?? 0) & 0x80) !== 0
  const value = binary
    ? bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, (bytes[0] ?? 0) & 0x7f)
    : Number.parseInt(textIn(head, at, length).trim() || '0', 8)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw malformedLayer('it has a number that is none')
}

function decimal(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw malformedLayer('it has a size that is none')
}

function checkSum(head: Uint8Array): void {
  const sum = head.reduce((before, byte, at) => before + (at >= 148 && at < 156 ? 32 : byte), 0)
  if (sum !== numberIn(head, 148, 8)) throw malformedLayer('a header is damaged')
}

/** Bytes by count from chunks of any size. */
function openReader(from: AsyncIterable<Uint8Array>) {
  const source = from[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array()
  let unread = 0
  let begun = false

  async function piece(most: number): Promise<Uint8Array | undefined> {
    while (chunk.length === 0) {
      const { done, value } = await source.next()
      if (done) return undefined
      chunk = value
    }
    const part = chunk.subarray(0, most)
    chunk = chunk.subarray(part.length)
    return part
  }

  async function* some(length: number): AsyncGenerator<Uint8Array> {
    begun = true
    for (unread = length; unread > 0; ) {
      const part = await piece(unread)
      if (!part) throw malformedLayer('it ends early')
      unread -= part.length
      yield part
    }
  }

  /** Undefined at the end. */
  async function exactly(length: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = []
    for (let left = length; left > 0; ) {
      const part = await piece(left)
      if (!part) {
        if (parts.length === 0) return undefined
        throw malformedLayer('it ends early')
      }
      parts.push(part)
      left -= part.length
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts)
  }

  /** Whoever checks the whole needs to have seen it. */
  async function drain(): Promise<void> {
    while (!(await source.next()).done);
  }

  const padding = (length: number) => (BLOCK - (length % BLOCK)) % BLOCK
  return {
    exactly,
    some,
    drain,
    async text(length: number): Promise<string> {
      const bytes = length === 0 ? Buffer.alloc(0) : await exactly(length)
      await exactly(padding(length))
      return Buffer.from(bytes ?? []).toString()
    },
    /** Past an entry whose content was read in part, as a whole, or not at all. */
    async skipRest(length: number): Promise<void> {
      for (let left = begun ? unread : length; left > 0; ) {
        const part = await piece(left)
        if (!part) throw malformedLayer('it ends early')
        left -= part.length
      }
      begun = false
      await exactly(padding(length))
    },
  }
}
