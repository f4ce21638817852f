-- The ledger of what staff do: a chain of hashes, to which is added and nothing else.

create table staff_ledger (
  seq integer primary key,
  entry text not null check (json_valid(entry)),
  openings text not null check (json_valid(openings)),
  hash text not null,
  source text unique
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
