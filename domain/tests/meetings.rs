//! Random histories of a meeting: what is done with it, by whom, and who hears of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::cases;
use common::meeting::{Acted, ID, Who, address, at, meeting, run, steps};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use whittle_domain::link::Purpose;
use whittle_domain::meeting::{Command, Meeting, PartStat, Rejection, Status, Template, agreed, view};
use whittle_domain::proposal::Visibility;

/// Who takes mail about it, each address once.
fn hearers(meeting: &Meeting) -> BTreeSet<String> {
    let attendees = meeting.attendees.iter().filter(|a| !a.opted_out).map(|a| a.address.key());
    let organiser = (!meeting.organiser.opted_out).then(|| meeting.organiser.address.key());
    attendees.chain(organiser).collect()
}

proptest! {
    #![proptest_config(cases())]

    /// What calendars must hear of, and nothing else (RFC 5545, section 3.8.7.4); the version tells of everything.
    #[test]
    fn the_sequence_rises_with_time_and_status_alone_and_the_version_with_every_change(
        meeting in meeting(),
        steps in steps(),
    ) {
        for Acted { before, after, outcome, now, .. } in run(meeting, &steps) {
            let heard = (before.begin, before.end, before.status) != (after.begin, after.end, after.status);
            prop_assert_eq!(after.sequence, before.sequence + u32::from(heard));
            let changed = matches!(outcome, Ok(Some(_)));
            prop_assert_eq!(after.version, before.version + u32::from(changed));
            prop_assert_eq!(after == before, !changed, "a change that is none");
            prop_assert_eq!(after.updated_at, if changed { now } else { before.updated_at });
        }
    }

    #[test]
    fn whose_it_is_and_who_comes_never_changes(meeting in meeting(), steps in steps()) {
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
        for Acted { after, .. } in run(meeting, &steps) {
            prop_assert_eq!(&fixed(&after), &first);
            prop_assert!(after.begin < after.end);
            prop_assert_eq!((after.begin.micros() % 1000, after.end.micros() % 1000), (0, 0));
        }
    }

    /// To the millisecond, as it is written: the begin is cut, and no length changes or grows but by what is asked for.
    #[test]
    fn a_move_gives_the_time_that_is_asked_for_and_the_length_it_had(meeting in meeting(), steps in steps()) {
        for Acted { before, act, outcome, after, .. } in run(meeting, &steps) {
            let Command::Move(wanted) = &act.command else {
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
    fn cancelled_stays_cancelled_and_a_second_time_nobody_hears_of_it(meeting in meeting(), steps in steps()) {
        for acted in run(meeting, &steps) {
            if acted.before.status != Status::Cancelled {
                continue;
            }
            let (before, after) = (&acted.before, &acted.after);
            prop_assert_eq!(after.status, Status::Cancelled);
            prop_assert_eq!(
                (after.begin, after.end, after.sequence),
                (before.begin, before.end, before.sequence)
            );
            prop_assert!(acted.letters().is_empty());
            match acted.act.command {
                Command::Cancel => prop_assert!(!matches!(acted.outcome, Ok(Some(_)))),
                Command::Move(_) | Command::Decline | Command::Accept => prop_assert!(acted.outcome.is_err()),
                Command::View | Command::OptOut | Command::OptIn => {}
            }
        }
    }

    /// An answer is one's own; another time is a new question to all.
    #[test]
    fn an_answer_changes_the_answerers_row_alone_and_another_time_all_of_them(
        meeting in meeting(),
        steps in steps(),
    ) {
        for acted in run(meeting, &steps) {
            let moved = (acted.before.begin, acted.before.end) != (acted.after.begin, acted.after.end);
            let opts = matches!(acted.act.command, Command::OptOut | Command::OptIn) && acted.outcome.is_ok();
            let own = acted.attendee();
            for (was, is) in acted.before.attendees.iter().zip(&acted.after.attendees) {
                let wanted = match acted.act.command {
                    _ if acted.outcome.is_err() => was.partstat,
                    Command::Decline if own == Some(was.number) => PartStat::Declined,
                    Command::Accept if own == Some(was.number) => PartStat::Accepted,
                    Command::Move(_) if moved => PartStat::NeedsAction,
                    _ => was.partstat,
                };
                prop_assert_eq!(is.partstat, wanted, "{:?} by {:?}", acted.act.command, acted.who);
                prop_assert!(was.opted_out == is.opted_out || opts);
            }
        }
    }

    #[test]
    fn only_the_organiser_and_staff_move_and_cancel_and_attendees_answer(meeting in meeting(), steps in steps()) {
        for acted in run(meeting, &steps) {
            let nobody = acted.attendee().is_none() && !acted.leads();
            match acted.who {
                Who::Stranger | Who::Unproven(_) => prop_assert_eq!(&acted.outcome, &Err(Rejection::Unknown)),
                Who::Account(_) if nobody => prop_assert_eq!(&acted.outcome, &Err(Rejection::Unknown)),
                Who::VoidLink(_) => prop_assert_eq!(&acted.outcome, &Err(Rejection::LinkVoid)),
                Who::Link(_) if nobody => prop_assert_eq!(&acted.outcome, &Err(Rejection::LinkVoid)),
                Who::Unsubscriber(n) if nobody && n > 0 => {
                    prop_assert_eq!(&acted.outcome, &Err(Rejection::LinkVoid))
                }
                Who::Unsubscriber(_) if !matches!(acted.act.command, Command::OptOut | Command::OptIn) => {
                    prop_assert_eq!(
                        &acted.outcome,
                        &Err(Rejection::Forbidden),
                        "a way out leads nowhere else"
                    );
                }
                _ => {
                    let forbidden = match acted.act.command {
                        Command::Move(_) | Command::Cancel => !acted.leads(),
                        Command::Decline | Command::Accept => acted.attendee().is_none(),
                        Command::OptOut | Command::OptIn => {
                            acted.attendee().is_none() && matches!(acted.who, Who::Staff | Who::Source)
                        }
                        Command::View => false,
                    };
                    prop_assert_eq!(
                        acted.outcome == Err(Rejection::Forbidden),
                        forbidden,
                        "{:?} by {:?}",
                        acted.act.command,
                        acted.who
                    );
                }
            }
        }
    }

    /// Whoever wants no mail about it gets none, as attendee or as organiser, until he takes it back; nobody else stops
    /// hearing of it.
    #[test]
    fn opting_out_stops_all_mail_to_that_mailbox_and_to_no_other_and_opting_in_starts_it_again(meeting in meeting(), steps in steps()) {
        for acted in run(meeting, &steps) {
            let (before, after) = (hearers(&acted.before), hearers(&acted.after));
            let mut wanted = before.clone();
            let own = acted.attendee().and_then(|n| acted.before.attendee(n));
            let own = own.map_or(&acted.before.organiser.address, |a| &a.address);
            if acted.outcome.is_ok() && matches!(acted.act.command, Command::OptOut | Command::OptIn) {
                if acted.act.command == Command::OptOut {
                    wanted.remove(&own.key());
                } else {
                    wanted.insert(own.key());
                }
                prop_assert!(acted.letters().is_empty());
                let all = acted.after.attendees.iter().filter(|a| a.address == *own).map(|a| a.opted_out);
                let organisers = *own == acted.after.organiser.address;
                let mut all = all.chain(organisers.then_some(acted.after.organiser.opted_out));
                prop_assert!(all.all(|out| out == (acted.act.command == Command::OptOut)));
            }
            prop_assert_eq!(after, wanted, "{:?} by {:?}", acted.act.command, acted.who);
        }
    }

    /// A time that is or is not: to everybody, whoever did it. An answer: to the organiser, but not about his own.
    #[test]
    fn calendars_hear_of_times_and_the_organiser_of_others_answers(meeting in meeting(), steps in steps()) {
        let invitations = agreed(&meeting, at(0), 30);
        prop_assert!(invitations.iter().all(|l| l.template == Template::Agreed));
        let to: Vec<String> = invitations.iter().map(|l| l.to.key()).collect();
        prop_assert_eq!(to.len(), hearers(&meeting).len());
        prop_assert_eq!(to.into_iter().collect::<BTreeSet<_>>(), hearers(&meeting));
        for acted in run(meeting, &steps) {
            let (after, letters) = (&acted.after, acted.letters());
            let changed = matches!(acted.outcome, Ok(Some(_)));
            let organiser = &after.organiser;
            let mut wanted = BTreeSet::new();
            let template = match acted.act.command {
                Command::Move(_) => Some(Template::Moved),
                Command::Cancel => Some(Template::Cancelled),
                Command::Decline => Some(Template::Declined),
                Command::Accept => Some(Template::Accepted),
                Command::View | Command::OptOut | Command::OptIn => None,
            };
            let about = match template {
                Some(Template::Moved | Template::Cancelled) if changed => {
                    wanted = hearers(after);
                    None
                }
                Some(_) if changed => {
                    let own = acted.attendee().and_then(|n| after.attendee(n)).unwrap();
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
                    prop_assert!(link.expires > acted.now.seconds());
                    // One must be able to decline until it is over.
                    prop_assert!(purpose != Purpose::Meeting || link.expires >= after.end.seconds());
                }
            }
        }
    }

    /// Under `names` an attendee's page shows no address but its own.
    #[test]
    fn under_names_attendees_see_no_other_address(meeting in meeting(), steps in steps()) {
        for acted in run(meeting, &steps) {
            let Ok(standing) = acted.before.standing(&acted.act.caller) else { continue };
            let hidden = acted.before.visibility == Visibility::Names
                && !matches!(acted.who, Who::Organiser | Who::Staff | Who::Source | Who::OrganisersLink);
            let view = view(&acted.before, &standing, "https://w.example");
            prop_assert_eq!(&view.you, &acted.attendee().map(|n| format!("p{n}")));
            let shown = serde_json::to_string(&view).unwrap();
            let own = acted.attendee().and_then(|n| acted.before.attendee(n)).map(|a| a.address.key());
            for other in (0..6).map(|n| address(n).key()) {
                let there = acted.before.attendees.iter().any(|a| a.address.key() == other)
                    || other == address(0).key();
                let sees = there && (!hidden || own.as_ref() == Some(&other));
                prop_assert_eq!(shown.contains(&other), sees, "{} for {:?}", other, acted.who);
            }
        }
    }
}

/// The histories are worth something only if they reach what they are to judge.
#[test]
fn the_histories_reach_every_act_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..300 {
        let (meeting, steps) = (meeting(), steps()).new_tree(&mut runner).unwrap().current();
        for acted in run(meeting, &steps) {
            let command = format!("{:?}", acted.act.command);
            let command = command.split('(').next().unwrap_or_default();
            let name = match &acted.outcome {
                Ok(Some(_)) => command.to_owned(),
                Ok(None) => format!("No{command}"),
                Err(rejection) => format!("Not{rejection:?}"),
            };
            *seen.entry(name).or_default() += 1;
        }
    }
    println!("{seen:?}");
    let wanted = "Move NoMove Cancel NoCancel Decline NoDecline Accept NoAccept OptOut NoOptOut OptIn NoOptIn NoView \
        NotUnknown NotLinkVoid NotForbidden NotCancelled NotStale NotTooLate";
    for wanted in wanted.split_whitespace() {
        assert!(seen.get(wanted).is_some_and(|n| *n >= 10), "histories rarely reach {wanted}: {seen:?}");
    }
}
