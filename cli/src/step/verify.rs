//! `whittle verify`: a log, checked by the domain's own verifier, without asking the service whether it is right.

use std::path::Path;

use clap::ArgMatches;
use serde_json::Value;
use ureq::http::Method;
use whittle_domain::calendar::CalendarLedger;
use whittle_domain::ledger::{Digest, LedgerKind, verify as check};
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::staff::StaffLedger;

use crate::args::{flag, text};
use crate::call::{Call, file};
use crate::context::Context;
use crate::error::Error;
use crate::http::Ask;
use crate::link;
use crate::show::{Look, clean};
use crate::table::Command;

/// What a log that verifies is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// `proposal`, `calendar` or `staff`.
    pub kind: &'static str,
    /// Its id.
    pub id: u64,
    /// How many entries it has.
    pub entries: usize,
    /// The hash of the last one.
    pub head: String,
    /// Which entry the receipt is of, where one was given.
    pub receipt: Option<usize>,
}

/// Checks a file, what is piped in, or the log of an id.
pub fn verify(context: &Context, matches: &ArgMatches, command: &Command) -> Result<(), Error> {
    let target = text(matches, "log").unwrap_or_default();
    let receipt = text(matches, "receipt").map(receipt).transpose()?;
    let live = link::id(target).is_some() || link::Link::parse(target).is_some();
    let bytes = if live && !Path::new(target).exists() {
        fetch(context, target, flag(matches, "calendar"))?
    } else {
        file(target)?
    };
    let sound = check_export(&bytes, receipt.as_deref()).map_err(Error::Found)?;
    let found = serde_json::json!({
        "kind": sound.kind, "id": sound.id, "entries": sound.entries, "head": sound.head, "receipt": sound.receipt,
    });
    context.tell(&found, &command.show)
}

/// What was found, in words.
#[must_use]
pub fn words(found: &Value, look: &Look<'_>) -> String {
    let part = |name| found.get(name).map(|value| look.cell(value)).unwrap_or_default();
    let receipt = match found.get("receipt").and_then(Value::as_u64) {
        Some(entry) => {
            format!("The receipt is that of entry {entry}: nothing up to it is missing or changed.")
        }
        None => {
            "Compare the head with that in a mail (--receipt): entries cut off the end show in nothing else."
                .to_owned()
        }
    };
    let (kind, id, entries, head) = (part("kind"), part("id"), part("entries"), part("head"));
    let whose = if kind == "staff" { kind } else { format!("{kind} {id}") };
    format!("The log of {whose} is whole: {entries} entries, head {head}.\n{receipt}\n")
}

/// Checks an export, and that a receipt is of one of its entries.
///
/// # Errors
/// What is wrong with it.
pub fn check_export(bytes: &[u8], receipt: Option<&str>) -> Result<Sound, String> {
    let refused = |why: &str| format!("This log does not verify: {why}.");
    let text = std::str::from_utf8(bytes).map_err(|_| refused("it is not UTF-8"))?;
    let first = text.lines().next().unwrap_or_default();
    if first.starts_with("{\"ledger\":{\"calendar\"") {
        of::<CalendarLedger>(text, receipt)
    } else if first.contains(",\"staff\":") {
        of::<StaffLedger>(text, receipt)
    } else {
        of::<ProposalLedger>(text, receipt)
    }
    .map_err(|why| refused(&clean(&why)))
}

fn of<K: LedgerKind>(text: &str, receipt: Option<&str>) -> Result<Sound, String> {
    let verified = check::<K>(text).map_err(|fault| fault.to_string())?;
    let hashes: Vec<Digest> = verified.entries.iter().map(whittle_domain::ledger::Entry::hash).collect();
    let found = receipt.map(|receipt| {
        let at = hashes.iter().position(|hash| hash.to_string() == receipt);
        at.map(|at| at.saturating_add(1)).ok_or_else(|| {
            "it has no entry of this receipt: entries were cut off its end, or it is another log".to_owned()
        })
    });
    Ok(Sound {
        kind: K::NAME,
        id: verified.id,
        entries: verified.entries.len(),
        head: verified.head.to_string(),
        receipt: found.transpose()?,
    })
}

/// The hash of a receipt: itself, or the one that a file, such as a mail, has.
fn receipt(text: &str) -> Result<String, Error> {
    let is_hash = |word: &str| {
        word.len() == 64 && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    if is_hash(text) {
        return Ok(text.to_owned());
    }
    let content = String::from_utf8_lossy(&file(text)?).into_owned();
    let mut hashes: Vec<&str> =
        content.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_hash(word)).collect();
    hashes.dedup();
    match hashes.as_slice() {
        [hash] => Ok((*hash).to_owned()),
        [] => Err(Error::Usage(format!(
            "{text} has no receipt in it, which is a hash of 64 hexadecimal digits."
        ))),
        _ => Err(Error::Usage(format!("{text} has several hashes in it: give the receipt itself."))),
    }
}

/// The log of an id, as the server exports it.
fn fetch(context: &Context, target: &str, calendar: bool) -> Result<Vec<u8>, Error> {
    let path = if calendar { "/schedules/calendars/{id}/log/" } else { "/{id}/log/" };
    let mut call = Call::plain(context, Ask::new(Method::GET, path));
    call.put_id("id", target)?;
    call.ask.accept = "application/jsonl";
    let (client, ask) = call.finish();
    Ok(client.send(&ask)?.body)
}
