// Objects that are older than the code: their tables are brought up to date by steps, each of them once, whenever the process
// is killed. No step has been needed so far, so this one is made up (`DEV_OBJECT_UPGRADES`, in development alone).
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { devServer, objectFiles, propose, query, until } from "../support/harness.mjs";

const dev = await devServer("upgrade");
after(() => dev.kill());

const fileOf = (id) =>
  objectFiles(dev.state).find((path) =>
    query(path, "select 1 from sqlite_master where name = 'entity'").length &&
    query(path, "select json_extract(state, '$.id') as id from entity")[0]?.id === id);
const version = (id) => query(fileOf(id), "select version from entity")[0].version;
const columns = (id) => query(fileOf(id), "select name from pragma_table_info('ledger') order by cid").map((row) => row.name);
const stopped = (id, name) =>
  query(fileOf(id), "select 1 from sqlite_master where name = 'dev_hits'").length > 0 &&
  query(fileOf(id), `select 1 from dev_hits where name = '${name}'`).length > 0;

// The second step fails where the first was not applied, and both fail where they are applied twice.
const STEPS = "alter table ledger add column made_up text; create index made_up on ledger (made_up)";

test("an older object is brought up to date once, also where the process is killed before a step or after it", { timeout: 180_000 }, async () => {
  await dev.start();
  const ids = [];
  for (const title of ["killed before", "killed after", "undisturbed"]) ids.push((await propose(dev, { title })).id);
  for (const id of ids) assert.equal(version(id), 1);
  // An object keeps its failpoint: the next process stops there, whether a request or the alarm is the first to wake it.
  const failpoints = ["before_upgrade", "after_upgrade"];
  for (const [n, name] of failpoints.entries()) await dev.ask("GET", `/${ids[n]}/`, { as: "ob", dev: `failpoint=${name}` });
  // The alarm that looks after their creation runs five seconds after it. Left to the next process, it would be woken by the same request that stops
  // at the failpoint, and go past it.
  const made = Date.now();
  await until("the alarms of their creation to be over", () => Date.now() - made > 7_000);
  await dev.kill();

  const newer = () => dev.start(["scripts/dev.sh", "again"], { DEV_VARS: `DEV_OBJECT_UPGRADES:${STEPS}` });
  await newer();
  for (const [n, name] of failpoints.entries()) {
    // It is never answered: the object stands at its failpoint.
    dev.ask("GET", `/${ids[n]}/`, { as: "ob" }).catch(() => {});
    await until(`${name} to be reached`, () => stopped(ids[n], name));
  }
  await dev.kill();
  assert.deepEqual([version(ids[0]), version(ids[1])], [1, 2]);

  await newer();
  for (const id of ids) {
    const { status, json } = await dev.ask("GET", `/${id}/`, { as: "ob" });
    assert.deepEqual([status, json.state], [200, "open"]);
    assert.equal(version(id), 3);
    assert.equal(columns(id).filter((name) => name === "made_up").length, 1);
    assert.match((await dev.ask("GET", `/${id}/log/?format=jsonl`, { as: "ob" })).text, /"head":\{"entries":/);
  }
});
