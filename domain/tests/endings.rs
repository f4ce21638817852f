//! Random histories of a proposal: what they end in. Agreement, exhaustion and the next round, the one meeting.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::history::{ID, complete, run};
use common::{cases, world};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use whittle_domain::ledger::genesis;
use whittle_domain::meeting;
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::proposal::{Command, NewParty, Phase, Rejection, What, successor};

proptest! {
    #![proptest_config(cases())]

    /// What binds everybody is what everybody required has kept, or what the organiser chose when it was time to.
    #[test]
    fn it_is_agreed_when_all_have_kept_one_slot_or_an_organiser_fixes_one_in_time(world in world()) {
        let history = run(&world);
        for happened in &history.happened {
            let Some(before) = &happened.before else { continue };
            let (What::Agreed { slot } | What::Fixed { slot }) = happened.event.what else { continue };
            prop_assert_eq!(happened.after.slots.only(), Some(slot));
            prop_assert!(before.slots.iter().any(|s| *s == slot), "only what is offered");
            for party in before.parties.iter().filter(|p| !p.withdrawn && !p.optional) {
                let kept = party.answer.as_ref().is_none_or(|a| a.slots.iter().any(|k| slot.is_within(k)));
                prop_assert!(kept, "{} has not kept what is agreed", party.label());
            }
            if matches!(happened.event.what, What::Fixed { .. }) {
                let acted = &history.acts[happened.act.unwrap()];
                prop_assert!(acted.by_organiser(), "{:?} fixes", acted.act.caller);
                prop_assert!(
                    complete(before) || before.deadline.is_some_and(|d| d <= happened.event.at),
                    "too early"
                );
            } else {
                prop_assert!(complete(before), "agreed without all answers");
                prop_assert_eq!(before.slots.len(), 1);
            }
        }
        for acted in &history.acts {
            let Command::Fix(slot) = &acted.act.command else { continue };
            let (before, passed) = (&acted.before, acted.before.deadline.is_some_and(|d| d <= acted.now));
            let now = complete(before) || passed;
            match &acted.outcome {
                Err(Rejection::TooEarly) => prop_assert!(before.phase == Phase::Open && !now),
                Err(Rejection::Agreed) => prop_assert_eq!(before.phase, Phase::Agreed),
                Err(Rejection::NotOffered(_)) => prop_assert!(now && !before.slots.iter().any(|s| s == slot)),
                Err(Rejection::Forbidden) => prop_assert!(!acted.by_organiser()),
                Ok(events) => {
                    let fixed = events.iter().any(|e| e.what == What::Fixed { slot: *slot });
                    prop_assert!(fixed, "nothing is fixed");
                }
                Err(_) => {}
            }
        }
    }

    /// Asked twice, there is still one next round.
    #[test]
    fn an_exhausted_proposal_has_one_successor_for_ever(world in world()) {
        let history = run(&world);
        for (before, event, after) in history.steps() {
            if let What::Succeeded { successor } = event.what {
                prop_assert_eq!((before.phase, after.phase), (Phase::Exhausted, Phase::Exhausted));
                prop_assert_eq!((before.successor, after.successor), (None, Some(successor)));
            }
            prop_assert!(before.successor.is_none() || before.successor == after.successor);
            prop_assert_eq!(before.predecessor, after.predecessor);
        }
        for acted in &history.acts {
            let Command::Round(round) = &acted.act.command else { continue };
            match &acted.outcome {
                Ok(events) => {
                    prop_assert!(acted.by_organiser() && acted.before.phase == Phase::Exhausted);
                    prop_assert_eq!(events.is_empty(), acted.before.successor.is_some());
                    let future = round.deadline.is_none_or(|d| d > acted.now);
                    prop_assert!(future || events.is_empty(), "over before it begins");
                    let next = successor(&acted.after, round);
                    prop_assert_eq!(next.predecessor, Some(ID));
                    let people = |p: &NewParty| (p.address.clone(), p.optional, p.opted_out);
                    let same: Vec<_> =
                        acted.after.asked().map(|p| (p.address.clone(), p.optional, p.opted_out)).collect();
                    prop_assert_eq!(next.parties.iter().map(people).collect::<Vec<_>>(), same);
                }
                Err(Rejection::NotExhausted) => {
                    prop_assert!(matches!(acted.before.phase, Phase::Open | Phase::Agreed));
                }
                Err(Rejection::Invalid(errors)) => {
                    prop_assert_eq!((acted.before.phase, acted.before.successor), (Phase::Exhausted, None));
                    let past = round.deadline.is_some_and(|d| d <= acted.now);
                    let field = if past { "deadline" } else { "slots" };
                    let said = serde_json::to_value(errors).unwrap();
                    prop_assert!(said.get(field).is_some(), "{}", said);
                }
                Err(_) => {}
            }
        }
    }

    /// The meeting has the proposal's id, and there is one only where it is agreed.
    #[test]
    fn there_is_at_most_one_meeting_a_proposal(world in world()) {
        let history = run(&world);
        let agreements = history
            .happened
            .iter()
            .filter(|h| matches!(h.event.what, What::Agreed { .. } | What::Fixed { .. }));
        prop_assert!(agreements.count() <= 1);
        for happened in &history.happened {
            let after = &happened.after;
            let meeting = meeting::of_proposal(after, genesis::<ProposalLedger>(ID));
            prop_assert_eq!(meeting.is_some(), after.phase == Phase::Agreed);
            let Some(meeting) = meeting else { continue };
            prop_assert_eq!((meeting.id, meeting.uid.as_str()), (ID, "proposal-42@whittle"));
            prop_assert_eq!((meeting.sequence, meeting.version), (0, 1));
            let slot = after.slots.only().unwrap();
            prop_assert_eq!((meeting.begin, meeting.end), (slot.begin(), slot.end()));
            let asked: Vec<_> = after.asked().map(|p| (p.number, p.address.clone())).collect();
            let come: Vec<_> = meeting.attendees.iter().map(|a| (a.number, a.address.clone())).collect();
            prop_assert_eq!(come, asked);
            for (attendee, party) in meeting.attendees.iter().zip(after.asked()) {
                let kept = party.answer.as_ref().map(|a| a.slots.iter().any(|k| slot.is_within(k)));
                let wanted = match kept {
                    None => meeting::PartStat::NeedsAction,
                    Some(true) => meeting::PartStat::Accepted,
                    Some(false) => meeting::PartStat::Declined,
                };
                prop_assert_eq!(attendee.partstat, wanted);
            }
        }
    }
}
