-- The whole D1 schema: the directory. migrations/ is how a deployed database gets there; a test holds the two equal.
-- Times are milliseconds since the epoch, ids are below 2^53.

create table accounts (
  id integer primary key,
  username text not null unique,
  address text not null,
  address_key text not null,                                  -- the address in lower case
  verified integer not null default 0 check (verified in (0, 1)),
  active integer not null default 1 check (active in (0, 1)),
  staff integer not null default 0 check (staff in (0, 1)),
  demo integer not null default 0 check (demo in (0, 1)),     -- comes in under DEV=1 alone
  epoch integer not null default 0,                           -- raised, it ends sessions and tokens
  timezone text not null default 'UTC',
  password text not null,                                     -- Argon2id, PHC string
  created_at integer not null
) strict;

-- Addresses are unique among verified accounts only.
create unique index accounts_address on accounts (address_key) where verified = 1;

create table tokens (
  hash text primary key,                                      -- SHA-256 of the token
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null,                                     -- the account's when it was handed out
  created_at integer not null,
  used_at integer not null
) strict;

create index tokens_account on tokens (account, used_at);

-- The projection of proposals, fed by versioned upserts from their objects. A closed one stays as its own tombstone.
create table proposals (
  id integer primary key,
  entries integer not null,                                   -- of the ledger: orders what arrives
  creator integer not null,
  title text not null,
  state text not null check (state in ('open', 'agreed', 'exhausted', 'closed')),
  shown text not null check (json_valid(shown)),              -- for those who may see addresses
  masked text check (masked is null or json_valid(masked)),   -- for those who may not; null where all may
  created_at integer not null,
  updated_at integer not null
) strict;

create index proposals_creator on proposals (creator, created_at);
create index proposals_created on proposals (created_at, id);

create table proposal_parties (
  proposal integer not null,
  address_key text not null,
  primary key (address_key, proposal)
) strict, without rowid;

create index proposal_parties_proposal on proposal_parties (proposal);

-- What the built-in outbox has sent; used under DEV=1 alone.
create table dev_outbox (
  seq integer primary key,
  id text not null unique,
  message text not null check (json_valid(message)),
  sent_at integer not null
) strict;
