//! The profile: who one is, what one wants, one's data, and leaving.

use askama::Template;
use serde::Deserialize;
use whittle_domain::account::{BookableBy, MailLevel};
use whittle_domain::zone::Zone;
use worker::Env;

use crate::account::me;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::{Said, say};

/// A form of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Settings,
    Address,
    Leave,
}

/// An account as the API shows it to its owner.
#[derive(Deserialize)]
struct Me {
    username: String,
    email: String,
    verified: bool,
    first_name: String,
    last_name: String,
    timezone: String,
    bookable_by: String,
    mail: String,
    staff: bool,
}

/// One of several that a person chooses from.
struct Choice {
    value: &'static str,
    label: String,
    hint: String,
}

/// The zones of a region of the world.
struct Region {
    name: String,
    zones: Vec<String>,
}

#[derive(Template)]
#[template(path = "page/profile.html")]
struct ProfilePage {
    page: Layout,
    me: Me,
    /// What is said at the head of the settings, of the address and of leaving.
    general: [Vec<String>; 3],
    names: [Field; 2],
    zone: String,
    regions: Vec<Region>,
    zone_faults: Vec<String>,
    mail: String,
    mail_levels: [Choice; 3],
    bookable_by: String,
    bookers: [Choice; 3],
    address: [Field; 2],
    leave: Field,
}

impl ProfilePage {
    /// Whether something is wrong in the form of the address (1) or of leaving (2), which is folded away otherwise.
    fn is_wrong(&self, section: usize) -> bool {
        let fields = if section == 1 { &self.address[..] } else { std::slice::from_ref(&self.leave) };
        self.general.get(section).is_some_and(|said| !said.is_empty()) || fields.iter().any(Field::is_wrong)
    }
}

/// What was done; or the page with what is wrong in this section.
pub async fn or_again(
    done: Result<Reply>,
    section: Section,
    context: &RequestContext,
    env: &Env,
) -> Result<Reply> {
    match done {
        Ok(done) => Ok(done),
        Err(error @ Error::Unauthorized(_)) => Err(error),
        Err(refused) => show(context, env, Some((section, Faults::of(refused)?))).await,
    }
}

/// The page, with what is wrong in a section.
pub async fn show(context: &RequestContext, env: &Env, wrong: Option<(Section, Faults)>) -> Result<Reply> {
    let me: Me = whittle_json::from_str(&me::show(context, env).await?.text())?;
    let status = wrong.as_ref().map_or(200, |(_, faults)| faults.status());
    let of = |section| match &wrong {
        Some((wrong, faults)) if *wrong == section => (context.form.as_ref(), faults.clone()),
        _ => (None, Faults::default()),
    };
    Reply::html(status, &page(context, me, of))
}

fn page<'a>(
    context: &RequestContext,
    me: Me,
    of: impl Fn(Section) -> (Option<&'a Form>, Faults),
) -> ProfilePage {
    let (settings, wrong_settings) = of(Section::Settings);
    let (address, wrong_address) = of(Section::Address);
    let (_, wrong_leave) = of(Section::Leave);
    let chosen = |name: &str, now: &str| settings.and_then(|form| form.get(name)).unwrap_or(now).to_owned();
    let (zone, mail, bookable_by) =
        (chosen("timezone", &me.timezone), chosen("mail", &me.mail), chosen("bookable_by", &me.bookable_by));
    let general = |faults: &Faults, known: &[&str]| {
        faults.beside(known).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let name = |name, label: Said<'_>, autocomplete, value: &str| {
        Field::text(name, label, autocomplete).optional().value(value).typed(settings, &wrong_settings)
    };
    let password = |section: &str, faults: &Faults| {
        let field = Field::password("password", say("own-password-label"), "current-password");
        field.within(section).typed(None, faults)
    };
    ProfilePage {
        page: Layout::new(&context.page, say("profile-title")),
        general: [
            general(&wrong_settings, &["first_name", "last_name", "timezone"]),
            general(&wrong_address, &["email", "password"]),
            general(&wrong_leave, &["password"]),
        ],
        names: [
            name("first_name", say("first-name-label"), "given-name", &me.first_name),
            name("last_name", say("last-name-label"), "family-name", &me.last_name),
        ],
        regions: regions(),
        zone,
        zone_faults: wrong_settings.field("timezone").to_vec(),
        mail,
        mail_levels: MailLevel::ALL.map(mail_level),
        bookable_by,
        bookers: BookableBy::ALL.map(booker),
        address: [
            Field::email("email", say("new-email-label"), "email").typed(address, &wrong_address),
            password("address", &wrong_address),
        ],
        leave: password("leave", &wrong_leave),
        me,
    }
}

fn mail_level(level: MailLevel) -> Choice {
    let (label, hint) = match level {
        MailLevel::None => (say("level-none"), say("level-none-hint")),
        MailLevel::Decisions => (say("level-decisions"), say("level-decisions-hint")),
        MailLevel::All => (say("level-all"), say("level-all-hint")),
    };
    Choice { value: level.as_str(), label: label.to_string(), hint: hint.to_string() }
}

fn booker(who: BookableBy) -> Choice {
    let (label, hint) = match who {
        BookableBy::Anyone => (say("book-anyone"), say("book-anyone-hint")),
        BookableBy::Contacts => (say("book-contacts"), say("book-contacts-hint")),
        BookableBy::Nobody => (say("book-nobody"), say("book-nobody-hint")),
    };
    Choice { value: who.as_str(), label: label.to_string(), hint: hint.to_string() }
}

/// All zones of the database, by region; those without one stand together at the end.
fn regions() -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut others = Vec::new();
    for zone in Zone::names() {
        match zone.split_once('/') {
            None => others.push(zone),
            Some((region, _)) => match regions.last_mut().filter(|last| last.name == region) {
                Some(last) => last.zones.push(zone),
                None => regions.push(Region { name: region.to_owned(), zones: vec![zone] }),
            },
        }
    }
    regions.push(Region { name: say("zones-others").to_string(), zones: others });
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_can_be_chosen_once() {
        let mut zones: Vec<String> = regions().into_iter().flat_map(|region| region.zones).collect();
        assert!(zones.len() > 300 && zones.contains(&"UTC".to_owned()), "{}", zones.len());
        let all = zones.len();
        zones.sort();
        zones.dedup();
        assert_eq!(zones.len(), all);
        assert!(regions().iter().filter(|region| region.name == "Europe").count() == 1);
    }
}
