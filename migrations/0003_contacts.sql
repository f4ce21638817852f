-- The contacts of accounts.

create table contacts (
  id integer primary key,
  owner integer not null references accounts (id) on delete cascade,
  first_name text not null,
  last_name text not null,
  email text not null,
  email_key text not null,
  first_folded text not null,
  last_folded text not null,
  email_folded text not null,
  in_groups text not null check (json_valid(in_groups)),
  created_at integer not null,
  updated_at integer not null,
  unique (owner, email_key)
) strict;

create index contacts_owner on contacts (owner, created_at, id);
