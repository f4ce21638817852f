//! `POST /schedules/contacts/import/`: contacts from a file. `?preview=true` tells what would come of it and changes
//! nothing; without, all of it is done, or, where any row is wrong, nothing.

use crate::auth::account::authenticate;
use serde_json::{Value, json};
use whittle_domain::contact::import::{Outcome, Report, plan_import, reject_duplicate_addresses};
use whittle_domain::contact::{Contact, csv};
use whittle_domain::input;
use worker::Env;

use super::api::full;
use super::store;
use crate::d1::Directory;
use crate::error::{Result, bad_request};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// The report of what was done, or would be; 400 with the rows that are wrong.
pub async fn run(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (report, refused) = report(context, env).await?;
    match refused {
        false => Ok(Reply::json(200, serde_json::to_string(&report)?)),
        true => Err(bad_request(json!({ "rows": self::refused(report) }))),
    }
}

/// What comes of the file, or would, and whether it was refused for rows that are wrong.
///
/// 1. the account must be admitted; 2. the file must be one; 3. rows are judged by themselves and against each other;
/// 4. in one batch, what is there is read and, where nothing is wrong, all rows are written; 5. the report is of what was
///    there then.
pub async fn report(context: &RequestContext, env: &Env) -> Result<(Report, bool)> {
    let owner = authenticate(&context.credential, env, context.now).await?.id;
    let preview = input::parse_flag("preview", context.query("preview"))?;
    let rows = reject_duplicate_addresses(csv::parse(input::parse_csv_text(&context.body)?)?);
    let good: Vec<&Contact> = rows.iter().filter_map(|row| row.contact.as_ref().ok()).collect();
    let write = !preview && good.len() == rows.len();
    let existing = store::import(&Directory::of(env), owner, &good, write, context.now).await?;
    let report = plan_import(&rows, &existing.same);
    if report.added > existing.free {
        return Err(full("csv"));
    }
    Ok((report, !write && !preview))
}

/// The rows that are wrong.
fn refused(report: Report) -> Value {
    report.rows.iter().filter(|row| row.outcome == Outcome::Refused).map(|row| json!(row)).collect()
}
