//! The pages of staff, and what staff do (`/admin/`): lists, an account, mail that does not arrive, what is wrong with the
//! deployment, and the ledger of what staff have done. Each act asks for the password again and is one batch with its entry in
//! the ledger.

mod act;
mod health;
mod list;
mod numbers;
mod page;

use worker::Env;

use crate::auth::account::{Account, authenticate_and_query};
use crate::d1::Statement;
use crate::error::{Result, forbidden};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::platform::Rows;
use crate::route::Admin;

/// The answer of a route, as JSON or as a page.
pub async fn dispatch(route: Admin, context: &RequestContext, env: &Env) -> Result<Reply> {
    if context.html {
        return page::answer(route, context, env).await;
    }
    match route {
        Admin::AdminOverview => numbers::show(context, env).await,
        Admin::AdminList(list) => list::show(list, context, env).await,
        Admin::StaffLedger => list::ledger(context, env).await,
        Admin::AdminHealth => health::show(context, env).await,
        Admin::AdminAccount(id) => list::account(id, context, env).await,
        Admin::ActOnAccount(id) => act::on_account(id, context, env).await,
        Admin::RetryMail => act::retry_mail(context, env).await,
        Admin::ReleaseAddress => act::release(context, env).await,
        Admin::TestMail => act::test_mail(context, env).await,
    }
}

/// What a query reads for staff; 403 for everybody else. The query follows a definition of `me` and reads for staff alone:
/// it has the condition `(select staff from me) = 1`.
async fn query_as_staff(context: &RequestContext, env: &Env, query: Statement) -> Result<(Account, Rows)> {
    let (account, mut rows) = authenticate_and_query(context, env, vec![query]).await?;
    match rows.pop() {
        Some(rows) if account.staff => Ok((account, rows)),
        _ => Err(forbidden()),
    }
}
