//! The handlers of calendars for their owners: who may, what is asked, one call of the object, one answer.

use serde_json::json;
use whittle_domain::calendar::csv;
use whittle_domain::calendar::{
    Act, Calendar, Caller, Command, Composed, Edit, Finalization, New, Owner, Reading, Scheduled,
};
use whittle_domain::contact::csv::CONTENT_TYPE as CSV;
use whittle_domain::input::{self, CalendarEdit, FieldErrors, FoundContact};
use worker::Env;

use super::bodies;
use super::client::call;
use super::contacts::{self, Contacts, Grouped};
use super::refusal::{hidden, invalid_contact};
use super::wire::{Admit, Create, Finalize, Log, Perform, Read, Remind, ShowLog};
use crate::auth::account::{Account, authenticate, authenticate_and_query};
use crate::error::{Error, Result, conflict, forbidden};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::negotiation::quality;
use crate::http::reply::Reply;
use crate::object::rpc::{Json, Representation};
use crate::quota::{self, CALENDARS};
use crate::random;

/// Makes the calendar `id`, if the account's quota has room for it, by what [`quota::count`] gave.
pub async fn make(
    id: u64,
    new: New,
    account: &Account,
    counted: &[String],
    context: &RequestContext,
    env: &Env,
) -> Result<()> {
    quota::check(&CALENDARS, account, counted, env, context.now)?;
    quota::keep_address(&CALENDARS, account, env).await?;
    let composed = Composed { owner: owner(account), via: context.credential.via(), new };
    call(id, Create { id, composed }, &context.dev, env).await
}

/// The account as the owner of a calendar.
pub fn owner(account: &Account) -> Owner {
    Owner {
        account: account.id,
        address: account.address.clone(),
        verified: account.verified,
        first_name: account.first_name.clone(),
        last_name: account.last_name.clone(),
    }
}

/// `GET /schedules/calendars/{id}/details/`: look, which leaves one VIEW entry a reader and version.
pub async fn details(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let read = Read { act: act(account.into(), Command::View, context), looks: true };
    let Json(reading) = call(id, read, &context.dev, env).await.map_err(hidden)?;
    shown(reading)
}

/// `PUT /schedules/calendars/{id}/details/`, and `PATCH`: change it; the owner. 200.
/// 1. the caller must be its owner; 2. the body must parse, and its contacts be the caller's; 3. the object decides; 4. the
///    details after it.
pub async fn edit(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let named = contacts::query(contacts::items(&context.body, "add_invitees"));
    let groups = contacts::query_groups(&input::invited_groups(&context.body));
    let (account, mut found) = authenticate_and_query(context, env, vec![named, groups]).await?;
    let grouped = contacts::read_grouped(found.pop())?;
    let known = contacts::read(found.pop())?;
    let caller = Caller::from(account);
    let calendar = whole(id, caller.clone(), context, env).await.map_err(hidden)?;
    let parsed = input::parse_calendar_edit(&context.body, &calendar.timezone, context.now);
    let edit = match parsed.and_then(|edit| added(edit, &calendar, &known, &grouped)) {
        Ok(edit) => Edit { if_match: context.seen(), ..edit },
        Err(fault) => {
            let act = act(caller, Command::Edit(Edit::default()), context);
            call(id, Admit { act }, &context.dev, env).await?;
            return Err(fault.into());
        }
    };
    let act = act(caller, Command::Edit(edit), context);
    let Json(reading) =
        call(id, Perform { act, expected: context.expected(), if_match: context.seen() }, &context.dev, env)
            .await?;
    shown(reading)
}

/// The changes with the contacts that they name, by their ids and by their groups; of a group those who are not invited yet.
fn added(
    mut edit: CalendarEdit,
    calendar: &Calendar,
    known: &Contacts,
    grouped: &Grouped,
) -> std::result::Result<Edit, FieldErrors> {
    let is_invited = |contact| calendar.invitee_of_contact(contact).is_some();
    let groups = std::mem::take(&mut edit.groups);
    input::join_groups(&mut edit.add_invitees, &groups, |name| grouped.ids(name), is_invited)?;
    edit.with_contacts(|id| match known.find(id) {
        FoundContact::Unknown => grouped.contacts.find(id),
        found => found,
    })
}

/// `DELETE /schedules/calendars/{id}/`: close it without meetings, and tell who was asked; the owner and staff. 204.
pub async fn close(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let act = act(account.into(), Command::Close, context);
    call(id, Perform { act, expected: context.expected(), if_match: context.seen() }, &context.dev, env)
        .await
        .map_err(hidden)?;
    Ok(Reply::empty())
}

/// `GET /schedules/calendars/remind/{id}/{contact}/`: as by POST where the request says on purpose who asks. What a browser sends
/// by itself, such as by following a link, acts on nothing.
pub async fn remind_by_get(id: u64, contact: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    match context.credential {
        Credential::Session(_) | Credential::SessionOrLink { .. } | Credential::OpenedLink(_) => {
            let account = authenticate(&context.credential, env, context.now).await?;
            let act = act(account.into(), Command::Remind(contact), context);
            call(id, Admit { act }, &context.dev, env).await?;
            Ok(Reply::json(200, json!({ "detail": "POST to send the reminder." }).to_string()))
        }
        _ => remind(id, contact, context, env).await,
    }
}

/// `POST /schedules/calendars/remind/{id}/{contact}/`: mail a contact that has not answered; the owner. 200.
pub async fn remind(id: u64, contact: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let act = act(account.into(), Command::Remind(contact), context);
    let remind = Remind { act, contact, expected: context.expected() };
    let Json(reminded) = call(id, remind, &context.dev, env).await?;
    let name = format!("{} {}", reminded.first_name, reminded.last_name);
    let message = match (reminded.mailed, reminded.answered) {
        (true, _) => format!("Reminder email successfully sent to {name}"),
        (false, true) => format!("{name} has already responded"),
        (false, false) => return Err(conflict("This contact gets no mail about this calendar.")),
    };
    Ok(Reply::json(200, json!({ "message": message }).to_string()))
}

/// `POST /schedules/calendars/{id}/confirm/`: finalise; the owner. 200 with the meetings.
/// 1. the caller must be its owner; 2. the body must parse; 3. its contacts must be the caller's, or be invited; 4. the object
///    records the intent and carries it through.
pub async fn finalize(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let items = contacts::items(&context.body, "finalized_schedule");
    let named = contacts::query(items.filter_map(|item| item.get("contact_id")));
    let (account, mut found) = authenticate_and_query(context, env, vec![named]).await?;
    let known = contacts::read(found.pop())?;
    let caller = Caller::from(account);
    let calendar = whole(id, caller.clone(), context, env).await?;
    let scheduled = match schedule(&calendar, &known, context) {
        Ok(scheduled) => scheduled,
        Err(fault) => {
            let nothing = Finalization { seed: String::new(), scheduled: Vec::new() };
            let act = act(caller, Command::Finalize(nothing), context);
            call(id, Admit { act }, &context.dev, env).await?;
            return Err(fault);
        }
    };
    let chosen = Finalization { seed: random::name()?, scheduled };
    let act = act(caller, Command::Finalize(chosen), context);
    let finalize = Finalize { act, expected: context.expected() };
    let Json(calendar) = call(id, finalize, &context.dev, env).await?;
    Ok(Reply::json(200, bodies::finalized(&calendar)?).etag(calendar.version))
}

/// The schedule of a body, its meetings with fresh ids.
fn schedule(calendar: &Calendar, known: &Contacts, context: &RequestContext) -> Result<Vec<Scheduled>> {
    let chosen = input::parse_finalized_schedule(&context.body, &calendar.timezone)?;
    // Whoever is invited was a contact then, and may be none any more.
    let is_valid = |contact| calendar.invitee_of_contact(contact).is_some() || known.is_own(contact);
    if !chosen.iter().all(|one| is_valid(one.contact)) {
        return Err(invalid_contact());
    }
    chosen.iter().map(|one| Ok(calendar.scheduled_with(one.contact, one.slot, random::id()?))).collect()
}

/// `GET /schedules/calendars/{id}/answers.csv`: who can when, as CSV; the owner and staff.
pub async fn answers(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let calendar = whole(id, account.into(), context, env).await.map_err(hidden)?;
    let reply = Reply::json(200, csv::write(&calendar)).media(CSV);
    Ok(reply.with("Content-Disposition", &format!("attachment; filename=\"answers-{id}.csv\"")))
}

/// `GET /schedules/calendars/{id}/log/`: the ledger, as JSON or as an export that can be verified; the owner and staff.
pub async fn log(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let account = authenticate(&context.credential, env, context.now).await?;
    let jsonl = context.query("format") == Some("jsonl")
        || quality(&context.accept, "application/jsonl") > quality(&context.accept, "application/json");
    let caller = Caller::from(account);
    let shown = match jsonl {
        true => call(id, Log { caller, jsonl }, &context.dev, env).await,
        false => call(id, ShowLog { caller }, &context.dev, env).await,
    };
    let Representation { body, .. } = shown.map_err(hidden)?;
    Ok(match jsonl {
        true => Reply::json(200, body).media("application/jsonl"),
        false => Reply::json(200, body),
    })
}

/// All of a calendar, for its owner and staff; nothing is noted.
pub async fn whole(id: u64, caller: Caller, context: &RequestContext, env: &Env) -> Result<Box<Calendar>> {
    let read = Read { act: act(caller, Command::View, context), looks: false };
    match call(id, read, &context.dev, env).await? {
        Json(Reading::Owner { calendar, .. }) => Ok(calendar),
        Json(Reading::Invitee(_)) => Err(forbidden()),
    }
}

fn act(caller: Caller, command: Command, context: &RequestContext) -> Act {
    Act { caller, via: context.credential.via(), command }
}

fn shown(reading: Reading) -> Result<Reply> {
    match reading {
        Reading::Owner { calendar, .. } => {
            Ok(Reply::json(200, bodies::details(&calendar)?).etag(calendar.version))
        }
        Reading::Invitee(_) => Err(Error::Internal("an owner's act by an invitee".to_owned())),
    }
}
