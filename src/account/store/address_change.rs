//! Changes of address: of an account that has not verified its address by replacing it, of any other by a row of
//! `address_changes`, which is asked for, done, and undone.

use serde::Deserialize;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;

use crate::account_part::{AccountPart, ExportList};
use crate::auth::account::Account;
use crate::auth::lookup;
use crate::d1::{Directory, Param, Statement, instant};
use crate::error::Result;

/// The generation that the next address of an account gets that has not verified its address; none where it keeps that, because
/// it has proposed under it.
pub async fn next_generation(directory: &Directory, account: u64) -> Result<Option<u32>> {
    let select = Statement::new(
        "select cast(address_generation + 1 as text) as json from accounts where id = :id and has_proposed = 0",
    );
    let row = directory.first(select.bind("id", Param::id(account))).await?;
    Ok(row.and_then(|generation| generation.parse().ok()))
}

/// The statement that replaces the address of an account that has not verified it, nor proposed under it.
pub fn replace(account: &Account, to: &Address, generation: u32) -> Statement {
    let update =
        "update accounts set address = :address, address_key = :key, address_generation = :generation
      where id = :id and verified = 0 and address_generation = :generation - 1 and epoch = :epoch
        and has_proposed = 0";
    Statement::new(update)
        .bind("id", Param::id(account.id))
        .bind("address", to.as_str())
        .bind("key", to.key())
        .bind("generation", i64::from(generation))
        .bind("epoch", account.epoch)
}

/// The query that gives a row if an address is replaced.
pub fn is_replaced(account: &Account, to: &Address, generation: u32) -> Statement {
    let select = "select 'yes' as json from accounts
      where id = :id and address_key = :key and address_generation = :generation";
    Statement::new(select)
        .bind("id", Param::id(account.id))
        .bind("key", to.key())
        .bind("generation", i64::from(generation))
}

/// As long as the password is the one that was typed: its epoch says so.
const ASK: &str = "insert into address_changes
    (id, account, epoch, old_address, old_key, new_address, new_key, state, asked_at)
  select :change, id, epoch, address, address_key, :address, :key, 'asked', :now from accounts
  where id = :account and epoch = :epoch and active = 1";

/// The statement that asks for a change.
pub fn ask(change: u64, account: &Account, to: &Address, now: Instant) -> Statement {
    Statement::new(ASK)
        .bind("change", Param::id(change))
        .bind("account", Param::id(account.id))
        .bind("epoch", account.epoch)
        .bind("address", to.as_str())
        .bind("key", to.key())
        .bind("now", now.millis())
}

/// The condition that there is this change.
pub fn is_asked(change: u64) -> Statement {
    Statement::new("exists (select 1 from address_changes where id = :change)")
        .bind("change", Param::id(change))
}

/// A change as it is stored, and the account as it is.
#[derive(Deserialize)]
pub struct Change {
    pub account: u64,
    pub username: String,
    pub old_address: Address,
    pub new_address: Address,
    pub epoch: i64,
    pub generation: u32,
}

/// A change of an account that is not shut.
pub async fn find(directory: &Directory, change: u64) -> Result<Option<Change>> {
    let select =
        "select json_object('account', c.account, 'username', a.username, 'old_address', c.old_address,
        'new_address', c.new_address, 'epoch', a.epoch, 'generation', a.address_generation) as json
      from address_changes c join accounts a on a.id = c.account and a.active = 1 where c.id = :change";
    let row = directory.first(Statement::new(select).bind("change", Param::id(change))).await?;
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

/// Only the last that was asked for, as long as the address is the one that it was asked for from, and the password the one
/// that was typed then.
const DO: &str = "update accounts set address = :address, address_key = :key, verified = 1,
    address_generation = address_generation + 1, staff = max(staff, :staff)
  where (id, epoch, address_key) = (select account, epoch, old_key from address_changes c
      where c.id = :change and c.state = 'asked' and not exists (select 1 from address_changes d
        where d.account = c.account and (d.asked_at, d.id) > (c.asked_at, c.id)))
    and active = 1
    and not exists (select 1 from accounts b where b.address_key = :key and b.verified = 1 and b.id <> accounts.id)";
/// A condition on `address_changes`: the account has the address by it.
const IS_DONE: &str =
    "state = 'asked' and exists (select 1 from accounts a where a.id = address_changes.account
  and a.verified = 1 and a.address_key = address_changes.new_key and a.epoch = address_changes.epoch)";
/// Whether it is another's is told to who has proven that it is his.
const STATE: &str = "select case when state = 'done' then 'done'
    when state = 'asked' and exists (select 1 from accounts where address_key = new_key and verified = 1
      and id <> address_changes.account) then 'taken'
    else 'void' end as json from address_changes where id = :change";

/// The condition that this act does the change: it is only asked for until the act's last statement but one.
pub fn is_being_done(change: u64) -> Statement {
    Statement::new("exists (select 1 from address_changes where id = :change and :is_done)")
        .bind("change", Param::id(change))
        .embed("is_done", IS_DONE)
}

/// The statements that do a change; `mail` is written between. The last one gives its state: `done`, `taken` or `void`.
pub fn perform(change: u64, to: &Address, staff: bool, mail: Statement) -> Vec<Statement> {
    let id = || Param::id(change);
    let perform = Statement::new(DO)
        .bind("change", id())
        .bind("address", to.as_str())
        .bind("key", to.key())
        .bind("staff", i64::from(staff));
    let note = Statement::new("update address_changes set state = 'done' where id = :change and :is_done")
        .bind("change", id())
        .embed("is_done", IS_DONE);
    vec![perform, mail, note, Statement::new(STATE).bind("change", id())]
}

/// The password goes too: nobody's is the one that the dummy is a hash of; and so does the link of the feed. Where the old
/// address is another account's by now, the account is shut: whoever took it could be mailed a new password.
const UNDO: &str = "update accounts set epoch = epoch + 1, address_generation = address_generation + 1,
    feed_generation = feed_generation + 1, password = :no_password, active = not :taken,
    address = iif(:taken, address, :address), address_key = iif(:taken, address_key, :key)
  where id = :account and active = 1
    and exists (select 1 from address_changes where id = :change and state <> 'undone')";
/// This one and all that were asked for after it: whoever asked for one may have asked for more.
const NOTE_UNDONE: &str = "update address_changes set state = 'undone'
  where account = :account and asked_at >= (select asked_at from address_changes where id = :change)
    and exists (select 1 from accounts where id = :account and :without_password)";

/// The condition on `accounts` that the account has no password.
fn is_without_password(no_password: &str) -> Statement {
    Statement::new("password = :no_password").bind("no_password", no_password)
}

/// The condition that this act undoes the change, and that the account is not shut by it.
pub fn is_being_undone(change: u64, no_password: &str) -> Statement {
    Statement::new(
        "exists (select 1 from address_changes c join accounts a on a.id = c.account and a.active = 1
           where c.id = :change and c.state <> 'undone' and a.address_key = c.old_key and a.password = :no_password)",
    )
    .bind("change", Param::id(change))
    .bind("no_password", no_password)
}

/// The statements that undo a change and end all sign-ins; `mail` is written between. The last one gives whether the account
/// is open: `1` or `0`.
pub fn undo(id: u64, change: &Change, no_password: &str, mail: Statement) -> Vec<Statement> {
    let account = || Param::id(change.account);
    let taken = "exists (select 1 from accounts b where b.address_key = :key and b.verified = 1 and b.id <> :account)";
    let taken = Statement::new(taken).bind("key", change.old_address.key()).bind("account", account());
    let undo = Statement::new(UNDO)
        .bind("change", Param::id(id))
        .bind("account", account())
        .bind("no_password", no_password)
        .bind("address", change.old_address.as_str())
        .bind("key", change.old_address.key())
        .embed("taken", taken);
    let note = Statement::new(NOTE_UNDONE)
        .bind("change", Param::id(id))
        .bind("account", account())
        .embed("without_password", is_without_password(no_password));
    let mut statements = vec![undo, mail, note];
    statements.extend(lookup::end_sign_ins(change.account, &is_without_password(no_password)));
    let state = Statement::new("select cast(active as text) as json from accounts where id = :account");
    statements.push(state.bind("account", account()));
    statements
}

/// The statement that deletes changes that cannot be undone any longer.
pub fn delete_old(now: Instant) -> Statement {
    Statement::new("delete from address_changes where asked_at < :now - 60 * 86400000")
        .bind("now", now.millis())
}

/// The changes that an account has asked for. They are deleted with its row, by the schema.
pub struct AddressChanges;

impl AccountPart for AddressChanges {
    fn exports(&self, _origin: &str) -> Vec<ExportList> {
        let page = format!(
            "select c.asked_at || '.' || c.id || ' ' || json_object('from', c.old_address, 'to', c.new_address,
               'state', c.state, 'asked_at', {}) as json
             from address_changes c, me where c.account = me.id and (c.asked_at, c.id) > (:after_time, :after_id)
             order by c.asked_at, c.id limit :most",
            instant("c.asked_at")
        );
        vec![ExportList { name: "address_changes", page: Statement::new(page) }]
    }
}
