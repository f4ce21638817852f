-- Accounts import the times at which they are busy from calendar files.

create table busy_imports (
  id integer primary key,
  account integer not null references accounts (id) on delete cascade,
  uid text not null,
  print text not null,
  instances integer not null constraint busy_imports_bound check (instances > 0),
  imported_at integer not null,
  unique (account, uid)
) strict;

create trigger busy_imports_end after delete on busy_imports begin
  delete from busy where kind = 'import' and source = old.id;
end;
