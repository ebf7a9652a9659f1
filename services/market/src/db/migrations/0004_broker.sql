-- What a broker charged, one row a match.
create table market.charges (
  key text primary key,
  requester text not null,
  fee numeric(78) not null
);
create index charges_of_requester on market.charges (requester);

-- Orders broadcast on chain that were offered to the book, and what the book said.
create table market.heard (hash text collate "C" primary key, outcome text not null);

-- Requests in turn, which a broker looks at.
create index requests_open on market.orders (hash) where kind = 'request' and status = 'open';
