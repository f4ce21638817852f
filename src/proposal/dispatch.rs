//! Which handler a proposal's route has.

use whittle_domain::meeting::Command;
use worker::Env;

use super::{api, home, live, new, page};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::meeting::{api as meeting, feed};
use crate::route::Proposal;

pub async fn dispatch(route: Proposal, context: RequestContext, env: &Env) -> Result<Reply> {
    if context.html
        && let Some(page) = page::dispatch(route, &context, env).await?
    {
        return Ok(page);
    }
    match route {
        Proposal::List => api::list(&context, env).await,
        Proposal::Home => home::show(&context, env).await,
        Proposal::Propose => api::propose(&context, env).await,
        Proposal::Compose => new::api::show(&context, env).await,
        Proposal::ComposeMore => new::api::compose(&context, env).await,
        Proposal::Show(id) => api::show(id, &context, env).await,
        Proposal::Narrow(id) => api::narrow(id, &context, env).await,
        Proposal::Close(id) => api::close(id, &context, env).await,
        Proposal::Notify(id) => api::notify(id, &context, env).await,
        Proposal::Revoke(id) => api::revoke(id, &context, env).await,
        Proposal::Log(id) => api::log(id, &context, env).await,
        Proposal::Live(id) => live::open(id, &context, env).await,
        Proposal::Resend(id) => api::resend(id, &context, env).await,
        Proposal::Withdraw(id, party) => api::withdraw(id, party, &context, env).await,
        Proposal::Replace(id, party) => api::replace(id, party, &context, env).await,
        Proposal::SetOptional(id, party) => api::set_optional(id, party, &context, env).await,
        Proposal::MakeLink(id, party) => api::make_link(id, party, &context, env).await,
        Proposal::Fix(id) => api::fix(id, &context, env).await,
        Proposal::Round(id) => api::round(id, &context, env).await,
        Proposal::DeclineAgreed(id) => meeting::answer_as_party(id, Command::Decline, &context, env).await,
        Proposal::AcceptAgreed(id) => meeting::answer_as_party(id, Command::Accept, &context, env).await,
        Proposal::Follow(id) => page::follow(id, &context, env).await,
        Proposal::Forget(id) => page::forget(id, &context, env).await,
        Proposal::Calendar(id) => feed::of_proposal(id, context, env).await,
    }
}
