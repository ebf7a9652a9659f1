/** Scalars of a subgraph: large numbers and bytes travel as text. */
import {
  GraphQLEnumType,
  GraphQLID,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  Kind,
} from 'graphql'

const numeric = (name: string, description: string, form: RegExp) => {
  const read = (value: unknown): string => {
    const text = String(value)
    if (!form.test(text)) throw new TypeError(`${name} cannot be ${text.slice(0, 100)}`)
    return text
  }
  return new GraphQLScalarType({
    name,
    description,
    coerceOutputValue: read,
    coerceInputValue: read,
    coerceInputLiteral: (node) => read('value' in node ? node.value : node.kind),
    valueToLiteral: (value) => ({ kind: Kind.STRING, value: read(value) }),
  })
}

const BigIntType = numeric('BigInt', 'A whole number of any size.', /^-?\d{1,78}$/)
const BigDecimal = numeric(
  'BigDecimal',
  'A decimal number; amounts are RLC.',
  /^-?\d{1,78}(\.\d{1,36})?$/,
)
const Bytes = numeric('Bytes', '0x and hexadecimal digits.', /^0x[0-9a-fA-F]*$/)

const enumOf = (name: string, values: readonly string[]) =>
  new GraphQLEnumType({ name, values: Object.fromEntries(values.map((value) => [value, {}])) })

/** The spelling of FAILLED is that of the subgraph; FAILED is understood too. */
const TaskStatus = new GraphQLEnumType({
  name: 'TaskStatus',
  values: {
    UNSET: {},
    ACTIVE: {},
    REVEALING: {},
    COMPLETED: {},
    FAILED: { value: 'FAILLED', description: 'The same as FAILLED.' },
    FAILLED: { value: 'FAILLED' }, // the later name of a value is the one it is told by
  },
})

/** What values are on the wire, by the name their type has in the table of entities. */
export const scalars = {
  ID: GraphQLID,
  String: GraphQLString,
  Int: GraphQLInt,
  Bytes,
  BigInt: BigIntType,
  BigDecimal,
  TaskStatus,
  ContributionStatus: enumOf('ContributionStatus', ['UNSET', 'CONTRIBUTED', 'PROVED', 'REJECTED']),
} as const
