// SIGKILL at each place at which finalising a calendar can be cut in two, on the way to its end and on the way back: finally it is
// finalised, with the time taken and everybody told, or it is open, with nothing taken and nobody told; never twice.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LONG, devServer, files, objectFiles, query, until } from "../support/harness.mjs";
import { addContacts, at, chosen, createCalendar, date, finalize, slot } from "../support/calendars.mjs";

/// After `before_commit` nothing has happened. From `after_commit` on the intent is recorded.
const FORWARD = ["before_commit", "after_commit", "before_reserve", "after_reserve", "before_task_commit", "after_task_commit", "before_confirm", "after_confirm"];
/// The same for a schedule whose time is taken.
const BACK = ["after_commit", "before_reserve", "after_reserve", "before_task_commit", "after_task_commit", "before_void", "after_void"];
const ROUNDS = LONG ? 5 : 1;

const dev = await devServer("kill-calendar");
after(() => dev.kill());

const database = () => files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
const sql = (text) => query(database(), text);

/// The object of a calendar, once it is there.
function objectOf(id) {
  for (const path of objectFiles(dev.state)) {
    const tables = query(path, "select name from sqlite_master where name = 'entity'");
    if (tables.length && query(path, "select json_extract(state, '$.id') as id from entity")[0]?.id === id) return path;
  }
  return undefined;
}
const hit = (path, name) =>
  query(path, "select 1 from sqlite_master where name = 'dev_hits'").length > 0 && query(path, `select 1 from dev_hits where name = '${name}'`).length > 0;

const state = async (id) => (await dev.ask("GET", at(id, "details/"), { as: "zo" })).json?.Calendar?.state;

test("a calendar that is cut off anywhere is finalised, or is open, and nothing in between", { timeout: 600_000 }, async () => {
  await dev.start();
  const [taken] = date(30).split("T");
  // What is in the way of those that are to be undone.
  const [blocker] = await addContacts(dev, 1);
  const { id: blocking } = await createCalendar(dev, [blocker.id], [slot(taken, 540, 600)]);
  assert.equal((await finalize(dev, blocking, [chosen(blocker.id, taken, 540, 600)])).status, 200);

  const all = [];
  for (let round = 0; round < ROUNDS; round++) {
    const places = [...FORWARD.map((name) => ({ name, forward: true })), ...BACK.map((name) => ({ name, forward: false }))];
    const cut = [];
    for (const place of places) {
      const day = place.forward ? date(31 + all.length + cut.length) : taken;
      const [contact] = await addContacts(dev, 1);
      const { id } = await createCalendar(dev, [contact.id], [slot(day, 480, 720)]);
      cut.push({ ...place, id, day, contact, schedule: [chosen(contact.id, day, 540, 600)] });
    }
    // Each stops in an object of its own; then one kill is one for all of them.
    const asked = cut.map(({ id, name, schedule }) => finalize(dev, id, schedule, { dev: `failpoint=${name}` }).catch(() => undefined));
    for (const { id, name, forward } of cut) {
      const path = await until(`the object of ${id}`, () => objectOf(id));
      await until(`${name} on the way ${forward ? "forward" : "back"}`, () => hit(path, name), 30);
    }
    await dev.kill();
    await Promise.all(asked);
    await dev.again();
    all.push(...cut);
  }

  for (const { id, name, forward, day, contact, schedule } of all) {
    const place = `after ${name} on the way ${forward ? "forward" : "back"}`;
    const wanted = name === "before_commit" || !forward ? "open" : "finalized";
    await until(`the calendar to be ${wanted} ${place}`, async () => (await state(id)) === wanted, 90);
    if (wanted === "finalized") {
      const again = await finalize(dev, id, schedule);
      assert.deepEqual([again.status, again.json], [404, { error: "Calendar is already finalized" }], place);
    } else {
      // Nothing is left of it: the same calendar is finalised with a time that is free.
      const free = forward ? schedule : [chosen(contact.id, day, 660, 690)];
      if (forward) assert.equal((await finalize(dev, id, free)).status, 200, place);
    }
  }
  const waits = () => objectFiles(dev.state).filter((path) => query(path, "select 1 from sqlite_master where name = 'tasks'").length).flatMap((path) => query(path, "select kind, error from tasks"));
  await until("all tasks to be done", () => waits().length === 0, 90);
  await until("an empty outbox", () => sql("select id from outbox").length === 0, 120);

  const mails = sql("select message from dev_outbox").map((row) => JSON.parse(row.message));
  for (const { id, name, forward, contact } of all) {
    const place = `after ${name} on the way ${forward ? "forward" : "back"}`;
    const meetings = sql(`select * from meetings where source = 'calendar' and source_id = ${id}`);
    const busy = sql(`select * from busy where kind = 'meeting' and source in (select id from meetings where source_id = ${id})`);
    const invited = mails.filter((mail) => mail.attachments?.length && meetings.some((row) => mail.text.includes(`/meetings/${row.id}/`)));
    const statuses = meetings.map((row) => row.status);
    if (forward) {
      assert.deepEqual(statuses, ["confirmed"], place);
      assert.deepEqual(busy.map((row) => [row.account, row.hard]), [[2, 1]], place);
      assert.deepEqual(invited.map((mail) => mail.to[0]).sort(), [contact.email, "zo@localhost"].sort(), `one invitation each ${place}`);
    } else {
      assert.ok(statuses.every((status) => status === "void"), place);
      assert.deepEqual([busy, invited], [[], []], place);
    }
  }
  // Of those that were undone one goes through now.
  const last = all.find(({ forward }) => !forward);
  assert.equal((await finalize(dev, last.id, [chosen(last.contact.id, last.day, 660, 690)])).status, 200);
});
