/** Prices: what workerpools were paid per task, deal by deal and in candles. */
import { sql } from 'kysely'
import type { Db } from '../db/tx.ts'

/** How many deals, and how many candles, are told. */
const TOLD = 100

type Candle = Readonly<
  Record<'time' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'deals', string>
>

/** The last deals of a category and its last candles of `interval` seconds, oldest first. */
export async function prices(db: Db, category: bigint, interval: number) {
  const { rows: deals } = await sql<Record<'timestamp' | 'price' | 'volume', string>>`
    select timestamp::text, workerpool_price::text as price, volume::text from market.deals
    where category = ${String(category)}::numeric
    order by deals.matched_block desc, id desc limit ${TOLD}`.execute(db)
  const { rows: candles } = await sql<Candle>`
    select (bucket * ${interval}::bigint)::text as time,
      (array_agg(workerpool_price order by matched_block, id))[1]::text as open,
      max(workerpool_price)::text as high, min(workerpool_price)::text as low,
      (array_agg(workerpool_price order by matched_block desc, id desc))[1]::text as close,
      sum(volume)::text as volume, count(*)::text as deals
    from (select *, timestamp / ${interval}::bigint as bucket from market.deals
      where category = ${String(category)}::numeric) as dated
    group by bucket order by bucket desc limit ${TOLD}`.execute(db)
  return {
    ohlc: deals
      .toReversed()
      .map(({ timestamp, price, volume }): [string, number, number] => [
        dateOf(timestamp),
        Number(price),
        Number(volume),
      ]),
    candles: candles.toReversed().map(({ time, ...figures }) => ({
      time: dateOf(time),
      open: Number(figures.open),
      high: Number(figures.high),
      low: Number(figures.low),
      close: Number(figures.close),
      volume: Number(figures.volume),
      deals: Number(figures.deals),
    })),
  }
}

const dateOf = (seconds: string) => new Date(Number(seconds) * 1_000).toISOString()
