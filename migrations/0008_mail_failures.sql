-- The mail of proposals and calendars that fails: each object tells it here.

create table mail_failures (
  mail text primary key,
  kind text not null check (kind in ('proposal', 'calendar')),
  subject integer not null check (subject > 0),
  status text not null check (status in ('due', 'dead')),
  recipient text not null,
  template text,
  account integer,
  attempts integer not null,
  error text,
  first_at integer not null,
  next_at integer not null
) strict, without rowid;

create index mail_failures_subject on mail_failures (kind, subject);
create index mail_failures_account on mail_failures (account);
create index mail_failures_first on mail_failures (first_at, mail);
