/** Testing: any tree that a text can say. */
import fc from 'fast-check'
import { ad, call, ERROR, type Expr, literal, reference, type Scalar, select } from '../src/expr.ts'
import { power } from '../src/parser.ts'

const text = fc
  .string({ unit: 'binary', maxLength: 8 })
  .filter((value) => !value.includes('\0') && value.isWellFormed())
const name = fc.oneof(
  fc.constantFrom('a', 'b', 'Memory', 'my', 'target', 'parent', 'true', 'isnt', 'error'),
  text.filter((value) => value !== ''),
)

const scalars: fc.Arbitrary<Scalar> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 9n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  text,
  fc.boolean(),
  fc.constantFrom(undefined, ERROR),
)

const positive = ({ kind, ...rest }: Expr) =>
  kind === 'literal' && 'value' in rest
    ? (typeof rest.value === 'bigint' && rest.value >= 0n) ||
      (typeof rest.value === 'number' && rest.value >= 0 && !Object.is(rest.value, -0))
    : false

/** Trees. Without `- 5`, which is read as the number. */
export const { expr: exprs, ad: ads } = fc.letrec<{ expr: Expr; ad: Expr & { kind: 'ad' } }>(
  (tie) => {
    const of = tie('expr')
    const args = fc.array(of, { maxLength: 3 })
    const kinds: fc.Arbitrary<Expr>[] = [
      scalars.map(literal),
      fc.tuple(name, fc.boolean()).map(([each, root]) => reference(each, root)),
      fc.tuple(of, name).map(([each, key]) => select(each, key)),
      fc.record({ kind: fc.constant('subscript' as const), of, at: of }),
      fc
        .record({
          kind: fc.constant('unary' as const),
          op: fc.constantFrom('-', '+', '!', '~'),
          of,
        })
        .filter(({ op, of }) => op !== '-' || !positive(of)),
      fc.record({
        kind: fc.constant('binary' as const),
        op: fc.constantFrom(...(Object.keys(power) as (keyof typeof power)[])), // of its own table
        left: of,
        right: of,
      }),
      fc.record({ kind: fc.constant('conditional' as const), test: of, yes: of, no: of }),
      fc.record({ kind: fc.constant('elvis' as const), left: of, right: of }),
      fc
        .tuple(fc.constantFrom('size', 'strCat', 'nonsense'), args)
        .map(([key, all]) => call(key, all)),
      args.map((items) => ({ kind: 'list' as const, items })),
      tie('ad'),
    ]
    return {
      expr: fc.oneof({ maxDepth: 5, depthSize: 'small' }, ...kinds),
      ad: fc.array(fc.tuple(name, of), { maxLength: 4 }).map(ad),
    }
  },
)
