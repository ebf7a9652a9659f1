-- The blocks a follower has applied and may have to take back; one row per step, newest last.
create table followed_blocks (
  follower text not null,
  number bigint not null,
  hash text not null,
  primary key (follower, number)
);
