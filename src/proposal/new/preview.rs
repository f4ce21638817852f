//! What everybody will get: the people, the times as they are told, who would have to be awake at night, and the mail.

use serde::Deserialize;
use whittle_domain::entity::Entity as _;
use whittle_domain::ledger::genesis;
use whittle_domain::local::LocalTime;
use whittle_domain::night::is_at_night;
use whittle_domain::proposal::{
    Act, Caller, Command, Letter, Notice, Proposal, ProposalLedger, Proposed, replay,
};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::check::Ready;
use super::store::Known;
use crate::config;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::mail::dispatcher::Letter as Mailed;
use crate::mail::render;
use crate::proposal::api::creator;
use crate::texts::{say, when};

/// How many sentences about the night are told; the others are counted.
const MOST_NIGHTS: usize = 8;

/// The first mail of somebody who is asked.
#[derive(Deserialize)]
pub struct Mail {
    pub subject: String,
    pub text: String,
}

/// The invitation, by the rules and templates that will make it. None where this deployment sends no mail, or nobody is to get
/// one.
pub fn mail(ready: &Ready, known: &Known, context: &RequestContext, env: &Env) -> Result<Option<Mail>> {
    let Some(letter) = letter(ready, known, context, env) else { return Ok(None) };
    let keys = config::keys(env)?;
    let Ok(message) = render::message(&Mailed::Proposal(Box::new(letter)), &keys, keys.newest_id(), env)
    else {
        return Ok(None);
    };
    let mail: Mail = whittle_json::from_str(&message)?;
    let origin = config::origin(env)?;
    let text = without_links(&mail.text, &format!("{origin}/0/"), &origin);
    Ok(Some(Mail { text, ..mail }))
}

/// The letter of the first person who is asked, as if the proposal had the id 0, which none has: whatever link is made of it
/// opens nothing.
fn letter(ready: &Ready, known: &Known, context: &RequestContext, env: &Env) -> Option<Letter> {
    let via = context.credential.via();
    let proposed = Proposed { creator: creator(&known.account), via, new: ready.new.clone() };
    let before = replay(&Proposal::create(0, proposed, context.now).events)?;
    let first = ready.asked.first()?;
    let party = before.parties.iter().find(|party| party.address == first.person.address)?;
    let notice = Notice {
        parties: vec![party.label()],
        slots: before.slots.clone(),
        sender: None,
        only_uninvited: true,
    };
    let act = Act { caller: Caller::from(known.account.clone()), via, command: Command::Notify(notice) };
    let decision = before.decide(&act, context.now).ok()?;
    let event = decision.events.first()?;
    let after = Proposal::apply(Some(before.clone()), event)?;
    let head = genesis::<ProposalLedger>(0);
    let days = config::link_days(env);
    let letters = Proposal::letters(Some(&before), &after, event, &decision.cause, head, days);
    letters.into_iter().next().map(|outgoing| outgoing.letter)
}

/// The text with words in the place of links, which each recipient has of his own: of those that begin with `link`, and of those to
/// unsubscribe.
pub fn without_links(text: &str, link: &str, origin: &str) -> String {
    let links = [
        (link.to_owned(), say("new-mail-link").to_string()),
        (format!("{origin}/unsubscribe/"), say("new-mail-way-out").to_string()),
    ];
    let line = |line: &str| {
        let found = links.iter().find_map(|(link, words)| Some((line.find(link.as_str())?, words)));
        found.map_or_else(
            || line.to_owned(),
            |(at, words)| format!("{}{words}", line.get(..at).unwrap_or_default()),
        )
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Times that somebody would have to be awake for at night, in sentences: by the zone of the proposal, by that of whoever asks,
/// and by those of people who are known.
pub fn nights(ready: &Ready, known: &Known) -> Vec<String> {
    let own = &known.account.timezone;
    let you =
        (*own != ready.zone && *own != Zone::default()).then(|| (say("new-night-you").to_string(), own));
    let others = ready.asked.iter().filter_map(|asked| {
        let zone = known.zones.get(&asked.person.address.key()).filter(|zone| **zone != ready.zone)?;
        Some((asked.called().to_owned(), zone))
    });
    let elsewhere: Vec<(String, &Zone)> = you.into_iter().chain(others).collect();
    let mut said = Vec::new();
    for slot in ready.new.slots.iter() {
        if is_at_night(slot, &ready.zone) {
            said.push(say("new-night-here").with("time", told(slot, &ready.zone)).to_string());
        }
        for (who, zone) in elsewhere.iter().filter(|(_, zone)| is_at_night(slot, zone)) {
            let there = told_beside(slot, zone, &ready.zone);
            let sentence = say("new-night-there")
                .with("time", told(slot, &ready.zone))
                .with("there", there)
                .with("who", who.as_str())
                .with("zone", zone.to_string());
            said.push(sentence.to_string());
        }
    }
    let more = said.len().saturating_sub(MOST_NIGHTS);
    said.truncate(MOST_NIGHTS);
    said.extend((more > 0).then(|| say("new-night-more").with("count", more).to_string()));
    said
}

/// `Tue 24 Nov, 10:00`
fn told(slot: &Slot, zone: &Zone) -> String {
    let local = LocalTime::of(slot.begin(), zone);
    say("day-and-clock").with("day", when::short_day(&local)).with("clock", local.clock()).to_string()
}

/// The time of day there, with the day where it is another one.
fn told_beside(slot: &Slot, there: &Zone, here: &Zone) -> String {
    let local = LocalTime::of(slot.begin(), there);
    match local.date() == LocalTime::of(slot.begin(), here).date() {
        true => local.clock(),
        false => told(slot, there),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_of_a_mail_is_shown() {
        let text = "Hello\n\nhttps://x.example/0/?et=abc\nNo more: https://x.example/unsubscribe/def/\nhttps://y.example/0/\n";
        let shown = without_links(text, "https://x.example/0/", "https://x.example");
        assert!(
            !shown.contains("abc") && !shown.contains("def") && shown.contains("https://y.example/0/"),
            "{shown}"
        );
        assert!(shown.contains("\nNo more: "), "{shown}");
    }
}
