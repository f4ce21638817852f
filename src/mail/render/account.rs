//! The mails about an account.

use whittle_domain::account::{Letter, Template};
use whittle_domain::zone::Zone;

use super::layout::Mail;
use super::{Post, foot};
use crate::error::{Error, Result};
use crate::texts::say;

impl Post<'_> {
    pub(super) fn of_account(&self, letter: &Letter) -> Result<String> {
        let path = match letter.template {
            Template::Verify => "/accounts/verify/",
            Template::Reset | Template::Changed | Template::Nobody => "/accounts/password/reset/",
            Template::Move => "/accounts/address/",
            Template::Leaving | Template::Left => "/accounts/address/undo/",
            Template::Taken | Template::Gone => "/",
            Template::Test => "/admin/health/",
        };
        let token = match &letter.link {
            Some(link) => format!("{}/", self.token(link)?),
            None => String::new(),
        };
        let link = format!("{}{path}{token}", self.origin);
        let name = letter.username.as_str();
        let other = letter.other.as_ref().map(ToString::to_string).unwrap_or_default();
        let mail = match letter.template {
            Template::Verify => Mail::new(say("mail-verify-headline"))
                .paragraph(say("mail-verify-lead").with("username", name))
                .act(&say("mail-act-confirm"), &link)
                .paragraph(say("mail-verify-otherwise")),
            Template::Taken => Mail::new(say("mail-taken-headline"))
                .paragraph(say("mail-taken-lead").with("username", name))
                .act(&say("mail-act-sign-in"), &link)
                .paragraph(say("mail-taken-otherwise")),
            Template::Reset => Mail::new(say("mail-reset-headline"))
                .paragraph(say("mail-reset-lead").with("username", name))
                .act(&say("mail-act-password"), &link)
                .paragraph(say("mail-reset-otherwise")),
            Template::Changed => Mail::new(say("mail-changed-headline"))
                .paragraph(say("mail-changed-lead").with("username", name))
                .paragraph(say("mail-changed-otherwise"))
                .act(&say("mail-act-other-password"), &link),
            Template::Move => Mail::new(say("mail-move-headline"))
                .paragraph(say("mail-move-lead").with("username", name))
                .act(&say("mail-act-confirm"), &link)
                .paragraph(say("mail-move-otherwise")),
            Template::Leaving => Mail::new(say("mail-leaving-headline"))
                .paragraph(say("mail-leaving-lead").with("username", name).with("other", other))
                .paragraph(say("mail-leaving-otherwise"))
                .act(&say("mail-act-keep-address"), &link),
            Template::Left => Mail::new(say("mail-left-headline"))
                .paragraph(say("mail-left-lead").with("username", name).with("other", other))
                .paragraph(say("mail-left-otherwise"))
                .act(&say("mail-act-undo-address"), &link),
            Template::Gone => Mail::new(say("mail-gone-headline"))
                .paragraph(say("mail-gone-lead").with("username", name))
                .paragraph(say("mail-gone-otherwise"))
                .act(&say("mail-act-sign-up"), &link),
            Template::Test => Mail::new(say("mail-test-headline"))
                .paragraph(say("mail-test-lead").with("username", name))
                .act(&say("mail-act-health"), &link),
            Template::Nobody => return Err(Error::Internal("a mail to nobody".to_owned())),
        };
        let foot = foot(letter.link.as_ref(), &letter.to, None, &Zone::default());
        self.compose(&Mail { foot, ..mail }, &letter.to, None, Vec::new())
    }
}
