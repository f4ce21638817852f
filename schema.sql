-- The whole D1 schema: the directory. migrations/ is how a deployed database gets there; a test holds the two equal.
-- Times are milliseconds since the epoch, ids are below 2^53.

-- While a batch fills this deployment with what another has stored (js/transfer.js), this has a row, which nobody else ever sees:
-- what was judged and completed there is neither here, so each trigger on an insert asks it.
create table importing (
  one integer primary key check (one = 1)
) strict;

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
  created_at integer not null,
  feed_generation integer not null default 0,                 -- raised, it voids the link of the calendar feed
  first_name text not null default '',
  last_name text not null default '',
  address_generation integer not null default 0,              -- raised with another address: links to verify are for one
  bookable_by text not null default 'anyone' check (bookable_by in ('anyone', 'contacts', 'nobody')),
  mail_level integer not null default 2 check (mail_level between 0 and 2),  -- of MailLevel (domain/src/account/settings.rs)
  has_proposed integer not null default 0 check (has_proposed in (0, 1)),  -- before its address was verified: it keeps that address
  leaving integer not null default 0 check (leaving in (0, 1)),  -- deleted as soon as nothing of it goes on
  hours text check (hours is null or json_valid(hours)),      -- its working hours, as the domain writes them; null: all day is free
  hours_version integer not null default 0                    -- raised with other hours: the guard of what was judged by them
) strict;

create index accounts_leaving on accounts (id) where leaving = 1;
create index accounts_unverified on accounts (created_at) where verified = 0;

-- Addresses are unique among verified accounts only.
create unique index accounts_address on accounts (address_key) where verified = 1;

create table tokens (
  hash text primary key,                                      -- SHA-256 of the token
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null,                                     -- the account's when it was handed out
  created_at integer not null,
  used_at integer not null,
  agent text not null default ''                              -- the User-Agent that it was handed out to
) strict;

create index tokens_account on tokens (account, used_at);

-- Sessions of browsers: as tokens, but in a cookie.
create table sessions (
  hash text primary key,                                      -- SHA-256 of the cookie
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null,
  created_at integer not null,
  used_at integer not null,
  agent text not null default ''
) strict;

create index sessions_account on sessions (account, used_at);

-- Refresh tokens: a family is one sign-in and all that was refreshed of it.
create table families (
  id text primary key,
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null,                                     -- the account's when it signed in
  n integer not null,                                         -- which of its tokens counts
  rotated_at integer not null,
  recent text not null default '[]' check (json_valid(recent)),  -- [[number, time], ...] of the tokens of the last seconds
  created_at integer not null,
  agent text not null default ''
) strict, without rowid;

create index families_account on families (account, rotated_at);

-- Changes of a verified address. The links of both mails name the change.
create table address_changes (
  id integer primary key,                                     -- random
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null default 0,                           -- the account's when it was asked for: raised since, it is void
  old_address text not null,
  old_key text not null,
  new_address text not null,
  new_key text not null,
  state text not null check (state in ('asked', 'done', 'undone')),
  asked_at integer not null
) strict;

create index address_changes_account on address_changes (account, asked_at);
create index address_changes_asked on address_changes (asked_at);

-- The projection of proposals, fed by versioned upserts from their objects. A closed one stays as its own tombstone.
create table proposals (
  id integer primary key,
  entries integer not null,                                   -- of the ledger: orders what arrives
  creator integer not null,
  title text not null,
  state text not null check (state in ('open', 'agreed', 'exhausted', 'closed')),
  shown text not null check (json_valid(shown)),              -- for those who may see addresses
  masked text check (masked is null or json_valid(masked)),   -- for those who may not; null where all may
  origin text not null,                                       -- what the URLs in both begin with
  created_at integer not null,
  updated_at integer not null,
  party_keys text not null check (json_valid(party_keys)),    -- [[address, answer], ...] as in proposal_parties; none where it is closed
  holds_mail integer not null default 0 check (holds_mail in (0, 1)), -- the object holds mail until its creator's address is verified
  deadline integer,
  successor integer,                                          -- the next round
  required_left integer not null default 0                    -- how many required parties of an open one have not answered
) strict;

create index proposals_holding on proposals (creator) where holds_mail = 1;
create index proposals_creator on proposals (creator, created_at);
create index proposals_unfinished on proposals (creator) where state in ('open', 'exhausted');
create index proposals_created on proposals (created_at, id);

create table proposal_parties (
  proposal integer not null,
  address_key text not null,
  answer text check (answer in ('required', 'optional', 'given')),  -- of an open one: which answer is due, or that it was given
  primary key (address_key, proposal)
) strict, without rowid;

create index proposal_parties_proposal on proposal_parties (proposal);

-- Of a proposal there is the row of the directory, and one row here for each party, written by the same statement. A release that
-- knew nothing of answers wrote addresses alone.
create trigger proposals_first_parties after insert on proposals
when not exists (select 1 from importing where one = 1)
begin
  insert or ignore into proposal_parties (proposal, address_key, answer)
    select new.id, iif(type = 'array', value ->> 0, value), iif(type = 'array', value ->> 1, null) from json_each(new.party_keys);
end;

-- An `or ignore` in here would be that of the statement that fires the trigger, which has none.
create trigger proposals_parties after update of party_keys on proposals when new.party_keys <> old.party_keys begin
  delete from proposal_parties
    where proposal = new.id
      and address_key not in (select iif(type = 'array', value ->> 0, value) from json_each(new.party_keys));
  insert into proposal_parties (proposal, address_key, answer)
    select new.id, iif(type = 'array', value ->> 0, value), iif(type = 'array', value ->> 1, null) from json_each(new.party_keys)
    where true
    on conflict (address_key, proposal) do update set answer = excluded.answer where excluded.answer is not answer;
end;

-- The projection of calendars, fed by versioned upserts from their objects. A closed one stays as its own tombstone.
create table calendars (
  id integer primary key,
  entries integer not null,                                   -- of the ledger: orders what arrives
  owner integer not null,
  name text not null,
  description text not null,
  deadline integer not null,
  state text not null check (state in ('open', 'finalizing', 'finalized', 'closed')),
  timezone text not null,
  invited integer not null,                                   -- how many are asked
  answered integer not null,                                  -- how many of them have answered
  scheduled text not null check (json_valid(scheduled)),      -- [[meeting, contact, first name, last name, address], ...] of a finalised one
  invitee_keys text not null check (json_valid(invitee_keys)),  -- the addresses of those who are asked; none where it is closed
  created_at integer not null,
  updated_at integer not null,
  holds_mail integer not null default 0 check (holds_mail in (0, 1))  -- the object holds mail until its owner's address is verified
) strict;

create index calendars_holding on calendars (owner) where holds_mail = 1;
create index calendars_owner on calendars (owner, created_at, id);
create index calendars_unfinished on calendars (owner, created_at, id) where state in ('open', 'finalizing');

create table calendar_invitees (
  calendar integer not null,
  address_key text not null,
  primary key (address_key, calendar)
) strict, without rowid;

create index calendar_invitees_calendar on calendar_invitees (calendar);

create trigger calendars_first_invitees after insert on calendars
when not exists (select 1 from importing where one = 1)
begin
  insert or ignore into calendar_invitees (calendar, address_key) select new.id, value from json_each(new.invitee_keys);
end;

create trigger calendars_invitees after update of invitee_keys on calendars when new.invitee_keys <> old.invitee_keys begin
  delete from calendar_invitees
    where calendar = new.id and address_key not in (select value from json_each(new.invitee_keys));
  insert into calendar_invitees (calendar, address_key) select new.id, value from json_each(new.invitee_keys)
    where true on conflict (address_key, calendar) do nothing;
end;

-- What was worked out of a calendar last: its hash names the whole problem, so that another one is never answered by it.
create table suggestions (
  calendar integer primary key,
  hash text not null,
  body text not null check (json_valid(body)),
  at integer not null
) strict;

create index suggestions_at on suggestions (at);

-- Meetings: their own truth, whichever way they came about. Times are whole milliseconds.
create table meetings (
  id integer primary key,
  uid text not null unique,
  title text not null,
  location text not null,
  description text not null,
  starts_at integer not null,
  ends_at integer not null check (ends_at > starts_at),
  timezone text not null,
  -- reserved, void: a calendar's meeting is not there yet, or no more; held, expired: a guest has not confirmed a booking yet, or not in time
  status text not null check (status in ('reserved', 'confirmed', 'cancelled', 'void', 'held', 'expired')),
  sequence integer not null,                                  -- RFC 5545, 3.8.7.4
  version integer not null,                                   -- the ETag
  act text not null,                                          -- which act wrote this version: the guard of its mails
  visibility text not null check (visibility in ('open', 'names')),
  organiser integer not null,
  organiser_address text not null,
  organiser_name text,
  organiser_opted_out integer not null default 0 check (organiser_opted_out in (0, 1)),
  organiser_generation integer not null default 0,            -- links to the organiser of older generations are void
  source text not null check (source in ('proposal', 'calendar', 'event')),
  source_id integer not null,
  receipt text,                                               -- the head of the ledger it came of
  created_at integer not null,
  updated_at integer not null,
  remind_at integer                                           -- when its reminders are due; null: there are none any more
) strict;

create index meetings_organiser on meetings (organiser, starts_at);
create index meetings_void on meetings (updated_at) where status = 'void';
create index meetings_remind on meetings (source_id % 16, remind_at) where remind_at is not null;  -- by the shard of its mail

-- Whatever writes a meeting, its reminders are due a day before it begins; where it is made, confirmed or moved later than that, there
-- are none.
create trigger meetings_first_reminder after insert on meetings
when new.status = 'confirmed' and not exists (select 1 from importing where one = 1)
begin
  update meetings set remind_at = new.starts_at - 86400000 where id = new.id and new.starts_at - 86400000 > new.updated_at;
end;

create trigger meetings_reminder after update of starts_at, status on meetings
when new.starts_at <> old.starts_at or new.status <> old.status begin
  update meetings set remind_at = iif(new.status = 'confirmed' and new.starts_at - 86400000 > new.updated_at, new.starts_at - 86400000, null)
    where id = new.id;
end;

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
  asked integer not null default 1 check (asked in (0, 1)),   -- whether it had any mail before the meeting came about
  over_budget integer not null default 0 check (over_budget in (0, 1)),  -- its mail was dropped: a budget was used up
  primary key (meeting, number)
) strict, without rowid;

create index meeting_attendees_address on meeting_attendees (address_key, meeting);

-- Who is busy when. Hard rows never overlap, by trigger; soft rows (agreed proposals, imports) overlap freely. A strict row (a
-- guest's booking) is refused by soft rows as well. A row that has expired refuses nothing, whether it was deleted yet or not:
-- the new row's clock decides, so that no other clock does. A guard is a buffer: the time around a meeting that no guest may book.
create table busy (
  id integer primary key,
  account integer not null,
  starts_at integer not null,
  ends_at integer not null check (ends_at > starts_at),
  guard_start integer not null check (guard_start <= starts_at),
  guard_end integer not null check (guard_end >= ends_at),
  hard integer not null check (hard in (0, 1)),
  strict integer not null default 0 check (strict in (0, 1) and (strict = 0 or hard = 1)),
  made_at integer not null,                                   -- the writer's clock
  expires_at integer check (expires_at > made_at),            -- a hold ends then; null: the row is firm
  kind text not null check (kind in ('meeting', 'block', 'import')),
  source integer not null                                     -- the meeting, block or import
) strict;

create index busy_account on busy (account, starts_at);
create index busy_source on busy (kind, source);

-- Both sides of two neighbours' buffers are compared with the other's time, never with each other: the larger one counts, not the sum.
create trigger busy_never_overlaps before insert on busy
when new.hard = 1 and not exists (select 1 from importing where one = 1)
begin
  select raise(abort, 'busy:' || new.account || ':' || b.kind || ':' || b.source)
  from busy b
  where b.account = new.account and (b.hard = 1 or new.strict = 1)
    and (b.expires_at is null or b.expires_at > new.made_at)
    and not (b.kind = new.kind and (b.kind = 'block' or b.source = new.source))
    and ((new.starts_at < b.ends_at and b.starts_at < new.ends_at)
      or (new.strict = 1 and b.kind = 'meeting'
        and ((new.guard_start < b.ends_at and b.starts_at < new.guard_end)
          or (new.starts_at < b.guard_end and b.guard_start < new.ends_at))))
  limit 1;
end;

create trigger busy_never_changes before update on busy
begin
  select raise(abort, 'busy rows are inserted and deleted');
end;

-- The events of calendar files whose times an account has imported: which rows of `busy` came of which event.
create table busy_imports (
  id integer primary key,                                     -- random, the `source` of its rows in `busy`
  account integer not null references accounts (id) on delete cascade,
  uid text not null,                                          -- SHA-256 of the event's UID
  print text not null,                                        -- SHA-256 of its times: another one is a change
  instances integer not null constraint busy_imports_bound check (instances > 0), -- how many times it has
  imported_at integer not null,
  unique (account, uid)
) strict;

create trigger busy_imports_end after delete on busy_imports begin
  delete from busy where kind = 'import' and source = old.id;
end;

-- The days on which an account has blocked hours; the hours are its rows of `busy`.
create table blocked_days (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  day text not null,                                          -- the date in the zone that the account had then
  created_at integer not null,
  updated_at integer not null,
  unique (account, day)
) strict;

create trigger blocked_days_end after delete on blocked_days begin
  delete from busy where kind = 'block' and source = old.id;
end;

-- The names of booking pages. A name is never given to another account, whatever becomes of its own.
create table booking_names (
  name text primary key,
  account integer not null,
  taken_at integer not null
) strict, without rowid;

create index booking_names_account on booking_names (account);

-- What an account publishes to guests, and under which name.
create table booking_pages (
  account integer primary key references accounts (id) on delete cascade,
  name text not null unique references booking_names (name),
  title text not null,
  description text not null,
  published integer not null check (published in (0, 1)),
  updated_at integer not null
) strict;

-- The kinds of meeting that guests can book. Times are in minutes.
create table offers (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  slug text not null,
  title text not null,
  description text not null,
  location text not null,
  minutes integer not null check (minutes between 5 and 480),
  step integer not null,                                      -- between starts, from the beginning of each stretch of hours
  buffer_before integer not null,
  buffer_after integer not null,
  notice integer not null,                                    -- how long before it begins it can be booked, moved and cancelled
  horizon_days integer not null,
  daily_cap integer,                                          -- null: any number
  questions text not null check (json_valid(questions)),
  approval integer not null check (approval in (0, 1)),
  paused integer not null default 0 check (paused in (0, 1)),
  version integer not null,                                   -- the ETag, and the guard of what was judged by it
  created_at integer not null,
  updated_at integer not null,
  unique (account, slug)
) strict;

-- What guests have booked, beside the meeting: rows are inserted and deleted, so that the trigger judges each anew. A row past
-- its hold limits nothing, whether it was deleted yet or not.
create table bookings (
  meeting integer primary key,
  owner integer not null,
  offer integer not null,
  day text not null,                                          -- the date of the start in the owner's zone
  cap integer,
  address_hash text not null,                                 -- keyed hashes: of the guest's address, and of where the request came from
  place_hash text not null,
  starts_at integer not null,
  -- whose confirmation it waits for; null: nobody's
  awaits text check (awaits in ('guest', 'owner')),
  approval integer not null check (approval in (0, 1)),          -- whether the owner has to approve of it
  made_at integer not null,
  expires_at integer check (expires_at > made_at),
  guard_before integer not null,                              -- the buffers, in minutes, and the notice, as they were published
  guard_after integer not null,
  notice integer not null,
  timezone text not null,                                     -- the guest's
  answers text not null check (json_valid(answers)),
  -- cancelled, refused, or not confirmed in time
  ended integer not null default 0 check (ended in (0, 1))
) strict;

create index bookings_offer on bookings (offer, day) where ended = 0;
create index bookings_place on bookings (place_hash, expires_at) where awaits = 'guest' and ended = 0;
create index bookings_expiry on bookings (expires_at) where expires_at is not null and ended = 0;
create index bookings_owner on bookings (owner);

create trigger bookings_limits before insert on bookings
when new.ended = 0 and not exists (select 1 from importing where one = 1)
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

-- Calendars elsewhere that an account has its busy times read from, every hour.
create table subscriptions (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  url text not null,
  etag text,
  day integer,                                                -- the first day of those times, counted from 1970: on another they are read anew
  print text,                                                 -- SHA-256 of its times: the same is not written again
  instances integer not null default 0,
  created_at integer not null,
  tried_at integer,
  read_at integer,                                            -- when it was read well last
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

-- The outbox of meetings: as that of objects (src/object/outbox.rs), in 16 shards by meeting.
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
  account integer,                                            -- whose verification releases it, where it is held
  shard integer not null
) strict, without rowid;

create index outbox_due on outbox (shard, status, due_at);
create index outbox_held on outbox (account) where status = 'held';
create index outbox_dead on outbox (body ->> 'account') where status = 'dead';

-- The mail of proposals and calendars that fails, as their objects tell it (src/object/common_tasks.rs): what has failed several times,
-- and what is dead. A row goes with its mail, and when that is sent after all.
create table mail_failures (
  mail text primary key,                                      -- the row of the object's outbox
  kind text not null check (kind in ('proposal', 'calendar')),
  subject integer not null check (subject > 0),
  status text not null check (status in ('due', 'dead')),
  recipient text not null,
  template text,                                              -- which letter it is; none where it cannot be read
  account integer,                                            -- whose proposal or calendar it is about
  attempts integer not null,
  error text,
  first_at integer not null,                                  -- its first attempt
  next_at integer not null                                    -- its next, as long as it is not dead
) strict, without rowid;

create index mail_failures_subject on mail_failures (kind, subject);
create index mail_failures_account on mail_failures (account);
create index mail_failures_first on mail_failures (first_at, mail);

-- Mails that people caused, counted before they are queued, each with the budgets that it must not exceed. `kind` and `about`
-- name what a mail is about. What strangers ask for (`sign_up`, `reset`) is no part of a recipient's budget. Mail that is held for
-- an account (`held`) is part of nobody's until it is released, and counts however old it is.
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

create index mail_counts_recipient on mail_counts (recipient, at);
create index mail_counts_sender on mail_counts (sender, at);
create index mail_counts_at on mail_counts (at);
create index mail_counts_held on mail_counts (about) where kind = 'held';

create trigger mail_counts_budget before insert on mail_counts
when not exists (select 1 from mail_counts where id = new.id) and not exists (select 1 from importing where one = 1)
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

-- Addresses that get no mail any more, and why.
create table suppressions (
  address_key text not null,
  reason text not null check (reason in ('bounced', 'complained', 'unsubscribed')),
  at integer not null,
  primary key (address_key, reason)
) strict, without rowid;

-- Addresses that want no mail caused by an account.
create table optouts (
  address_key text not null,
  account integer not null,
  at integer not null,
  primary key (address_key, account)
) strict, without rowid;

create index optouts_account on optouts (account);

-- The contacts of accounts.
create table contacts (
  id integer primary key,                                     -- random, never used again
  owner integer not null references accounts (id) on delete cascade,
  first_name text not null,
  last_name text not null,
  email text not null,
  email_key text not null,                                    -- the address in lower case
  first_folded text not null,                                 -- what is searched: SQLite folds ASCII alone
  last_folded text not null,
  email_folded text not null,
  in_groups text not null check (json_valid(in_groups)),      -- [[folded, name], ...], by folded name
  created_at integer not null,
  updated_at integer not null,
  unique (owner, email_key)
) strict;

create index contacts_owner on contacts (owner, created_at, id);

-- Answers to requests with an Idempotency-Key, for a day.
create table idempotency_keys (
  id text primary key,                                        -- SHA-256 of caller, route and key
  fingerprint text not null,                                  -- HMAC of body and query
  account integer references accounts (id) on delete cascade, -- the caller, where it is one
  claimed_at integer not null,
  answer text check (json_valid(answer))                      -- null while the request is under way
) strict;

create index idempotency_keys_claimed on idempotency_keys (claimed_at);
create index idempotency_keys_account on idempotency_keys (account) where account is not null;

-- What the built-in outbox has sent; used under DEV=1 alone.
create table dev_outbox (
  seq integer primary key,
  id text not null unique,
  message text not null check (json_valid(message)),
  sent_at integer not null
) strict;

-- What staff do: a chain of hashes (domain/src/staff). Rows are added, and that is all.
create table staff_ledger (
  seq integer primary key,
  entry text not null check (json_valid(entry)),              -- its canonical JSON, without addresses
  openings text not null check (json_valid(openings)),        -- the addresses that it commits to
  hash text not null,
  source text unique                                          -- of an act on an object: which one, so that it is added once
) strict;

create trigger staff_ledger_chain before insert on staff_ledger
when (new.seq <> coalesce((select seq from staff_ledger where seq > 0 order by seq desc limit 1), 0) + 1
    or new.entry ->> 'prev' <> coalesce((select hash from staff_ledger where seq = new.seq - 1), new.entry ->> 'prev'))
  and not exists (select 1 from importing where one = 1)
begin
  select raise(abort, 'staff_ledger:chain');
end;

create trigger staff_ledger_stays before delete on staff_ledger begin
  select raise(abort, 'staff_ledger:stays');
end;

create trigger staff_ledger_never_changes before update on staff_ledger begin
  select raise(abort, 'staff_ledger:stays');
end;
