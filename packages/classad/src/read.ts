/** Read: an ad that a stranger wrote, checked before anything is done with it. */
import { AppError } from '@traboule/protocol'
import { type Ad, children, type Expr } from './expr.ts'
import { isFunction } from './functions/index.ts'
import { parse, parseAd } from './parser.ts'

/** Throws `ad/malformed`, `ad/too-large`, `ad/too-deep`, `ad/unknown-function`. */
export const readAd = (text: string, most?: number): Ad => known(parseAd(text, most))

/** The same of one expression. */
export const read = (text: string, most?: number): Expr => known(parse(text, most))

/** Evaluated, an unknown function is an ERROR, which its author would never hear of. */
function known<T extends Expr>(root: T): T {
  const unseen: Expr[] = [root]
  for (let expr = unseen.pop(); expr; expr = unseen.pop()) {
    if (expr.kind === 'call' && !isFunction(expr.key)) {
      const { name } = expr
      throw new AppError('ad/unknown-function', `There is no function ${name}.`, { name })
    }
    unseen.push(...children(expr))
  }
  return root
}
