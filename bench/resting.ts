/** Resting: orders as a busy book has them: of every kind, few tags, skewed prices, some restricted. */
import { Client } from 'pg'

const NOBODY = '0x0000000000000000000000000000000000000000'

/** Parties of order number `n`, a field each; what an order does not name is open to anyone. */
const rows = `
select n, kind, price, volume, bits,
  '0x' || encode(sha256(int8send(n)), 'hex') as hash,
  '0x' || case bits when tee then lpad('9', 64, '0') when gpu then lpad('100', 64, '0')
    else repeat('0', 64) end as tag,
  case when kind in ('app', 'request') then addr(n % 5000) when n % 50 = 0 then addr(n % 997)
    else nobody end as app,
  case when kind = 'dataset' then addr(n % 5000) else nobody end as dataset,
  case when kind = 'workerpool' then addr(n % 500) when n % 40 = 0 then addr(n % 499)
    else nobody end as workerpool,
  case when kind = 'request' then addr(n % 20000) when n % 20 = 0 then addr(n % 991)
    else nobody end as requester,
  case when kind in ('workerpool', 'request') then n % 5 end as category,
  case when kind in ('workerpool', 'request') then (n % 4) * 5 end as trust
from (select *, case when n % 3 = 0 then tee when n % 100 = 1 then gpu else none end as bits
  from (select n, '${NOBODY}' as nobody, 0::bit(256) as none,
      (array['workerpool','workerpool','app','app','request','dataset'])[1 + n % 6] as kind,
      (1000000000 * random() ^ 3)::bigint as price, 1 + n % 1000 as volume,
      (lpad('1001', 256, '0'))::bit(256) as tee, (lpad('100000000', 256, '0'))::bit(256) as gpu
    from generate_series($1::bigint + 1, $2::bigint) n) as drawn) as tagged`

const restrict = (...names: readonly string[]) =>
  names.map((name) => `'${name}restrict', ${name}`).join(', ')

/** What the wire shows of each kind. */
const document = `jsonb_build_object('volume', volume, 'tag', tag, 'salt', hash,
    'sign', '0x' || repeat('ab', 65)) || case kind
  when 'app' then jsonb_build_object('app', app, 'appprice', price,
    ${restrict('dataset', 'workerpool', 'requester')})
  when 'dataset' then jsonb_build_object('dataset', dataset, 'datasetprice', price,
    ${restrict('app', 'workerpool', 'requester')})
  when 'workerpool' then jsonb_build_object('workerpool', workerpool, 'workerpoolprice', price,
    'category', category, 'trust', trust, ${restrict('app', 'dataset', 'requester')})
  else jsonb_build_object('app', app, 'appmaxprice', 0, 'dataset', dataset, 'datasetmaxprice', 0,
    'workerpool', workerpool, 'workerpoolmaxprice', price, 'requester', requester,
    'category', category, 'trust', trust, 'beneficiary', requester, 'callback', '${NOBODY}',
    'params', '{}') end`

const insert = `
insert into market.orders (hash, kind, signer, app, dataset, workerpool, requester, beneficiary,
  category, trust, rank, volume, remaining, tag, expires_at, proof, status, document, published_at)
select hash, kind, addr(n % 20000), app, dataset, workerpool, requester, null, category, trust,
  case when kind = 'request' then -price else price end, volume, volume, bits, null, 'key', 'open',
  ${document}, 1700000000000 + n
from (${rows}) as orders`

/**
 * Fills a book that has the first `from` of these orders up to number `to`. The rows are those that
 * publishing would write; the book's indexes are taken away meanwhile and made again, which is far
 * sooner than to keep a dozen of them right row by row.
 */
export async function fill(url: string, from: number, to: number): Promise<void> {
  if (to <= from) return
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create or replace function addr(n bigint) returns text language sql immutable as
    $$ select '0x' || lpad(to_hex(n + 1), 40, '0') $$`)
  await client.query("set maintenance_work_mem = '256MB'")
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'market' and tablename = 'orders' and indexname <> 'orders_pkey'`)
  for (const { name } of indexes) await client.query(`drop index market.${name}`)
  await client.query(insert, [from, to])
  await client.query(
    'insert into market.tags select distinct tag from market.orders on conflict do nothing',
  )
  for (const { definition } of indexes) await client.query(definition)
  await client.query('vacuum analyze market.orders')
  await client.end()
}
