-- Values and the keys they are sealed with, both encrypted. Addresses are lower case.
create table sms_secrets (
  kind text not null,
  owner text not null,
  name text not null,
  -- Which master key wraps the record's own key.
  key_id text not null,
  wrapped_key text not null,
  sealed text not null,
  -- A keyed hash of what the owner signed: tells a signature apart without telling the value.
  signed_mark text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (kind, owner, name)
);

-- Marks of values that were replaced: their old signatures are good no more.
create table sms_replaced (
  kind text not null,
  owner text not null,
  name text not null,
  signed_mark text not null,
  primary key (kind, owner, name, signed_mark)
);
