//! The terminal client of Whittle.
//!
//! * [`table`]: every command, with the operation of the API that it asks for, its arguments, and how its answer is shown.
//! * [`args`]: the table becomes what the command line accepts.
//! * [`config`], [`credentials`], [`link`]: which server, as whom; from flags, environment, file, in this order.
//! * [`call`], [`values`]: arguments become a request.
//! * [`step`]: what commands do beside that, such as reading first.
//! * [`interactive`]: without a command: [`screen`] on a terminal, [`line`] elsewhere.
//! * [`http`]: sends requests, again where that is safe.
//! * [`show`]: answers become text: for people, by `--format`, or as they are.
//! * [`error`]: what can go wrong, what to do then, and the exit code.

pub mod args;
pub mod call;
pub mod config;
pub mod context;
pub mod credentials;
pub mod error;
pub mod http;
pub mod interactive;
pub mod line;
pub mod link;
pub mod screen;
pub mod show;
pub mod step;
pub mod table;
pub mod values;

use std::ffi::OsString;

use config::Environment;
use context::Context;
use error::Error;

/// Runs the client with these arguments, the program's name first, and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, environment: &Environment) -> u8 {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let link = interactive::take_link(&mut args);
    let matches = match args::program().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are answers; all else is wrong usage. Nobody is left to tell when standard error is closed.
            let _ = error.print();
            return if error.use_stderr() { error::USAGE } else { 0 };
        }
    };
    let outcome =
        Context::new(&matches, environment).and_then(|context| match (args::chosen(&matches), link) {
            (Some((command, matches)), None) => context.run(command, matches),
            (Some(_), Some(_)) => Err(Error::Usage(
                "A link that stands first opens by itself; a command takes it after its own words."
                    .to_owned(),
            )),
            (None, link) => interactive::run(context, link),
        });
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            error.tell();
            error.code()
        }
    }
}
