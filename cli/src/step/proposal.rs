//! Proposals: slots are named by the numbers that `show` gives them.

use clap::ArgMatches;
use serde_json::{Value, json};

use super::read;
use crate::args::{flag, text, texts};
use crate::call::Call;
use crate::context::Context;
use crate::error::Error;
use crate::values;

/// Parties are addresses; those that are optional say so.
pub fn parties(_: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    let optional = texts(matches, "optional");
    if let Some(needed) = call.body.get_mut("parties").and_then(Value::as_array_mut) {
        needed.extend(optional.iter().map(|address| json!({ "email": address, "optional": true })));
    } else if !optional.is_empty() {
        return Err(Error::Usage(
            "At least one party's answer is needed: give the addresses of those first.".to_owned(),
        ));
    }
    Ok(())
}

/// `--keep N` and `--none`: the slots that are kept, of those that are offered now. They are kept of this version alone.
pub fn keep(_: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    let numbers: Vec<&str> =
        texts(matches, "keep").into_iter().flat_map(|numbers| numbers.split(',')).collect();
    if flag(matches, "none") {
        if !numbers.is_empty() || call.body.contains_key("slots") {
            return Err(Error::Usage(
                "--none keeps nothing: it does not go with --keep and --slot.".to_owned(),
            ));
        }
        call.body.insert("slots".to_owned(), json!([]));
    }
    if numbers.is_empty() {
        return Ok(());
    }
    let offered = slots(call)?;
    let mut kept = Vec::new();
    for number in numbers {
        kept.push(nth(&offered, number)?);
    }
    match call.body.get_mut("slots").and_then(Value::as_array_mut) {
        Some(slots) => slots.extend(kept),
        None => {
            call.body.insert("slots".to_owned(), Value::Array(kept));
        }
    }
    Ok(())
}

/// Whoever is notified is told of exactly the slots that are offered now; all parties, unless some are named.
pub fn notify(_: &Context, _: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    if call.body.contains_key("slots") && call.body.contains_key("parties") {
        return Ok(());
    }
    let mut show = call.clone();
    show.ask.path = of_proposal(call);
    let proposal = read(&mut show)?.json()?;
    for (name, member) in [("slots", "slots"), ("parties", "parties")] {
        let value = proposal.get(member).cloned().unwrap_or_else(|| json!([]));
        call.body.entry(name).or_insert(value);
    }
    Ok(())
}

/// The slot is the nth of those that are offered now, or written out.
pub fn fix(context: &Context, matches: &ArgMatches, call: &mut Call) -> Result<(), Error> {
    let wanted = text(matches, "slot").unwrap_or_default().trim();
    let slot = if wanted.bytes().all(|b| b.is_ascii_digit()) {
        let mut show = call.clone();
        show.ask.path = of_proposal(call);
        nth(&slots(&mut show)?, wanted)?
    } else {
        values::slot(wanted, &context.zone).map_err(Error::Usage)?
    };
    call.body.insert("slot".to_owned(), slot);
    Ok(())
}

/// The path of the proposal that a request is about.
fn of_proposal(call: &Call) -> String {
    call.ids.first().map_or_else(|| call.ask.path.clone(), |id| format!("/{id}/"))
}

/// The slots of the proposal at the path of a request.
fn slots(call: &mut Call) -> Result<Vec<Value>, Error> {
    let proposal = read(call)?.json()?;
    match proposal.get("slots").and_then(Value::as_array) {
        Some(slots) => Ok(slots.clone()),
        None => Err(Error::Unreadable("The server's answer has no slots.".to_owned())),
    }
}

/// The slot with this number, 1 the first.
fn nth(slots: &[Value], number: &str) -> Result<Value, Error> {
    let index = number.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| slots.get(index)).cloned().ok_or_else(|| {
        Error::Usage(format!(
            "There is no slot with the number `{number}`; {} are offered, and `show` numbers them.",
            slots.len()
        ))
    })
}
