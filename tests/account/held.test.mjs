// Mail that an account causes whose address is not verified waits until it is: it does not age, nothing of it is lost, and
// it goes out once.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, afterEach, before, test } from "node:test";
import { SLOTS, ask, devServer, files, objectFiles, propose, query, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { DAY, arrived, mails, sent, summary } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const at = (name) => `${name}@example.org`;
const verify = (yes) => service.db.prepare("update accounts set verified = ?1 where username = 'un'").bind(yes ? 1 : 0).run();
afterEach(() => verify(false));
const cron = () => service.worker.scheduled({ cron: "*/5 * * * *" });
const mine = (proposal = {}) => propose(service, proposal, { as: "un" });
const notify = (p, parties, as = "un") => service.ask("POST", `/${p.id}/notify/`, { as, json: { parties, slots: p.slots } });
const held = (p) => service.rows(p.id, "select status, attempts, account from outbox where kind = 'mail' order by id");
const index = async () => (await service.db.prepare("select creator as account, id as proposal from proposals where holds_mail = 1 order by id").all()).results;
const indexed = (p) => until("the index", async () => (await index()).some((row) => row.proposal === p.id && row.account === 10));

test("mail of an account that is not verified waits, for days without ageing, and cron releases it once it is", async () => {
  const p = await mine();
  const q = await mine();
  const told = await notify(p, p.parties);
  assert.deepEqual([told.status, told.json.recipients, told.json.sender], [202, p.parties, null]);
  assert.equal((await notify(q, [at("bea")])).status, 202);
  await indexed(p);
  await indexed(q);
  const waiting = Array(2).fill({ status: "held", attempts: 0, account: 10 });
  assert.deepEqual(held(p), waiting);
  // Others' mail of the same proposal does not wait for it.
  assert.equal((await notify(p, [at("bea")], "ob")).status, 202);
  await arrived(service, p.id, { to: at("bea") });
  for (const days of [1, 3, 25]) {
    await service.ask("GET", `/${p.id}/`, { as: "un", dev: `offset=${days * DAY}` });
    assert.equal((await notify(p, [at("cyd")], "ob")).status, 202);
    await arrived(service, p.id, { to: at("cyd") }, [1, 3, 25].indexOf(days) + 1);
    await cron();
    await sent(service, p.id);
  }
  assert.deepEqual(held(p), waiting, "neither tried nor dead");
  const before = await mails(service, p.id);
  assert.deepEqual(summary(before), [...Array(3).fill(`update ${at("cyd")}`), `update ${at("bea")}`].sort());
  assert.equal((await service.ask("GET", "/healthz")).status, 200);

  await verify(true);
  await cron();
  await arrived(service, p.id, { kind: "invitation" }, 2);
  await arrived(service, q.id, {}, 1);
  await Promise.all([cron(), cron()]);
  for (const one of [p, q]) await sent(service, one.id);
  const released = (await mails(service, p.id)).filter((mail) => !before.some(({ id }) => id === mail.id));
  assert.deepEqual(summary(released), [`invitation ${at("bea")}`, `invitation ${at("cyd")}`], "each exactly once");
  assert.deepEqual(summary(await mails(service, q.id)), [`invitation ${at("bea")}`]);
  assert.deepEqual([held(p), held(q), await index()], [[], [], []]);
  // The link is as good as new mail's: it was made for the day of the notify.
  assert.match(released[0].text, /\?et=/);
});

test("right after the verification mail goes out at once, and cron takes along what was held before", async () => {
  const p = await mine({ parties: [at("bea"), at("cyd"), at("dan")] });
  assert.equal((await notify(p, [at("bea")])).status, 202);
  await indexed(p);
  await verify(true);
  assert.equal((await notify(p, [at("cyd")])).status, 202);
  await arrived(service, p.id, { to: at("cyd") });
  await cron();
  await arrived(service, p.id, { to: at("bea") });
  await sent(service, p.id);
  assert.deepEqual(summary(await mails(service, p.id)), [`invitation ${at("bea")}`, `invitation ${at("cyd")}`]);
  assert.deepEqual([held(p), await index()], [[], []]);
});

test("mail of an account that is verified while it notifies goes out at once", async () => {
  const p = await mine();
  // The caller has been read, as not verified, when the mail is counted; it is verified when the index hears of the mail.
  await service.db.prepare("create trigger meanwhile after insert on mail_counts begin update accounts set verified = 1 where username = 'un'; end").run();
  try {
    assert.equal((await notify(p, p.parties)).status, 202);
  } finally {
    await service.db.prepare("drop trigger meanwhile").run();
  }
  await arrived(service, p.id, {}, 2);
  await sent(service, p.id);
  assert.deepEqual([held(p), await index(), (await mails(service, p.id)).length], [[], [], 2]);
});

test("mail of an account that is verified before the index hears of it goes out without cron", async () => {
  const p = await mine();
  await service.db.prepare("alter table proposals rename to away").run();
  try {
    assert.equal((await notify(p, p.parties)).status, 202, "the index delays nobody");
    await verify(true);
  } finally {
    await service.db.prepare("alter table away rename to proposals").run();
  }
  await arrived(service, p.id, {}, 2);
  await sent(service, p.id);
  assert.deepEqual([held(p), await index(), (await mails(service, p.id)).length], [[], [], 2]);
});

test("many notifies while the account is being verified: nothing is left waiting, nothing goes out twice", async () => {
  for (let round = 0; round < 8; round++) {
    const p = await mine({ parties: ["bea", "cyd", "dan", "eve", "fay", "gus"].map(at) });
    await Promise.all([
      ...p.parties.map((party) => notify(p, [party]).then(({ status }) => assert.equal(status, 202))),
      verify(true).then(cron),
    ]);
    // A line that came to the index after this run is for the next.
    await cron();
    await arrived(service, p.id, {}, 6);
    await sent(service, p.id);
    assert.deepEqual((await mails(service, p.id)).map((mail) => mail.to[0]).sort(), p.parties);
    assert.deepEqual(held(p), []);
    await verify(false);
  }
});

test("a meeting agreed on a proposal of such an account holds its invitations, and cron releases them", async () => {
  const p = await mine({ slots: [SLOTS[0]] });
  for (const party of [1, 2]) {
    const answer = await service.ask("PATCH", `/${p.id}/`, { et: sign({ id: p.id, party }), json: { slots: [SLOTS[0]] } });
    assert.equal(answer.status, 202, answer.text);
  }
  const waiting = async () => (await service.db.prepare("select status, attempts, account from outbox order by id").all()).results;
  await until("the meeting", async () => (await waiting()).length === 3);
  assert.deepEqual(await waiting(), Array(3).fill({ status: "held", attempts: 0, account: 10 }));
  assert.equal((await service.ask("GET", `/meetings/${p.id}/`, { as: "un" })).status, 200, "it is there all the same");
  // The calendar part, too, for who has a link.
  assert.equal((await service.ask("GET", `/${p.id}/calendar.ics`, { et: sign({ id: p.id, party: 1 }) })).status, 200);
  await cron();
  assert.deepEqual(await mails(service, p.id), []);
  await verify(true);
  await cron();
  await arrived(service, p.id, { kind: "agreed" }, 3);
  await cron();
  await until("D1's outbox to be empty", async () => (await waiting()).length === 0);
  assert.deepEqual(summary(await mails(service, p.id)), [`agreed ${at("bea")}`, `agreed ${at("cyd")}`, "agreed un@localhost"]);
});

test("what time and answers cause on such a proposal waits as well, the creator's own notices too", async () => {
  const p = await mine({ parties: [at("bea")], deadline: new Date(Date.now() + 5 * 3_600_000).toISOString() });
  const et = sign({ id: p.id, party: 1 });
  await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: SLOTS.slice(1) } });
  await service.ask("PATCH", `/${p.id}/`, { et, json: { slots: [] } });
  await indexed(p);
  await sent(service, p.id);
  // An address that proves nothing is mailed nothing that strangers wrote.
  assert.deepEqual(await mails(service, p.id), []);
  assert.deepEqual(held(p).map((row) => row.status), ["held", "held"]);
  await verify(true);
  await cron();
  assert.deepEqual(summary(await arrived(service, p.id, {}, 2)), ["answered un@localhost", "exhausted un@localhost"]);
});

test("a proposal that was closed while its mail was held sends nothing at the verification, nor does a meeting that was cancelled", async () => {
  const p = await mine();
  assert.equal((await notify(p, p.parties)).status, 202);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "un" })).status, 204);
  const q = await mine({ slots: [SLOTS[0]], parties: [at("bea")] });
  assert.equal((await service.ask("PATCH", `/${q.id}/`, { et: sign({ id: q.id, party: 1 }), json: { slots: [SLOTS[0]] } })).status, 202);
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${q.id}/`, { as: "un" })).status === 200);
  assert.equal((await service.ask("DELETE", `/meetings/${q.id}/`, { as: "un" })).status, 204);
  assert.ok(held(p).length >= 2);
  await verify(true);
  await cron();
  await until("nothing to be held", async () => held(p).length === 0 && (await index()).length === 0);
  await until("D1's outbox to be empty", async () => (await service.db.prepare("select count(*) as n from outbox").first()).n === 0);
  assert.deepEqual([await mails(service, p.id), await mails(service, q.id)], [[], []]);
});

test("a kill between queueing and indexing loses nothing: the alarm enters the index, and cron finds it", { timeout: 240_000 }, async () => {
  const dev = await devServer("held");
  const again = [
    "wrangler", "dev", "--env", "dev", "--ip", "127.0.0.1", "--port", String(dev.port), "--persist-to", dev.state,
    "--var", `PUBLIC_ORIGIN:${dev.origin}`,
    "--show-interactive-dev-session=false", "--log-level", "warn",
  ];
  const directory = () => files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
  const write = (sql) => {
    const file = new DatabaseSync(directory(), { timeout: 5_000 });
    try {
      file.exec(sql);
    } finally {
      file.close();
    }
  };
  const stopped = () => objectFiles(dev.state).some((path) => query(path, "select 1 from sqlite_master where name = 'dev_hits'").length && query(path, "select 1 from dev_hits").length);
  await dev.start();
  try {
    await dev.kill();
    write(`insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
      select 10, 'un', 'un@localhost', 'un@localhost', 0, 1, 0, 1, password, 0 from accounts where id = 1`);
    await dev.start(again);
    const p = await propose(dev, { parties: [at("bea"), at("cyd")] }, { as: "un" });
    const json = { parties: p.parties, slots: SLOTS };
    const act = dev.ask("POST", `/${p.id}/notify/`, { as: "un", json, dev: "failpoint=after_commit" }).catch(() => undefined);
    await until("after_commit", stopped);
    await dev.kill();
    await act;
    assert.deepEqual(query(directory(), "select id from proposals where holds_mail = 1"), [], "cut off before");
    await dev.start(again);
    // Nobody touches it.
    await until("the index to have its line", () => query(directory(), "select id from proposals where creator = 10 and holds_mail = 1").some((row) => row.id === p.id), 90);
    assert.equal((await dev.mails(p.id)).length, 0);
    await dev.kill();
    write("update accounts set verified = 1 where id = 10");
    await dev.start(again);
    const ran = await ask(dev.origin, "GET", "/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*");
    assert.equal(ran.status, 200, ran.text);
    await until("the mail", async () => (await dev.mails(p.id)).length === 2, 90);
    await until("the index to be empty", () => query(directory(), "select 1 from proposals where holds_mail = 1").length === 0);
    const to = (await dev.mails(p.id)).map(({ message }) => JSON.parse(message).to[0]);
    assert.deepEqual(to.sort(), p.parties);
  } finally {
    await dev.kill();
  }
});
