/** Layer: what is wrong with one, before it is known which image's it is. */
import { AppError } from '@traboule/protocol'

export function malformedLayer(why: string): AppError {
  return new AppError('image/malformed', `A layer of the image cannot be used: ${why}.`, { why })
}
