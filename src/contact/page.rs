//! The page of contacts.

use askama::Template;
use whittle_domain::contact::View;

use crate::http::layout::Layout;
use crate::http::page::Shown;

#[derive(Template)]
#[template(path = "page/contacts.html")]
struct ContactsPage<'a> {
    page: Layout,
    contacts: &'a [View],
    next: Option<&'a str>,
}

/// A list of contacts.
pub fn list(shown: &Shown<'_>) -> askama::Result<String> {
    let page = Layout::new(shown.asked, "Contacts");
    ContactsPage { page, contacts: &shown.parse::<Vec<_>>()?, next: shown.next }.render()
}
