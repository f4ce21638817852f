//! The password, and where the account is signed in: browsers, and programs with a token.

use askama::Template;
use serde::Deserialize;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::account::sessions;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::{say, when};

/// A sign-in as the API lists it.
#[derive(Deserialize)]
struct SignIn {
    id: String,
    kind: String,
    agent: String,
    created_at: String,
    used_at: String,
    current: bool,
}

/// A sign-in in words.
struct Shown {
    id: String,
    name: String,
    since: String,
    used: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "page/sign_ins.html")]
struct SignInsPage {
    page: Layout,
    general: Vec<String>,
    password: [Field; 3],
    open: Vec<Shown>,
    zone: String,
}

/// What was done; or the page with what is wrong with the password.
pub async fn or_again(done: Result<Reply>, context: &RequestContext, env: &Env) -> Result<Reply> {
    match done {
        Ok(done) => Ok(done),
        Err(error @ Error::Unauthorized(_)) => Err(error),
        Err(refused) => show(context, env, &Faults::of(refused)?).await,
    }
}

/// The page, with what is wrong with the password that was sent.
pub async fn show(context: &RequestContext, env: &Env, faults: &Faults) -> Result<Reply> {
    let (account, rows) = sessions::read(context, env).await?;
    let zone = context.page.viewer.zone(Some(&account.timezone), &Zone::default()).zone;
    let open: Vec<SignIn> =
        rows.iter().map(|row| whittle_json::from_str(row)).collect::<std::result::Result<_, _>>()?;
    let field = |field: Field| field.typed(None, faults);
    let page = SignInsPage {
        page: Layout::new(&context.page, say("sign-ins-title")),
        general: faults
            .beside(&["old_password", "new_password", "password2"])
            .into_iter()
            .map(ToOwned::to_owned)
            .collect(),
        password: [
            field(Field::password("old_password", say("old-password-label"), "current-password")),
            field(
                Field::password("new_password", say("new-password-label"), "new-password")
                    .hint(say("new-password-hint")),
            ),
            field(Field::password("password2", say("new-password-again-label"), "new-password")),
        ],
        open: open.into_iter().map(|open| shown(open, &zone)).collect(),
        zone: when::zone_at(context.now, &zone),
    };
    Reply::html(faults.status(), &page)
}

fn shown(sign_in: SignIn, zone: &Zone) -> Shown {
    let moment =
        |text: &str| Instant::parse(text).map(|at| when::moment(to_minute(at), zone)).unwrap_or_default();
    let program = client(&sign_in.agent);
    let name = match (sign_in.kind.as_str(), program) {
        ("session", Some(program)) => program,
        ("session", None) => say("sign-in-browser").to_string(),
        (_, Some(program)) => say("sign-in-token-of").with("program", program).to_string(),
        (_, None) => say("sign-in-token").to_string(),
    };
    Shown {
        name,
        since: moment(&sign_in.created_at),
        used: moment(&sign_in.used_at),
        id: sign_in.id,
        current: sign_in.current,
    }
}

/// The minute that an instant is in: nobody looks for seconds there.
fn to_minute(at: Instant) -> Instant {
    Instant::from_millis(at.millis().saturating_sub(at.millis().rem_euclid(60_000)))
}

/// Browsers by what they alone have in their name, before those whose name others carry, too.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// What a client calls itself, in words: `Chrome on Linux`, `curl`; none where it says nothing.
fn client(agent: &str) -> Option<String> {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => {
            Some(say("sign-in-browser-on").with("browser", browser).with("system", system).to_string())
        }
        (Some(browser), None) => Some(browser.to_owned()),
        // Programs begin with their name and its version.
        (None, _) => agent.split(['/', ' ']).next().filter(|name| !name.is_empty()).map(ToOwned::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_in_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        for (agent, wanted) in [
            (chrome, Some("Chrome on Linux")),
            (edge, Some("Edge on Windows")),
            (phone, Some("Safari on iPhone")),
            (
                "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
                Some("Firefox on Android"),
            ),
            ("HTTPie/3.2.4", Some("HTTPie")),
            ("curl/8.5.0", Some("curl")),
            ("", None),
        ] {
            assert_eq!(client(agent).as_deref(), wanted, "{agent}");
        }
    }
}
