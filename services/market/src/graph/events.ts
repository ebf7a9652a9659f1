/** Events of the graph: what their rows share, whichever they are. */
import { type Entity, key, one, rlc, whole } from './fields.ts'

export const id = key('t.id')
export const born = { timestamp: whole('t.timestamp') }
export const emitted = { id, transaction: one('Transaction', 't.transaction'), ...born }
export const parties = { from: one('Account', 't.sender'), to: one('Account', 't.recipient') }
export const moved = { value: rlc('t.value') }

/** An event of the hub that is one of `is`. */
export const event = (is: string, name: string, fields: Entity['fields']): Entity => ({
  from: 'market.events',
  where: `t.name = '${name}'`,
  is,
  fields: { ...emitted, ...fields },
})
export const ofAccount = (name: string, fields: Entity['fields']) =>
  event('AccountEvent', name, { account: one('Account', 't.account'), ...fields })
export const ofTask = (name: string, fields: Entity['fields'] = {}) =>
  event('TaskEvent', name, { task: one('Task', 't.task'), ...fields })
