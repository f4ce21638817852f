-- Refresh tokens: a family is one sign-in and all that was refreshed of it.

create table families (
  id text primary key,
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null,
  n integer not null,
  rotated_at integer not null,
  created_at integer not null
) strict, without rowid;

create index families_account on families (account, rotated_at);
