-- Sessions, changes of address, what an account wants, and how it goes.

alter table accounts add column bookable_by text not null default 'anyone' check (bookable_by in ('anyone', 'contacts', 'nobody'));
alter table accounts add column mail_level integer not null default 2 check (mail_level between 0 and 2);
alter table accounts add column leaving integer not null default 0 check (leaving in (0, 1));

create index accounts_leaving on accounts (id) where leaving = 1;

alter table tokens add column agent text not null default '';
alter table families add column agent text not null default '';

create table sessions (
  hash text primary key,
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null,
  created_at integer not null,
  used_at integer not null,
  agent text not null default ''
) strict;

create index sessions_account on sessions (account, used_at);

create table address_changes (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  epoch integer not null default 0,
  old_address text not null,
  old_key text not null,
  new_address text not null,
  new_key text not null,
  state text not null check (state in ('asked', 'done', 'undone')),
  asked_at integer not null
) strict;

create index address_changes_account on address_changes (account, asked_at);

-- What has a budget for itself (2^53 in place of a proposal) is no part of a recipient's.
drop trigger mail_counts_budget;
create trigger mail_counts_budget before insert on mail_counts
when not exists (select 1 from mail_counts where id = new.id)
begin
  select raise(abort, 'budget:recipient') where new.most_recipient <=
    (select count(*) from mail_counts
     where recipient = new.recipient and proposal < 9007199254740992 and at > new.at - 86400000);
  select raise(abort, 'budget:sender') where new.most_sender <=
    (select count(*) from mail_counts where sender = new.sender and at > new.at - 86400000);
  select raise(abort, 'budget:proposal') where new.most_proposal <=
    (select count(*) from mail_counts
     where recipient = new.recipient and proposal = new.proposal and at > new.at - 86400000);
end;
