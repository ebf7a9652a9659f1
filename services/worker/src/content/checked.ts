/** Checked: content as an order or a registry names it, held to what was announced of it. */
import { AppError } from '@traboule/protocol'
import { bytesToHex, type Hex, hexToBytes } from 'viem'
import type { Parts } from '../parts.ts'
import { sha256 } from './library.ts'
import { cidOf } from './locate.ts'

/** Throws `input/not-content-addressed`, and what the library throws. */
export async function fetchContent(
  location: string,
  { library }: Pick<Parts, 'library'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const cid = cidOf(location)
  if (cid !== undefined) return library.get(cid, signal)
  const shown = location.slice(0, 200)
  throw new AppError('input/not-content-addressed', `${shown} does not name its content.`, {
    location: shown,
  })
}

/** Throws `app/checksum-mismatch`. */
export function checkSum(bytes: Uint8Array, checksum: Hex, resource: string): void {
  const found = sha256(bytes)
  if (Buffer.compare(found, hexToBytes(checksum)) === 0) return
  throw new AppError(
    'app/checksum-mismatch',
    `The bytes of ${resource} are not what it announces.`,
    {
      resource,
      checksum,
      found: bytesToHex(found),
    },
  )
}
