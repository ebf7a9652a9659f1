/**
 * Factory: the same bytes at the same address on every chain, by CREATE2.
 *
 * Uses the keyless deployment proxy that most chains already have
 * (github.com/Arachnid/deterministic-deployment-proxy); where it is missing, its one known
 * transaction is sent.
 */
import { type Address, concat, getContractAddress, type Hex, parseEther } from 'viem'
import type { Deployer, Step } from './deployer.ts'

const FACTORY: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C'
const FACTORY_SENDER: Address = '0x3fAB184622Dc19b6109349B94811493BF2a45362'
/** Signed by nobody: the signature is chosen, the sender follows from it, so nobody has its key. */
const FACTORY_TRANSACTION: Hex =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222'

/** Something to put on chain: what it is called, and its creation code with arguments. */
export type Creation = Readonly<{ name: string; initCode: Hex }>

/** Where `creation` will be, or is. */
export function placeOf({ initCode }: Creation, salt: Hex): Address {
  return getContractAddress({ opcode: 'CREATE2', from: FACTORY, salt, bytecode: initCode })
}

/** Makes sure that the chain has the factory. */
export async function ensureFactory(deployer: Deployer): Promise<void> {
  if (await deployer.hasCode(FACTORY)) return
  await deployer.send([
    { what: 'pay for the factory', to: FACTORY_SENDER, value: parseEther('0.01') },
  ])
  const { client } = deployer
  const hash = await client.sendRawTransaction({ serializedTransaction: FACTORY_TRANSACTION })
  await client.waitForTransactionReceipt({ hash })
}

/** Creates what is not there yet; gives how many contracts that were. */
export async function createMissing(
  deployer: Deployer,
  creations: readonly Creation[],
  salt: Hex,
): Promise<number> {
  const there = await Promise.all(creations.map((each) => deployer.hasCode(placeOf(each, salt))))
  const missing = creations.filter((_, n) => !there[n])
  const steps = missing.map(({ name, initCode }): Step => {
    return { what: `create ${name}`, to: FACTORY, data: concat([salt, initCode]) }
  })
  if (steps.length > 0) await deployer.send(steps)
  return steps.length
}
