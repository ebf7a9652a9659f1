/** Work: a task taken through its life on chain. */
import { Contribution, Scalar, Task } from '@traboule/protocol'
import { type Hex, keccak256, stringToHex } from 'viem'
import type { World } from './world.ts'

/** Takes the first task of a deal through its life; all workers agree. */
export async function complete(world: World, dealid: Hex, workers = [world.people.worker]) {
  const { poolOwner, stranger } = world.people
  const taskId = Task.id(dealid, 0n)
  const digest = keccak256(stringToHex('a result'))
  const none = Scalar.nullAddress
  await world.hubCall(stranger, 'initialize', [dealid, 0n])
  for (const worker of workers) {
    const raw = Contribution.authorizationHash(worker.address, taskId, none)
    const authorization = await poolOwner.signMessage({ message: { raw } })
    const hash = Contribution.resultHash(taskId, digest)
    const seal = Contribution.resultSeal(worker.address, taskId, digest)
    const vote = [taskId, hash, seal, none, '0x', authorization]
    await world.hubCall(worker, 'contribute', vote)
  }
  for (const worker of workers) await world.hubCall(worker, 'reveal', [taskId, digest])
  await world.hubCall(poolOwner, 'finalize', [taskId, stringToHex('{"storage":"none"}'), '0x'])
  return taskId
}
