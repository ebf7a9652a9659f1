-- Orders whose signature only the chain can vouch for; `lapsed` when it does no more.
drop index market.orders_proved_by_chain;
create index orders_proved_by_chain on market.orders (hash) where proof <> 'key' and status in ('open', 'dead');
