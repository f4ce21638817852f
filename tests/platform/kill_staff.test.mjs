// SIGKILL, to the whole process group, in the middle of what staff do to objects: an act that was done is in the ledger of staff once, and a
// dead letter that they have sent again arrives once, wherever it was cut off.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { devServer, files, objectFiles, propose, query, until } from "../support/harness.mjs";
import { verify } from "../../web/script/ledger.ts";

const dev = await devServer("kill-staff");
after(() => dev.kill());

/// A request that may be cut off.
const attempt = (...args) => dev.ask(...args).catch(() => undefined);
const zo = { as: "zo" };
const has = (path, table) => query(path, `select 1 from sqlite_master where name = '${table}'`).length > 0;
const fileOf = (id) => objectFiles(dev.state).find((path) => has(path, "entity") && query(path, "select json_extract(state, '$.id') as id from entity")[0]?.id === id);
const hit = (id, name) => has(fileOf(id), "dev_hits") && query(fileOf(id), `select 1 from dev_hits where name = '${name}'`).length > 0;
const directory = () => files(dev.state).find((path) => path.includes("D1DatabaseObject") && !path.endsWith("metadata.sqlite") && path.endsWith(".sqlite"));
/// Writes to a file of a server that does not run.
function write(path, sql, ...params) {
  const file = new DatabaseSync(path, { timeout: 5_000 });
  try {
    file.prepare(sql).run(...params);
  } finally {
    file.close();
  }
}
async function cut(id, name, act) {
  act();
  await until(name, () => hit(id, name), 60);
  await dev.kill();
  await dev.again();
}
const exported = async () => (await dev.ask("GET", "/admin/ledger/?format=jsonl", { as: "ob" })).text;
const entered = async (act, id) =>
  (await exported()).trimEnd().split("\n").flatMap((line) => JSON.parse(line).entry ?? []).filter((entry) => entry.act === act && entry.subject === `proposal/${id}`).length;
const idle = (id) => until(`nothing to do for ${id}`, () => query(fileOf(id), "select (select count(*) from tasks) + (select count(*) from outbox where status = 'due') as n")[0].n === 0, 120);

test("an act that was done is in the ledger of staff once, and one that was not is not", { timeout: 600_000 }, async () => {
  await dev.start();
  const closed = [];
  for (const name of ["before_commit", "after_commit", "before_staff_ledger", "after_staff_ledger"]) {
    const p = await propose(dev, {}, zo);
    await cut(p.id, name, () => attempt("DELETE", `/${p.id}/`, { as: "ob", dev: `failpoint=${name}` }));
    if (name === "before_commit") {
      assert.equal((await dev.ask("GET", `/${p.id}/`, zo)).json.state, "open");
      assert.equal(await entered("close", p.id), 0);
      assert.equal((await dev.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
    }
    closed.push(p.id);
  }
  for (const id of closed) {
    await until(`the entry of ${id}`, async () => (await entered("close", id)) > 0, 90);
    await idle(id);
    assert.equal(await entered("close", id), 1);
  }
  assert.equal((await verify(Buffer.from(await exported()), "staff")).fault, undefined);
});

test("an act on an account that is cut off is done and in the ledger, or neither", { timeout: 300_000 }, async () => {
  const account = () => query(directory(), "select active from accounts where id = 2")[0].active;
  const entries = () => query(directory(), "select count(*) as n from staff_ledger where entry ->> 'subject' = 'account/2'")[0].n;
  const deactivate = (options) => attempt("POST", "/admin/accounts/2/", { as: "ob", json: { act: "deactivate", password: "p" }, ...options });
  // Killed at once, wherever it is by then: the one batch has both or neither.
  for (let round = 0; round < 3; round++) {
    const [active, before] = [account(), entries()];
    const asked = deactivate();
    if (round > 0) await until("the batch", () => round === 1 || account() === 0, 30);
    await dev.kill();
    await asked;
    assert.equal(entries() - before, active - account(), `round ${round}`);
    await dev.again();
  }
  assert.equal((await deactivate()).status, 200);
  assert.deepEqual([account(), entries()], [0, 1]);
  assert.equal((await attempt("POST", "/admin/accounts/2/", { as: "ob", json: { act: "activate", password: "p" } })).status, 200);
});

test("a dead letter that staff have sent again arrives once", { timeout: 600_000 }, async () => {
  const names = ["before_commit", "after_commit", "before_mail_failures", "before_staff_ledger", "after_staff_ledger", "before_send", "before_mark"];
  const letters = [];
  for (const name of names) {
    const p = await propose(dev, { parties: ["bea@example.org"] }, zo);
    attempt("POST", `/${p.id}/notify/`, { ...zo, json: { parties: ["p1"], slots: p.slots }, dev: "failpoint=before_send" });
    await until("a mail on its way", () => hit(p.id, "before_send"), 60);
    letters.push({ name, id: p.id });
  }
  await dev.kill();
  // As if it had failed for a day.
  for (const letter of letters) {
    const path = fileOf(letter.id);
    write(path, "update outbox set status = 'dead', attempts = 30, error = 'status 500', created_at = created_at - 86400000");
    write(path, "delete from dev_hits");
    [{ id: letter.mail }] = query(path, "select id from outbox");
    write(directory(), "insert into mail_failures values (?, 'proposal', ?, 'dead', 'bea@example.org', 'invitation', 2, 30, 'status 500', 1, 2)", letter.mail, letter.id);
  }
  await dev.again();
  const retry = ({ mail }, options) => attempt("POST", "/admin/outbox/retry/", { as: "ob", json: { mail, password: "p" }, ...options });
  for (const letter of letters) {
    await cut(letter.id, letter.name, () => retry(letter, { dev: `failpoint=${letter.name}` }));
    if (letter.name === "before_commit") {
      assert.equal(query(fileOf(letter.id), "select status from outbox")[0].status, "dead");
      assert.equal(await entered("retry", letter.id), 0);
      assert.equal((await retry(letter)).status, 202);
    }
  }
  // Nobody touches them: their alarms must come by themselves.
  for (const { name, id, mail } of letters) {
    await until(`the mail cut off at ${name}`, () => query(fileOf(id), "select count(*) as n from outbox")[0].n === 0, 120);
    await idle(id);
    assert.equal(dev.mails(id).length, 1, name);
    assert.equal(await entered("retry", id), 1, name);
    assert.deepEqual(query(directory(), `select mail from mail_failures where mail = '${mail}'`), [], name);
  }
  assert.equal((await verify(Buffer.from(await exported()), "staff")).fault, undefined);
});
