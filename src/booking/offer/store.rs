//! Booking pages, their names, and offers in D1.

use whittle_domain::booking::offer::{MAX_OFFERS, Offer};
use whittle_domain::input::BookingPage;
use whittle_domain::instant::Instant;

use crate::d1::{Directory, Param, Statement};
use crate::error::{Error, Refusal, Result};
use crate::meeting::offered::{OFFER, PAGE};

/// The most names of an account: it can change its mind, and cannot take all that are good.
pub const MAX_NAMES: i64 = 5;

/// The query for the booking page of the account that asks.
pub fn page() -> Statement {
    Statement::new(format!(
        "select {PAGE} as json from booking_pages p where p.account = (select id from me)"
    ))
}

/// The query for its offers, in the order in which they were made.
pub fn offers() -> Statement {
    let select = format!(
        "select {OFFER} as json from offers o where o.account = (select id from me) order by o.created_at, o.id"
    );
    Statement::new(select)
}

/// The query for one of them.
pub fn offer(slug: &str) -> Statement {
    let select = format!(
        "select {OFFER} as json from offers o where o.account = (select id from me) and o.slug = :slug"
    );
    Statement::new(select).bind("slug", slug)
}

/// What came of setting a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    Yes,
    /// The name is another account's, or was.
    Taken,
    /// The account has had as many names as it may.
    Full,
    /// The page is not as it was seen.
    Stale,
}

/// Whether the page of an account is as it was seen, where that is a condition: nothing where it had none.
fn unchanged(account: u64, seen: Option<&str>) -> Statement {
    Statement::new("(:seen is null or :seen = coalesce((select :page from booking_pages p where p.account = :account), ''))")
        .embed("page", PAGE)
        .bind("account", Param::id(account))
        .bind("seen", seen)
}

/// Sets the page of an account, where its name is free or was the account's before.
pub async fn set_page(
    directory: &Directory,
    account: u64,
    page: &BookingPage,
    seen: Option<&str>,
    now: Instant,
) -> Result<Named> {
    let bound = |sql: &'static str| {
        Statement::new(sql).bind("account", Param::id(account)).bind("name", page.name.as_str())
    };
    let guarded = |sql| bound(sql).embed("unchanged", unchanged(account, seen));
    let take = "insert into booking_names (name, account, taken_at) select :name, :account, :now
      where (select count(*) from booking_names where account = :account) < :most and :unchanged on conflict (name) do nothing";
    let set = "insert into booking_pages (account, name, title, description, published, updated_at)
      select :account, :name, :title, :description, :published, :now
      where exists (select 1 from booking_names where name = :name and account = :account) and :unchanged
      on conflict (account) do update set name = excluded.name, title = excluded.title,
        description = excluded.description, published = excluded.published, updated_at = excluded.updated_at
      returning 'set' as json";
    let told = "select iif(account = :account, 'yes', 'taken') as json from booking_names where name = :name";
    let set = guarded(set)
        .bind("title", page.title.as_str())
        .bind("description", page.description.as_str())
        .bind("published", i64::from(page.published))
        .bind("now", now.millis());
    let take = guarded(take).bind("now", now.millis()).bind("most", MAX_NAMES);
    let mut rows = directory.batch(vec![take, set, bound(told)]).await?.into_iter().skip(1).flatten();
    Ok(match rows.next().as_deref() {
        Some("set") => Named::Yes,
        Some("taken") => Named::Taken,
        Some(_) => Named::Stale,
        None => Named::Full,
    })
}

/// Takes a page back, where there is one as it was seen; its name stays the account's.
pub async fn withdraw_page(
    directory: &Directory,
    account: u64,
    seen: Option<&str>,
    now: Instant,
) -> Result<bool> {
    let withdraw = "update booking_pages set published = 0, updated_at = :now
      where account = :account and :unchanged returning 'yes' as json";
    let withdraw = Statement::new(withdraw)
        .embed("unchanged", unchanged(account, seen))
        .bind("account", Param::id(account))
        .bind("now", now.millis());
    Ok(directory.first(withdraw).await?.is_some())
}

/// What an account has when it adds an offer.
#[derive(Debug, PartialEq, Eq)]
pub enum Added {
    Yes,
    /// It has one of this slug.
    Taken,
    /// It has as many as it may.
    Full,
}

/// Adds an offer.
pub async fn add(directory: &Directory, account: u64, offer: &Offer, now: Instant) -> Result<Added> {
    let add = "insert into offers (account, slug, title, description, location, minutes, step, buffer_before, buffer_after, notice,
        horizon_days, daily_cap, questions, approval, paused, version, created_at, updated_at)
      select :account, :slug, :title, :description, :location, :minutes, :step, :buffer_before, :buffer_after, :notice,
        :horizon_days, :daily_cap, :questions, :approval, :paused, 1, :now, :now
      where (select count(*) from offers where account = :account) < :most
      on conflict (account, slug) do nothing returning 'yes' as json";
    let full = "select 'full' as json where (select count(*) from offers where account = :account) >= :most";
    let full = Statement::new(full).bind("account", Param::id(account)).bind("most", MAX_OFFERS);
    let add = bound(add, offer)?
        .bind("account", Param::id(account))
        .bind("most", MAX_OFFERS)
        .bind("now", now.millis());
    let mut rows = directory.batch(vec![full, add]).await?.into_iter();
    let full = rows.next().is_some_and(|rows| !rows.is_empty());
    let added = rows.next().is_some_and(|rows| !rows.is_empty());
    Ok(match (full, added) {
        (_, true) => Added::Yes,
        (true, false) => Added::Full,
        (false, false) => Added::Taken,
    })
}

/// What came of changing an offer.
#[derive(Debug, PartialEq, Eq)]
pub enum Changed {
    Yes,
    /// Another offer has this slug.
    Taken,
    /// Somebody else has changed it.
    Stale,
}

/// Changes the offer of this slug, if it is of the version that it was judged in.
pub async fn change(
    directory: &Directory,
    account: u64,
    slug: &str,
    offer: &Offer,
    now: Instant,
) -> Result<Changed> {
    let change = "update offers set slug = :slug, title = :title, description = :description, location = :location,
        minutes = :minutes, step = :step, buffer_before = :buffer_before, buffer_after = :buffer_after, notice = :notice,
        horizon_days = :horizon_days, daily_cap = :daily_cap, questions = :questions, approval = :approval, paused = :paused,
        version = version + 1, updated_at = :now
      where account = :account and slug = :old and version = :version returning 'yes' as json";
    let change = bound(change, offer)?
        .bind("account", Param::id(account))
        .bind("old", slug)
        .bind("version", i64::from(offer.version))
        .bind("now", now.millis());
    match directory.first(change).await {
        Ok(Some(_)) => Ok(Changed::Yes),
        Ok(None) => Ok(Changed::Stale),
        Err(Error::Database(Refusal::Constraint(text))) if text.contains("offers.slug") => Ok(Changed::Taken),
        Err(error) => Err(error),
    }
}

fn bound(sql: &'static str, offer: &Offer) -> Result<Statement> {
    let bound = Statement::new(sql)
        .bind("slug", offer.slug.as_str())
        .bind("title", offer.title.as_str())
        .bind("description", offer.description.as_str())
        .bind("location", offer.location.as_str())
        .bind("questions", serde_json::to_string(&offer.questions)?)
        .bind("daily_cap", offer.daily_cap);
    let numbers = [
        ("minutes", offer.minutes),
        ("step", offer.step),
        ("buffer_before", offer.buffer_before),
        ("buffer_after", offer.buffer_after),
        ("notice", offer.notice),
        ("horizon_days", offer.horizon_days),
        ("approval", i64::from(offer.approval)),
        ("paused", i64::from(offer.paused)),
    ];
    Ok(numbers.into_iter().fold(bound, |bound, (name, number)| bound.bind(name, number)))
}

/// Removes an offer; whether there was one. What guests have booked by it stays.
pub async fn remove(directory: &Directory, account: u64, slug: &str, version: Option<u32>) -> Result<bool> {
    let remove = "delete from offers where account = :account and slug = :slug
      and (:version is null or version = :version) returning 'yes' as json";
    let remove = Statement::new(remove)
        .bind("account", Param::id(account))
        .bind("slug", slug)
        .bind("version", version.map(i64::from));
    Ok(directory.first(remove).await?.is_some())
}
