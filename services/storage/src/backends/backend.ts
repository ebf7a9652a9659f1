/**
 * Backend: a place that keeps bytes under keys, for good.
 *
 * `conformance.ts` says what every backend promises; a new one is a file here and a test that calls
 * `conforms`.
 */

/** Bytes from `start` up to but not including `end`. */
export type Range = Readonly<{ start: number; end: number }>
/** A file on its way. */
export type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>
export type Kept = Readonly<{ key: string; size: number }>

export type Backend = AsyncDisposable &
  Readonly<{
    /**
     * Keeps `bytes` under `key` and returns true; false when the key is already there, whose bytes
     * then stay. After a crash the key has all of its bytes or does not exist.
     */
    create(key: string, bytes: Uint8Array): Promise<boolean>
    /** How many bytes a key has; undefined when it does not exist. */
    size(key: string): Promise<number | undefined>
    /** The bytes of a key, or a part of them; undefined when it does not exist. */
    read(key: string, range?: Range): Promise<Bytes | undefined>
    /** Every key in a folder, without the folder's name; none when there is no such folder. */
    list(folder: string): Promise<readonly Kept[]>
    /** Forgets a key; nothing happens when it does not exist. */
    remove(key: string): Promise<void>
  }>

/** Keys are `folder/name` or `folder/name.more`, in letters that every store tells apart. */
export function checkKey(key: string): void {
  if (!/^[a-z0-9]+\/[a-z0-9]+(\.[a-z0-9]+)?$/.test(key)) throw new TypeError(`${key} is not a key`)
}

/** All of a stream, for what is known to be small. */
export async function all(bytes: Bytes | undefined): Promise<Uint8Array> {
  return new Uint8Array(await new Response(bytes ?? null).arrayBuffer())
}
