/** Environment: the variables an app sees. Source: PoCo's application contract. */
import { type Deal, Scalar } from '@traboule/protocol'
import type { Hex } from 'viem'

const IN = '/iexec_in'
const OUT = '/iexec_out'

export type Situation = Readonly<{
  deal: Deal.Deal
  taskId: Hex
  /** Absolute index in the deal, as decimal text. */
  index: string
  /** Names of the input files, in the request's order. */
  inputs: readonly string[]
  /** Names of the datasets of a bulk, empty where one is of no use; undefined without a bulk. */
  bulk?: readonly string[] | undefined
}>

/** Every variable, nothing inherited; those of inputs and of a bulk only when there are some. */
export function environmentOf(situation: Situation): Record<string, string> {
  const { deal, taskId, index, inputs, bulk } = situation
  const { pointer } = deal.dataset
  const dataset = pointer === Scalar.nullAddress ? '' : pointer.toLowerCase()
  const named = inputs.map((name, n) => [`IEXEC_INPUT_FILE_NAME_${n + 1}`, name])
  return {
    IEXEC_TASK_ID: taskId,
    IEXEC_DEAL_ID: deal.dealId,
    IEXEC_TASK_INDEX: index,
    IEXEC_IN: IN,
    IEXEC_OUT: OUT,
    IEXEC_DATASET_ADDRESS: dataset,
    IEXEC_DATASET_FILENAME: dataset,
    IEXEC_BOT_SIZE: String(deal.botSize),
    IEXEC_BOT_FIRST_INDEX: String(deal.botFirst),
    IEXEC_BOT_TASK_INDEX: index,
    IEXEC_INPUT_FILES_NUMBER: String(inputs.length),
    ...(inputs.length > 0 && { IEXEC_INPUT_FILES_FOLDER: IN }),
    ...Object.fromEntries(named),
    ...(bulk && { IEXEC_BULK_SLICE_SIZE: String(bulk.length) }),
    ...Object.fromEntries((bulk ?? []).map((name, n) => [`IEXEC_DATASET_${n + 1}_FILENAME`, name])),
  }
}
