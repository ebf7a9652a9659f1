/** Ens: a registry of names of its own for a chain that has none, in one transaction that may be repeated. */
import {
  type Address,
  encodeDeployData,
  type LocalAccount,
  type PublicClient,
  parseAbi,
  zeroHash,
} from 'viem'
import { artifact } from './artifact.ts'
import { createDeployer } from './deployer.ts'
import { createMissing, ensureFactory, placeOf } from './factory.ts'

/** Where names are kept, and the contract that may say where they lead. */
export type NamesDeployment = Readonly<{ registry: Address; resolver: Address }>

const views = parseAbi([
  'function registry() view returns (address)',
  'function resolver() view returns (address)',
])

/** Brings names to the client's chain; `owner` has the root, `eth` and `iexec.eth`. */
export async function deployNames(
  client: PublicClient,
  owner: LocalAccount,
): Promise<NamesDeployment> {
  const deployer = createDeployer(client, owner)
  const { abi, bytecode } = await artifact('NameService')
  const initCode = encodeDeployData({ abi, bytecode, args: [owner.address] })
  const names = { name: 'NameService', initCode }
  await ensureFactory(deployer)
  await createMissing(deployer, [names], zeroHash)
  const ask = { address: placeOf(names, zeroHash), abi: views } as const
  const [registry, resolver] = await Promise.all([
    client.readContract({ ...ask, functionName: 'registry' }),
    client.readContract({ ...ask, functionName: 'resolver' }),
  ])
  return { registry, resolver }
}
