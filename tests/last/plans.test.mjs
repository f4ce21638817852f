// No statement reads a table or an index from one end to the other, and none sorts more than a few rows: SQLite says so of
// every statement that the tests before this one have run, and of what the sources have beside those.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../support/harness.mjs";
import { database, faults, hidden, pattern, ran, sources, sqlIn } from "../support/plans.mjs";

/// Plans that may stand, of statements with these words in them.
const ALLOWED = [
  {
    why: "The rows of one account, which an index finds, are sorted.",
    plan: /TEMP B-TREE/,
    sql: [
      ", mine as (",
      ", needs as materialized (",
      ", agreed as materialized (",
      ", open as (",
      "from address_changes c, me",
      "from wanted order by starts_at, id limit",
      "from offers o where o.account = p.account and o.paused = 0",
      "from meetings e where e.organiser = ?1 and e.starts_at = ?2",
      "from subscriptions s where s.account = (select id from me)",
      "from offers o where o.account = (select id from me)",
      "from bookings k where k.owner = (select id from me)",
      "from blocked_days d where d.account = (select id from me)",
      "from me cross join bookings k on k.owner = me.id",
      "as json from contacts where owner = (select id from me) order by first_name",
      "from meetings m, me",
      "from proposals p, me",
      "from suppressions where address_key = (select address_key from me",
      "from contacts c, json_each(c.in_groups) g",
      "select id from meetings where organiser = (select id from me)",
      "p.state = 'open' and p.id in ( select proposal from proposal_parties where address_key = (select address_key from me))",
      "from proposal_parties q join proposals p",
      "from calendar_invitees i join calendars c",
      "from me cross join calendars c on c.owner = me.id",
      "from me cross join meetings m on m.organiser = me.id cross join calendars c",
      "cast(id as text) as json from (select c.id from calendars c where c.owner =",
      "cast(id as text) as json from (select m.id from meetings m where m.organiser =",
      "cast(id as text) as json from (select p.id from proposals p where p.creator =",
      "not in (select id from families where account =",
      "not in (select hash from sessions where account =",
      "not in (select hash from tokens where account =",
    ],
  },
  {
    why: "Some rows of a partial index, which holds only what waits, are taken at random: what cannot be done must not keep the rest waiting.",
    plan: /TEMP B-TREE|SCAN accounts USING COVERING INDEX accounts_leaving/,
    sql: ["from accounts where leaving = 1 order by random()", "p.holds_mail = 1 and p.creator between", "c.holds_mail = 1 and c.owner between", "o.status = 'held' and o.account between"],
  },
  {
    why: "What is bound and what is found of the account's own contacts are one set: at most the hundred people of a page.",
    plan: /UNION USING TEMP B-TREE|TEMP B-TREE/,
    sql: ["union select c.email_key from contacts c where c.owner = (select id from me", "union select id from ( select c.id from contacts c where c.owner = (select id from me"],
  },
  {
    why: "What is sorted is JSON that is bound, or a row for each of its recipients.",
    plan: /TEMP B-TREE/,
    sql: ["with recipients as (select distinct", "max(hard) and ?10, ?6", ", who as ( select a.id from json_each(", "a.verified = 1 order by j.key", "m.status = 'confirmed' and m.id in (select value from json_each(?1))", "update meeting_attendees set generation", "update meetings set organiser_generation"],
  },
  { why: "All of it is wanted, table by table: it is moved to another deployment.", plan: /SCAN|SEARCH|TEMP B-TREE/, sql: ['as moved from "', "placed (name, depth)"] },
  { why: "Staff look through all there is, seldom, and stop after a page.", plan: /SCAN|TEMP B-TREE/, sql: ["(select staff from me) = 1"] },
  { why: "wrangler makes this table, and no schema of ours.", plan: /no such table: d1_migrations/, sql: ["as moved from d1_migrations"] },
  { why: "In development alone, the last thousand in the order of the key.", plan: /SCAN dev_outbox/, sql: ["from dev_outbox order by seq desc limit 1000"] },
];

/// The same of objects, which hold one proposal each.
const ALLOWED_IN_OBJECTS = [
  { why: "There is one row.", plan: /SCAN (entity|promises)$/, sql: ["from entity", "update entity", "from promises"] },
  { why: "There are as many rows as an object has tables.", plan: /SCAN sqlite_master/, sql: ["from sqlite_master"] },
  { why: "All of the log is wanted, of at most 2,000 entries.", plan: /SCAN ledger/, sql: ["from ledger order by seq"] },
  { why: "A few tasks wait at most, one of each kind and subject.", plan: /(SCAN|SEARCH) tasks|TEMP B-TREE/, sql: ["from tasks"] },
  { why: "All that an object stores is wanted: it is moved to another deployment.", plan: /SCAN|TEMP B-TREE/, sql: ['select * from "', "select name, type, sql from sqlite_master"] },
  { why: "The mails that wait are those to the parties of one proposal.", plan: /(SCAN|SEARCH) outbox|TEMP B-TREE/, sql: ["outbox where status =", "outbox where (status = 'dead'"] },
];

const directory = database([readFileSync(join(ROOT, "schema.sql"), "utf8")]);
const literals = sources();
const objects = database(literals.flatMap(({ sql }) => (sql.startsWith("create table") ? [sql.replace(/^create table (if not exists )?/, "create table if not exists ")] : [])));
const defines = (sql) => /^(create|alter|drop)\b/i.test(sql);
const all = ran();

/// A fragment that is no statement by itself must have run as a part of one.
function explain(db, sql) {
  try {
    return faults(db, sql);
  } catch (error) {
    return [`${error.message}, and no test has run it`];
  }
}

/// The statements whose plans are refused, and which of the exceptions were used.
function check(db, statements, allowed) {
  const used = new Set();
  const refused = statements.filter((sql) => !defines(sql)).flatMap((sql) => {
    const allowing = allowed.flatMap(({ plan, sql: words }) => words.filter((some) => sql.includes(some)).map((some) => ({ plan, some })));
    const left = explain(db, sql).filter((fault) => {
      const by = allowing.filter(({ plan }) => plan.test(fault));
      for (const { some } of by) used.add(some);
      return !by.length;
    });
    return left.length ? [`${left.join(", ")}: ${sql}`] : [];
  });
  return { refused, unused: allowed.flatMap(({ sql }) => sql).filter((some) => !used.has(some)) };
}

/// The literals of the sources that are part of no statement that has run.
const others = literals.filter(({ sql }) => !defines(sql) && ![...all.d1, ...all.objects].some((text) => pattern(sql).test(text)));
/// Where the SQL of objects stands.
const ofObjects = ({ file }) => file.startsWith("src/object/") || file.startsWith("src/clocks/");
const own = (is) => others.filter((literal) => ofObjects(literal) === is).map(({ sql }) => sql);

test("a full scan is found, whatever it looks like, and so is a sort", () => {
  const found = (sql) => faults(directory, sql);
  assert.deepEqual(found("select id from proposals where title = :title"), ["SCAN proposals"]);
  assert.deepEqual(found("select p.creator from proposals p"), ["SCAN p USING COVERING INDEX proposals_creator"]);
  assert.deepEqual(found("select title from proposals order by created_at, id"), ["SCAN proposals USING INDEX proposals_created"]);
  assert.deepEqual(found("update accounts set staff = 0"), ["SCAN accounts"]);
  assert.deepEqual(found("select min(updated_at) from proposals"), ["SEARCH proposals"]);
  assert.deepEqual(found("delete from busy where id in (select id from meetings where title = ?)"), ["SCAN meetings"]);
  assert.deepEqual(found("with old as materialized (select * from busy) select 1 from old o"), ["SCAN busy"]);
  assert.match(found("select 1 from proposals p join meetings m on m.title = p.title where p.id = 1").join(), /SCAN m|AUTOMATIC/);
  assert.deepEqual(found("select id from proposals where creator = 1 order by title"), ["USE TEMP B-TREE FOR ORDER BY"]);
  assert.deepEqual(found("select json_array(id) from proposals where id in (select value from json_each(?))"), []);
  // An exception is one of a plan, not of everything that a statement does; and a fragment alone is refused.
  for (const sql of ["select 1 from dev_outbox order by seq desc limit 1000 union all select 1 from proposals", "select 1 from proposals where {condition}"]) {
    assert.equal(check(directory, [sql], ALLOWED).refused.length, 1, sql);
  }
});

test("all SQL of the sources is found, also that of a fragment", () => {
  const rust = `
    // "select 1 from a_comment"
    const QUOTE: char = '"';
    const ONE: &str = "select a from t
      where b = :b and c = '\\"'";
    let two = format!("delete from {table} where {{}} = :c");
    let three = r#"update t set a = "b""#;
    let no = "Please select a time.";
#[cfg(test)]
mod tests { const FOUR: &str = "select 1 from t"; }`;
  const found = sqlIn(rust);
  assert.deepEqual(found, ["select a from t where b = :b and c = '\"'", "delete from {table} where {{}} = :c", 'update t set a = "b"']);
  assert.match("delete from tokens where {} = ?12 and 1", pattern(found[1]));
  assert.doesNotMatch("delete from tokens where id = ?1", pattern(found[1]));
});

test("each statement of the directory reads by index", () => {
  const { refused, unused } = check(directory, [...all.d1, ...own(false), ...hidden(directory)], ALLOWED);
  console.log(`${all.d1.length} statements have run, ${own(false).length} have not`);
  assert.deepEqual({ refused, unused }, { refused: [], unused: [] });
});

test("each statement of objects reads by index", () => {
  const { refused, unused } = check(objects, [...all.objects, ...own(true)], ALLOWED_IN_OBJECTS);
  console.log(`${all.objects.length} statements have run, ${own(true).length} have not`);
  assert.deepEqual({ refused, unused }, { refused: [], unused: [] });
});
