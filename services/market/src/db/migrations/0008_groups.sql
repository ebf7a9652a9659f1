-- Addresses that orders are restricted to. Some are groups (ERC-734): contracts that say who their members are.
create table market.restrictions (
  address text collate "C" primary key,
  -- Whether it answers as groups do; null until it was asked.
  is_group boolean
);
create index restrictions_unasked on market.restrictions (address) where is_group is null;
create index restrictions_groups on market.restrictions (address) where is_group;

insert into market.restrictions (address)
select distinct address from market.orders cross join lateral (values
  ('app', app), ('dataset', dataset), ('workerpool', workerpool), ('requester', requester)) as named(side, address)
where address <> '0x0000000000000000000000000000000000000000'
  and case kind when 'request' then side = 'workerpool' else side <> kind end;
