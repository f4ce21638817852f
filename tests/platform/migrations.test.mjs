// How a deployed database gets to the next schema: a made-up migration is applied to a database with data in it, fails, is cut
// off by kills, and is applied once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, files, here, query } from "../support/harness.mjs";

/// The project's own.
const OURS = readdirSync(join(ROOT, "migrations")).sort();
const BIN = join(ROOT, "node_modules/.bin/wrangler");

/// A new column, and a table that is made anew, as SQLite wants it for a changed constraint.
const NEXT = `
  alter table accounts add column motto text not null default 'none';
  create table optouts_2 (
    address_key text not null,
    account integer not null check (account > 0),
    at integer not null,
    primary key (address_key, account)
  ) strict, without rowid;
  insert into optouts_2 select * from optouts;
  drop table optouts;
  alter table optouts_2 rename to optouts;
  update accounts set motto = 'here before' where created_at = 5;
`;
const ROWS = 2_000;
const DATA = `
  insert into accounts (id, username, address, address_key, verified, password, created_at) values (1, 'ann', 'Ann@x.org', 'ann@x.org', 1, 'hash', 5);
  with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})
    insert into optouts select 'a' || i || '@x.org', i, i from n;
`;

/// A database of its own below the test's folder, with the project's migrations and more.
function database(name, more = {}) {
  const home = join(here, `migrations-${name}`);
  mkdirSync(home, { recursive: true });
  cpSync(join(ROOT, "migrations"), join(home, "migrations"), { recursive: true });
  writeFileSync(
    join(home, "wrangler.toml"),
    `name = "made-up"\ncompatibility_date = "2026-11-17"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "made-up"\ndatabase_id = "0"\n`,
  );
  const add = (more) => Object.entries(more).forEach(([file, sql]) => writeFileSync(join(home, "migrations", file), sql));
  add(more);
  const run = (args, kill) =>
    new Promise((resolve) => {
      const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };
      const child = spawn(BIN, ["d1", ...args, "--local", "-c", join(home, "wrangler.toml"), "--persist-to", join(home, "state")], { cwd: home, env, detached: true });
      let said = "";
      for (const out of [child.stdout, child.stderr]) out.on("data", (text) => (said += text));
      const timer = kill !== undefined && setTimeout(() => process.kill(-child.pid, "SIGKILL"), kill);
      child.on("close", (code) => {
        clearTimeout(timer);
        resolve({ code, said });
      });
    });
  const path = () => files(home).find((file) => file.includes("D1DatabaseObject") && file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite"));
  return {
    home,
    add,
    remove: (file) => rmSync(join(home, "migrations", file)),
    migrate: (kill) => run(["migrations", "apply", "DB"], kill),
    execute: (sql) => {
      writeFileSync(join(home, "data.sql"), sql);
      return run(["execute", "DB", "--file", join(home, "data.sql")]);
    },
    rows: (sql) => query(path(), sql).map((row) => ({ ...row })),
  };
}

const done = ({ code, said }) => assert.equal(code, 0, said);
const applied = (db) => db.rows("select name from d1_migrations order by id").map(({ name }) => name);
const hasMotto = (db) => db.rows("select name from pragma_table_info('accounts')").some(({ name }) => name === "motto");

/// The made-up migration is there, with all the data, and constraints as it has them.
function isNext(db) {
  assert.deepEqual(applied(db), [...OURS, "9999_made_up.sql"]);
  assert.deepEqual(db.rows("select username, verified, motto from accounts"), [{ username: "ann", verified: 1, motto: "here before" }]);
  assert.deepEqual(db.rows("select count(*) as n, sum(account) as sum from optouts"), [{ n: ROWS, sum: (ROWS * (ROWS + 1)) / 2 }]);
  assert.deepEqual(db.rows("select name from sqlite_master where name like 'optouts%'"), [{ name: "optouts" }]);
}

test("a migration that fails leaves the database as it was, and goes through once it is mended", { timeout: 120_000 }, async () => {
  const db = database("fails");
  done(await db.migrate());
  done(await db.execute(DATA));
  db.add({ "9999_made_up.sql": `${NEXT}\ninsert into nowhere values (1);` });
  assert.notEqual((await db.migrate()).code, 0);
  assert.deepEqual([applied(db), hasMotto(db), db.rows("select count(*) as n from optouts")[0].n], [OURS, false, ROWS]);
  db.add({ "9999_made_up.sql": NEXT });
  done(await db.migrate());
  isNext(db);
});

test("a kill in the middle of a migration leaves either schema, and the next run completes it", { timeout: 300_000 }, async () => {
  const db = database("killed");
  const started = Date.now();
  done(await db.migrate());
  const whole = Date.now() - started;
  done(await db.execute(DATA));
  db.add({ "9999_made_up.sql": NEXT });
  let cut = 0;
  // The first run may have been slower than these are.
  for (const part of [0.9, 0.75, 0.6, 0.45, 0.3]) {
    const { code } = await db.migrate(Math.round(whole * part));
    if (code === null) cut += 1;
    assert.equal(db.rows("select count(*) as n from optouts")[0].n, ROWS);
    assert.equal(hasMotto(db), applied(db).length > OURS.length, "the schema and the note that it was applied go together");
  }
  assert.ok(cut > 0, "a run was cut off");
  done(await db.migrate());
  isNext(db);
  done(await db.migrate());
  isNext(db);
  console.log(`${cut} of 5 runs were cut off`);
});
