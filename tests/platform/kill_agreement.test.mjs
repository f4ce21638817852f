// SIGKILL at each place at which an agreement can be cut in two: agreed is agreed, the meeting follows, and everybody gets
// one invitation with one UID.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LONG, devServer, files, ledger, objectFiles, propose, query, until } from "../support/harness.mjs";
import { verify } from "../support/ledger.mjs";

/// In the proposal's object, then in the clock that sends the meeting's mail.
const OF_PROPOSAL = ["before_commit", "after_commit", "after_projection", "before_meeting", "after_meeting"];
const OF_CLOCK = ["clock_before_send", "clock_before_mark"];
const EACH = LONG ? 5 : 1;

const dev = await devServer("kill-agreement");
after(() => dev.kill());

const clockFiles = () =>
  files(dev.state).filter((path) => path.includes("MailClock") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));

/// How often a failpoint was reached, counted in the stores.
function hits(name) {
  const paths = name.startsWith("clock_") ? clockFiles() : objectFiles(dev.state);
  const count = (path) =>
    query(path, "select 1 from sqlite_master where name = 'dev_hits'").length
      ? query(path, `select name from dev_hits where name = '${name.replace("clock_", "")}'`).length
      : 0;
  return paths.map(count).reduce((a, b) => a + b, 0);
}

const uidOf = (mail) => /^UID:(\S+)/m.exec(Buffer.from(mail.attachments[0].content, "base64").toString())[1];

test("an agreement that is cut off anywhere is an agreement, with one meeting and one invitation each", { timeout: 600_000 }, async () => {
  await dev.start();
  const people = ["bea@example.org", "cyd@example.org"];
  const agreed = [];
  for (const name of [...OF_PROPOSAL, ...OF_CLOCK].flatMap((name) => Array(EACH).fill(name))) {
    const slots = [{ begin: "2030-02-01T09:00:00Z", duration: "01:00:00" }, { begin: "2030-02-02T09:00:00Z", duration: "01:00:00" }];
    const p = await propose(dev, { parties: ["ob@localhost", ...people], slots, deadline: "2029-12-31T00:00:00Z" });
    const before = hits(name);
    // The deadline has passed by the moved clock: `ob` fixes one of two.
    const dated = `offset=${Date.parse("2030-01-01T00:00:00Z") - Date.now()}`;
    const fix = dev
      .ask("POST", `/${p.id}/fix/`, { as: "ob", json: { slot: slots[1] }, dev: `${dated}; failpoint=${name}` })
      .catch(() => undefined);
    await until(name, () => hits(name) > before, 60);
    await dev.kill();
    await dev.again();
    const answer = await fix;
    const now = (await dev.ask("GET", `/${p.id}/`, { as: "ob" })).json;
    if (name === "before_commit") {
      assert.deepEqual([now.state, answer?.status], ["open", undefined], "nothing was said and nothing was done");
      assert.equal((await dev.ask("POST", `/${p.id}/fix/`, { as: "ob", json: { slot: slots[1] } })).status, 202);
    } else {
      assert.deepEqual([now.state, now.slots], ["agreed", [slots[1]]], name);
      assert.equal((await dev.ask("POST", `/${p.id}/fix/`, { as: "ob", json: { slot: slots[0] } })).status, 409);
    }
    agreed.push([p, name]);
  }
  for (const [p, name] of agreed) {
    const meeting = await until(`the meeting after ${name}`, async () => {
      const { status, json } = await dev.ask("GET", `/meetings/${p.id}/`, { as: "ob" });
      return status === 200 && json;
    }, 90);
    assert.equal(meeting.begin, "2030-02-02T09:00:00Z");
    // What was claimed when the process died comes again when the claim has run out: a minute.
    const mails = await until(`the invitations after ${name}`, async () => {
      const found = dev.mails(p.id).map((row) => JSON.parse(row.message)).filter((mail) => mail.attachments);
      return found.length >= 3 && found;
    }, 120);
    assert.deepEqual(mails.map((mail) => mail.to[0]).sort(), ["bea@example.org", "cyd@example.org", "ob@localhost"], name);
    assert.deepEqual([...new Set(mails.map(uidOf))], [meeting.uid], name);
    const acts = verify(await ledger(dev, p.id)).map((entry) => entry.act);
    assert.equal(acts.filter((act) => act === "fix").length, 1);
  }
  const d1 = files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
  await until("an empty outbox", () => query(d1, "select id from outbox").length === 0, 120);
  assert.equal(query(d1, "select id from meetings").length, agreed.length, "one meeting each");
  assert.equal(query(d1, "select id from busy").length, agreed.length, "ob is busy once by each");
  for (const [p, name] of agreed) {
    const sent = dev.mails(p.id).map((row) => JSON.parse(row.message)).filter((mail) => mail.attachments);
    assert.equal(sent.length, 3, `one each after ${name}`);
  }
});
