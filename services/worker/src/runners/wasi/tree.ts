/**
 * Tree: files and folders in memory, counted as they grow.
 *
 * A folder chain is at most 64 deep and no link exists, so every walk ends. What the program wrote
 * and unlinked but holds open still counts.
 */
import type { Result } from '@traboule/protocol'
import { Errno } from './abi.ts'
import { Fault, type FaultCode } from './fault.ts'

/** What a part of the tree may still take, in bytes and in files and folders. */
export type Ledger = { bytes: number; files: number; readonly what: string; readonly max: Max }
type Max = Readonly<{ bytes: number; files: number }>

type Common = { readonly ino: bigint; readonly ledger: Ledger | undefined; opens: number }
/** `bytes` may be longer than the file: `size` is what counts. */
export type File = Common & {
  readonly kind: 'file'
  bytes: Uint8Array
  size: number
  links: number
}
export type Folder = Common & {
  readonly kind: 'folder'
  readonly parent: Folder | undefined
  readonly depth: number
  readonly entries: Map<string, Node>
  links: number
}
export type Node = File | Folder

const MAX_DEPTH = 64
const MAX_FILE = 2 ** 31

/** Nodes without a ledger are read-only. Inode numbers count up, so that they repeat in every run. */
export function openTree() {
  let inodes = 1n
  const next = () => inodes++
  return {
    file: (ledger: Ledger | undefined, bytes: Uint8Array = new Uint8Array()): File => {
      if (ledger !== undefined) spend(ledger, 'files', 1)
      return { kind: 'file', ino: next(), ledger, opens: 0, links: 1, bytes, size: bytes.length }
    },
    folder: (ledger: Ledger | undefined, parent?: Folder): Folder => {
      if (ledger !== undefined && parent !== undefined) spend(ledger, 'files', 1)
      const depth = (parent?.depth ?? 0) + 1
      if (depth > MAX_DEPTH) throw new Errno('nametoolong')
      return {
        kind: 'folder',
        ino: next(),
        ledger,
        opens: 0,
        links: 1,
        parent,
        depth,
        entries: new Map(),
      }
    },
  }
}

export type Tree = ReturnType<typeof openTree>

/** A read-only folder with `files`; sorted, so that listings do not depend on who made the map. */
export function fill(tree: Tree, files: Result.Files): Folder {
  const root = tree.folder(undefined)
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const names = path.split('/')
    const name = names.pop() ?? path
    let at = root
    for (const part of names) {
      const known = at.entries.get(part)
      const folder = known?.kind === 'folder' ? known : tree.folder(undefined, at)
      at.entries.set(part, folder)
      at = folder
    }
    at.entries.set(name, tree.file(undefined, bytes))
  }
  return root
}

/** Every file under `root` by relative path, in order of name. */
export function list(root: Folder): Map<string, Uint8Array> {
  const found: [string, Uint8Array][] = []
  const open: [string, Folder][] = [['', root]]
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const [name, node] of next[1].entries) {
      const path = `${next[0]}${name}`
      if (node.kind === 'folder') open.push([`${path}/`, node])
      else found.push([path, node.bytes.slice(0, node.size)])
    }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Writes at `offset`, growing the file as needed. */
export function write(file: File, offset: number, bytes: Uint8Array): void {
  const end = offset + bytes.length
  if (bytes.length === 0) return
  if (end > file.size) resize(file, end)
  file.bytes.set(bytes, offset)
}

/** Makes the file `size` bytes long; new bytes are zero. */
export function resize(file: File, size: number): void {
  if (file.ledger === undefined) throw new Errno('rofs')
  spend(file.ledger, 'bytes', size - file.size)
  if (size > MAX_FILE) throw new Errno('fbig')
  if (size > file.bytes.length) {
    // Doubling keeps many small writes linear.
    const grown = new Uint8Array(Math.max(size, Math.min(2 * file.bytes.length, MAX_FILE), 256))
    grown.set(file.bytes.subarray(0, file.size))
    file.bytes = grown
  } else if (size < file.size) file.bytes.fill(0, size, file.size)
  file.size = size
}

/** Takes a node out of its folder; its bytes are given back once nobody holds it open. */
export function unlink(node: Node): void {
  node.links = 0
  release(node)
}

/** Gives back what an unlinked node held. */
export function release(node: Node): void {
  if (node.links > 0 || node.opens > 0 || node.ledger === undefined) return
  spend(node.ledger, 'files', -1)
  if (node.kind === 'file') spend(node.ledger, 'bytes', -node.size)
}

const code: Readonly<Record<keyof Max, FaultCode>> = {
  bytes: 'app/output-too-large',
  files: 'app/too-many-files',
}

function spend(ledger: Ledger, unit: keyof Max, amount: number): void {
  const limit = ledger.max[unit]
  if (ledger[unit] + amount > limit)
    throw new Fault(code[unit], `The app wrote more than ${limit} ${unit} to ${ledger.what}.`, {
      limit,
      unit,
    })
  ledger[unit] += amount
}
