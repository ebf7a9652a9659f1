/** Page: what the market's listings share. */
import { z } from 'zod'

/** How many orders a page holds: at least, at most, and when nothing is said. */
export const PAGE = { least: 10, most: 1_000, usual: 20 } as const

/** A small whole number, also as text. */
export const whole = z.union([
  z.number().int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number),
])
const chainId = whole.refine((id) => id > 0, 'must be a chain id')
/** Yes or no, also as text. */
export const yesOrNo = z.union([z.boolean(), z.stringbool()])
/** A moment as ISO 8601 text. */
export const date = z.iso.datetime()

/** Every route speaks about one chain and says which. */
export const onChain = { chainId }

/** How a listing is asked for, page by page. */
export const paging = {
  /** Number of the page, from 0. Pages shift when the book changes; `after` does not. */
  pageIndex: whole.optional(),
  pageSize: whole
    .refine((n) => n >= PAGE.least && n <= PAGE.most, 'must be between 10 and 1000')
    .optional(),
  /** Same as `pageIndex`, as older clients say it. */
  page: whole.optional(),
  /** The `nextCursor` of the page before: neither skips nor repeats, whatever is published meanwhile. */
  after: z
    .string()
    .max(400)
    .regex(/^[\w-]+$/)
    .optional(),
}

/** What every page of a listing says beside its items. */
export const paged = {
  /** How many there are in all; of very many, an estimate. */
  count: z.number().int(),
  countIsEstimate: z.boolean().optional(),
  /** Present when there is a further page. */
  nextPage: z.number().int().optional(),
  nextCursor: z.string().optional(),
}
