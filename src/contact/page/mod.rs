//! The pages of contacts: the list, one of them, their groups, and the import.

mod import;

use askama::Template;
use form_urlencoded::Serializer;
use serde::Deserialize;
use serde_json::Value;
use whittle_domain::contact::View;
use worker::Env;

use super::{api, store};
use crate::auth::account::{authenticate_and_query, query_as_account};
use crate::error::{Error, Result, not_found};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::notice::Notice;
use crate::http::reply::Reply;
use crate::route::Contact;
use crate::texts::say;

const PATH: &str = "/schedules/contacts/";
/// What keeps the place in the list, from page to page and through a form.
const PLACE: [&str; 3] = ["search", "group", "after"];

/// The answer to a browser.
pub async fn answer(route: Contact, mut context: RequestContext, env: &Env) -> Result<Reply> {
    match route {
        Contact::Contacts => match context.query("edit").map(ToOwned::to_owned) {
            Some(id) => edit(&context, &id, &Faults::default(), env).await,
            None => list(&context, &Faults::default(), env).await,
        },
        Contact::AddContact => match api::add(&context, env).await {
            Ok(_) => Ok(Reply::saved(&place(&context, &[]), Notice::ContactAdded)),
            Err(refused) => list(&context, &faults(refused)?, env).await,
        },
        Contact::ChangeContact | Contact::PutContact => match api::change(&context, env).await {
            Ok(_) => Ok(Reply::saved(&place(&context, &[]), Notice::ContactChanged)),
            Err(refused) => {
                let id = context.body.get("contact_id").and_then(Value::as_str).unwrap_or_default();
                edit(&context, id, &faults(refused)?, env).await
            }
        },
        Contact::RemoveContact => {
            api::remove(&context, env).await?;
            Ok(Reply::saved(&place(&context, &[]), Notice::ContactRemoved))
        }
        Contact::ContactGroups => groups(&context, env).await,
        Contact::ImportContacts => {
            import::take_file(&mut context);
            import::run(&context, env).await
        }
        Contact::ExportContacts => api::export(&context, env).await,
    }
}

/// What is wrong with the fields of a form. Any other refusal is no matter of fields.
fn faults(error: Error) -> Result<Faults> {
    match error {
        Error::Invalid(_) => Faults::of(error),
        other => Err(other),
    }
}

/// The list at the same place, with more in its query.
fn place(context: &RequestContext, more: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(more);
    query.extend_pairs(PLACE.iter().filter_map(|name| Some((name, context.query(name)?))));
    let query = query.finish();
    if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

/// A group of contacts.
#[derive(Deserialize)]
struct Group {
    name: String,
    contacts: u32,
}

impl Group {
    /// Where its contacts are listed.
    fn href(&self) -> String {
        format!("{PATH}?{}", Serializer::new(String::new()).append_pair("group", &self.name).finish())
    }
}

/// A contact in the list.
struct Row {
    name: String,
    email: String,
    groups: Vec<String>,
    edit: String,
}

#[derive(Template)]
#[template(path = "page/contacts.html")]
struct ContactsPage {
    page: Layout,
    rows: Vec<Row>,
    groups: Vec<Group>,
    search: String,
    group: String,
    /// Where the next contacts are, and the first ones.
    next: String,
    first: String,
    general: Vec<String>,
    fields: Vec<Field>,
    /// Where a new contact is sent.
    add: String,
}

impl ContactsPage {
    /// Whether there is no contact at all.
    const fn is_empty(&self) -> bool {
        self.rows.is_empty() && !self.is_filtered() && self.first.is_empty()
    }

    /// Whether something is wrong with the contact that was to be added.
    fn is_wrong(&self) -> bool {
        !self.general.is_empty() || self.fields.iter().any(Field::is_wrong)
    }

    /// Whether only some contacts are shown.
    const fn is_filtered(&self) -> bool {
        !self.search.is_empty() || !self.group.is_empty()
    }
}

/// The list, with what is wrong with a contact that was to be added.
async fn list(context: &RequestContext, faults: &Faults, env: &Env) -> Result<Reply> {
    let wanted = api::wanted(context)?;
    let queries = vec![store::page(&wanted), store::groups()];
    let (_, found) = authenticate_and_query(context, env, queries).await?;
    let mut found = found.into_iter();
    let reply = found.next().map(|rows| api::page_of(&wanted, &rows, env)).transpose()?;
    let contacts: Vec<View> = match &reply {
        Some(reply) => whittle_json::from_str(&reply.text())?,
        None => Vec::new(),
    };
    let groups = found.next().map(|rows| rows.texts()).unwrap_or_default();
    let next = reply.and_then(|reply| reply.next).unwrap_or_default();
    // The API names the whole URL; a page needs its query alone.
    let next = next.split_once('?').map(|(_, query)| format!("{PATH}?{query}")).unwrap_or_default();
    let page = ContactsPage {
        page: Layout::new(&context.page, say("contacts-title")),
        rows: contacts.into_iter().map(|contact| row(context, contact)).collect(),
        groups: groups
            .iter()
            .map(|group| whittle_json::from_str(group))
            .collect::<std::result::Result<_, _>>()?,
        search: wanted.search.unwrap_or_default().to_owned(),
        group: wanted.group.unwrap_or_default().to_owned(),
        next,
        first: if context.query("after").is_some() { first(context) } else { String::new() },
        general: general(faults),
        fields: fields(None, context.form.as_ref(), faults),
        add: place(context, &[]),
    };
    Reply::html(faults.status(), &page)
}

/// The beginning of the same list.
fn first(context: &RequestContext) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(["search", "group"].iter().filter_map(|name| Some((name, context.query(name)?))));
    format!("{PATH}?{}", query.finish())
}

fn row(context: &RequestContext, contact: View) -> Row {
    Row {
        name: format!("{} {}", contact.first_name, contact.last_name),
        groups: contact.groups.names().map(ToOwned::to_owned).collect(),
        edit: place(context, &[("edit", &contact.id.to_string())]),
        email: contact.email,
    }
}

fn general(faults: &Faults) -> Vec<String> {
    let known = ["first_Name", "last_Name", "email", "groups"];
    faults.beside(&known).into_iter().map(ToOwned::to_owned).collect()
}

/// The fields of a contact: as it is, or as it was typed.
fn fields(contact: Option<&View>, form: Option<&Form>, faults: &Faults) -> Vec<Field> {
    let of = |value: fn(&View) -> String| contact.map(value).unwrap_or_default();
    let fields = [
        Field::text("first_Name", say("first-name-label"), "off").value(&of(|c| c.first_name.clone())),
        Field::text("last_Name", say("last-name-label"), "off").value(&of(|c| c.last_name.clone())),
        Field::email("email", say("email-label"), "off").value(&of(|c| c.email.clone())),
        Field::text("groups", say("contact-groups-label"), "off")
            .hint(say("contact-groups-hint"))
            .optional()
            .value(&of(|c| c.groups.to_text())),
    ];
    fields.into_iter().map(|field| field.typed(form, faults)).collect()
}

#[derive(Template)]
#[template(path = "page/contact.html")]
struct ContactPage {
    page: Layout,
    id: u64,
    name: String,
    general: Vec<String>,
    fields: Vec<Field>,
    change: String,
    remove: String,
    back: String,
}

/// One contact, to be changed or removed, with what is wrong with a change.
async fn edit(context: &RequestContext, id: &str, faults: &Faults, env: &Env) -> Result<Reply> {
    let id: u64 = id.trim().parse().ok().filter(|id| *id < 1 << 53).ok_or_else(not_found)?;
    let found = query_as_account(context, env, store::one(id)).await?.texts().pop().ok_or_else(not_found)?;
    let contact: View = whittle_json::from_str(&found)?;
    let name = format!("{} {}", contact.first_name, contact.last_name);
    let page = ContactPage {
        page: Layout::new(&context.page, &name),
        id,
        general: general(faults),
        fields: fields(Some(&contact), context.form.as_ref(), faults),
        change: place(context, &[("_method", "PATCH")]),
        remove: place(context, &[("_method", "DELETE")]),
        back: place(context, &[]),
        name,
    };
    Reply::html(faults.status(), &page)
}

#[derive(Template)]
#[template(path = "page/groups.html")]
struct GroupsPage {
    page: Layout,
    groups: Vec<Group>,
}

async fn groups(context: &RequestContext, env: &Env) -> Result<Reply> {
    let rows = query_as_account(context, env, store::groups()).await?.texts();
    let groups = rows.iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?;
    Reply::html(200, &GroupsPage { page: Layout::new(&context.page, say("groups-title")), groups })
}
