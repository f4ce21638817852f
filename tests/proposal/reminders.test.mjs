// What time itself mails, with the clock moved by the test: reminders, the deadline, digests; and the creator's other
// mails, which come at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, links, propose, start, until } from "../support/harness.mjs";
import { DAY, FENCE, HOUR, WEBHOOK_SECRET, acts, arrived, bounced, event, mails, pass, sent, summary, wayOut } from "../support/post.mjs";

let service;
before(async () => {
  service = await start({ secrets: { MAIL_WEBHOOK_SECRET: WEBHOOK_SECRET } });
});
after(() => service.close());

const MINUTE = HOUR / 60;
const at = (name) => `${name}@example.org`;
const fence = { email: FENCE, optional: true };
const within = (hours) => new Date(Date.now() + hours * HOUR).toISOString();
const keep = (p, et, slots, more = {}) => service.ask("PATCH", `/${p.id}/`, { et, json: { slots, ...more } });
const read = async (p) => (await service.ask("GET", `/${p.id}/`, { as: "ob" })).json;
/// Eight hours of a day, for cutting often.
const EIGHT = Array.from({ length: 8 }, (_, n) => ({ begin: `2030-03-01T${String(n + 8).padStart(2, "0")}:00:00Z`, duration: "01:00:00" }));

/// Keeps what is still offered but its first slot.
async function cut(p, et, more) {
  const { status, json, text } = await keep(p, et, (await read(p)).slots.slice(1), more);
  assert.equal(status, 202, text);
  return json;
}

test("72 and 24 hours before the deadline those are reminded who must answer, were asked and have not; once each", async () => {
  const names = ["bea", "cyd", "dan", "eve", "fay", "gus", "hal"];
  const p = await propose(service, {
    parties: [...names.map((name) => ({ email: at(name), optional: name === "dan" })), fence],
    deadline: within(100),
  });
  // gus is never invited.
  const et = await links(service, p, [...["bea", "cyd", "dan", "eve", "fay", "hal"].map(at), FENCE]);
  assert.equal((await keep(p, et[at("cyd")], SLOTS.slice(0, 2))).status, 202);
  const [invitation] = await mails(service, p.id, { to: at("eve") });
  assert.equal((await service.ask("POST", wayOut(invitation))).status, 200);
  assert.equal((await service.ask("POST", "/mail/events", event(bounced(at("fay"))))).status, 204);

  const reminders = async () => summary(await mails(service, p.id, { kind: "reminder" }));
  const first = [`reminder ${at("bea")}`, `reminder ${at("hal")}`];
  await pass(service, p.id, 27.9 * HOUR);
  assert.deepEqual(await reminders(), []);
  await pass(service, p.id, 28.1 * HOUR);
  assert.deepEqual(await reminders(), first);
  await pass(service, p.id, 40 * HOUR);
  assert.deepEqual(await reminders(), first, "once");
  assert.equal((await keep(p, et[at("hal")], [SLOTS[0]])).status, 202);
  await pass(service, p.id, 75.9 * HOUR);
  assert.deepEqual(await reminders(), first);
  await pass(service, p.id, 76.1 * HOUR);
  const both = [`reminder ${at("bea")}`, ...first];
  assert.deepEqual(await reminders(), both);
  // Whoever is asked after the time of a reminder does not get it.
  await links(service, { ...p, slots: [SLOTS[0]] }, [at("gus")]);
  await pass(service, p.id, 99 * HOUR);
  assert.deepEqual(await reminders(), both);
  await pass(service, p.id, 101 * HOUR);
  assert.deepEqual(await reminders(), both);
  const told = await acts(service, p.id, "remind");
  assert.deepEqual(told.map((data) => [data.via, data.recipient]), [
    ["system", at("bea")],
    ["system", at("hal")],
    ["system", at("bea")],
  ]);
  const [mail] = await mails(service, p.id, { kind: "reminder", to: at("bea") });
  assert.match(mail.subject, /^ob@localhost still waits for your answer: cybes, by \w{3} \d+ \w{3}$/);
  assert.match(mail.text, /^\* \w+day \d+ \w+ 2030, 09:00 to 10:00, UTC$/m);
  assert.match(mail.text, /^Please answer by \w+day .*, UTC\.$/m);
});

test("at the deadline the creator is told who answered and what is left, and offered what can be done", async () => {
  const p = await propose(service, {
    parties: [{ email: at("bea"), name: "Bea" }, at("cyd"), { email: at("dan"), optional: true }, fence],
    deadline: within(5),
  });
  const et = await links(service, p);
  assert.equal((await keep(p, et[at("bea")], SLOTS.slice(1), { note: "not on Mondays" })).status, 202);
  await pass(service, p.id, 4.9 * HOUR);
  const deadlines = () => mails(service, p.id, { kind: "deadline" });
  assert.deepEqual(await deadlines(), []);
  await pass(service, p.id, 5.1 * HOUR);
  const [mail, ...others] = await deadlines();
  assert.deepEqual([mail.to, others], [["ob@localhost"], []]);
  assert.match(mail.text, /^\* Bea kept 2 of 3 times and cut:\n {2}- Monday 7 January 2030, 09:00 to 10:00, UTC\n {2}Note: “not on Mondays”$/m);
  assert.match(mail.text, /^\* cyd@example\.org has not answered\.$/m);
  assert.match(mail.text, /^\* Tuesday 8 January 2030, 09:00 to 10:00, UTC\n\* Wednesday 9 January 2030, 09:00 to 10:00, UTC$/m);
  assert.match(mail.text, /: fix one of the times that are left, set a later deadline, or close it\.$/m);
  assert.ok(mail.text.includes(`\n${p.url}\n`), "the creator signs in: no link of a party");
  assert.ok(!/Please answer|Answers are possible/.test(mail.text), "nobody can");

  // Over: nobody answers, neither a party nor the creator.
  for (const answer of [keep(p, et[at("cyd")], [SLOTS[1]]), service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: [SLOTS[1]] } })]) {
    const { status, json } = await answer;
    assert.equal(status, 409, JSON.stringify(json));
  }
  // Extended by the creator alone, and then answers are taken and the deadline is told again.
  const later = { deadline: within(9) };
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: et[at("cyd")], json: later })).status, 403);
  const past = await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { deadline: within(5) } });
  assert.deepEqual([past.status, past.json], [400, { deadline: ["The deadline must be in the future."] }]);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: later })).status, 202);
  const answer = await keep(p, et[at("dan")], [SLOTS[1]]);
  assert.equal(answer.status, 202, answer.text);
  await pass(service, p.id, 8.9 * HOUR);
  assert.equal((await deadlines()).length, 1);
  await pass(service, p.id, 9.1 * HOUR);
  assert.equal((await deadlines()).length, 2);
  await pass(service, p.id, 40 * HOUR);
  assert.equal((await deadlines()).length, 2, "once each");
  // And fixed: the deadline has passed, so nobody is waited for.
  assert.equal((await service.ask("POST", `/${p.id}/fix/`, { as: "ob", json: { slot: SLOTS[2] } })).status, 202);
});

test("a deadline that moves away brings its reminders anew; without one there are none", async () => {
  const p = await propose(service, { parties: [at("bea"), fence], deadline: within(80) });
  await links(service, p);
  const reminders = async () => (await mails(service, p.id, { kind: "reminder" })).length;
  await pass(service, p.id, 9 * HOUR);
  assert.equal(await reminders(), 1);
  await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { deadline: within(200) } });
  await pass(service, p.id, 127 * HOUR);
  assert.equal(await reminders(), 1);
  await pass(service, p.id, 129 * HOUR);
  assert.equal(await reminders(), 2);
  await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { deadline: null } });
  await pass(service, p.id, 400 * HOUR);
  assert.deepEqual(summary(await mails(service, p.id)).filter((line) => !line.endsWith(FENCE)), [
    `invitation ${at("bea")}`,
    ...Array(2).fill(`reminder ${at("bea")}`),
  ]);
});

test("many cuts are one mail ten minutes after the first, a second round of cuts another", async () => {
  const five = ["bea", "cyd", "dan", "eve", "ida"];
  // gus keeps it open by not answering.
  const p = await propose(service, { parties: [...five.map(at), at("gus"), "ob@localhost", fence], slots: EIGHT });
  const et = await links(service, p, [...five.map(at), at("gus"), FENCE]);
  const digests = () => mails(service, p.id, { kind: "digest" });
  await cut(p, et[at("bea")], { note: "mornings are hard" });
  await pass(service, p.id, 5 * MINUTE);
  for (const name of ["cyd", "dan", "eve", "ida", "bea"]) await cut(p, et[at(name)]);
  // An unchanged set is an answer as well.
  assert.equal((await keep(p, et[at("cyd")], (await read(p)).slots)).status, 202);
  const own = await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: EIGHT.slice(6) } });
  assert.equal(own.status, 202, own.text);
  // The first cut is some seconds old.
  await pass(service, p.id, 9 * MINUTE);
  assert.deepEqual(await digests(), [], "none before");
  await pass(service, p.id, 10 * MINUTE);
  const [mail, ...others] = await digests();
  assert.deepEqual([mail.to, others], [["ob@localhost"], []]);
  for (const name of five) assert.equal(mail.text.split(`\n* ${at(name)} kept `).length, 2, `${name} once`);
  assert.match(mail.text, /^\* bea@example\.org kept 2 of 3 times and cut:\n {2}- Friday 1 March 2030, 08:00 to 09:00, UTC\n {2}- Friday 1 March 2030, 13:00 to 14:00, UTC$/m);
  assert.equal(mail.text.match(/ob@localhost|gus@/g).join(), "ob@localhost", "as the recipient alone");
  await pass(service, p.id, 30 * MINUTE);
  assert.equal((await digests()).length, 1, "told once");

  await cut(p, et[at("eve")], { note: "sorry" });
  assert.equal((await keep(p, et[at("ida")], (await read(p)).slots)).status, 202);
  await pass(service, p.id, 39 * MINUTE);
  assert.equal((await digests()).length, 1);
  await pass(service, p.id, 40 * MINUTE);
  const second = (await digests()).slice(1);
  assert.equal(second.length, 1);
  assert.match(second[0].text, /^\* eve@example\.org kept 1 of 2 times and cut:\n(?: {2}- .*\n)+ {2}Note: “sorry”$/m);
  assert.match(second[0].text, /^\* ida@example\.org kept the one remaining time and cut:$/m);
  for (const name of ["bea", "cyd", "dan"]) assert.ok(!second[0].text.includes(at(name)), name);
  assert.equal((await acts(service, p.id, "digest")).length, 2);
});

test("the creator is told nothing of its own answers", async () => {
  const p = await propose(service, { parties: ["ob@localhost", at("bea"), fence] });
  await links(service, p, [FENCE]);
  await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: SLOTS.slice(1) } });
  await pass(service, p.id, DAY);
  assert.deepEqual(await mails(service, p.id, { to: "ob@localhost" }), []);
  // Nor of exhausting it.
  await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: [] } });
  await sent(service, p.id);
  assert.equal((await read(p)).state, "exhausted");
  assert.deepEqual(await mails(service, p.id, { to: "ob@localhost" }), []);
});

test("when all who must have answered and several times are left the creator hears it at once, and no digest of the same", async () => {
  const p = await propose(service, { parties: [at("bea"), at("cyd"), { email: at("dan"), optional: true }, fence] });
  const et = await links(service, p);
  await keep(p, et[at("bea")], SLOTS.slice(1), { note: "rather late" });
  assert.deepEqual(await mails(service, p.id, { to: "ob@localhost" }), []);
  await keep(p, et[at("cyd")], SLOTS.slice(1));
  const [mail] = await arrived(service, p.id, { kind: "answered" });
  assert.deepEqual(mail.to, ["ob@localhost"]);
  assert.match(mail.text, /^\* bea@example\.org kept 2 of 3 times and cut:\n {2}- Monday 7 January 2030, .*\n {2}Note: “rather late”$/m);
  assert.match(mail.text, /^\* cyd@example\.org kept both times\.$/m);
  assert.match(mail.text, /^\* dan@example\.org has not answered\.$/m);
  assert.match(mail.text, /^2 times suit them all\. .*:\n\n\* Tuesday 8 January 2030, .*\n\* Wednesday 9 January 2030, /m);
  await pass(service, p.id, 11 * MINUTE);
  assert.deepEqual(summary(await mails(service, p.id, { to: "ob@localhost" })), ["answered ob@localhost"]);
  // Who changes its answer after that is told of in a digest: all of them had answered before.
  await keep(p, et[at("dan")], [SLOTS[2]]);
  await pass(service, p.id, 22 * MINUTE);
  assert.deepEqual(summary(await mails(service, p.id, { to: "ob@localhost" })), ["answered ob@localhost", "digest ob@localhost"]);
});

test("when nothing is left the creator hears at once who cut what", async () => {
  const p = await propose(service, { parties: [{ email: at("bea"), name: "Bea" }, at("cyd"), { email: at("dan"), optional: true }, fence] });
  const et = await links(service, p);
  await keep(p, et[at("bea")], [SLOTS[1]], { note: "only then" });
  await keep(p, et[at("dan")], []);
  await keep(p, et[at("cyd")], [], { note: "none of these" });
  const [mail] = await arrived(service, p.id, { kind: "exhausted" });
  assert.deepEqual(mail.to, ["ob@localhost"]);
  const [mon, tue, wed] = ["Monday 7", "Tuesday 8", "Wednesday 9"].map((day) => `  - ${day} January 2030, 09:00 to 10:00, UTC`);
  const said = mail.text.split("\n").filter((line) => /^(\*|  )/.test(line));
  assert.deepEqual(said, [
    "* Bea kept 1 of 3 times and cut:", mon, wed, "  Note: “only then”",
    "* cyd@example.org kept none of the times and cut:", tue, "  Note: “none of these”",
    // Optional: it cut nothing. No digest will tell of it any more.
    "* dan@example.org did not keep the only time.",
  ]);
  await until("it to be exhausted", async () => (await read(p)).state === "exhausted");
  assert.equal((await keep(p, et[at("bea")], [])).status, 409);
  await pass(service, p.id, DAY);
  assert.deepEqual(summary(await mails(service, p.id, { to: "ob@localhost" })), ["exhausted ob@localhost"]);
});

test("closing tells those who were asked, and not who closed it", async () => {
  const p = await propose(service, { parties: ["ob@localhost", at("bea"), at("cyd"), at("dan"), at("eve"), "st@localhost"] });
  await links(service, p, [at("bea"), at("cyd"), at("eve"), "st@localhost"]);
  const [invitation] = await mails(service, p.id, { to: at("cyd") });
  assert.equal((await service.ask("POST", wayOut(invitation))).status, 200);
  assert.equal((await service.ask("DELETE", `/${p.id}/parties/p5/`, { as: "ob" })).status, 204);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  await sent(service, p.id);
  const closed = (await service.outbox()).filter((mail) => /^cybes was closed: /.test(mail.subject) && mail.text.includes(`/${p.id}/`));
  assert.deepEqual(closed.map((mail) => mail.to[0]).sort(), [at("bea"), "st@localhost"]);
  for (const mail of closed) assert.ok(!mail.text.includes("?et="), "its links open nothing any more");

  // Staff ends another's: then the creator is told, too.
  const q = await propose(service, { parties: [at("bea")] }, { as: "zo" });
  assert.equal((await service.ask("DELETE", `/${q.id}/`, { as: "ob" })).status, 204);
  assert.deepEqual(summary(await arrived(service, q.id, { kind: "closed" })), ["closed zo@localhost"]);
  await sent(service, q.id);
  assert.equal((await mails(service, q.id)).length, 1, "bea was never asked");
});
