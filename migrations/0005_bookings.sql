-- Bookings: working hours, blocked hours, what guests book, and subscribed calendars.

alter table accounts add column hours text check (hours is null or json_valid(hours));
alter table accounts add column hours_version integer not null default 0;

create table blocked_days (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  day text not null,
  created_at integer not null,
  updated_at integer not null,
  unique (account, day)
) strict;

create trigger blocked_days_end after delete on blocked_days begin
  delete from busy where kind = 'block' and source = old.id;
end;

create table booking_names (
  name text primary key,
  account integer not null,
  taken_at integer not null
) strict, without rowid;

create index booking_names_account on booking_names (account);

create table booking_pages (
  account integer primary key references accounts (id) on delete cascade,
  name text not null unique references booking_names (name),
  title text not null,
  description text not null,
  published integer not null check (published in (0, 1)),
  updated_at integer not null
) strict;

create table offers (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  slug text not null,
  title text not null,
  description text not null,
  location text not null,
  minutes integer not null check (minutes between 5 and 480),
  step integer not null,
  buffer_before integer not null,
  buffer_after integer not null,
  notice integer not null,
  horizon_days integer not null,
  daily_cap integer,
  questions text not null check (json_valid(questions)),
  approval integer not null check (approval in (0, 1)),
  paused integer not null default 0 check (paused in (0, 1)),
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  unique (account, slug)
) strict;

create table bookings (
  meeting integer primary key,
  owner integer not null,
  offer integer not null,
  day text not null,
  cap integer,
  address_hash text not null,
  place_hash text not null,
  starts_at integer not null,
  awaits text check (awaits in ('guest', 'owner')),
  approval integer not null check (approval in (0, 1)),
  made_at integer not null,
  expires_at integer check (expires_at > made_at),
  guard_before integer not null,
  guard_after integer not null,
  notice integer not null,
  timezone text not null,
  answers text not null check (json_valid(answers)),
  ended integer not null default 0 check (ended in (0, 1))
) strict;

create index bookings_offer on bookings (offer, day) where ended = 0;
create index bookings_place on bookings (place_hash, expires_at) where awaits = 'guest' and ended = 0;
create index bookings_expiry on bookings (expires_at) where expires_at is not null and ended = 0;
create index bookings_owner on bookings (owner);

create trigger bookings_limits before insert on bookings when new.ended = 0
begin
  select raise(abort, 'booking:cap') where new.cap <=
    (select count(*) from bookings where offer = new.offer and day = new.day and ended = 0
       and meeting <> new.meeting and (expires_at is null or expires_at > new.made_at));
  select raise(abort, 'booking:address') where new.awaits = 'guest' and exists
    (select 1 from bookings where offer = new.offer and address_hash = new.address_hash and awaits = 'guest' and ended = 0
       and meeting <> new.meeting and expires_at > new.made_at);
  select raise(abort, 'booking:place') where new.awaits = 'guest' and 3 <=
    (select count(*) from bookings where place_hash = new.place_hash and awaits = 'guest' and ended = 0
       and meeting <> new.meeting and expires_at > new.made_at);
  select raise(abort, 'booking:offer') where new.awaits = 'guest' and 20 <=
    (select count(*) from bookings where offer = new.offer and awaits = 'guest' and ended = 0
       and meeting <> new.meeting and expires_at > new.made_at);
end;

create table subscriptions (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  url text not null,
  etag text,
  day integer,
  print text,
  instances integer not null default 0,
  created_at integer not null,
  tried_at integer,
  read_at integer,
  failures integer not null default 0,
  error text,
  due_at integer not null,
  shard integer not null,
  unique (account, url)
) strict;

create index subscriptions_due on subscriptions (shard, due_at);

create trigger subscriptions_end after delete on subscriptions begin
  delete from busy where kind = 'import' and source = old.id;
end;

-- SQLite changes a constraint by making the table anew.
drop trigger mail_counts_budget;
drop index mail_counts_recipient;
drop index mail_counts_sender;
drop index mail_counts_at;
drop index mail_counts_held;
alter table mail_counts rename to mail_counts_before;

create table mail_counts (
  id text primary key,                                        -- the outbox row
  recipient text not null,                                    -- normalised for counting
  sender text not null,
  kind text not null check (kind in ('proposal', 'calendar', 'meeting', 'account', 'sign_up', 'reset', 'hold', 'held')),
  about integer,                                              -- the proposal, calendar, meeting or account; null: of what strangers ask for
  at integer not null,
  most_recipient integer,                                     -- null: this budget does not hold for it
  most_sender integer,
  most_about integer,
  if_over text not null check (if_over in ('refuse', 'skip')) -- the whole batch, or this row alone
) strict, without rowid;

insert into mail_counts select * from mail_counts_before;
drop table mail_counts_before;

create index mail_counts_recipient on mail_counts (recipient, at);
create index mail_counts_sender on mail_counts (sender, at);
create index mail_counts_at on mail_counts (at);
create index mail_counts_held on mail_counts (about) where kind = 'held';

create trigger mail_counts_budget before insert on mail_counts
when not exists (select 1 from mail_counts where id = new.id)
begin
  select iif(new.if_over = 'skip', raise(ignore), raise(abort, 'budget:recipient')) where new.most_recipient <=
    (select count(*) from mail_counts
     where recipient = new.recipient and kind not in ('sign_up', 'reset', 'hold', 'held') and at > new.at - 86400000);
  select iif(new.if_over = 'skip', raise(ignore), raise(abort, 'budget:sender')) where new.most_sender <=
    (select count(*) from mail_counts where sender = new.sender and kind <> 'held' and at > new.at - 86400000);
  select iif(new.if_over = 'skip', raise(ignore), raise(abort, 'budget:about')) where new.most_about <=
    case new.kind
      when 'held' then (select count(*) from mail_counts where kind = 'held' and about = new.about)
      else (select count(*) from mail_counts
        where recipient = new.recipient and kind = new.kind and about is new.about and at > new.at - 86400000)
    end;
end;

alter table meetings add column remind_at integer;

create index meetings_remind on meetings (source_id % 16, remind_at) where remind_at is not null;

create trigger meetings_first_reminder after insert on meetings when new.status = 'confirmed' begin
  update meetings set remind_at = new.starts_at - 86400000 where id = new.id and new.starts_at - 86400000 > new.updated_at;
end;

create trigger meetings_reminder after update of starts_at, status on meetings
when new.starts_at <> old.starts_at or new.status <> old.status begin
  update meetings set remind_at = iif(new.status = 'confirmed' and new.starts_at - 86400000 > new.updated_at, new.starts_at - 86400000, null)
    where id = new.id;
end;

update meetings set remind_at = starts_at - 86400000 where status = 'confirmed' and starts_at - 86400000 > unixepoch() * 1000;
