-- Datasets in bulk: what deals name by CID. What is under a CID never changes, and a deal's id follows from its
-- params: no row here depends on a block.
create table market.bulks (
  deal text collate "C" not null,
  -- The task it is for; -1 for the list of all.
  index bigint not null,
  cid text not null,
  -- `unread`, `read` or, when nobody can, `unusable`.
  status text not null default 'unread',
  -- When an unread one is asked for again, in milliseconds since 1970.
  again_at bigint not null default 0,
  id text collate "C" not null generated always as (deal || '-' || index::text) stored,
  primary key (deal, index)
);
create index bulks_unread on market.bulks (again_at) where status = 'unread';
create unique index bulks_by_id on market.bulks (id);
create index bulks_of_cid on market.bulks (cid);

-- The orders of a slice, in their places.
create table market.bulk_orders (
  slice text not null,
  place integer not null,
  dataset text not null,
  hash text collate "C" not null,
  document jsonb not null,
  primary key (slice, place)
);
create index bulk_orders_of_dataset on market.bulk_orders (dataset);
create index bulk_orders_of_hash on market.bulk_orders (hash);

create index deals_in_bulk on market.deals (id) where params like '%"bulk_cid"%';

-- Orders in bulks are known, too.
create or replace view market.known_orders as
select hash as id, kind, app, dataset, workerpool, requester, document, 0::bigint as block
from market.orders
union all
select id, kind, document::jsonb ->> 'app', document::jsonb ->> 'dataset',
  document::jsonb ->> 'workerpool', document::jsonb ->> 'requester', document::jsonb, block
from market.broadcasts where not exists (select 1 from market.orders where hash = broadcasts.id)
union all
select id, kind, null, null, null, null, null, block from market.fills
where not exists (select 1 from market.orders where hash = fills.id)
  and not exists (select 1 from market.broadcasts where broadcasts.id = fills.id)
  and not exists (select 1 from market.bulk_orders where hash = fills.id)
union all
select distinct on (hash) hash, 'dataset', null, dataset, null, null, document, 0::bigint
from market.bulk_orders
where not exists (select 1 from market.orders where orders.hash = bulk_orders.hash)
  and not exists (select 1 from market.broadcasts where broadcasts.id = bulk_orders.hash);
