// Mail that people cause has budgets, counted exactly: whatever comes at once, never one mail too many; and after a kill
// perhaps one is counted too many, never one too few.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { SLOTS, devServer, files, ledger, links, objectFiles, propose, query, start, until } from "../support/harness.mjs";
import { agree, answer, meeting, meetingLink, mails as meetingMails } from "../support/agree.mjs";
import { date, elsewhere, guest, hold, publish } from "../support/guests.mjs";
import { sign } from "../support/links.mjs";
import { HOUR, arrived, mails, sent } from "../support/post.mjs";

let service;
const open = async (budgets = {}) => {
  const vars = Object.fromEntries(Object.entries(budgets).map(([kind, most]) => [`BUDGET_${kind}`, String(most)]));
  service = await start({ vars });
};
afterEach(async () => {
  await service?.close();
  service = undefined;
});

const AT_ONCE = 50;
const at = (name) => `${name}@example.org`;
const notify = (p, parties, options = { as: "ob" }) =>
  service.ask("POST", `/${p.id}/notify/`, { json: { parties, slots: p.slots }, ...options });
/// The link of a party, made without a mail.
const et = (p, party) => sign({ id: p.id, party });
const counts = async () => (await service.db.prepare("select recipient, sender, kind, about from mail_counts").all()).results;
const sum = (list, by) => {
  const sums = {};
  for (const one of list) sums[by(one)] = (sums[by(one)] ?? 0) + 1;
  return sums;
};
const statuses = (answers) => sum(answers, (answer) => answer.status);

/// All mails that people caused, once nothing is left to be sent.
async function caused(proposals) {
  for (const p of proposals) await sent(service, p.id);
  const all = [];
  for (const p of proposals) for (const mail of await mails(service, p.id)) if (/invitation|update|link/.test(mail.kind)) all.push({ ...mail, proposal: p.id });
  return all;
}

test("of fifty notifies at once as many mails go out as the recipient's budget has, not one more", async () => {
  await open({ RECIPIENT: 7 });
  // Over several senders and proposals, under several names.
  const spellings = ["bea@gmail.com", "BEA@gmail.com", "b.e.a@gmail.com", "bea+work@gmail.com", "B.ea+x+y@GoogleMail.com"];
  const proposals = [];
  for (const [n, spelling] of spellings.entries()) {
    proposals.push(await propose(service, { parties: [spelling, at("cyd")] }, { as: n % 2 ? "zo" : "ob" }));
  }
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => {
      const p = proposals[n % proposals.length];
      const by = [{ as: "ob" }, { et: et(p, 2) }][Math.floor(n / proposals.length) % 2];
      return notify(p, ["p1"], by);
    }),
  );
  assert.deepEqual(statuses(answers), { 202: 7, 429: AT_ONCE - 7 });
  const all = await caused(proposals);
  assert.equal(all.length, 7, "however it is spelled, it is one mailbox");
  assert.deepEqual(sum(await counts(), (row) => row.recipient), { "bea@gmail.com": 7 });
  // Others still get theirs.
  assert.equal((await notify(proposals[0], ["p2"])).status, 202);
});

test("guests' holds count for the mailbox that they mail, however it is spelled, and for the place that they come from", async () => {
  await open({ PROPOSAL: 3, SENDER: 2 });
  const page = await publish(service, "zo");
  const start = (hour) => `${date(3)}T${String(hour).padStart(2, "0")}:00:00Z`;
  const spellings = ["bea@gmail.com", "b.ea@gmail.com", "be.a@gmail.com", "bea+work@gmail.com", "B.E.A@googlemail.com"];
  const answers = await Promise.all(spellings.map((email, n) => hold(service, page, start(n), guest({ email }))));
  assert.deepEqual(statuses(answers), { 201: 3, 429: 2 });
  const here = elsewhere();
  const from = [];
  for (const hour of [10, 11, 12]) from.push(await hold(service, page, start(hour), guest(), here));
  assert.deepEqual(from.map(({ status }) => status), [201, 201, 429]);
  assert.equal(from[2].json.detail, "This would be more mail than is allowed in a day. Nothing was sent.");
  assert.ok(Number(from[2].headers.get("Retry-After")) > 23 * 3_600);
  const { n } = await service.db.prepare("select count(*) as n from busy").first();
  assert.equal(n, 5, "what cannot be mailed is not held");
  assert.deepEqual(sum(await counts(), (row) => row.recipient)["bea@gmail.com"], 3);
});

test("two spellings of one mailbox in one act are two mails to it", async () => {
  await open({ RECIPIENT: 1 });
  const p = await propose(service, { parties: ["bea@example.org", "Bea+x@example.org"] });
  assert.equal((await notify(p, ["p1", "p2"])).status, 429);
  assert.equal((await notify(p, ["p2"])).status, 202);
  assert.equal((await notify(p, ["p1"])).status, 429);
  assert.deepEqual((await caused([p])).map((mail) => mail.to[0]), ["Bea+x@example.org"], "sent as it was written");
});

test("of fifty at once as many go out as the sender's budget has, not one more", async () => {
  await open({ SENDER: 9 });
  const proposals = [];
  for (let n = 0; n < 5; n++) proposals.push(await propose(service, { parties: ["bea", "cyd", "dan", "eve"].map(at) }));
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => notify(proposals[n % 5], [`p${1 + (n % 4)}`])),
  );
  assert.deepEqual(statuses(answers), { 202: 9, 429: AT_ONCE - 9 });
  assert.equal((await caused(proposals)).length, 9);
  assert.deepEqual(sum(await counts(), (row) => row.sender), { "ob@localhost": 9 });
  // Each has a budget of its own: zo as well as a party by link.
  const q = await propose(service, { parties: [at("bea"), at("cyd")] }, { as: "zo" });
  assert.equal((await notify(q, ["p1"], { as: "zo" })).status, 202);
  assert.equal((await notify(q, ["p1"], { et: et(q, 2) })).status, 202);
});

test("of fifty at once as many go out as a recipient's of one proposal, not one more", async () => {
  await open({ PROPOSAL: 3 });
  const proposals = [await propose(service), await propose(service)];
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => notify(proposals[n % 2], [n % 4 < 2 ? "p1" : "p2"])),
  );
  assert.deepEqual(statuses(answers), { 202: 12, 429: AT_ONCE - 12 });
  const all = await caused(proposals);
  assert.deepEqual(Object.values(sum(all, (mail) => `${mail.proposal} ${mail.to[0]}`)), [3, 3, 3, 3]);
  assert.deepEqual(Object.values(sum(await counts(), (row) => `${row.about} ${row.recipient}`)), [3, 3, 3, 3]);
});

test("with all three at once, and several recipients an act, none is exceeded, and every count is a mail", async () => {
  const most = { RECIPIENT: 8, SENDER: 12, PROPOSAL: 2 };
  await open(most);
  const parties = ["bea", "cyd", "dan"].map(at);
  const proposals = [];
  for (let n = 0; n < 6; n++) proposals.push(await propose(service, { parties }, { as: n < 4 ? "ob" : "zo" }));
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => {
      const p = proposals[n % 6];
      const by = n % 5 === 4 ? { et: et(p, 3) } : { as: n % 6 < 4 ? "ob" : "zo" };
      return notify(p, [["p1"], ["p1", "p2"], ["p2", "p3"], ["p2"]][n % 4], by);
    }),
  );
  assert.ok(answers.every(({ status }) => status === 202 || status === 429), JSON.stringify(statuses(answers)));
  const all = await caused(proposals);
  const promised = answers.filter(({ status }) => status === 202).flatMap(({ json }) => json.recipients);
  assert.equal(all.length, promised.length, "what was promised was sent");
  const found = {
    RECIPIENT: Object.values(sum(all, (mail) => mail.to[0])),
    SENDER: Object.values(sum(all, (mail) => mail.reply_to)),
    PROPOSAL: Object.values(sum(all, (mail) => `${mail.proposal} ${mail.to[0]}`)),
  };
  const rows = await counts();
  assert.equal(rows.length, all.length, "each count is a mail");
  for (const [kind, sums] of Object.entries(found)) assert.ok(Math.max(...sums) <= most[kind], `${kind}: ${sums}`);
  console.log(`${AT_ONCE} notifies at once: ${all.length} mails; the fullest of each budget: ${Object.entries(found).map(([kind, sums]) => `${kind} ${Math.max(...sums)} of ${most[kind]}`).join(", ")}`);
});

test("over a budget it is 429 with a time to try again, all or nothing, and works again a day later", async () => {
  await open({ RECIPIENT: 2 });
  const p = await propose(service, { parties: [at("bea"), at("cyd")] });
  assert.equal((await notify(p, ["p1"])).status, 202);
  await arrived(service, p.id, { to: at("bea") });
  assert.equal((await notify(p, ["p1"], { as: "ob", dev: `offset=${6 * HOUR}` })).status, 202);
  await arrived(service, p.id, { to: at("bea") }, 2);
  const before = await ledger(service, p.id);
  const refused = await notify(p, ["p2", "p1"], { as: "ob", dev: `offset=${12 * HOUR}` });
  assert.deepEqual([refused.status, refused.json], [429, { detail: "This would be more mail than is allowed in a day. Nothing was sent." }]);
  const wait = Number(refused.headers.get("Retry-After"));
  assert.ok(wait <= 12 * 3600 && wait > 12 * 3600 - 60, `${wait} s, until the first is a day old`);
  assert.equal(await ledger(service, p.id), before, "nothing in the log");
  assert.deepEqual(service.rows(p.id, "select id from outbox where kind = 'mail'"), [], "nothing queued");
  assert.deepEqual(sum(await counts(), (row) => row.recipient), { [at("bea")]: 2 }, "nothing counted, of nobody");
  const page = await notify(p, ["p1"], { as: "ob", headers: { Accept: "text/html" } });
  assert.match(page.text, /<h1>That was too often<\/h1>/);

  // Just before that time is over it is still too much; then it is not.
  const again = 12 * HOUR + wait * 1000;
  assert.equal((await notify(p, ["p1"], { as: "ob", dev: `offset=${again - 60_000}` })).status, 429);
  assert.equal((await notify(p, ["p1", "p2"], { as: "ob", dev: `offset=${again}` })).status, 202);
  await arrived(service, p.id, { to: at("bea") }, 3);
  await arrived(service, p.id, { to: at("cyd") });
  // The second of the first day still counts.
  assert.equal((await notify(p, ["p1"])).status, 429);
});

test("an act that is too large by itself says to come back in a day, and counts nothing", async () => {
  await open({ SENDER: 2 });
  const p = await propose(service, { parties: ["bea", "cyd", "dan"].map(at) });
  const refused = await notify(p, ["p1", "p2", "p3"]);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("Retry-After"), "86400");
  assert.deepEqual(await counts(), []);
  assert.equal((await notify(p, ["p1", "p2"])).status, 202);
});

test("an act that is refused after it was counted gives back what was counted", async () => {
  await open();
  const proposals = [];
  let refused = 0;
  for (let round = 0; round < 6; round++) {
    const p = await propose(service);
    proposals.push(p);
    // By link, so that all are at the object at once, and wait there for the count. Meanwhile the offer changes: those
    // that were before it are judged anew after they were counted, and refused.
    const notifies = Array.from({ length: 15 }, () => notify(p, ["p1"], { et: et(p, 2) }));
    const narrowed = await service.ask("PATCH", `/${p.id}/`, { et: et(p, 1), json: { slots: SLOTS.slice(1) } });
    assert.equal(narrowed.status, 202, narrowed.text);
    for (const { status, json } of await Promise.all(notifies)) {
      assert.ok(status === 202 || (status === 400 && json.slots[0] === "Mismatch with event"), `${status} ${JSON.stringify(json)}`);
      if (status === 400) refused += 1;
    }
  }
  const all = await caused(proposals);
  assert.ok(refused > 0, `${refused} were refused`);
  console.log(`${refused} of ${6 * 15} notifies were refused while the offer changed`);
  assert.equal((await counts()).length, all.length, "each count is a mail");
});

test("what nobody causes by hand is not counted: reminders, deadlines, agreements, cancellations", async () => {
  await open({ RECIPIENT: 1, SENDER: 1, PROPOSAL: 1 });
  const p = await propose(service, { parties: [at("bea")], deadline: new Date(Date.now() + 30 * HOUR).toISOString() });
  const bea = (await links(service, p))[at("bea")];
  const move = (offset) => service.ask("GET", `/${p.id}/`, { as: "ob", dev: `offset=${offset}` });
  await move(7 * HOUR);
  await arrived(service, p.id, { kind: "reminder" });
  await move(31 * HOUR);
  await arrived(service, p.id, { kind: "deadline" });
  await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { deadline: null } });
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { et: bea, json: { slots: [SLOTS[0]] } })).status, 202);
  await arrived(service, p.id, { kind: "agreed", to: at("bea") });
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  await arrived(service, p.id, { kind: "cancelled", to: at("bea") });
  assert.equal((await counts()).length, 1, "the invitation");
});

test("after a kill the count may be too high by what was cut off, never too low, and no budget is exceeded", { timeout: 240_000 }, async () => {
  const dev = await devServer("budgets");
  const most = { RECIPIENT: 10_000, SENDER: 10_000, PROPOSAL: 5 };
  const again = [
    "wrangler", "dev", "--env", "dev", "--ip", "127.0.0.1", "--port", String(dev.port), "--persist-to", dev.state,
    "--var", `PUBLIC_ORIGIN:${dev.origin}`,
    ...Object.entries(most).flatMap(([kind, n]) => ["--var", `BUDGET_${kind}:${n}`]),
    "--show-interactive-dev-session=false", "--log-level", "warn",
  ];
  const directory = () => files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
  const counted = (p) => query(directory(), `select id from mail_counts where kind = 'proposal' and about = ${p.id}`).length;
  const hit = (name) => objectFiles(dev.state).some((path) =>
    query(path, "select 1 from sqlite_master where name = 'dev_hits'").length && query(path, `select 1 from dev_hits where name = '${name}'`).length);
  await dev.start();
  try {
    await dev.kill();
    await dev.start(again);
    const p = await propose(dev, { parties: [at("bea")] });
    const json = { parties: ["p1"], slots: SLOTS };
    const cut = async (failpoint) => {
      const act = dev.ask("POST", `/${p.id}/notify/`, { as: "ob", json, dev: `failpoint=${failpoint}` }).catch(() => undefined);
      await until(failpoint, () => hit(failpoint));
      await dev.kill();
      await act;
      await dev.start(again);
    };
    await cut("before_commit");
    assert.deepEqual([counted(p), (await dev.mails(p.id)).length], [1, 0], "counted, and not queued");
    await cut("after_commit");
    await until("its mail", async () => (await dev.mails(p.id)).length === 1, 90);
    assert.equal(counted(p), 2);
    // What is left goes out at once, and no more.
    const answers = await Promise.all(Array.from({ length: 10 }, () => dev.ask("POST", `/${p.id}/notify/`, { as: "ob", json })));
    assert.deepEqual(statuses(answers), { 202: 3, 429: 7 });
    await until("the rest", async () => (await dev.mails(p.id)).length === 4, 90);
    assert.equal(counted(p), 5, "one too many: the one that was cut off");
    // The demo of `make dev` has invited people to a proposal of its own.
  assert.equal(query(directory(), "select 1 from mail_counts where about <> 4").length, 5);
  } finally {
    await dev.kill();
  }
  assert.ok(!dev.logs().includes(at("bea")), "no address in the log");
});

test("a meeting that is moved to and fro stops mailing, and an answer is taken all the same", async () => {
  // One is the notify, by which all know what it is about.
  await open({ PROPOSAL: 3 });
  const p = await propose(service, { slots: SLOTS.slice(0, 1) });
  await links(service, p);
  for (const party of [1, 2]) assert.equal((await answer(service, p.id, `p${party}`, p.slots)).status, 202);
  await meeting(service, p.id);
  const moves = [];
  for (let day = 10; day < 14; day++) {
    const { status, headers } = await service.ask("PATCH", `/meetings/${p.id}/`, { as: "ob", json: { begin: `2030-01-${day}T09:00:00Z` } });
    moves.push(status);
    if (status === 429) assert.ok(Number(headers.get("retry-after")) > 80_000);
  }
  assert.deepEqual(moves, [202, 202, 429, 429]);
  const { json } = await service.ask("GET", `/meetings/${p.id}/`, { as: "ob" });
  assert.deepEqual([json.begin, json.sequence], ["2030-01-11T09:00:00Z", 2], "nothing of what was refused was done");
  const answers = [];
  for (const act of ["decline", "accept", "decline", "accept", "decline"]) {
    answers.push((await service.ask("POST", `/meetings/${p.id}/${act}/`, { et: meetingLink(p.id, 1) })).status);
  }
  assert.deepEqual(answers, [202, 202, 202, 202, 202]);
  // An end is told, whatever the budgets.
  assert.equal((await service.ask("DELETE", `/meetings/${p.id}/`, { as: "ob" })).status, 204);
  const three = p.parties.length + 1;
  const told = await until("all mail", async () => {
    const kinds = sum(await mails(service, p.id), (mail) => mail.kind);
    return kinds.cancelled === three && kinds;
  });
  delete told.invitation;
  // No invitation to the proposal went to the organiser: there is room for one of the five answers.
  assert.deepEqual(told, { agreed: three, moved: 2 * three, cancelled: three, declined: 1 }, "the organiser's budget is used up after that");
});

test("what is agreed as it is made invites strangers within the budgets alone", async () => {
  await open({ SENDER: 3 });
  const optional = ["bea", "cyd", "dan", "eve"].map((name) => ({ email: at(name), optional: true }));
  const make = (parties) => service.ask("POST", "/", { as: "ob", json: { parties, slots: SLOTS.slice(0, 1) } });
  const refused = await make(["ob@localhost", ...optional]);
  assert.deepEqual([refused.status, refused.json], [429, { detail: "This would be more mail than is allowed in a day. Nothing was sent." }]);
  assert.deepEqual(await counts(), []);
  const made = await make(["ob@localhost", ...optional.slice(0, 3)]);
  assert.deepEqual([made.status, made.json.state], [201, "agreed"]);
  assert.equal((await counts()).length, 3);
  assert.equal((await make(["ob@localhost", ...optional.slice(3)])).status, 429);
  // What mails nobody costs nothing.
  assert.equal((await make(["ob@localhost"])).status, 201);
  assert.equal((await make([at("bea"), "ob@localhost"])).status, 201);
});

/// Who of a meeting's attendees is shown to have got no mail for want of a budget.
const dropped = async (p) =>
  (await service.ask("GET", `/meetings/${p.id}/`, { as: "ob" })).json.attendees.filter(({ mail }) => mail === "over_budget").map(({ email }) => email);
const heard = async (p, kind) => (await mails(service, p.id, { kind })).map((mail) => mail.to[0]).sort();

test("an agreement that somebody else brings about invites strangers within the creator's budget, and stands whatever is left", async () => {
  await open({ SENDER: 4 });
  const strangers = ["cyd", "dan", "eve", "fay", "gus"].map((name) => ({ email: at(name), optional: true }));
  const p = await propose(service, { parties: [at("bea"), ...strangers], slots: SLOTS.slice(0, 1) });
  await links(service, p, [at("bea")]);
  const answered = await answer(service, p.id, "p1", p.slots);
  assert.deepEqual([answered.status, answered.json.state], [202, "agreed"], "no answer fails for it");
  await meeting(service, p.id);
  await meetingMails(service, p.id);
  // The notify and three strangers; who was asked and who organises are told all the same.
  assert.deepEqual(await heard(p, "agreed"), [at("bea"), at("cyd"), at("dan"), at("eve"), "ob@localhost"]);
  assert.deepEqual(await dropped(p), [at("fay"), at("gus")]);
  const counted = await counts();
  assert.deepEqual(sum(counted, (row) => row.sender), { "ob@localhost": 4 });
  assert.deepEqual(sum(counted, (row) => `${row.kind} ${row.about}`), { [`proposal ${p.id}`]: 4 });
  assert.equal((await service.ask("GET", `/meetings/${p.id}/`, { et: meetingLink(p.id, 5) })).json.attendees[4].mail, "over_budget");
  // The end is one more mail to strangers: there is no room for it, and who never heard of the meeting hears of no end.
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  await until("the end", async () => (await meeting(service, p.id)).status === "cancelled");
  await meetingMails(service, p.id);
  assert.deepEqual(await heard(p, "cancelled"), [at("bea"), "ob@localhost"]);
  assert.deepEqual(await dropped(p), ["cyd", "dan", "eve", "fay", "gus"].map(at));
  assert.equal((await counts()).length, 4);
});

test("the end of a meeting that strangers were invited to counts, and is told where there is room", async () => {
  await open({ SENDER: 4 });
  const p = await propose(service, { parties: [at("bea"), { email: at("cyd"), optional: true }], slots: SLOTS.slice(0, 1) });
  await links(service, p, [at("bea")]);
  assert.equal((await answer(service, p.id, "p1", p.slots)).status, 202);
  await meeting(service, p.id);
  assert.equal((await counts()).length, 2);
  assert.equal((await service.ask("DELETE", `/meetings/${p.id}/`, { as: "ob" })).status, 204);
  await meetingMails(service, p.id);
  assert.deepEqual(await heard(p, "cancelled"), [at("bea"), at("cyd"), "ob@localhost"]);
  assert.deepEqual([(await counts()).length, await dropped(p)], [3, []]);
});

test("mail that is held uses up nobody's budget, has a cap of its own, and counts when it is released, as far as there is room", async () => {
  await open({ RECIPIENT: 3, SENDER: 5, PROPOSAL: 5 });
  const mine = await propose(service, { parties: [at("bea"), at("cyd")] }, { as: "un" });
  const un = (parties) => notify(mine, parties, { as: "un" });
  for (let n = 0; n < 4; n++) assert.equal((await un(["p1"])).status, 202, `${n}`);
  assert.deepEqual(sum(await counts(), (row) => `${row.kind} ${row.about}`), { "held 10": 4 });
  // Others' mail to the same address has all of its budget.
  const others = await propose(service, { parties: [at("bea")] });
  assert.equal((await notify(others, ["p1"])).status, 202);
  // A fifth is the last that is held for this account.
  const full = await un(["p1", "p2"]);
  assert.deepEqual([full.status, full.json], [429, { detail: "This would be more mail than is allowed in a day. Nothing was sent." }]);
  assert.equal((await un(["p2"])).status, 202);
  assert.equal((await un(["p2"])).status, 429);
  await service.db.prepare("update mail_counts set at = 0 where kind = 'held'").run();
  assert.equal((await un(["p2"])).status, 429, "however old it is");

  await service.db.prepare("update accounts set verified = 1 where username = 'un'").run();
  const cron = () => service.worker.scheduled({ cron: "*/5 * * * *" });
  await cron();
  await arrived(service, mine.id, { to: at("cyd") });
  await sent(service, mine.id);
  // One of three went to bea before: there is room for two.
  assert.deepEqual((await mails(service, mine.id)).map((mail) => mail.to[0]).sort(), [at("bea"), at("bea"), at("cyd")]);
  assert.deepEqual(sum(await counts(), (row) => `${row.recipient} ${row.sender} ${row.kind}`), {
    [`${at("bea")} ob@localhost proposal`]: 1, [`${at("bea")} un@localhost proposal`]: 2, [`${at("cyd")} un@localhost proposal`]: 1,
  });
  const waiting = () => service.rows(mine.id, "select count(*) as n from outbox where status = 'held'")[0].n;
  assert.equal(waiting(), 2, "the rest waits");
  await cron();
  assert.equal(waiting(), 2);
  await service.db.prepare("update mail_counts set at = at - 90000000").run();
  await cron();
  await arrived(service, mine.id, { to: at("bea") }, 4);
  assert.equal(waiting(), 0);
  assert.deepEqual((await service.db.prepare("select id from proposals where holds_mail = 1").all()).results, []);
  assert.equal((await notify(others, ["p1"])).status, 202);
});
