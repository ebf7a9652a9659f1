import { someBytes32 } from '@traboule/protocol/testing'
import { expect, test } from 'vitest'
import { openNews } from './news.ts'

const [one, two] = [someBytes32(1), someBytes32(2)]

test('reads each changed task once', async () => {
  const news = openNews({ refresh: async () => undefined })
  news.add([one, two])
  news.add([one])
  expect(await news.catchUp()).toEqual([one, two])
  expect(await news.catchUp()).toEqual([])
})

test('a task that changes while it is read is read again', async () => {
  const reading = Promise.withResolvers<void>()
  const news = openNews({ refresh: () => reading.promise })
  news.add([one])
  const first = news.catchUp()
  news.add([one])
  reading.resolve()
  expect(await first).toEqual([one])
  expect(await news.catchUp()).toEqual([one])
})

test('what could not be read is news still', async () => {
  let fails = true
  const news = openNews({
    refresh: () => (fails ? Promise.reject(new Error()) : Promise.resolve()),
  })
  news.add([one])
  await expect(news.catchUp()).rejects.toThrow()
  fails = false
  expect(await news.catchUp()).toEqual([one])
})
