//! Which handler a route of contacts has.

use worker::Env;

use super::{api, import, page};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::route::Contact;

pub async fn dispatch(route: Contact, context: RequestContext, env: &Env) -> Result<Reply> {
    match context.html {
        true => page::answer(route, context, env).await,
        false => handle(route, &context, env).await,
    }
}

/// The answer of the API.
async fn handle(route: Contact, context: &RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Contact::Contacts => api::list(context, env).await,
        Contact::AddContact => api::add(context, env).await,
        Contact::ChangeContact | Contact::PutContact => api::change(context, env).await,
        Contact::RemoveContact => api::remove(context, env).await,
        Contact::ContactGroups => api::groups(context, env).await,
        Contact::ImportContacts => import::run(context, env).await,
        Contact::ExportContacts => api::export(context, env).await,
    }
}
