//! What all pages have around them: head, navigation, the notice of what was saved, foot.

use askama::Template;

use crate::http::notice::Notice;
use crate::http::page::PageRequest;
use crate::texts::{Language, Phrase};

/// What a page's template needs for what is around its content.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The page's heading, and the first part of its title.
    pub title: String,
    /// Whether this browser has a session, as far as its cookie tells.
    pub signed_in: bool,
    /// The token that forms carry ([`crate::auth::session`]); empty where no cookie says who asks.
    pub csrf: String,
    /// What was just saved.
    pub notice: Option<String>,
    /// Whether that is a proposal or a calendar that was just made: its draft in the browser is not needed any more.
    pub made: bool,
    /// The path of the page.
    pub path: String,
    /// Whether this is a development server, which shows the mail that it sends.
    pub dev: bool,
    /// Whether the content may use more of the width than text does.
    pub wide: bool,
    language: Language,
}

impl Layout {
    /// The layout of a page with this heading.
    pub fn new(asked: &PageRequest, title: impl ToString) -> Self {
        Self {
            title: title.to_string(),
            signed_in: asked.signed_in,
            csrf: asked.csrf.clone(),
            notice: asked.notice.as_ref().map(Notice::text),
            made: matches!(
                asked.notice,
                Some(
                    Notice::Proposed
                        | Notice::Sent(_)
                        | Notice::Held(_)
                        | Notice::CalendarSent(_)
                        | Notice::CalendarHeld(_)
                )
            ),
            path: asked.path.clone(),
            dev: asked.dev,
            wide: false,
            language: Language::English,
        }
    }

    /// With content that uses more of the width.
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// The tag of the language.
    pub const fn lang(&self) -> &'static str {
        self.language.tag()
    }

    /// Where the style sheet is. A build that makes no static files, such as a test's, has no such name.
    pub const fn style(&self) -> &'static str {
        match option_env!("WHITTLE_STYLE") {
            Some(path) => path,
            None => "/static/style.css",
        }
    }

    /// Where the files of the script are that every page loads, the one that begins first.
    pub fn scripts(&self) -> Vec<String> {
        let names = option_env!("WHITTLE_SCRIPT").unwrap_or("main.js");
        names.split(' ').map(|name| format!("/static/{name}")).collect()
    }

    /// Where the mark is.
    pub const fn icon(&self) -> &'static str {
        match option_env!("WHITTLE_ICON") {
            Some(path) => path,
            None => "/static/icon.svg",
        }
    }

    /// The mark on a home screen.
    pub const fn touch_icon(&self) -> &'static str {
        match option_env!("WHITTLE_TOUCH") {
            Some(path) => path,
            None => "/static/touch.png",
        }
    }

    /// What a browser needs to know to install the pages as an app.
    pub const fn manifest(&self) -> &'static str {
        match option_env!("WHITTLE_MANIFEST") {
            Some(path) => path,
            None => "/static/manifest.webmanifest",
        }
    }

    /// What stands before the content.
    pub const fn open(&self) -> Open<'_> {
        Open { page: self }
    }

    /// What stands after the content.
    pub const fn close(&self) -> Close<'_> {
        Close { page: self }
    }

    /// What a form carries to show that this browser's user meant to send it.
    pub fn csrf_field(&self) -> Csrf<'_> {
        Csrf { token: &self.csrf }
    }

    /// What is wrong with a form as a whole.
    pub fn summary<S: ToString>(&self, general: &[S]) -> Summary {
        Summary { general: general.iter().map(ToString::to_string).collect() }
    }

    /// A text of the catalogue.
    pub const fn say(&self, key: &'static str) -> Phrase {
        Phrase::new(self.language, key)
    }
}

/// The beginning of every page.
#[derive(Template)]
#[template(path = "page/open.html")]
pub struct Open<'a> {
    page: &'a Layout,
}

/// The end of every page.
#[derive(Template)]
#[template(path = "page/close.html")]
pub struct Close<'a> {
    page: &'a Layout,
}

/// The hidden field of every form.
#[derive(Template)]
#[template(path = "page/csrf.html")]
pub struct Csrf<'a> {
    token: &'a str,
}

/// What is wrong with a form as a whole, above it.
#[derive(Template)]
#[template(path = "page/summary.html")]
pub struct Summary {
    general: Vec<String>,
}
