-- What the graph reads. The index is filled anew: its rows now hold scores, policies, and orders
-- broadcast on chain.
create table market.broadcasts (
  "id" text collate "C" primary key,
  "kind" text,
  "document" text,
  "timestamp" bigint,
  "block" bigint not null
);

create index events_of_transaction on market.events (transaction);
create index transfers_of_transaction on market.transfers (transaction);
create index asset_transfers_of_transaction on market.asset_transfers (transaction);
create index events_by_name on market.events (name, timestamp);
create index tasks_newest on market.tasks (timestamp);
create index tasks_of_requester on market.tasks (requester);
create index deals_of_beneficiary on market.deals (beneficiary);
create index deals_by_time on market.deals (timestamp);

-- Orders in the book, broadcast on chain, or known by what the chain counted against them.
create view market.known_orders as
select hash as id, kind, app, dataset, workerpool, requester, document, 0::bigint as block
from market.orders
union all
select id, kind, document::jsonb ->> 'app', document::jsonb ->> 'dataset',
  document::jsonb ->> 'workerpool', document::jsonb ->> 'requester', document::jsonb, block
from market.broadcasts where not exists (select 1 from market.orders where hash = broadcasts.id)
union all
select id, kind, null, null, null, null, null, block from market.fills
where not exists (select 1 from market.orders where hash = fills.id)
  and not exists (select 1 from market.broadcasts where broadcasts.id = fills.id);

delete from followed_blocks where follower = 'market';
truncate market.undo, market.accounts, market.apps, market.datasets, market.workerpools,
  market.fills, market.categories, market.deals, market.tasks, market.contributions,
  market.transfers, market.asset_transfers, market.events, market.policies;

alter table market.deals drop column "block", add column "kind" text, add column "block" bigint not null;
