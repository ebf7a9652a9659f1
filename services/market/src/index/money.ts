/** Money: the hub's ledger, event by event. */
import { Scalar } from '@traboule/protocol'
import type { Address, Hex } from 'viem'
import { account, idOf, note, origin, type Step } from './effects.ts'

/** What follows from each event of the ledger. */
export const money = {
  async Transfer({ from, to, value }: { from: Address; to: Address; value: bigint }, step: Step) {
    const { log, unit } = step
    unit.add('transfers', { id: idOf(log), sender: from, recipient: to, value, ...origin(log) })
    if (from !== Scalar.nullAddress) await account(step, from, { balance: -value })
    if (to !== Scalar.nullAddress) await account(step, to, { balance: value })
  },
  async Lock({ owner, amount }: { owner: Address; amount: bigint }, step: Step) {
    await account(step, owner, { frozen: amount })
    note(step, 'Lock', { account: owner, value: amount })
  },
  async Unlock({ owner, amount }: { owner: Address; amount: bigint }, step: Step) {
    await account(step, owner, { frozen: -amount })
    note(step, 'Unlock', { account: owner, value: amount })
  },
  async Reward({ owner, amount, ref }: { owner: Address; amount: bigint; ref: Hex }, step: Step) {
    note(step, 'Reward', { account: owner, value: amount, task: ref })
  },
  async Seize({ owner, amount, ref }: { owner: Address; amount: bigint; ref: Hex }, step: Step) {
    await account(step, owner, { frozen: -amount })
    note(step, 'Seize', { account: owner, value: amount, task: ref })
  },
  async OrdersRevoked({ owner, epoch }: { owner: Address; epoch: bigint }, step: Step) {
    const row = await account(step, owner, {})
    await step.unit.put('accounts', { ...row, epoch })
    note(step, 'OrdersRevoked', { account: owner, value: epoch })
  },
  async PolicyChanged({ scoreMinPrice }: { scoreMinPrice: bigint }, { unit, log }: Step) {
    const row = { id: 'hub', score_min_price: scoreMinPrice, block: log.blockNumber }
    await unit.put('policies', row)
  },
}
