-- What a broker looks for: workerpool orders that anyone may use, by category, tag and trust, cheapest
-- first. A column of its own lets the planner know how many orders are for anyone.
alter table market.orders add column for_anyone boolean not null generated always as (
  app = '0x0000000000000000000000000000000000000000'
  and dataset = '0x0000000000000000000000000000000000000000'
  and requester = '0x0000000000000000000000000000000000000000') stored;

create index orders_for_anyone on market.orders
  (category, tag, trust, rank, remaining desc, published_at, hash)
  where kind = 'workerpool' and status = 'open' and for_anyone;
