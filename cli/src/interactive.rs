//! The client without a command: the line mode, and on a terminal the full screen.

use std::ffi::OsString;
use std::io::IsTerminal as _;

use crate::config::Credential;
use crate::context::Context;
use crate::error::Error;
use crate::line;
use crate::link::Link;
use crate::screen;

/// Takes the link of a mail out of the arguments, if it stands in place of a command.
pub fn take_link(args: &mut Vec<OsString>) -> Option<String> {
    let first = args.get(1)?.to_str()?;
    if !first.starts_with("http://") && !first.starts_with("https://") {
        return None;
    }
    args.remove(1).into_string().ok()
}

/// Runs until whoever uses it quits.
///
/// # Errors
/// [`Error::Usage`] if the link cannot be read, or if input or output fail.
pub fn run(mut context: Context, link: Option<String>) -> Result<(), Error> {
    if let Some(text) = &link {
        let link = Link::parse(text).ok_or_else(|| {
            Error::Usage(
                "This is not the link of a mail: it has the id of a proposal or of a calendar in it."
                    .to_owned(),
            )
        })?;
        match link.token {
            // Nothing of one's own goes to the server of a link.
            Some(token) => context.client = context.client.with(link.origin, Credential::Link(token)),
            None if link.origin == context.client.origin => {}
            None => {
                return Err(Error::Usage(format!(
                    "This address is of {}, and the server is {}: give --host {}.",
                    link.origin, context.client.origin, link.origin
                )));
            }
        }
    }
    let keyboard = std::io::stdin().is_terminal();
    if keyboard && std::io::stdout().is_terminal() {
        let start = link.map(|text| screen::kind_of(&text).ok_or_else(|| Error::Usage("The screen is for the links of proposals and of calendars. `whittle meetings show LINK` shows a meeting.".to_owned())));
        return screen::run(&context, start.transpose()?);
    }
    line::run(&context, std::io::stdin().lock(), !keyboard)
}
