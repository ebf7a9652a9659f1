-- Deals that the chain announced to this pool. Rows of every table but pool_leases follow from the
-- chain and carry their block; each names its pool, since several may share a database.
create table pool_deals (
  deal_id text primary key,
  workerpool text not null,
  block bigint not null,
  block_hash text not null,
  -- What the deal says, as JSON with whole numbers as text; null until it was read.
  terms jsonb
);
create index pool_deals_by_block on pool_deals (workerpool, block);

-- One row per index of a deal whose terms are known.
create table pool_tasks (
  task_id text primary key,
  deal_id text not null references pool_deals on delete cascade,
  workerpool text not null,
  task_index numeric(78, 0) not null,
  -- Outcome of the task's events, kept here to be searched by.
  status text not null default 'unset'
);
create index pool_tasks_by_status on pool_tasks (workerpool, status);
create index pool_tasks_by_deal on pool_tasks (deal_id);

-- What the chain said of a task, in order. Its state is nothing but the sum of these rows.
create table pool_task_events (
  workerpool text not null,
  task_id text not null,
  block bigint not null,
  log_index integer not null,
  -- Unix seconds of the block.
  at bigint not null,
  kind text not null,
  worker text,
  value text,
  primary key (task_id, block, log_index)
);
create index pool_task_events_by_block on pool_task_events (workerpool, block);

-- Workers whose contribution was not the one agreed on: they get no more work from this pool.
create table pool_conflicts (
  workerpool text not null,
  worker text not null,
  task_id text not null,
  primary key (workerpool, worker, task_id)
);
create index pool_conflicts_by_task on pool_conflicts (task_id);

-- Who may work on what, and until when: our own word, which no reorg takes back.
create table pool_leases (
  lease_id uuid primary key,
  workerpool text not null,
  task_id text not null,
  worker text not null,
  -- held, expired or released
  state text not null,
  -- What the worker's vote weighs, by its score when the lease was given.
  weight numeric(78, 0) not null,
  -- Milliseconds since 1970.
  granted_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  phase text,
  percent real,
  failure_code text,
  failure_message text
);
create unique index pool_leases_one_held on pool_leases (task_id, worker) where state = 'held';
create index pool_leases_by_task on pool_leases (task_id);
