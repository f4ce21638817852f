-- Meetings and who is busy when, the mail about them, budgets, who wants no mail, who holds what.

alter table accounts add column feed_generation integer not null default 0;

create table meetings (
  id integer primary key,
  uid text not null unique,
  title text not null,
  starts_at integer not null,
  ends_at integer not null check (ends_at > starts_at),
  timezone text not null,
  status text not null check (status in ('reserved', 'confirmed', 'cancelled', 'void')),
  sequence integer not null,
  version integer not null,
  act text not null,
  visibility text not null check (visibility in ('open', 'names')),
  organiser integer not null,
  organiser_address text not null,
  organiser_name text,
  organiser_opted_out integer not null default 0 check (organiser_opted_out in (0, 1)),
  source text not null check (source in ('proposal')),
  source_id integer not null,
  receipt text,
  created_at integer not null,
  updated_at integer not null
) strict;

create index meetings_organiser on meetings (organiser, starts_at);

create table meeting_attendees (
  meeting integer not null,
  number integer not null,
  address text not null,
  address_key text not null,
  name text,
  optional integer not null check (optional in (0, 1)),
  partstat text not null check (partstat in ('needs-action', 'accepted', 'declined')),
  generation integer not null,
  opted_out integer not null default 0 check (opted_out in (0, 1)),
  primary key (meeting, number)
) strict, without rowid;

create index meeting_attendees_address on meeting_attendees (address_key, meeting);

create table busy (
  id integer primary key,
  account integer not null,
  starts_at integer not null,
  ends_at integer not null check (ends_at > starts_at),
  guard_start integer not null check (guard_start <= starts_at),
  guard_end integer not null check (guard_end >= ends_at),
  hard integer not null check (hard in (0, 1)),
  kind text not null check (kind in ('meeting', 'block', 'import')),
  source integer not null
) strict;

create index busy_account on busy (account, starts_at);
create index busy_source on busy (kind, source);

create trigger busy_never_overlaps before insert on busy when new.hard = 1
begin
  select raise(abort, 'busy:' || new.account || ':' || b.kind || ':' || b.source)
  from busy b
  where b.account = new.account and b.hard = 1
    and not (b.kind = new.kind and (b.kind = 'block' or b.source = new.source))
    and ((new.guard_start < b.ends_at and b.starts_at < new.guard_end)
      or (new.starts_at < b.guard_end and b.guard_start < new.ends_at))
  limit 1;
end;

create trigger busy_never_changes before update on busy
begin
  select raise(abort, 'busy rows are inserted and deleted');
end;

create table outbox (
  id text primary key,
  kind text not null check (kind in ('mail')),
  body text not null check (json_valid(body)),
  key_id text not null,
  status text not null check (status in ('due', 'held', 'dead')),
  due_at integer not null,
  created_at integer not null,
  attempts integer not null,
  error text,
  account integer,
  shard integer not null
) strict, without rowid;

create index outbox_due on outbox (shard, status, due_at);
create index outbox_held on outbox (account) where status = 'held';

create table mail_counts (
  id text primary key,
  recipient text not null,
  sender text not null,
  proposal integer not null,
  at integer not null,
  most_recipient integer not null,
  most_sender integer not null,
  most_proposal integer not null
) strict, without rowid;

create index mail_counts_recipient on mail_counts (recipient, at);
create index mail_counts_sender on mail_counts (sender, at);
create index mail_counts_at on mail_counts (at);

create trigger mail_counts_budget before insert on mail_counts
when not exists (select 1 from mail_counts where id = new.id)
begin
  select raise(abort, 'budget:recipient') where new.most_recipient <=
    (select count(*) from mail_counts where recipient = new.recipient and at > new.at - 86400000);
  select raise(abort, 'budget:sender') where new.most_sender <=
    (select count(*) from mail_counts where sender = new.sender and at > new.at - 86400000);
  select raise(abort, 'budget:proposal') where new.most_proposal <=
    (select count(*) from mail_counts
     where recipient = new.recipient and proposal = new.proposal and at > new.at - 86400000);
end;

create table suppressions (
  address_key text not null,
  reason text not null check (reason in ('bounced', 'complained', 'unsubscribed')),
  at integer not null,
  primary key (address_key, reason)
) strict, without rowid;

create table optouts (
  address_key text not null,
  account integer not null,
  at integer not null,
  primary key (address_key, account)
) strict, without rowid;

create table held (
  account integer not null,
  proposal integer not null,
  primary key (account, proposal)
) strict, without rowid;
