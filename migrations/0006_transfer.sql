-- A deployment can be filled with what another has stored: what was judged and completed there is neither here. While a batch of
-- rows comes in, `importing` has a row, which nobody else ever sees, and the triggers on inserts rest.

create table importing (
  one integer primary key check (one = 1)
) strict;

drop trigger proposals_first_parties;
create trigger proposals_first_parties after insert on proposals
when not exists (select 1 from importing where one = 1)
begin
  insert or ignore into proposal_parties (proposal, address_key, answer)
    select new.id, iif(type = 'array', value ->> 0, value), iif(type = 'array', value ->> 1, null) from json_each(new.party_keys);
end;

drop trigger calendars_first_invitees;
create trigger calendars_first_invitees after insert on calendars
when not exists (select 1 from importing where one = 1)
begin
  insert or ignore into calendar_invitees (calendar, address_key) select new.id, value from json_each(new.invitee_keys);
end;

drop trigger meetings_first_reminder;
create trigger meetings_first_reminder after insert on meetings
when new.status = 'confirmed' and not exists (select 1 from importing where one = 1)
begin
  update meetings set remind_at = new.starts_at - 86400000 where id = new.id and new.starts_at - 86400000 > new.updated_at;
end;

drop trigger busy_never_overlaps;
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

drop trigger bookings_limits;
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

drop trigger mail_counts_budget;
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
