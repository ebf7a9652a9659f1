/**
 * Order: a signed intent to sell or buy an execution. Four kinds, one table.
 *
 * Source: PoCo v6 order structs and EIP-712 types (domain `iExecODB`, version `5.0.0`).
 */
import type { Address, Hex, TypedDataDomain } from 'viem'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { address, bytes32, hex, nullAddress, nullBytes32, uint256 } from './scalars.ts'
import { hashStruct, type Keccak, type Struct, structOf, viaViem } from './structHash.ts'

const field = { address, uint256, bytes32, string: z.string().max(65_536) } as const
type FieldType = keyof typeof field

/** Per kind: the EIP-712 struct, in the order of its fields. */
const structs = {
  app: {
    app: 'address',
    appprice: 'uint256',
    volume: 'uint256',
    tag: 'bytes32',
    datasetrestrict: 'address',
    workerpoolrestrict: 'address',
    requesterrestrict: 'address',
    salt: 'bytes32',
  },
  dataset: {
    dataset: 'address',
    datasetprice: 'uint256',
    volume: 'uint256',
    tag: 'bytes32',
    apprestrict: 'address',
    workerpoolrestrict: 'address',
    requesterrestrict: 'address',
    salt: 'bytes32',
  },
  workerpool: {
    workerpool: 'address',
    workerpoolprice: 'uint256',
    volume: 'uint256',
    tag: 'bytes32',
    category: 'uint256',
    trust: 'uint256',
    apprestrict: 'address',
    datasetrestrict: 'address',
    requesterrestrict: 'address',
    salt: 'bytes32',
  },
  request: {
    app: 'address',
    appmaxprice: 'uint256',
    dataset: 'address',
    datasetmaxprice: 'uint256',
    workerpool: 'address',
    workerpoolmaxprice: 'uint256',
    requester: 'address',
    volume: 'uint256',
    tag: 'bytes32',
    category: 'uint256',
    trust: 'uint256',
    beneficiary: 'address',
    callback: 'address',
    params: 'string',
    salt: 'bytes32',
  },
} as const satisfies Record<string, Record<string, FieldType>>

export type Kind = keyof typeof structs
export const kinds = Object.keys(structs) as readonly Kind[]

type Scalar = { address: Address; uint256: bigint; bytes32: Hex; string: string }
type Fields<S extends Record<string, FieldType>> = { readonly [K in keyof S]: Scalar[S[K]] }

/** The order of kind `K` before it is signed. */
export type Unsigned<K extends Kind = Kind> = Fields<(typeof structs)[K]>
/** The order of kind `K` with its signature (any bytes for a contract wallet or a presign). */
export type Order<K extends Kind = Kind> = Unsigned<K> & { readonly sign: Hex }

/** The four orders of a match. */
export type Quartet = Readonly<{
  app: Order<'app'>
  dataset: Order<'dataset'>
  workerpool: Order<'workerpool'>
  request: Order<'request'>
}>

/** EIP-712 primary type and fields per kind. */
export const typedData = Object.fromEntries(
  kinds.map((kind) => {
    const primaryType = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Order`
    const fields = Object.entries(structs[kind]).map(([name, type]) => ({ name, type }))
    return [kind, { primaryType, types: { [primaryType]: fields } }]
  }),
) as {
  readonly [K in Kind]: {
    readonly primaryType: string
    readonly types: Record<string, { name: string; type: FieldType }[]>
  }
}

const hashed = Object.fromEntries(
  kinds.map((kind) => {
    const { primaryType, types } = typedData[kind]
    return [kind, structOf(primaryType, types[primaryType] ?? [])]
  }),
) as Record<Kind, Struct>

const schemas = Object.fromEntries(
  kinds.map((kind) => {
    const shape = Object.entries(structs[kind]).map(([name, type]) => [name, field[type]])
    return [kind, z.strictObject({ ...Object.fromEntries(shape), sign: hex })]
  }),
)

/** The schema of a signed order; numbers may be decimal text, addresses of any case. */
export function schemaOf<K extends Kind>(kind: K): z.ZodType<Order<K>> {
  return schemas[kind] as unknown as z.ZodType<Order<K>> // built from the same table as the type
}

/** A signed order from untrusted input. Throws `order/malformed` naming each bad field. */
export function parse<K extends Kind>(kind: K, input: unknown): Order<K> {
  const parsed = schemaOf(kind).safeParse(input)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new AppError('order/malformed', `This is not a valid ${kind} order.`, { kind, fields })
}

/** The EIP-712 domain of orders on one hub. */
export function domain(chainId: number, hub: Address): TypedDataDomain {
  return { name: 'iExecODB', version: '5.0.0', chainId, verifyingContract: hub }
}

/** What a wallet signs: pass it to `signTypedData`. */
export function toSign<K extends Kind>(kind: K, order: Unsigned<K>, on: TypedDataDomain) {
  const { primaryType, types } = typedData[kind]
  const message = Object.fromEntries(
    Object.keys(structs[kind]).map((name) => [name, (order as Record<string, unknown>)[name]]),
  )
  return { domain: on, types, primaryType, message }
}

/** The order's identity: the EIP-712 digest with the domain. Keys `consumed` on chain. */
export function hash<K extends Kind>(
  kind: K,
  order: Unsigned<K>,
  on: TypedDataDomain,
  keccak: Keccak = viaViem,
): Hex {
  return hashStruct(hashed[kind], order, on, keccak)
}

/** The order as JSON carries it: every number as decimal text. */
export function toJson(order: object): Record<string, string> {
  return Object.fromEntries(Object.entries(order).map(([name, value]) => [name, String(value)]))
}

/** Stands for "no dataset" in a match. Unsigned; the chain looks only at its zero address. */
export const noDataset: Order<'dataset'> = {
  dataset: nullAddress,
  datasetprice: 0n,
  volume: 0n,
  tag: nullBytes32,
  apprestrict: nullAddress,
  workerpoolrestrict: nullAddress,
  requesterrestrict: nullAddress,
  salt: nullBytes32,
  sign: '0x',
}
