-- The hub's policies, as they were last changed.
create table market.policies (
  "id" text collate "C" primary key,
  "score_min_price" numeric(78),
  "block" bigint not null
);
