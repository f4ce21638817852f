//! Random histories of a proposal: who gets which mail, and when (spec, part 0, "Who hears what").
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::history::{Applied, History, complete, run};
use common::{HOUR, MINUTE, Scenario, addresses, cases, scenario};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;
use whittle_domain::address::Address;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::link::Purpose;
use whittle_domain::proposal::{
    Actor, Caller, Command, Letter, Party, Phase, Proposal, Template, Visibility, What, due_mail, next_wakeup,
};

/// The address of an actor.
fn mailbox(actor: &Actor, proposal: &Proposal) -> Option<Address> {
    match actor {
        Actor::Party(number) => {
            proposal.parties.iter().find(|p| p.number == *number).map(|p| p.address.clone())
        }
        Actor::Creator => Some(proposal.creator.address.clone()),
        Actor::Staff(address) => Some(address.clone()),
        Actor::System => None,
    }
}

/// Whether the mail goes to the creator, not to a party: its link to unsubscribe names no party.
fn to_creator(letter: &Letter) -> bool {
    letter.unsubscribe.as_ref().is_some_and(|l| l.party == 0)
}

fn by_creator(actor: &Actor, proposal: &Proposal) -> bool {
    mailbox(actor, proposal).as_ref() == Some(&proposal.creator.address)
}

/// What a mail to the creator calls the party with this label.
fn name(label: &str, proposal: &Proposal) -> String {
    let named = |p: &Party| p.name.as_ref().map_or_else(|| p.address.to_string(), ToString::to_string);
    proposal.parties.iter().find(|p| p.label() == label).map_or_else(|| label.to_owned(), named)
}

/// For each event the addresses that had opted out before it. The last set is the one after all events.
fn refusing(scenario: &Scenario, history: &History) -> Vec<BTreeSet<String>> {
    let mut refused: BTreeSet<String> =
        scenario.new.parties.iter().filter(|p| p.opted_out).map(|p| p.address.key()).collect();
    let mut each = Vec::new();
    for Applied { event, after, .. } in &history.applied {
        each.push(refused.clone());
        if let What::OptedOut { party } | What::OptedIn { party } = event.what {
            let actor = if party == 0 { Actor::Creator } else { Actor::Party(party) };
            let key = mailbox(&actor, after).unwrap().key();
            if matches!(event.what, What::OptedOut { .. }) {
                refused.insert(key);
            } else {
                refused.remove(&key);
            }
        }
    }
    each.push(refused);
    each
}

/// The addresses of the mails of an event. Each must get one mail only.
fn recipients(applied: &Applied) -> Result<BTreeSet<String>, TestCaseError> {
    let all: BTreeSet<String> = applied.letters.iter().map(|l| l.to.key()).collect();
    prop_assert_eq!(all.len(), applied.letters.len(), "mailed twice of {:?}", applied.event.what);
    Ok(all)
}

proptest! {
    #![proptest_config(cases())]

    /// Reminders go to parties who are required, were invited and have not answered. A party gets each reminder of a deadline
    /// once, and there is a day between two reminders, however often the deadline is moved.
    #[test]
    fn each_reminder_is_sent_once_to_those_who_have_to_answer(scenario in scenario()) {
        let history = run(&scenario);
        let mut told = BTreeSet::new();
        let mut last: BTreeMap<u16, Instant> = BTreeMap::new();
        for Applied { before, event, after, letters, .. } in &history.applied {
            match event.what {
                What::Reminded { to, hours } => {
                    let before = before.as_ref().unwrap();
                    let party = before.party(to).unwrap();
                    prop_assert!(party.answer.is_none() && !party.optional && party.invited);
                    prop_assert!(!party.opted_out && party.undeliverable.is_none());
                    prop_assert_eq!(before.phase, Phase::Open);
                    let left = before.deadline.unwrap().micros() - event.at.micros();
                    prop_assert!(
                        left > 0 && left <= i64::from(hours) * HOUR,
                        "{} hours before, {}",
                        hours,
                        left
                    );
                    prop_assert!(told.insert((to, hours)), "reminded twice");
                    if let Some(at) = last.insert(to, event.at) {
                        prop_assert!(event.at.micros() - at.micros() >= 24 * HOUR, "twice within a day");
                    }
                    prop_assert_eq!(letters.len(), 1);
                }
                What::Expired => {
                    prop_assert!(after.deadline.is_some_and(|d| d <= event.at), "before the deadline");
                    prop_assert!(told.insert((0, 0)), "told twice");
                }
                What::Rescheduled { .. } => told.clear(),
                // The party is another person now.
                What::Replaced { party, .. } => drop(last.remove(&party)),
                _ => {}
            }
        }
    }

    /// Mail to parties tells the location and the description as they are then; the creator, who wrote them, reads neither.
    #[test]
    fn parties_are_told_the_location_and_the_description_and_the_creator_is_not(scenario in scenario()) {
        for Applied { after, letters, .. } in &run(&scenario).applied {
            for letter in letters.iter().filter(|l| l.template != Template::Closed) {
                let told = [after.location.as_str(), after.description.as_str()];
                let wanted = if to_creator(letter) { ["", ""] } else { told };
                prop_assert_eq!([letter.location.as_str(), letter.description.as_str()], wanted);
            }
        }
    }

    /// The next wake-up is when something becomes due, and a tick at that time does everything that is due.
    #[test]
    fn a_tick_leaves_nothing_due_and_the_next_wakeup_misses_nothing(scenario in scenario()) {
        let history = run(&scenario);
        for Applied { event, after, .. } in &history.applied {
            let wakeup = next_wakeup(after, event.at);
            prop_assert!(wakeup.is_none_or(|w| w >= event.at));
            prop_assert!(due_mail(after, event.at).is_empty() || wakeup == Some(event.at));
            if let Some(pending) = &after.pending {
                prop_assert!(wakeup.is_some_and(|w| w <= pending.due.max(event.at)), "later than the digest");
            }
            // Nothing is due right before the wake-up.
            if let Some(just_before) =
                wakeup.filter(|w| *w > event.at).and_then(|w| Instant::from_micros(w.micros() - 1))
            {
                prop_assert_eq!(due_mail(after, just_before), vec![]);
                prop_assert!(!due_mail(after, wakeup.unwrap()).is_empty(), "woken for nothing");
            }
        }
        for decided in history.acts.iter().filter(|a| a.act.command == Command::Tick && a.outcome.is_ok()) {
            prop_assert_eq!(due_mail(&decided.after, decided.now), vec![], "a tick leaves nothing due");
        }
        let end =
            history.applied.last().unwrap().event.at.saturating_add(Duration::from_seconds(1_000 * 3600));
        prop_assert_eq!(next_wakeup(history.now(), end), None, "the clock comes to rest");
    }

    /// The creator gets each answer of another party in one mail, at most ten minutes after the first answer in that mail.
    #[test]
    fn every_answer_is_mailed_to_the_creator_once_within_ten_minutes(scenario in scenario()) {
        let history = run(&scenario);
        let mut untold: Vec<String> = Vec::new();
        let mut since = Instant::from_millis(0);
        for Applied { event, after, letters, act, .. } in &history.applied {
            let ten = Duration::from_micros(10 * MINUTE);
            let due = since.saturating_add(ten);
            if scenario.punctual {
                prop_assert!(untold.is_empty() || event.at <= due, "{:?} untold at {}", untold, event.at);
            }
            match &event.what {
                What::Answered { .. } | What::Cut { .. }
                    if after.creator_takes_mail() && !by_creator(&event.by, after) =>
                {
                    if untold.is_empty() {
                        since = event.at;
                    }
                    let label = event.by.label();
                    if !untold.contains(&label) {
                        untold.push(label);
                    }
                }
                What::Digested | What::AllAnswered | What::Expired => {
                    let names: Vec<String> = untold.drain(..).map(|l| name(&l, after)).collect();
                    for letter in letters {
                        prop_assert!(to_creator(letter));
                        prop_assert!(
                            names.iter().all(|n| letter.said.iter().any(|s| s.who == *n)),
                            "{:?} in {:?}",
                            names,
                            letter.said
                        );
                    }
                    if event.what == What::Digested {
                        prop_assert!(!names.is_empty(), "a digest of nothing");
                        prop_assert!(event.at >= due && (!scenario.punctual || event.at == due));
                        prop_assert!(matches!(history.acts[act.unwrap()].act.caller, Caller::System));
                        for letter in letters {
                            let said: Vec<_> = letter.said.iter().map(|s| s.who.clone()).collect();
                            prop_assert_eq!(&said, &names, "no more and no less");
                        }
                    }
                }
                // Whoever opens the next round of an open proposal is not mailed that nothing is left.
                What::Exhausted if event.by != Actor::System => {}
                What::Agreed { .. } | What::Fixed { .. } | What::Exhausted | What::Closed => untold.clear(),
                // Nobody is told of an answer that counts no more.
                What::OptionalSet { party, .. } if after.party(*party).is_some_and(|p| p.answer.is_none()) => {
                    untold.retain(|label| *label != format!("p{party}"));
                }
                _ => {}
            }
            prop_assert_eq!(&after.pending.as_ref().map(|p| p.by.clone()).unwrap_or_default(), &untold);
        }
        prop_assert!(untold.is_empty(), "{:?} is never told", untold);
    }

    /// The mail is sent at once, unless the last answer was the creator's own act.
    #[test]
    fn the_creator_is_mailed_when_all_have_answered_and_several_slots_are_left(scenario in scenario()) {
        let history = run(&scenario);
        for Applied { event, after, letters, .. } in &history.applied {
            if event.what == What::AllAnswered {
                prop_assert!(complete(after) && after.phase == Phase::Open && after.slots.len() > 1);
                prop_assert!(letters.iter().all(to_creator));
                prop_assert_eq!(letters.len(), 1);
            }
        }
        for decided in &history.acts {
            let Ok(events) = &decided.outcome else { continue };
            let now = complete(&decided.after) && !complete(&decided.before) && decided.after.phase == Phase::Open;
            let actor = decided.before.standing(&decided.act.caller).unwrap().actor;
            let told = events.iter().filter(|e| e.what == What::AllAnswered).count();
            let hears = decided.after.creator_takes_mail() && !by_creator(&actor, &decided.after);
            prop_assert_eq!(told, usize::from(now && hears), "{:?}", decided.act);
        }
    }

    /// This holds for addresses, whether a person acts as party, creator or staff. The exception is a link that a party asks
    /// for itself.
    #[test]
    fn nobody_is_mailed_about_an_act_of_his_own(scenario in scenario()) {
        let history = run(&scenario);
        for applied in &history.applied {
            let own = mailbox(&applied.cause, &applied.after);
            let act = applied.act.map(|a| &history.acts[a].act);
            // An address that is not verified does not identify the account's own mailbox.
            let unproven = act.is_some_and(|a| matches!(a.caller, Caller::Account { verified: false, .. }));
            for letter in &applied.letters {
                if letter.template == Template::Link {
                    prop_assert_eq!(Some(&letter.to), own.as_ref(), "a link that another asked for");
                } else if !unproven || to_creator(letter) {
                    prop_assert!(Some(&letter.to) != own.as_ref(), "{:?} to {}", letter.template, letter.to);
                }
            }
        }
    }

    /// Opting out holds for an address, whatever happens to its party. Addresses that bounce or complain get no mail either.
    #[test]
    fn an_address_that_opted_out_or_bounced_gets_no_mail_except_a_link_it_asked_for(scenario in scenario()) {
        let history = run(&scenario);
        let refusing = refusing(&scenario, &history);
        for (applied, refused) in history.applied.iter().zip(&refusing) {
            let after = &applied.after;
            for letter in applied.letters.iter().filter(|l| l.template != Template::Link) {
                prop_assert!(
                    !refused.contains(&letter.to.key()),
                    "{:?} to {}, who opted out",
                    letter.template,
                    letter.to
                );
                let dead = after.active_parties().any(|p| p.address == letter.to && p.undeliverable.is_some());
                prop_assert!(!dead, "{:?} to {}, where nothing arrives", letter.template, letter.to);
            }
        }
        // The converse: an address that opted in again, or never opted out, gets its mail.
        let mut count = history.applied.iter().filter(|h| h.act.is_none()).count();
        for decided in &history.acts {
            let Ok(events) = &decided.outcome else { continue };
            let (before, after) = (&refusing[count], &refusing[count + events.len()]);
            count += events.len();
            let actor = decided.before.standing(&decided.act.caller).unwrap().actor;
            let own = mailbox(&actor, &decided.before).map(|a| a.key());
            match &decided.act.command {
                Command::OptOut | Command::OptIn => {
                    let (own, out) = (own.unwrap(), decided.act.command == Command::OptOut);
                    prop_assert_eq!(after.contains(&own), out, "{:?}", decided.act);
                    prop_assert_eq!(events.is_empty(), before.contains(&own) == out, "{:?}", decided.act);
                }
                Command::Notify(notice) => {
                    let hears = |p: &&Party| {
                        notice.parties.contains(&p.label())
                            && actor != Actor::Party(p.number)
                            && !before.contains(&p.address.key())
                            && p.undeliverable.is_none()
                    };
                    let wanted: BTreeSet<u16> = decided.before.active_parties().filter(hears).map(|p| p.number).collect();
                    let to = |what: &What| if let What::Notified { to, .. } = what { Some(*to) } else { None };
                    let told: BTreeSet<u16> = events.iter().filter_map(|e| to(&e.what)).collect();
                    prop_assert_eq!(told, wanted);
                }
                _ => {}
            }
            for party in &decided.after.parties {
                prop_assert_eq!(party.opted_out, after.contains(&party.address.key()), "{}", party.label());
            }
            let left = decided.after.refused.iter().find(|a| !after.contains(&a.key()));
            prop_assert_eq!(left, None, "taken back");
            let creator = &decided.after.creator.address;
            let dead = decided.after.parties.iter().any(|p| p.address == *creator && p.undeliverable.is_some());
            prop_assert_eq!(decided.after.creator_takes_mail(), !after.contains(&creator.key()) && !dead);
        }
    }

    /// No event causes a mail that no rule allows, and each mail has the links of its recipient.
    #[test]
    fn each_event_causes_the_mails_of_its_rule_with_the_recipients_own_links(scenario in scenario()) {
        let history = run(&scenario);
        for Applied { event, after, letters, .. } in &history.applied {
            for letter in letters {
                let (template, party) = (letter.template, letter.unsubscribe.as_ref().unwrap().party);
                let lawful = match (&event.what, party) {
                    (What::Notified { to, first, .. }, p) => {
                        template == if *first { Template::Invitation } else { Template::Update } && p == *to
                    }
                    (What::Resent { to }, p) => template == Template::Link && p == *to,
                    (What::Reminded { to, .. }, p) => template == Template::Reminder && p == *to,
                    (What::Expired, 0) => template == Template::Deadline,
                    (What::Digested, 0) => template == Template::Digest,
                    (What::AllAnswered, 0) => template == Template::Answered,
                    (What::Exhausted, 0) => template == Template::Exhausted && event.by == Actor::System,
                    (What::Closed, _) => template == Template::Closed,
                    _ => false,
                };
                prop_assert!(lawful, "{:?} mails {:?} to {}", event.what, template, party);
                let out = letter.unsubscribe.as_ref().unwrap();
                prop_assert_eq!((out.purpose, out.subject), (Purpose::Unsubscribe, after.id));
                if party == 0 {
                    prop_assert_eq!((&letter.to, &letter.link), (&after.creator.address, &None));
                    continue;
                }
                let known = after.party(party).unwrap();
                prop_assert_eq!(&letter.to, &known.address);
                prop_assert_eq!(letter.link.is_some(), template != Template::Closed);
                if let Some(link) = &letter.link {
                    prop_assert_eq!((link.purpose, link.subject), (Purpose::Proposal, after.id));
                    prop_assert_eq!(
                        (link.party, link.generation),
                        (party, known.generation),
                        "another's link"
                    );
                }
                prop_assert!(letter.said.is_empty(), "answers are for the creator");
            }
            let alone =
                matches!(event.what, What::Notified { .. } | What::Resent { .. } | What::Reminded { .. });
            prop_assert!(!alone || letters.len() == 1, "{:?} mails nobody", event.what);
        }
    }

    /// The mail also names parties who were withdrawn since, and staff.
    #[test]
    fn the_mail_about_exhaustion_names_everybody_who_cut_or_answered(scenario in scenario()) {
        let history = run(&scenario);
        let mut cutters: BTreeSet<String> = BTreeSet::new();
        for Applied { before, event, after, letters, cause, .. } in &history.applied {
            let gone =
                before.as_ref().is_some_and(|b| b.slots.iter().any(|s| !after.slots.iter().any(|k| k == s)));
            if gone && matches!(event.what, What::Answered { .. } | What::Cut { .. }) {
                cutters.insert(event.by.label());
            }
            if event.what != What::Exhausted {
                continue;
            }
            let hears = after.creator_takes_mail() && !by_creator(cause, after);
            prop_assert_eq!(letters.len(), usize::from(hears && event.by == Actor::System));
            for letter in letters {
                let said: BTreeSet<String> =
                    letter.said.iter().filter(|s| !s.cut.is_empty()).map(|s| s.who.clone()).collect();
                let who: BTreeSet<String> = cutters.iter().map(|l| name(l, after)).collect();
                prop_assert_eq!(said, who);
                let said: BTreeSet<_> = letter.said.iter().map(|s| (s.who.clone(), s.kept)).collect();
                let kept = |p: &Party| p.answer.as_ref().map(|a| (a.slots.len(), a.of));
                let parties = after.parties.iter();
                let parties = parties.filter(|p| p.answer.is_some() || cutters.contains(&p.label()));
                let others = cutters.iter().filter(|l| after.party_labelled(l).is_none());
                let who: BTreeSet<_> = parties
                    .map(|p| (name(&p.label(), after), kept(p)))
                    .chain(others.map(|l| (l.clone(), None)))
                    .collect();
                prop_assert_eq!(said, who);
            }
        }
    }

    /// The stored mail is what gets rendered. With the visibility `names` it has no address but the recipient's.
    #[test]
    fn under_names_no_mail_to_a_party_has_another_address(scenario in scenario()) {
        let history = run(&scenario);
        for Applied { after, letters, .. } in &history.applied {
            for letter in letters.iter().filter(|l| !to_creator(l) && after.visibility == Visibility::Names) {
                let written = serde_json::to_string(letter).unwrap().to_ascii_lowercase();
                for other in addresses().filter(|a| *a != letter.to) {
                    prop_assert!(!written.contains(&other.key()), "{} in {}", other, written);
                }
            }
        }
    }

    /// Closing an agreed proposal cancels its meeting, and the mail about that is sent instead.
    #[test]
    fn closing_is_mailed_to_the_invited_and_the_creator_but_not_to_the_one_who_closes(scenario in scenario()) {
        let history = run(&scenario);
        for (applied, refused) in history.applied.iter().zip(refusing(&scenario, &history)) {
            let after = &applied.after;
            if applied.event.what != What::Closed {
                continue;
            }
            let dead = |a: &Address| after.active_parties().any(|p| p.address == *a && p.undeliverable.is_some());
            let invited = after.active_parties().filter(|p| p.invited).map(|p| p.address.clone());
            let mut wanted: BTreeSet<String> = invited
                .chain([after.creator.address.clone()])
                .filter(|a| !refused.contains(&a.key()) && !dead(a))
                .map(|a| a.key())
                .collect();
            if let Some(own) = mailbox(&applied.cause, after) {
                wanted.remove(&own.key());
            }
            if applied.before.as_ref().unwrap().phase == Phase::Agreed {
                wanted.clear();
            }
            prop_assert_eq!(recipients(applied)?, wanted);
        }
    }
}
