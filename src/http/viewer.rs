//! In which time zone a page shows times: the zone that its reader has chosen, else the account's, else the one that the
//! network's edge guesses from the address, else the zone of what is shown.

use whittle_domain::zone::Zone;

use crate::http::reply::Reply;
use crate::texts::{Said, say};

/// The cookie that remembers a choice.
pub const COOKIE: &str = "zone";
/// For how long, in seconds: a year.
const MAX_AGE: u32 = 365 * 86_400;

/// Why a page shows times in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The reader has chosen it.
    Chosen,
    /// It is the account's.
    Account,
    /// The edge guesses it.
    Guess,
    /// It is the zone of what is shown.
    Origin,
}

/// A zone, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub zone: Zone,
    pub source: Source,
}

impl Shown {
    /// Says in which zone times are shown, and why; `origin` says it of the zone of what is shown.
    pub fn line(&self, origin: Said<'_>) -> String {
        let zone = self.zone.to_string();
        match self.source {
            Source::Chosen => say("zone-chosen").with("zone", zone).to_string(),
            Source::Account => say("zone-account").with("zone", zone).to_string(),
            Source::Guess => say("zone-guess").with("zone", zone).to_string(),
            Source::Origin => origin.to_string(),
        }
    }
}

/// What a request says of its reader's zone.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// By the query, which a form sends.
    pub wanted: Option<Zone>,
    /// By the cookie.
    pub remembered: Option<Zone>,
    /// By the edge.
    pub guess: Option<Zone>,
}

impl Viewer {
    /// The zone to show times in. An account that has never said where it is has UTC, which is nobody's choice.
    pub fn zone(&self, account: Option<&Zone>, origin: &Zone) -> Shown {
        let account = account.filter(|zone| **zone != Zone::default());
        let known = [
            (self.wanted.as_ref(), Source::Chosen),
            (self.remembered.as_ref(), Source::Chosen),
            (account, Source::Account),
            (self.guess.as_ref(), Source::Guess),
        ];
        let known = known.into_iter().find_map(|(zone, source)| Some(Shown { zone: zone?.clone(), source }));
        known.unwrap_or_else(|| Shown { zone: origin.clone(), source: Source::Origin })
    }

    /// The page, with a choice that was just made remembered.
    pub fn remember(&self, reply: Reply) -> Reply {
        match &self.wanted {
            Some(zone) => reply.with(
                "Set-Cookie",
                &format!("{COOKIE}={zone}; Path=/; Max-Age={MAX_AGE}; HttpOnly; SameSite=Lax"),
            ),
            None => reply,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    #[test]
    fn a_choice_goes_before_what_is_known_and_that_before_a_guess() {
        let [paris, tokyo, lima, utc] = ["Europe/Paris", "Asia/Tokyo", "America/Lima", "UTC"].map(zone);
        let guess = Viewer { guess: Some(lima.clone()), ..Viewer::default() };
        let chosen = Viewer { remembered: Some(paris.clone()), ..guess.clone() };
        assert_eq!(chosen.zone(Some(&tokyo), &utc), Shown { zone: paris, source: Source::Chosen });
        assert_eq!(guess.zone(Some(&tokyo), &utc), Shown { zone: tokyo.clone(), source: Source::Account });
        assert_eq!(guess.zone(Some(&utc), &tokyo), Shown { zone: lima, source: Source::Guess });
        assert_eq!(Viewer::default().zone(None, &tokyo), Shown { zone: tokyo, source: Source::Origin });
    }
}
