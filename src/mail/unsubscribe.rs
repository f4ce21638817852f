//! `/unsubscribe/<token>/`: out of this proposal, meeting or calendar, of a sender's mail, or of all. GET shows a form, POST acts
//! (RFC 8058: one click of a mail program is a POST).

use serde_json::{Value, json};
use whittle_domain::link::{Link, LinkError, Purpose};
use whittle_domain::meeting::{Act, Caller, Command};
use worker::Env;

use super::page;
use super::scope::Scope;
use crate::calendar;
use crate::config;
use crate::d1::Directory;
use crate::error::{Result, bad_link, refused_link};
use crate::http::context::RequestContext;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::meeting;
use crate::proposal::client::call;
use crate::proposal::wire::Unsubscribe;

/// GET: what can be unsubscribed from; nothing is done.
pub fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    match link(context, env) {
        Ok(link) if context.html => {
            return page::unsubscribe(context, link.purpose == Purpose::UnsubscribeMeeting);
        }
        Err(error) if context.html => return page::dead(error, context),
        other => other?,
    };
    let body = json!({
        "detail": "POST to get no more mail.",
        "scopes": ["proposal", "sender", "everything", "none"],
    });
    Ok(Reply::json(200, body.to_string()))
}

/// The form of a browser: the same, and the page again with what was done.
pub async fn act_as_page(context: RequestContext, env: &Env) -> Result<Reply> {
    let scope = Scope::parse(context.body.get("scope").and_then(Value::as_str))?;
    let notice = match scope {
        Scope::Proposal => Notice::Unsubscribed,
        Scope::Sender => Notice::UnsubscribedSender,
        Scope::Everything => Notice::UnsubscribedAll,
        Scope::None => Notice::Resubscribed,
    };
    let path = format!("/unsubscribe/{}/", context.token);
    if let Err(error) = link(&context, env) {
        return page::dead(error, &context);
    }
    act(context, env).await.map(|_| Reply::saved(&path, notice))
}

/// POST: done, however often.
/// 1. the token must be authentic; 2. the scope must be one; 3. what goes beyond the proposal is noted in the directory;
///    4. the proposal, meeting or calendar notes it for itself, and shows it.
pub async fn act(context: RequestContext, env: &Env) -> Result<Reply> {
    let link = link(&context, env)?;
    let scope = Scope::parse(context.body.get("scope").map(|scope| scope.as_str().unwrap_or("no text")))?;
    match link.purpose {
        Purpose::UnsubscribeMeeting => {
            let meeting =
                meeting::store::load(&Directory::of(env), link.subject).await?.ok_or_else(bad_link)?;
            let organiser = &meeting.organiser;
            let own = meeting.attendee(link.party).map(|a| &a.address);
            let address = if link.party == 0 { &organiser.address } else { own.ok_or_else(bad_link)? };
            scope.note(env, address, organiser.account, context.now).await?;
            let caller = Caller::Unsubscriber { attendee: link.party };
            let act =
                Act { caller, command: if scope == Scope::None { Command::OptIn } else { Command::OptOut } };
            meeting::act(env, meeting.id, &act, meeting::Asked::default(), context.now, &context.dev).await?;
        }
        Purpose::UnsubscribeCalendar => {
            let request = calendar::wire::Unsubscribe { invitee: link.party, scope };
            calendar::client::call(link.subject, request, &context.dev, env).await?;
        }
        _ => {
            let request = Unsubscribe { party: link.party, generation: link.generation, scope };
            call(link.subject, request, &context.dev, env).await?;
        }
    }
    let said = match scope {
        Scope::None => "You will get this mail again.",
        _ => "You will get no more of this mail. Post the scope \"none\" to get it again.",
    };
    let body = json!({ "detail": said, "scope": scope });
    Ok(Reply::json(200, body.to_string()))
}

fn link(context: &RequestContext, env: &Env) -> Result<Link> {
    let keys = config::keys(env)?;
    let read = |purpose| Link::verify(&context.token, purpose, &keys, context.now);
    let purposes = [Purpose::Unsubscribe, Purpose::UnsubscribeMeeting, Purpose::UnsubscribeCalendar];
    let judged = purposes.map(read).into_iter().find(|judged| *judged != Err(LinkError::Invalid));
    judged.unwrap_or(Err(LinkError::Invalid)).map_err(refused_link)
}
