//! Random histories of a meeting: who may change it, how it changes, and who gets mail.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::cases;
use common::meeting::{Decided, ID, Who, address, at, meeting, run, steps};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use whittle_domain::detail::Detailed as _;
use whittle_domain::link::Purpose;
use whittle_domain::meeting::{
    Beside, Caller, Command, Meeting, PartStat, Rejection, Status, Template, agreed, beside, letters,
    removed, view,
};
use whittle_domain::proposal::Visibility;

/// The addresses that get mail about the meeting.
fn hearers(meeting: &Meeting) -> BTreeSet<String> {
    let attendees = meeting.attendees.iter().filter(|a| !a.opted_out).map(|a| a.address.key());
    let organiser = (!meeting.organiser.opted_out).then(|| meeting.organiser.address.key());
    attendees.chain(organiser).collect()
}

proptest! {
    #![proptest_config(cases())]

    /// SEQUENCE rises with changes that calendars must show (RFC 5545, section 3.8.7.4), the version with every change.
    #[test]
    fn the_sequence_rises_with_time_details_and_status_alone_and_the_version_with_every_change(
        meeting in meeting(),
        steps in steps(),
    ) {
        for Decided { before, after, outcome, now, .. } in run(meeting, &steps) {
            let told = |m: &Meeting| (m.begin, m.end, m.status, m.details());
            let heard = told(&before) != told(&after);
            prop_assert_eq!(after.sequence, before.sequence + u32::from(heard));
            let changed = matches!(outcome, Ok(Some(_)));
            prop_assert_eq!(after.version, before.version + u32::from(changed));
            prop_assert_eq!(after == before, !changed, "a change that is none");
            prop_assert_eq!(after.updated_at, if changed { now } else { before.updated_at });
        }
    }

    #[test]
    fn the_organiser_and_the_attendees_never_change(meeting in meeting(), steps in steps()) {
        let fixed = |m: &Meeting| {
            let people: Vec<_> =
                m.attendees.iter().map(|a| (a.number, a.address.clone(), a.generation, a.optional)).collect();
            (
                m.id,
                m.uid.clone(),
                m.source,
                m.receipt,
                m.organiser.account,
                m.organiser.address.clone(),
                people,
            )
        };
        let first = fixed(&meeting);
        for Decided { after, .. } in run(meeting, &steps) {
            prop_assert_eq!(&fixed(&after), &first);
            prop_assert!(after.begin < after.end);
            prop_assert_eq!((after.begin.micros() % 1000, after.end.micros() % 1000), (0, 0));
        }
    }

    /// A refused act changes no detail either.
    #[test]
    fn an_update_sets_the_details_that_are_given_and_no_others(meeting in meeting(), steps in steps()) {
        for Decided { before, act, outcome, after, .. } in run(meeting, &steps) {
            let given = match &act.command {
                Command::Update(wanted) if outcome.is_ok() => wanted.details.clone(),
                _ => Vec::new(),
            };
            for (was, is) in before.details().into_iter().zip(after.details()) {
                let wanted = given.iter().find(|d| d.name() == was.name()).cloned().unwrap_or(was);
                prop_assert_eq!(is, wanted);
            }
        }
    }

    /// Meetings are kept in milliseconds: the begin is rounded down, and the length is kept or becomes what was asked for.
    #[test]
    fn a_move_sets_the_time_that_was_asked_for_and_keeps_the_length(meeting in meeting(), steps in steps()) {
        for Decided { before, act, outcome, after, .. } in run(meeting, &steps) {
            let Command::Update(wanted) = &act.command else {
                prop_assert_eq!((after.begin, after.end), (before.begin, before.end));
                continue;
            };
            if outcome.is_err() {
                continue;
            }
            let begin = wanted.begin.map_or(before.begin.micros(), |b| b.micros() - b.micros().rem_euclid(1000));
            prop_assert_eq!(after.begin.micros(), begin);
            match wanted.duration.map(|d| after.duration().micros() - d.micros()) {
                None => prop_assert_eq!(after.duration(), before.duration()),
                Some(more) => prop_assert!((0..1000).contains(&more), "longer by {}", more),
            }
        }
    }

    #[test]
    fn a_cancelled_meeting_stays_cancelled_and_causes_no_further_mail(meeting in meeting(), steps in steps()) {
        for decided in run(meeting, &steps) {
            if decided.before.status != Status::Cancelled {
                continue;
            }
            let (before, after) = (&decided.before, &decided.after);
            prop_assert_eq!(after.status, Status::Cancelled);
            prop_assert_eq!(
                (after.begin, after.end, after.sequence),
                (before.begin, before.end, before.sequence)
            );
            prop_assert!(decided.letters().is_empty());
            match decided.act.command {
                Command::Cancel | Command::CancelSaying(_) => {
                    prop_assert!(!matches!(decided.outcome, Ok(Some(_))));
                }
                Command::Update(_) | Command::Decline | Command::Accept | Command::Confirm | Command::Approve | Command::Expire => {
                    prop_assert!(decided.outcome.is_err());
                }
                Command::View | Command::OptOut | Command::OptIn => {}
            }
        }
    }

    /// An attendee changes only its own PARTSTAT. A move asks all attendees anew.
    #[test]
    fn an_answer_changes_one_partstat_and_a_move_changes_all(
        meeting in meeting(),
        steps in steps(),
    ) {
        for decided in run(meeting, &steps) {
            let moved = (decided.before.begin, decided.before.end) != (decided.after.begin, decided.after.end);
            let opts = matches!(decided.act.command, Command::OptOut | Command::OptIn) && decided.outcome.is_ok();
            let own = decided.attendee();
            for (was, is) in decided.before.attendees.iter().zip(&decided.after.attendees) {
                let wanted = match decided.act.command {
                    _ if decided.outcome.is_err() => was.partstat,
                    Command::Decline if own == Some(was.number) => PartStat::Declined,
                    Command::Accept if own == Some(was.number) => PartStat::Accepted,
                    Command::Update(_) if moved => PartStat::NeedsAction,
                    _ => was.partstat,
                };
                prop_assert_eq!(is.partstat, wanted, "{:?} by {:?}", decided.act.command, decided.who);
                prop_assert!(was.opted_out == is.opted_out || opts);
            }
        }
    }

    #[test]
    fn only_the_organiser_and_staff_move_and_cancel_and_only_attendees_answer(meeting in meeting(), steps in steps()) {
        for decided in run(meeting, &steps) {
            let nobody = decided.attendee().is_none() && !decided.leads();
            match decided.who {
                Who::Stranger | Who::Unproven(_) => prop_assert_eq!(&decided.outcome, &Err(Rejection::Unknown)),
                Who::Account(_) if nobody => prop_assert_eq!(&decided.outcome, &Err(Rejection::Unknown)),
                Who::VoidLink(_) => prop_assert_eq!(&decided.outcome, &Err(Rejection::LinkVoid)),
                Who::Link(_) if nobody => prop_assert_eq!(&decided.outcome, &Err(Rejection::LinkVoid)),
                Who::Unsubscriber(n) if nobody && n > 0 => {
                    prop_assert_eq!(&decided.outcome, &Err(Rejection::LinkVoid))
                }
                Who::Unsubscriber(_) if !matches!(decided.act.command, Command::OptOut | Command::OptIn) => {
                    prop_assert_eq!(
                        &decided.outcome,
                        &Err(Rejection::Forbidden),
                        "a way out leads nowhere else"
                    );
                }
                _ => {
                    let forbidden = match decided.act.command {
                        Command::Update(_) | Command::Cancel | Command::CancelSaying(_) => !decided.leads(),
                        // No guest has booked these.
                        Command::Confirm | Command::Approve | Command::Expire => true,
                        Command::Decline | Command::Accept => decided.attendee().is_none(),
                        Command::OptOut | Command::OptIn => {
                            decided.attendee().is_none() && matches!(decided.who, Who::Staff | Who::Source)
                        }
                        Command::View => false,
                    };
                    prop_assert_eq!(
                        decided.outcome == Err(Rejection::Forbidden),
                        forbidden,
                        "{:?} by {:?}",
                        decided.act.command,
                        decided.who
                    );
                }
            }
        }
    }

    /// Opting out holds for an address, as attendee and as organiser, until it opts in. No other address is affected.
    #[test]
    fn opting_out_stops_the_mail_to_one_address_and_opting_in_starts_it_again(meeting in meeting(), steps in steps()) {
        for decided in run(meeting, &steps) {
            let (before, after) = (hearers(&decided.before), hearers(&decided.after));
            let mut wanted = before.clone();
            let own = decided.attendee().and_then(|n| decided.before.attendee(n));
            let own = own.map_or(&decided.before.organiser.address, |a| &a.address);
            if decided.outcome.is_ok() && matches!(decided.act.command, Command::OptOut | Command::OptIn) {
                if decided.act.command == Command::OptOut {
                    wanted.remove(&own.key());
                } else {
                    wanted.insert(own.key());
                }
                prop_assert!(decided.letters().is_empty());
                let all = decided.after.attendees.iter().filter(|a| a.address == *own).map(|a| a.opted_out);
                let organisers = *own == decided.after.organiser.address;
                let mut all = all.chain(organisers.then_some(decided.after.organiser.opted_out));
                prop_assert!(all.all(|out| out == (decided.act.command == Command::OptOut)));
            }
            prop_assert_eq!(after, wanted, "{:?} by {:?}", decided.act.command, decided.who);
        }
    }

    /// What is for guests alone, what is for both, and whom a reminder goes to.
    #[test]
    fn a_mail_of_a_booking_goes_to_those_it_is_for(meeting in meeting()) {
        let organiser = &meeting.organiser;
        let to = |template| -> BTreeSet<String> {
            letters(&meeting, template, None, at(0), 30).iter().map(|l| l.to.key()).collect()
        };
        let attend: BTreeSet<String> =
            meeting.attendees.iter().filter(|a| !a.opted_out).map(|a| a.address.key()).collect();
        for template in [Template::Held, Template::Refused] {
            prop_assert_eq!(&to(template), &attend, "{:?}", template);
        }
        for template in [Template::Asked, Template::Agreed, Template::Reactivated] {
            prop_assert_eq!(to(template), hearers(&meeting), "{:?}", template);
        }
        let declined = |key: &String| {
            meeting.attendees.iter().any(|a| a.address.key() == *key && a.partstat == PartStat::Declined)
        };
        let reminded = hearers(&meeting).into_iter().filter(|key| !declined(key)).collect();
        prop_assert_eq!(to(Template::Reminder), reminded);
        let gone = removed(&meeting, &meeting.attendees, at(0), 30);
        prop_assert_eq!(gone.len(), attend.len());
        for letter in gone {
            let named: Vec<_> = letter.meeting.attendees.iter().map(|a| &a.address).collect();
            prop_assert_eq!(named, vec![&letter.to], "a removed attendee is told of nobody else");
        }
        let said = Beside { to_guest: Some("sorry"), to_owner: Some("why"), ..Beside::default() };
        for letter in beside(letters(&meeting, Template::Asked, None, at(0), 30), &said) {
            let theirs = if letter.attendee == 0 { "why" } else { "sorry" };
            prop_assert_eq!(letter.message.as_deref(), Some(theirs));
        }
        prop_assert!(organiser.opted_out || to(Template::Asked).contains(&organiser.address.key()));
    }

    /// A move or cancellation is mailed to everybody, the one who caused it too. An answer is mailed to the organiser, unless
    /// it is the organiser's own.
    #[test]
    fn changes_of_time_are_mailed_to_all_and_answers_to_the_organiser(meeting in meeting(), steps in steps()) {
        let invitations = agreed(&meeting, at(0), 30);
        prop_assert!(invitations.iter().all(|l| l.template == Template::Agreed));
        let to: Vec<String> = invitations.iter().map(|l| l.to.key()).collect();
        prop_assert_eq!(to.len(), hearers(&meeting).len());
        prop_assert_eq!(to.into_iter().collect::<BTreeSet<_>>(), hearers(&meeting));
        for decided in run(meeting, &steps) {
            let (after, letters) = (&decided.after, decided.letters());
            let changed = matches!(decided.outcome, Ok(Some(_)));
            let organiser = &after.organiser;
            let mut wanted = BTreeSet::new();
            let template = match decided.act.command {
                Command::Update(_) if (decided.before.begin, decided.before.end) == (after.begin, after.end) => {
                    Some(Template::Details)
                }
                Command::Update(_) => Some(Template::Moved),
                Command::Cancel | Command::CancelSaying(_) => Some(Template::Cancelled),
                Command::Confirm | Command::Approve | Command::Expire => None,
                Command::Decline => Some(Template::Declined),
                Command::Accept => Some(Template::Accepted),
                Command::View | Command::OptOut | Command::OptIn => None,
            };
            let about = match template {
                Some(Template::Moved | Template::Details | Template::Cancelled) if changed => {
                    wanted = hearers(after);
                    None
                }
                Some(_) if changed => {
                    let own = decided.attendee().and_then(|n| after.attendee(n)).unwrap();
                    if own.address != organiser.address && !organiser.opted_out {
                        wanted.insert(organiser.address.key());
                    }
                    Some(own.number)
                }
                _ => None,
            };
            prop_assert_eq!(letters.len(), wanted.len());
            for letter in letters {
                prop_assert!(wanted.remove(&letter.to.key()), "{:?} to {}", letter.template, letter.to);
                prop_assert_eq!((Some(letter.template), letter.about), (template, about));
                prop_assert_eq!(&letter.meeting, after);
                let known = after.attendee(letter.attendee);
                prop_assert_eq!(&letter.to, known.map_or(&organiser.address, |a| &a.address));
                let own = (letter.attendee, known.map_or(0, |a| a.generation));
                for (link, purpose) in
                    [(&letter.link, Purpose::Meeting), (&letter.unsubscribe, Purpose::UnsubscribeMeeting)]
                {
                    prop_assert_eq!((link.purpose, link.subject), (purpose, ID));
                    prop_assert_eq!((link.party, link.generation), own, "another's link");
                    prop_assert!(link.expires > decided.now.seconds());
                    // An attendee can decline until the meeting is over.
                    prop_assert!(purpose != Purpose::Meeting || link.expires >= after.end.seconds());
                }
            }
        }
    }

    /// With the visibility `names` an attendee sees no address but its own.
    #[test]
    fn under_names_attendees_see_no_other_address(meeting in meeting(), steps in steps()) {
        for decided in run(meeting, &steps) {
            let Ok(standing) = decided.before.standing(&decided.act.caller) else { continue };
            let hidden = decided.before.visibility == Visibility::Names
                && !matches!(decided.who, Who::Organiser | Who::Staff | Who::Source | Who::OrganisersLink);
            let view = view(&decided.before, &standing, "https://w.example");
            prop_assert_eq!(&view.you, &decided.attendee().map(|n| format!("p{n}")));
            let shown = serde_json::to_string(&view).unwrap();
            let own = decided.attendee().and_then(|n| decided.before.attendee(n)).map(|a| a.address.key());
            for other in (0..6).map(|n| address(n).key()) {
                let there = decided.before.attendees.iter().any(|a| a.address.key() == other)
                    || other == address(0).key();
                let sees = there && (!hidden || own.as_ref() == Some(&other));
                prop_assert_eq!(shown.contains(&other), sees, "{} for {:?}", other, decided.who);
            }
        }
    }
}

/// The properties above mean something only if random histories reach all acts and rejections.
#[test]
fn the_histories_reach_every_act_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..300 {
        let (meeting, steps) = (meeting(), steps()).new_tree(&mut runner).unwrap().current();
        for decided in run(meeting, &steps) {
            let command = format!("{:?}", decided.act.command);
            let command = command.split('(').next().unwrap_or_default();
            let name = match &decided.outcome {
                Ok(Some(_)) => command.to_owned(),
                Ok(None) => format!("No{command}"),
                Err(rejection) => format!("Not{rejection:?}"),
            };
            for letter in decided.letters() {
                *seen.entry(format!("Mail{:?}", letter.template)).or_default() += 1;
            }
            *seen.entry(name).or_default() += 1;
        }
    }
    println!("{seen:?}");
    let wanted = "Update NoUpdate MailDetails MailMoved Cancel NoCancel Decline NoDecline Accept NoAccept OptOut NoOptOut OptIn NoOptIn NoView \
        NotUnknown NotLinkVoid NotForbidden NotCancelled NotStale NotTooLate";
    for wanted in wanted.split_whitespace() {
        assert!(seen.get(wanted).is_some_and(|n| *n >= 10), "histories rarely reach {wanted}: {seen:?}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_organisers_link_is_good_for_its_generation_alone(meeting in meeting(), generation in 0_u32..3) {
        let mut meeting = meeting;
        meeting.organiser.generation = 1;
        let standing = meeting.standing(&Caller::Link { attendee: 0, generation });
        prop_assert_eq!(standing.is_ok(), generation == 1);
        let mails = agreed(&meeting, at(0), 30);
        prop_assert!(mails.iter().filter(|l| l.attendee == 0).all(|l| l.link.generation == 1));
    }
}
