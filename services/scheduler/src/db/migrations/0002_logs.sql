-- What the program of a task printed on a worker: the worker's word, which the chain knows nothing of.
create table pool_logs (
  workerpool text not null,
  task_id text not null,
  worker text not null,
  stdout text not null,
  stderr text not null,
  -- Null where the program was stopped before it ended.
  exit_code integer,
  -- Milliseconds since 1970.
  kept_until bigint not null,
  primary key (task_id, worker)
);
create index pool_logs_by_end on pool_logs (kept_until);
