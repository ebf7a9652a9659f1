import { aDeal, anAddress, someBytes32 } from '@traboule/protocol/testing'
import { expect, test } from 'vitest'
import { environmentOf } from './environment.ts'
import { inputName } from './fetch.ts'

const situation = { deal: aDeal({ botFirst: 3n, botSize: 4n }), taskId: someBytes32(1), index: '5' }

test('tells an app where it is in the bag', () => {
  expect(environmentOf({ ...situation, inputs: [] })).toEqual({
    IEXEC_TASK_ID: someBytes32(1),
    IEXEC_DEAL_ID: situation.deal.dealId,
    IEXEC_TASK_INDEX: '5',
    IEXEC_IN: '/iexec_in',
    IEXEC_OUT: '/iexec_out',
    IEXEC_DATASET_ADDRESS: '',
    IEXEC_DATASET_FILENAME: '',
    IEXEC_BOT_SIZE: '4',
    IEXEC_BOT_FIRST_INDEX: '3',
    IEXEC_BOT_TASK_INDEX: '5',
    IEXEC_INPUT_FILES_NUMBER: '0',
  })
})

test('names inputs from 1, and the dataset by its address', () => {
  const dataset = { pointer: anAddress(0xd), owner: anAddress(0xe), price: 0n }
  const deal = aDeal({ dataset })
  expect(environmentOf({ ...situation, deal, inputs: ['0xaa', '0xbb'] })).toMatchObject({
    IEXEC_DATASET_ADDRESS: anAddress(0xd),
    IEXEC_DATASET_FILENAME: anAddress(0xd),
    IEXEC_INPUT_FILES_NUMBER: '2',
    IEXEC_INPUT_FILES_FOLDER: '/iexec_in',
    IEXEC_INPUT_FILE_NAME_1: '0xaa',
    IEXEC_INPUT_FILE_NAME_2: '0xbb',
  })
})

test('names the datasets of a bulk from 1, and leaves the places of the others empty', () => {
  const bulk = [anAddress(0xd), '']
  expect(environmentOf({ ...situation, inputs: [], bulk })).toMatchObject({
    IEXEC_DATASET_ADDRESS: '',
    IEXEC_BULK_SLICE_SIZE: '2',
    IEXEC_DATASET_1_FILENAME: anAddress(0xd),
    IEXEC_DATASET_2_FILENAME: '',
  })
})

test('an input is named by the hash of its location', () => {
  expect(inputName('https://example.com/file1')).toBe(
    '0x68c57563f2643545b948fb9b950fb30546ace88061e35875c1146da663c22ba5',
  )
})
