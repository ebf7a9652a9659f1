-- The order book. Addresses are checksummed, hashes are lower case, amounts are nRLC.
create schema if not exists market;

create table market.orders (
  hash text collate "C" primary key,
  kind text not null,
  signer text collate "C" not null,
  app text collate "C" not null,
  dataset text collate "C" not null,
  workerpool text collate "C" not null,
  requester text collate "C" not null,
  beneficiary text,
  category bigint,
  trust bigint,
  rank bigint not null,
  volume bigint not null,
  remaining bigint not null,
  tag bit(256) not null,
  expires_at bigint,
  proof text not null,
  status text not null,
  reason text,
  document jsonb not null,
  published_at bigint not null
);

create index orders_listed on market.orders (kind, rank, published_at, hash) where status = 'open';
create index orders_listed_by_category on market.orders (kind, category, rank, published_at, hash)
  where status = 'open' and category is not null;
create index orders_of_app on market.orders (app, kind, rank, published_at, hash) where status = 'open';
create index orders_of_dataset on market.orders (dataset, kind, rank, published_at, hash)
  where status = 'open';
create index orders_of_workerpool on market.orders (workerpool, kind, rank, published_at, hash)
  where status = 'open';
create index orders_of_requester on market.orders (requester, kind, rank, published_at, hash)
  where status = 'open';
create index orders_dead_of_app on market.orders (app) where status = 'dead';
create index orders_dead_of_dataset on market.orders (dataset) where status = 'dead';
create index orders_dead_of_workerpool on market.orders (workerpool) where status = 'dead';
create index orders_of_signer on market.orders (signer, kind, status);
create index orders_expiring on market.orders (expires_at) where expires_at is not null;
create index orders_proved_by_chain on market.orders (hash) where proof = 'chain';

-- Every tag that an order ever had: there are few.
create table market.tags (tag bit(256) primary key);

-- Texts to sign, each good for one write.
create table market.challenges (
  hash text primary key,
  address text not null,
  expires_at bigint not null
);
create index challenges_expiring on market.challenges (expires_at);

-- What happened to the book and the deals, in order: the feed.
create table market.changes (
  sequence bigserial primary key,
  topic text not null,
  event text not null,
  payload jsonb not null
);

-- What rows of the index were before a batch of blocks, to put them back after a reorg.
create table market.undo (
  block bigint not null,
  entity text not null,
  id text not null,
  was jsonb,
  primary key (entity, id, block)
);
create index undo_by_block on market.undo (block);

-- The index: see index/entities.ts.
create table market.accounts (
  "id" text collate "C" primary key,
  "balance" numeric(78),
  "frozen" numeric(78),
  "score" bigint,
  "epoch" bigint,
  "block" bigint not null
);

create table market.apps (
  "id" text collate "C" primary key,
  "owner" text,
  "name" text,
  "type" text,
  "multiaddr" text,
  "checksum" text,
  "mrenclave" text,
  "timestamp" bigint,
  "usage_count" bigint,
  "last_usage" bigint,
  "block" bigint not null
);

create table market.datasets (
  "id" text collate "C" primary key,
  "owner" text,
  "name" text,
  "multiaddr" text,
  "checksum" text,
  "timestamp" bigint,
  "usage_count" bigint,
  "last_usage" bigint,
  "block" bigint not null
);

create table market.workerpools (
  "id" text collate "C" primary key,
  "owner" text,
  "description" text,
  "worker_stake_ratio" bigint,
  "scheduler_reward_ratio" bigint,
  "timestamp" bigint,
  "usage_count" bigint,
  "last_usage" bigint,
  "block" bigint not null
);

create table market.fills (
  "id" text collate "C" primary key,
  "kind" text,
  "consumed" numeric(78),
  "closed" boolean,
  "presigned" boolean,
  "block" bigint not null
);

create table market.categories (
  "id" text collate "C" primary key,
  "name" text,
  "description" text,
  "work_clock_time_ref" numeric(78),
  "transaction" text,
  "timestamp" bigint,
  "block" bigint not null
);

create table market.deals (
  "id" text collate "C" primary key,
  "app" text,
  "app_owner" text,
  "app_price" numeric(78),
  "dataset" text,
  "dataset_owner" text,
  "dataset_price" numeric(78),
  "workerpool" text,
  "workerpool_owner" text,
  "workerpool_price" numeric(78),
  "requester" text,
  "beneficiary" text,
  "callback" text,
  "app_hash" text,
  "dataset_hash" text,
  "workerpool_hash" text,
  "request_hash" text,
  "params" text,
  "volume" numeric(78),
  "category" bigint,
  "tag" text,
  "trust" numeric(78),
  "start_time" bigint,
  "bot_first" numeric(78),
  "bot_size" numeric(78),
  "worker_stake" numeric(78),
  "scheduler_reward_ratio" bigint,
  "sponsor" text,
  "completed_tasks" bigint,
  "claimed_tasks" bigint,
  "matched_block" bigint,
  "timestamp" bigint,
  "transaction" text,
  "block" bigint not null
);

create table market.tasks (
  "id" text collate "C" primary key,
  "status" text,
  "deal" text,
  "index" numeric(78),
  "requester" text,
  "workerpool" text,
  "consensus" text,
  "result_digest" text,
  "results" text,
  "contribution_deadline" bigint,
  "reveal_deadline" bigint,
  "final_deadline" bigint,
  "timestamp" bigint,
  "block" bigint not null
);

create table market.contributions (
  "id" text collate "C" primary key,
  "status" text,
  "task" text,
  "worker" text,
  "hash" text,
  "seal" text,
  "timestamp" bigint,
  "block" bigint not null
);

create table market.transfers (
  "id" text collate "C" primary key,
  "sender" text,
  "recipient" text,
  "value" numeric(78),
  "transaction" text,
  "log_index" bigint,
  "timestamp" bigint,
  "block" bigint not null
);

create table market.asset_transfers (
  "id" text collate "C" primary key,
  "kind" text,
  "asset" text,
  "sender" text,
  "recipient" text,
  "transaction" text,
  "log_index" bigint,
  "timestamp" bigint,
  "block" bigint not null
);

create table market.events (
  "id" text collate "C" primary key,
  "name" text,
  "account" text,
  "task" text,
  "deal" text,
  "workerpool" text,
  "value" numeric(78),
  "data" text,
  "transaction" text,
  "log_index" bigint,
  "timestamp" bigint,
  "block" bigint not null
);

create index deals_newest on market.deals (matched_block desc, id);
create index deals_of_requester on market.deals (requester, matched_block desc);
create index deals_of_app on market.deals (app, matched_block desc);
create index deals_of_dataset on market.deals (dataset, matched_block desc);
create index deals_of_workerpool on market.deals (workerpool, matched_block desc);
create index deals_of_app_order on market.deals (app_hash);
create index deals_of_dataset_order on market.deals (dataset_hash);
create index deals_of_workerpool_order on market.deals (workerpool_hash);
create index deals_of_request_order on market.deals (request_hash);
create index tasks_of_deal on market.tasks (deal);
create index contributions_of_task on market.contributions (task);
create index contributions_of_worker on market.contributions (worker);
create index apps_of_owner on market.apps (owner);
create index datasets_of_owner on market.datasets (owner);
create index workerpools_of_owner on market.workerpools (owner);
create index events_of_task on market.events (task);
create index events_of_deal on market.events (deal);
create index events_of_account on market.events (account);
create index events_of_workerpool on market.events (workerpool);
create index events_by_block on market.events (block);
create index transfers_of_sender on market.transfers (sender);
create index transfers_of_recipient on market.transfers (recipient);
create index transfers_by_block on market.transfers (block);
create index asset_transfers_of_asset on market.asset_transfers (asset);
create index asset_transfers_by_block on market.asset_transfers (block);
