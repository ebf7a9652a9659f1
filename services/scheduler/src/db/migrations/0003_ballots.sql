-- Votes handed in by workers and not yet sent: signed by them, opened by nobody.
create table pool_ballots (
  workerpool text not null,
  task_id text not null,
  worker text not null,
  result_hash text not null,
  result_seal text not null,
  worker_sign text not null,
  -- The pool's own word that this worker may contribute.
  authorization_sign text not null,
  -- What the vote weighs on chain, by the worker's score when its lease was given.
  weight numeric(78, 0) not null,
  -- Milliseconds since 1970.
  handed_in bigint not null,
  primary key (task_id, worker)
);

-- What decided tasks told of their voters: a check passed, or failed.
create table pool_checks (
  workerpool text not null,
  worker text not null,
  task_id text not null,
  passed boolean not null,
  at bigint not null,
  primary key (workerpool, worker, task_id)
);

-- How a task was decided, as its receipt says it.
create table pool_verdicts (
  workerpool text not null,
  task_id text not null,
  receipt jsonb not null,
  primary key (workerpool, task_id)
);
