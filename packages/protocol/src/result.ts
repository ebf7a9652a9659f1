/**
 * Result: what a task's output must contain, and the digest that stands for it on chain.
 *
 * The rules are those of PoCo workers: an app writes `computed.json` into its output folder, and
 * names there either the part of the output that is the same on every machine, or the bytes that a
 * callback contract receives.
 */
import { type Address, bytesToHex, concat, type Hex, hexToBytes, keccak256, sha256 } from 'viem'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { nullAddress } from './scalars.ts'

/** Output of an app by path relative to `/iexec_out`, such as `result.txt` or `tiles/a.bin`. */
export type Files = ReadonlyMap<string, Uint8Array>

/** Where apps see their output folder. */
export const FOLDER = '/iexec_out'
/** The file that says what counts. */
export const COMPUTED = 'computed.json'
/** Longest name of a file or folder in an output, in UTF-16 units. */
export const MAX_NAME = 31
/** Longest `computed.json`, in bytes; leaves room for 64 KiB of callback data in hexadecimal. */
export const MAX_COMPUTED = 262_144

const callbackData = z
  .string()
  .max(131_074, 'must be at most 64 KiB')
  .regex(/^0x([0-9a-fA-F]{2})*$/, 'must be hexadecimal bytes starting with 0x')
  .transform((text) => text.toLowerCase() as Hex)

const schema = z
  .object({
    'deterministic-output-path': z.string().min(1).max(1_024).optional(),
    'callback-data': callbackData.optional(),
  })
  .refine(
    (it) => it['deterministic-output-path'] !== undefined || it['callback-data'] !== undefined,
    'must have deterministic-output-path or callback-data',
  )

/** What `computed.json` says; keys that other tools add are ignored. */
export type Computed = z.output<typeof schema>

/** What of a deal decides how its results are digested: its callback contract, if any. */
export type Target = Readonly<{ callback: Address }>

/** Parses the bytes of a `computed.json`. Throws `result/malformed`. */
export function parseComputed(bytes: Uint8Array): Computed {
  if (bytes.length > MAX_COMPUTED)
    throw malformed(`${COMPUTED} is longer than ${MAX_COMPUTED} bytes.`, { bytes: bytes.length })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw malformed(`${COMPUTED} is not JSON.`, {}, cause)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'is not valid' }
  throw malformed(`${COMPUTED}: ${[...path, message].join(' ')}.`, { issues: parsed.error.issues })
}

/**
 * The digest workers vote on. With a callback it covers the callback data; otherwise the file that
 * `computed.json` names (sha256), or the folder's own files (keccak256 of their sha256, by name).
 * Throws `result/malformed`.
 */
export function digestOf(files: Files, { callback }: Target): Hex {
  for (const path of files.keys()) checkNames(path)
  if (callback !== nullAddress) return keccak256(callbackDataOf(files, { callback }))
  const named = computedOf(files)['deterministic-output-path']
  if (named === undefined)
    throw malformed(`${COMPUTED} has no deterministic-output-path, and the deal no callback.`)
  const path = insideFolder(named)
  const file = files.get(path)
  return file === undefined ? digestOfFolder(files, path, named) : sha256(file)
}

/** The bytes `finalize` passes to the callback contract: empty for a deal without one. */
export function callbackDataOf(files: Files, { callback }: Target): Hex {
  if (callback === nullAddress) return '0x'
  const data = computedOf(files)['callback-data']
  if (data === undefined)
    throw malformed(`The deal has a callback, but ${COMPUTED} has no callback-data.`, { callback })
  return data
}

/** An output that reports a failure: honest workers agree on it, so the requester gets an answer. */
export function failure(code: string, sentence: string): Files {
  const text = new TextEncoder()
  const path = `${FOLDER}/error.txt`
  const computed = { 'deterministic-output-path': path, 'error-message': code }
  return new Map([
    [COMPUTED, text.encode(JSON.stringify(computed))],
    ['error.txt', text.encode(`${code}\n${sentence}\n`)],
  ])
}

/** Where a result is, as written on chain: the exact bytes the ecosystem's clients read. */
export function link(cid: string): Hex {
  return toHex(`{ "storage": "ipfs", "location": "/ipfs/${cid}" }`)
}

/** The link of a task whose result went to a contract. */
export function callbackLink(callback: Address): Hex {
  return toHex(`{ "storage": "ethereum", "location": "${callback}" }`)
}

export type Link = Readonly<{ storage: string; location: string }>
const linkSchema = z.object({ storage: z.string(), location: z.string() })

/** Reads a link from the chain, whoever wrote it; undefined when it is not one. */
export function parseLink(results: Hex): Link | undefined {
  try {
    return linkSchema.parse(JSON.parse(new TextDecoder().decode(hexToBytes(results))))
  } catch {
    return undefined
  }
}

/** The CID of an IPFS link; undefined for other storage. */
export function cidOf({ storage, location }: Link): string | undefined {
  return storage === 'ipfs' ? /^\/ipfs\/(\w+)$/.exec(location)?.[1] : undefined
}

function computedOf(files: Files): Computed {
  const bytes = files.get(COMPUTED)
  if (bytes === undefined) throw malformed(`The output has no ${COMPUTED}.`)
  return parseComputed(bytes)
}

/** Relative path of what `computed.json` names; `''` is the output folder itself. */
function insideFolder(named: string): string {
  const parts = named.split('/').filter((part) => part !== '' && part !== '.')
  if (!named.startsWith('/') || `/${parts[0]}` !== FOLDER || parts.includes('..'))
    throw malformed(`deterministic-output-path is outside ${FOLDER}.`, { path: named })
  return parts.slice(1).join('/')
}

/** Files of sub-folders do not count: PoCo's digest is not recursive. */
function digestOfFolder(files: Files, path: string, named: string): Hex {
  const prefix = path === '' ? '' : `${path}/`
  const below = [...files.keys()].filter((name) => name.startsWith(prefix)).sort()
  if (below.length === 0)
    throw malformed('deterministic-output-path names nothing the app wrote.', { path: named })
  const own = below.filter((name) => !name.slice(prefix.length).includes('/'))
  return keccak256(concat(own.map((name) => sha256(files.get(name) ?? new Uint8Array()))))
}

function checkNames(path: string): void {
  const long = path.split('/').find((name) => name.length > MAX_NAME)
  if (long !== undefined)
    throw malformed(`The name ${long} has more than ${MAX_NAME} characters.`, { path })
}

function toHex(text: string): Hex {
  return bytesToHex(new TextEncoder().encode(text))
}

function malformed(sentence: string, details = {}, cause?: unknown): AppError {
  return new AppError('result/malformed', sentence, details, cause)
}
