/** Tar: layers of images, also such as no honest tool makes. */

export type Entry = Readonly<{
  path: string
  content?: Uint8Array | string
  mode?: number
  /** As the format has it: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 fifo. */
  type?: '0' | '1' | '2' | '3' | '4' | '5' | '6'
  /** Where a link leads. */
  to?: string
  /** Announced instead of the truth. */
  size?: number
}>

const BLOCK = 512

export function tar(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)])
}

function blocksOf({ path, content = '', mode = 0o755, type = '0', to = '', size }: Entry) {
  const bytes = Buffer.from(content)
  const head = Buffer.alloc(BLOCK)
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0')
  head.write(path, 0, 100)
  head.write(octal(mode, 8), 100)
  head.write(octal(0, 8), 108)
  head.write(octal(0, 8), 116)
  head.write(octal(size ?? bytes.length, 12), 124)
  head.write(octal(0, 12), 136)
  head.write(' '.repeat(8), 148)
  head.write(type, 156)
  head.write(to, 157, 100)
  head.write('ustar\u000000', 257)
  head.write(octal(1, 8), 329)
  head.write(octal(3, 8), 337)
  const sum = head.reduce((before, byte) => before + byte, 0)
  head.write(`${octal(sum, 7)}\u0000 `, 148)
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)
  return [head, bytes, padding]
}
