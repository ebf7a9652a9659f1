/** Names: a registry and resolver of names in one, and registrars, on a test network's state. */
import { Scalar } from '@traboule/protocol'
import { type Abi, type Address, concat, type Hex, keccak256, namehash } from 'viem'
import { nameAbi } from '../nameAbi.ts'
import type { Context } from './hub.ts'
import { placeOf, places, Refusal, type State } from './state.ts'

/** Who gives away the names below a domain. */
const registrars = new Map(
  ['users', 'apps', 'datasets', 'pools'].map((label) => {
    const domain = `${label}.iexec.eth`
    return [namehash(domain), placeOf(domain)]
  }),
)
const REVERSE = placeOf('addr.reverse')
registrars.set(namehash('addr.reverse'), REVERSE)

function change(state: State, node: Hex, from: Address, to: object): void {
  const now = state.names.get(node)
  if (now?.owner !== from) throw new Refusal('not the owner of this name')
  state.names.set(node, { ...now, ...to })
}

const registry = {
  owner: ({ state }: Context, node: Hex) =>
    registrars.get(node) ?? state.names.get(node)?.owner ?? Scalar.nullAddress,
  resolver: ({ state }: Context, node: Hex) =>
    state.names.get(node)?.resolver ?? Scalar.nullAddress,
  setResolver: ({ state, from }: Context, node: Hex, resolver: Address) =>
    change(state, node, from, { resolver }),
  addr: ({ state }: Context, node: Hex) => state.names.get(node)?.address ?? Scalar.nullAddress,
  setAddr: ({ state, from }: Context, node: Hex, address: Address) =>
    change(state, node, from, { address }),
  name: ({ state }: Context, node: Hex) => state.names.get(node)?.name ?? '',
}

const registrar = (domain: Hex) => ({
  register({ state, from }: Context, label: Hex, owner: Address) {
    const node = keccak256(concat([domain, label]))
    const now = state.names.get(node)
    if (now && now.owner !== from) throw new Refusal('this name is taken')
    state.names.set(node, { ...now, owner })
  },
})

const reverse = {
  setName({ state, from }: Context, name: string) {
    const node = namehash(`${from.slice(2).toLowerCase()}.addr.reverse`)
    state.names.set(node, { owner: REVERSE, resolver: places.names, name })
  },
}

const abi: Abi = nameAbi

/** Every contract of names, by its address. */
export const nameContracts = [
  [places.names, { abi, methods: registry }],
  ...[...registrars].map(([domain, at]) => [at, { abi, methods: registrar(domain) }] as const),
  [REVERSE, { abi, methods: reverse }],
] as const
