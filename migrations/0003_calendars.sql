-- Calendars: their projection, what was worked out of them, and their part in the counts of mail.

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

create trigger calendars_first_invitees after insert on calendars begin
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

create index meetings_void on meetings (updated_at) where status = 'void';

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
  kind text not null check (kind in ('proposal', 'calendar', 'meeting', 'account', 'sign_up', 'reset', 'held')),
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
     where recipient = new.recipient and kind not in ('sign_up', 'reset', 'held') and at > new.at - 86400000);
  select iif(new.if_over = 'skip', raise(ignore), raise(abort, 'budget:sender')) where new.most_sender <=
    (select count(*) from mail_counts where sender = new.sender and kind <> 'held' and at > new.at - 86400000);
  select iif(new.if_over = 'skip', raise(ignore), raise(abort, 'budget:about')) where new.most_about <=
    case new.kind
      when 'held' then (select count(*) from mail_counts where kind = 'held' and about = new.about)
      else (select count(*) from mail_counts
        where recipient = new.recipient and kind = new.kind and about is new.about and at > new.at - 86400000)
    end;
end;
