//! The mails about an account.

use whittle_domain::account::{Letter, Template};

use super::{Post, Written};
use crate::error::{Error, Result};

folder!(verify, "mail/verify/subject.txt", "mail/verify/body.txt", "mail/verify/body.html");
folder!(taken, "mail/taken/subject.txt", "mail/taken/body.txt", "mail/taken/body.html");
folder!(reset, "mail/reset/subject.txt", "mail/reset/body.txt", "mail/reset/body.html");
folder!(changed, "mail/changed/subject.txt", "mail/changed/body.txt", "mail/changed/body.html");
folder!(address, "mail/address/subject.txt", "mail/address/body.txt", "mail/address/body.html");
folder!(leaving, "mail/leaving/subject.txt", "mail/leaving/body.txt", "mail/leaving/body.html");
folder!(gone, "mail/gone/subject.txt", "mail/gone/body.txt", "mail/gone/body.html");
folder!(left, "mail/left/subject.txt", "mail/left/body.txt", "mail/left/body.html");

impl Post<'_> {
    pub(super) fn of_account(&self, letter: &Letter) -> Result<String> {
        let path = match letter.template {
            Template::Verify => "/accounts/verify/",
            Template::Reset | Template::Changed | Template::Nobody => "/accounts/password/reset/",
            Template::Move => "/accounts/address/",
            Template::Leaving | Template::Left => "/accounts/address/undo/",
            Template::Taken | Template::Gone => "/",
        };
        let token = match &letter.link {
            Some(link) => format!("{}/", self.token(link)?),
            None => String::new(),
        };
        let link = format!("{}{path}{token}", self.origin);
        let written = Written {
            title: letter.username.clone(),
            link,
            expires: letter.link.as_ref().map(|l| l.expires().to_string()),
            other: letter.other.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..Written::default()
        };
        let parts = match letter.template {
            Template::Verify => verify::render(&written),
            Template::Taken => taken::render(&written),
            Template::Reset => reset::render(&written),
            Template::Changed => changed::render(&written),
            Template::Move => address::render(&written),
            Template::Leaving => leaving::render(&written),
            Template::Left => left::render(&written),
            Template::Gone => gone::render(&written),
            Template::Nobody => return Err(Error::Internal("a mail to nobody".to_owned())),
        };
        self.compose(parts, &letter.to, None, "", Vec::new())
    }
}
