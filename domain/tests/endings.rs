//! Random histories of a proposal: how it ends. Agreement, exhaustion and the next round, and the one meeting.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use common::history::{ID, complete, run};
use common::{cases, scenario};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use whittle_domain::address::Address;
use whittle_domain::ledger::genesis;
use whittle_domain::meeting;
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::proposal::{Actor, Command, NewParty, Phase, Rejection, What, successor};

proptest! {
    #![proptest_config(cases())]

    /// Every required party has kept the agreed slot, or the organiser has fixed it when that was allowed.
    #[test]
    fn a_proposal_is_agreed_when_all_have_kept_one_slot_or_an_organiser_fixes_one_in_time(scenario in scenario()) {
        let history = run(&scenario);
        for applied in &history.applied {
            let Some(before) = &applied.before else { continue };
            let (What::Agreed { slot } | What::Fixed { slot }) = applied.event.what else { continue };
            prop_assert_eq!(applied.after.slots.only(), Some(slot));
            prop_assert!(before.slots.iter().any(|s| *s == slot), "only what is offered");
            for party in before.parties.iter().filter(|p| !p.withdrawn && !p.optional) {
                let kept = party.answer.as_ref().is_none_or(|a| a.slots.iter().any(|k| slot.is_within(k)));
                prop_assert!(kept, "{} has not kept what is agreed", party.label());
            }
            if matches!(applied.event.what, What::Fixed { .. }) {
                let decided = &history.acts[applied.act.unwrap()];
                prop_assert!(decided.by_organiser(), "{:?} fixes", decided.act.caller);
                prop_assert!(
                    complete(before) || before.deadline.is_some_and(|d| d <= applied.event.at),
                    "too early"
                );
            } else {
                prop_assert!(complete(before), "agreed without all answers");
                prop_assert_eq!(before.slots.len(), 1);
            }
        }
        for decided in &history.acts {
            let Command::Fix(slot) = &decided.act.command else { continue };
            let (before, passed) = (&decided.before, decided.before.deadline.is_some_and(|d| d <= decided.now));
            let now = complete(before) || passed;
            match &decided.outcome {
                Err(Rejection::TooEarly) => prop_assert!(before.phase == Phase::Open && !now),
                Err(Rejection::Agreed) => prop_assert_eq!(before.phase, Phase::Agreed),
                Err(Rejection::NotOffered(_)) => prop_assert!(now && !before.slots.iter().any(|s| s == slot)),
                Err(Rejection::Forbidden) => prop_assert!(!decided.by_organiser()),
                Ok(events) => {
                    let fixed = events.iter().any(|e| e.what == What::Fixed { slot: *slot });
                    prop_assert!(fixed, "nothing is fixed");
                }
                Err(_) => {}
            }
        }
    }

    /// A second request for a next round gives the same one. In the place of an open proposal, it ends that: nothing is offered there
    /// any more, and both entries are the organiser's.
    #[test]
    fn a_proposal_has_at_most_one_successor(scenario in scenario()) {
        let history = run(&scenario);
        for (before, event, after) in history.steps() {
            if let What::Succeeded { successor } = event.what {
                prop_assert_eq!((before.phase, after.phase), (Phase::Exhausted, Phase::Exhausted));
                prop_assert_eq!((before.successor, after.successor), (None, Some(successor)));
            }
            prop_assert!(before.successor.is_none() || before.successor == after.successor);
            prop_assert_eq!(before.predecessor, after.predecessor);
        }
        for decided in &history.acts {
            let Command::Round(round) = &decided.act.command else { continue };
            match &decided.outcome {
                Ok(events) => {
                    let (before, after) = (&decided.before, &decided.after);
                    prop_assert!(decided.by_organiser());
                    prop_assert!(matches!(before.phase, Phase::Open | Phase::Exhausted));
                    prop_assert_eq!((after.phase, after.slots.len()), (Phase::Exhausted, 0));
                    let succeeded = || What::Succeeded { successor: round.id };
                    let wanted = match (before.phase, before.successor) {
                        (_, Some(_)) => vec![],
                        (Phase::Open, None) => vec![What::Exhausted, succeeded()],
                        (_, None) => vec![succeeded()],
                    };
                    prop_assert_eq!(events.iter().map(|e| e.what.clone()).collect::<Vec<_>>(), wanted);
                    prop_assert!(events.iter().all(|e| e.by != Actor::System));
                    prop_assert_eq!(&before.cuts, &after.cuts, "nobody has cut what was given up");
                    let future = round.deadline.is_none_or(|d| d > decided.now);
                    prop_assert!(future || events.is_empty(), "over before it begins");
                    let next = successor(&decided.after, round);
                    prop_assert_eq!(next.predecessor, Some(ID));
                    let people = |p: &NewParty| (p.address.clone(), p.optional, p.opted_out);
                    let out = |p: &Address| {
                        let own = after.creator_opted_out && after.creator.address == *p;
                        own || after.refused.contains(p) || after.parties.iter().any(|q| q.opted_out && q.address == *p)
                    };
                    let asked: Vec<_> = match &round.parties {
                        None => after.active_parties().map(|p| (p.address.clone(), p.optional, p.opted_out)).collect(),
                        Some(given) => given.iter().map(|p| (p.address.clone(), p.optional, out(&p.address))).collect(),
                    };
                    prop_assert_eq!(next.parties.iter().map(people).collect::<Vec<_>>(), asked);
                }
                Err(Rejection::NoNextRound) => prop_assert_eq!(decided.before.phase, Phase::Agreed),
                Err(Rejection::Invalid(errors)) => {
                    prop_assert!(matches!(decided.before.phase, Phase::Open | Phase::Exhausted));
                    prop_assert_eq!(decided.before.successor, None);
                    let past = round.deadline.is_some_and(|d| d <= decided.now);
                    let field = if past { "deadline" } else { "slots" };
                    let said = serde_json::to_value(errors).unwrap();
                    prop_assert!(said.get(field).is_some(), "{}", said);
                }
                Err(_) => {}
            }
        }
    }

    /// Only an agreed proposal has a meeting. The meeting has the id of the proposal.
    #[test]
    fn a_proposal_has_at_most_one_meeting(scenario in scenario()) {
        let history = run(&scenario);
        let agreements = history
            .applied
            .iter()
            .filter(|h| matches!(h.event.what, What::Agreed { .. } | What::Fixed { .. }));
        prop_assert!(agreements.count() <= 1);
        for applied in &history.applied {
            let after = &applied.after;
            let meeting = meeting::of_proposal(after, genesis::<ProposalLedger>(ID));
            prop_assert_eq!(meeting.is_some(), after.phase == Phase::Agreed);
            let Some(meeting) = meeting else { continue };
            prop_assert_eq!((meeting.id, meeting.uid.as_str()), (ID, "proposal-42@whittle"));
            prop_assert_eq!((meeting.sequence, meeting.version), (0, 1));
            let slot = after.slots.only().unwrap();
            prop_assert_eq!((meeting.begin, meeting.end), (slot.begin(), slot.end()));
            let asked: Vec<_> = after.active_parties().map(|p| (p.number, p.address.clone())).collect();
            let come: Vec<_> = meeting.attendees.iter().map(|a| (a.number, a.address.clone())).collect();
            prop_assert_eq!(come, asked);
            for (attendee, party) in meeting.attendees.iter().zip(after.active_parties()) {
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
