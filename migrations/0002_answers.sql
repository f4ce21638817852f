-- The directory learns which parties of open proposals have answered, when answers end, and where a proposal went on.

alter table proposals add column deadline integer;
alter table proposals add column successor integer;
alter table proposals add column required_left integer not null default 0;
alter table proposal_parties add column answer text check (answer in ('required', 'optional', 'given'));

drop trigger proposals_first_parties;
drop trigger proposals_parties;

create trigger proposals_first_parties after insert on proposals begin
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

-- What a row shows says all of this already.
update proposals set
  deadline = cast(round(unixepoch(shown ->> '$.deadline', 'subsec') * 1000) as integer),
  successor = shown ->> '$.successor',
  required_left = iif(state = 'open', (
    select count(*) from json_each(shown, '$.answers') where not (value ->> 'optional') and value ->> 'kept' is null), 0),
  party_keys = (
    select json_group_array(json_array(lower(value ->> 'email'),
      iif(state <> 'open', null, iif(value ->> 'kept' is not null, 'given', iif(value ->> 'optional', 'optional', 'required')))))
    from json_each(shown, '$.answers'))
where state <> 'closed' and json_type(shown, '$.answers') = 'array';
