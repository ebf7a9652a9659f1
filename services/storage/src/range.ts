/** Range: which part of a file a `Range` header asks for. Source: RFC 9110, section 14. */
import { AppError } from '@traboule/protocol'
import type { Range } from './backends/backend.ts'

/**
 * The one range a header asks for. Undefined for the whole file, which is also the allowed answer
 * to several ranges and to what is not understood. Throws `object/bad-range` for one beyond the end.
 */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, from = '', to = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if (start < end) return { start, end }
  throw new AppError('object/bad-range', `The file has only ${size} bytes.`, { size })
}
