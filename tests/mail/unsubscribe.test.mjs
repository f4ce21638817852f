// Every mail has a way out: one click of a mail program (RFC 8058), or a form; of this proposal, of a sender, of all.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KEY_2, ORIGIN, SLOTS, links, propose, start, tokenOf, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { FENCE, HOUR, KIND_NAMES, acts, arrived, form, kindOf, mails, pass, sent, summary, wayOut } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ONE_CLICK = form({ "List-Unsubscribe": "One-Click" });
const at = (name) => `${name}@example.org`;
let people = 0;
/// An address that no other test has to do with: scopes go beyond a proposal.
const somebody = () => at(`party${++people}`);
const notify = (p, parties, as = "ob") => service.ask("POST", `/${p.id}/notify/`, { as, json: { parties, slots: p.slots } });
const leave = (mail, request = ONE_CLICK) => service.ask("POST", wayOut(mail), request);
const read = async (p, as = "ob") => (await service.ask("GET", `/${p.id}/`, { as })).json;
const states = async (p, as) => Object.fromEntries((await read(p, as)).answers.map((a) => [a.email, a.state]));
const keep = (p, et, slots) => service.ask("PATCH", `/${p.id}/`, { et, json: { slots } });
const invited = async (p, to, as = "ob") => {
  assert.equal((await notify(p, [to], as)).status, 202);
  return (await arrived(service, p.id, { to, kind: "invitation" }))[0];
};

test("every mail there is can be unsubscribed from, by one click and by a link in its text", async () => {
  // One that is agreed, moved, given other details, declined, accepted, reminded of and cancelled; one for the deadline, one that is exhausted, one closed.
  const agreed = await propose(service, { parties: [somebody(), "zo@localhost"], deadline: new Date(Date.now() + 30 * HOUR).toISOString() });
  const [first] = agreed.parties;
  const et = await links(service, agreed);
  await notify(agreed, [first]);
  await service.ask("POST", `/${agreed.id}/resend/`, { et: et[first] });
  await service.ask("GET", `/${agreed.id}/`, { as: "ob", dev: `offset=${7 * HOUR}` });
  await arrived(service, agreed.id, { kind: "reminder" }, 2);
  await keep(agreed, et[first], SLOTS.slice(1));
  await service.ask("GET", `/${agreed.id}/`, { as: "ob", dev: `offset=${8 * HOUR}` });
  await arrived(service, agreed.id, { kind: "digest" });
  await service.ask("PATCH", `/${agreed.id}/`, { as: "zo", json: { slots: SLOTS.slice(1) } });
  await arrived(service, agreed.id, { kind: "answered" });
  await service.ask("GET", `/${agreed.id}/`, { as: "ob", dev: `offset=${31 * HOUR}` });
  await arrived(service, agreed.id, { kind: "deadline" });
  assert.equal((await service.ask("POST", `/${agreed.id}/fix/`, { as: "ob", json: { slot: SLOTS[1] } })).status, 202);
  await arrived(service, agreed.id, { kind: "agreed" }, 3);
  const begin = new Date(Math.ceil(Date.now() / HOUR) * HOUR + 20 * 24 * HOUR);
  await service.ask("PATCH", `/meetings/${agreed.id}/`, { as: "ob", json: { begin: begin.toISOString().replace(".000", "") } });
  await service.ask("PATCH", `/${agreed.id}/`, { as: "ob", json: { title: "another title" } });
  await arrived(service, agreed.id, { kind: "details" }, 3);
  await service.ask("POST", `/meetings/${agreed.id}/decline/`, { as: "zo" });
  await service.ask("POST", `/meetings/${agreed.id}/accept/`, { as: "zo" });
  // The clock moves to an hour before it begins, by what one of them says then.
  for (const act of ["decline", "accept"]) {
    await service.ask("POST", `/meetings/${agreed.id}/${act}/`, { as: "zo", dev: `offset=${begin - Date.now() - HOUR}` });
  }
  await arrived(service, agreed.id, { kind: "soon" });
  await service.ask("DELETE", `/meetings/${agreed.id}/`, { as: "ob" });
  await arrived(service, agreed.id, { kind: "cancelled" }, 3);
  await arrived(service, agreed.id, { kind: "accepted" });
  const exhausted = await propose(service, { parties: [somebody()] });
  await keep(exhausted, (await links(service, exhausted))[exhausted.parties[0]], []);
  await arrived(service, exhausted.id, { kind: "exhausted" });
  await service.ask("DELETE", `/${exhausted.id}/`, { as: "ob" });
  await arrived(service, exhausted.id, { kind: "closed" });

  const all = [...(await mails(service, agreed.id)), ...(await mails(service, exhausted.id))];
  assert.deepEqual([...new Set(all.map(kindOf))].sort(), [...KIND_NAMES].sort(), "every kind there is");
  for (const mail of all) {
    const url = /^<(\S+)>$/.exec(mail.headers["List-Unsubscribe"])?.[1];
    assert.match(url ?? "", new RegExp(`^${ORIGIN}/unsubscribe/[A-Za-z0-9_-]+/$`), mail.kind);
    assert.equal(mail.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click", mail.kind);
    assert.ok(mail.text.split("\n").includes(url), `${mail.kind}: alone on its line`);
    assert.ok(mail.html.includes(`href="${url}"`), `${mail.kind}: in its HTML`);
    const { status, json } = await service.ask("GET", new URL(url).pathname);
    assert.deepEqual([status, json?.scopes], [200, ["proposal", "sender", "everything", "none"]], mail.kind);
  }
});

test("GET shows a form and changes nothing, POST acts", async () => {
  const p = await propose(service, { parties: [somebody(), somebody()] });
  const [bea, cyd] = p.parties;
  const mail = await invited(p, bea);
  const before = await read(p);
  const page = await service.ask("GET", wayOut(mail), { headers: { Accept: "text/html" } });
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  assert.match(page.text, /<form method="post">[^]*value="proposal" checked[^]*value="sender"[^]*value="everything"[^]*<button>/);
  assert.ok(!page.text.includes(bea), "whoever holds the link is not told whose it is");
  assert.equal((await service.ask("GET", wayOut(mail))).json.detail, "POST to get no more mail.");
  assert.equal((await service.ask("HEAD", wayOut(mail))).status, 200);
  assert.deepEqual(await read(p), before);
  // What the form sends, and the page that answers.
  const done = await leave(mail, { ...form({ scope: "proposal" }), headers: { ...ONE_CLICK.headers, Accept: "text/html", Origin: ORIGIN } });
  assert.deepEqual([done.status, done.headers.get("location")], [303, wayOut(mail)]);
  const Cookie = "notice=unsubscribed";
  assert.ok(done.headers.getSetCookie().some((line) => line.startsWith(Cookie)));
  const after303 = await service.ask("GET", wayOut(mail), { headers: { Accept: "text/html", Cookie } });
  assert.match(after303.text, /role="status">You get no more of this mail\./);
  assert.deepEqual(await states(p), { [bea]: "opted_out", [cyd]: "invited" });
  const after = await read(p);
  assert.ok(after.version > before.version, "the creator's page shows it");
  // Others may see it as well; mail is not sent any more.
  const told = await notify(p, [bea, cyd]);
  assert.deepEqual([told.status, told.json.recipients, told.json.parties], [202, [cyd], [bea, cyd]]);
  await arrived(service, p.id, { to: cyd });
  await sent(service, p.id);
  assert.equal((await mails(service, p.id, { to: bea })).length, 1);
});

test("out of this proposal: others still come", async () => {
  const bea = somebody();
  const [p, q] = [await propose(service, { parties: [bea] }), await propose(service, { parties: [bea] })];
  assert.equal((await leave(await invited(p, bea))).status, 200);
  await invited(q, bea);
  assert.deepEqual([await states(p), await states(q)], [{ [bea]: "opted_out" }, { [bea]: "invited" }]);
});

test("out of a sender's: none of that account's come, whichever proposal, and others' still do", async () => {
  const bea = somebody();
  const [p, q] = [await propose(service, { parties: [bea] }), await propose(service, { parties: [bea, FENCE] })];
  const r = await propose(service, { parties: [bea] }, { as: "zo" });
  const done = await leave(await invited(p, bea), form({ scope: "sender" }));
  assert.deepEqual([done.status, done.json.scope], [200, "sender"]);
  assert.equal((await notify(q, [bea, FENCE])).status, 202);
  await arrived(service, q.id, { to: FENCE });
  await until("it to show", async () => (await states(q))[bea] === "opted_out");
  assert.deepEqual(await mails(service, q.id, { to: bea }), []);
  assert.deepEqual((await notify(q, [bea])).json.recipients, [], "known by now");
  await invited(r, bea, "zo");
  assert.equal((await states(p))[bea], "opted_out");
});

test("out of everything: nobody's come", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const r = await propose(service, { parties: [bea, "ob@localhost"] }, { as: "zo" });
  assert.equal((await leave(await invited(p, bea), { json: { scope: "everything" } })).status, 200);
  assert.equal((await notify(r, [bea, "ob@localhost"], "zo")).status, 202);
  await arrived(service, r.id, { to: "ob@localhost" });
  await until("it to show", async () => (await states(r, "zo"))[bea] === "opted_out");
  assert.deepEqual(await mails(service, r.id, { to: bea }), []);
  // However it is spelled.
  const upper = await propose(service, { parties: [bea.toUpperCase()] });
  assert.equal((await notify(upper, [bea.toUpperCase()])).status, 202);
  await until("it to show", async () => (await states(upper))[bea.toUpperCase()] === "opted_out");
  assert.equal((await service.outbox()).filter((mail) => mail.to[0].toLowerCase() === bea).length, 1);
});

test("no mail that was queued before goes out after, however far it had got", async () => {
  const bea = somebody();
  // `un` is not verified: its mail waits, which makes the order certain.
  const p = await propose(service, { parties: [bea, FENCE] }, { as: "un" });
  const [one, two] = [await propose(service, { parties: [bea] }), await propose(service, { parties: [bea] })];
  assert.equal((await notify(p, [bea, FENCE], "un")).status, 202);
  const mail = await invited(one, bea);
  assert.equal((await leave(mail, form({ scope: "everything" }))).status, 200);
  await service.db.prepare("update accounts set verified = 1 where username = 'un'").run();
  try {
    await service.worker.scheduled({ cron: "*/5 * * * *" });
    await arrived(service, p.id, { to: FENCE });
    await sent(service, p.id);
    assert.deepEqual(await mails(service, p.id, { to: bea }), []);
    assert.deepEqual(service.rows(p.id, "select id from outbox where kind = 'mail'"), []);
    assert.equal((await read(p, "un")).answers[0].state, "opted_out");
  } finally {
    await service.db.prepare("update accounts set verified = 0 where username = 'un'").run();
  }
  // Nor a reminder.
  assert.equal((await notify(two, [bea])).status, 202);
  await until("it to show", async () => (await states(two))[bea] === "opted_out");
});

test("whoever opted out is not reminded, may still answer, and gets the link it asks for", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea, { email: FENCE, optional: true }], deadline: new Date(Date.now() + 80 * HOUR).toISOString() });
  const et = (await links(service, p))[bea];
  const [mail] = await mails(service, p.id, { to: bea });
  assert.equal((await leave(mail, form({ scope: "everything" }))).status, 200);
  await pass(service, p.id, 10 * HOUR);
  assert.deepEqual(summary(await mails(service, p.id, { to: bea })), [`invitation ${bea}`]);
  assert.equal((await service.ask("POST", `/${p.id}/resend/`, { et })).status, 202);
  const [fresh] = await arrived(service, p.id, { to: bea, kind: "link" });
  const answer = await keep(p, tokenOf(fresh), SLOTS.slice(1));
  assert.deepEqual([answer.status, answer.json.answers[0].state, answer.json.answers[0].kept], [202, "opted_out", 2]);
});

test("a creator can opt out of its own notices, of one proposal", async () => {
  const bea = somebody();
  const [p, q] = [await propose(service, { parties: [bea] }), await propose(service, { parties: [bea] })];
  const exhaust = async (one) => keep(one, (await links(service, one))[bea], []);
  // A first notice, to have its way out.
  const et = (await links(service, p))[bea];
  await keep(p, et, SLOTS.slice(1));
  const [notice] = await arrived(service, p.id, { kind: "answered", to: "ob@localhost" });
  assert.equal((await leave(notice)).status, 200);
  await keep(p, et, []);
  await exhaust(q);
  await arrived(service, q.id, { kind: "exhausted", to: "ob@localhost" });
  await sent(service, p.id);
  assert.equal((await read(p)).state, "exhausted");
  assert.deepEqual(summary(await mails(service, p.id, { to: "ob@localhost" })), ["answered ob@localhost"]);
  assert.equal((await leave(notice)).status, 200, "twice");
});

test("a meeting's mails are left likewise, by its attendees and its organiser", async () => {
  const bea = somebody();
  const cyd = somebody();
  const agree = async () => {
    const p = await propose(service, { parties: [bea, cyd], slots: [SLOTS[0]] });
    const et = await links(service, p);
    for (const party of p.parties) await keep(p, et[party], [SLOTS[0]]);
    await arrived(service, p.id, { kind: "agreed" }, 3);
    return p;
  };
  const moved = async (p, begin) => {
    assert.equal((await service.ask("PATCH", `/meetings/${p.id}/`, { as: "ob", json: { begin } })).status, 202);
    await arrived(service, p.id, { kind: "moved", to: cyd });
    await until("D1's outbox to be empty", async () => (await service.db.prepare("select count(*) as n from outbox").first()).n === 0);
    return summary(await mails(service, p.id, { kind: "moved" }));
  };
  const p = await agree();
  for (const to of [bea, "ob@localhost"]) {
    const [mail] = await mails(service, p.id, { kind: "agreed", to });
    assert.equal((await service.ask("GET", wayOut(mail), { headers: { Accept: "text/html" } })).status, 200);
    const before = (await service.ask("GET", `/meetings/${p.id}/`, { as: "ob" })).json;
    assert.equal((await leave(mail)).status, 200);
    const after = (await service.ask("GET", `/meetings/${p.id}/`, { as: "ob" })).json;
    assert.deepEqual(after.attendees, before.attendees, "whether one comes is another matter");
    assert.equal((await leave(mail)).status, 200, "twice");
  }
  assert.deepEqual(await moved(p, "2030-03-01T09:00:00Z"), [`moved ${cyd}`]);
  // Another one of the same sender still comes, until it is that which is left, too.
  const q = await agree();
  const [mail] = await mails(service, q.id, { kind: "agreed", to: bea });
  assert.equal((await leave(mail, form({ scope: "sender" }))).status, 200);
  assert.deepEqual(await moved(q, "2030-03-02T09:00:00Z"), ["moved ob@localhost", `moved ${cyd}`]);
  const r = await propose(service, { parties: [bea, cyd], slots: [SLOTS[0]] });
  const et = (await links(service, r, [cyd]))[cyd];
  assert.equal((await service.ask("PATCH", `/${r.id}/`, { et, json: { slots: [SLOTS[0]] } })).status, 202);
  assert.equal((await keep(r, sign({ id: r.id, party: 1 }), [SLOTS[0]])).status, 202);
  await arrived(service, r.id, { kind: "agreed", to: cyd });
  await until("D1's outbox to be empty", async () => (await service.db.prepare("select count(*) as n from outbox").first()).n === 0);
  assert.deepEqual(await mails(service, r.id, { to: bea }), []);
});

test("nothing but a mail's own token opts out, and a scope is one of four", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const mail = await invited(p, bea);
  const good = wayOut(mail).split("/")[2];
  const of = (more) => sign({ id: p.id, party: 1, purpose: "unsubscribe", code: 6, ...more });
  const bad = {
    "of a proposal": tokenOf(mail),
    "of a meeting": of({ purpose: "meeting", code: 2 }),
    "of a feed": of({ purpose: "feed", code: 7 }),
    "with another purpose's code": of({ purpose: "unsubscribe", code: 1 }),
    "with another purpose's key": of({ purpose: "proposal", code: 6 }),
    "by another key": of({ key: KEY_2 }),
    "of no such party": of({ party: 9 }),
    expired: of({ expires: Math.floor(Date.now() / 1000) - 1 }),
    longer: `${good}A`,
    shorter: good.slice(0, -1),
    nothing: "x",
  };
  for (const [what, token] of Object.entries(bad)) {
    const { status } = await service.ask("POST", `/unsubscribe/${token}/`, ONE_CLICK);
    assert.equal(status, 401, what);
    if (what !== "of no such party") assert.equal((await service.ask("GET", `/unsubscribe/${token}/`)).status, 401, what);
  }
  assert.equal((await service.ask("POST", `/unsubscribe/${of({ id: 123 })}/`, ONE_CLICK)).status, 404, "of no such proposal");
  for (const scope of ["all", "PROPOSAL", 7, null, ["sender"]]) {
    const { status, json } = await service.ask("POST", wayOut(mail), { json: { scope } });
    assert.deepEqual([status, json], [400, { scope: ['Value is not a valid choice: "proposal", "sender", "everything" or "none".'] }], String(scope));
  }
  for (const method of ["PUT", "DELETE", "PATCH"]) assert.equal((await service.ask(method, wayOut(mail))).status, 405, method);
  // And the token is good for nothing else.
  assert.equal((await service.ask("GET", `/${p.id}/`, { et: good })).status, 401);
  assert.equal((await service.ask("GET", `/meetings/${p.id}/`, { et: good })).status, 401);
  assert.deepEqual(await states(p), { [bea]: "invited" });
});

test("one click works from whatever page shows the mail", async () => {
  // The last is what Chromium sends from our own page, under `Referrer-Policy: no-referrer`.
  for (const headers of [
    { Origin: "https://mail.example" },
    { Origin: "null" },
    { Origin: "null", "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "cross-site" },
    { Origin: "null", "Sec-Fetch-Site": "same-origin" },
  ]) {
    const p = await propose(service, { parties: [somebody()] });
    const mail = await invited(p, p.parties[0]);
    const { status } = await leave(mail, { ...ONE_CLICK, headers: { ...ONE_CLICK.headers, ...headers } });
    assert.equal(status, 200, JSON.stringify(headers));
    assert.deepEqual(await states(p), { [p.parties[0]]: "opted_out" });
  }
});

test("the token of an address that was replaced says nothing for the one that follows it", async () => {
  const [old, fresh] = [somebody(), somebody()];
  const p = await propose(service, { parties: [old] });
  const mail = await invited(p, old);
  assert.equal((await service.ask("PUT", `/${p.id}/parties/p1/`, { as: "ob", json: { email: fresh } })).status, 202);
  assert.equal((await leave(mail, form({ scope: "everything" }))).status, 200);
  assert.deepEqual(await states(p), { [fresh]: "invited" });
  const next = await invited(p, fresh);
  // The old address itself is out of everything; its successor's own token works.
  const q = await propose(service, { parties: [old] });
  await notify(q, [old]);
  await until("it to show", async () => (await states(q))[old] === "opted_out");
  assert.equal((await leave(next)).status, 200);
  assert.equal((await leave(next)).status, 200, "twice");
  assert.deepEqual(await states(p), { [fresh]: "opted_out" });
});

test("revoked links leave the way out open, and so does closing", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const mail = await invited(p, bea);
  await service.ask("POST", `/${p.id}/revoke/`, { as: "ob", json: { party: bea } });
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob" })).status, 204);
  await sent(service, p.id);
  assert.equal((await leave(mail, form({ scope: "sender" }))).status, 200);
  const q = await propose(service, { parties: [bea] });
  await notify(q, [bea]);
  await until("it to show", async () => (await states(q))[bea] === "opted_out");
});

test("what was said by mistake is taken back, whatever it was", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const mail = await invited(p, bea);
  let count = 1;
  for (const scope of ["proposal", "sender", "everything"]) {
    assert.equal((await leave(mail, { json: { scope } })).status, 200);
    assert.equal((await states(p))[bea], "opted_out");
    const back = await leave(mail, { json: { scope: "none" } });
    assert.deepEqual([back.status, back.json], [200, { detail: "You will get this mail again.", scope: "none" }]);
    assert.notEqual((await states(p))[bea], "opted_out", scope);
    assert.equal((await notify(p, [bea])).status, 202);
    count += 1;
    await until(`mail after ${scope}`, async () => (await mails(service, p.id, { to: bea })).length === count);
  }
  assert.deepEqual((await acts(service, p.id, "optin")).length, 3);
});

test("whoever opts out by the old invitation hears no more of the meeting, either", async () => {
  const [bea, cyd] = [somebody(), somebody()];
  const p = await propose(service, { parties: [bea, cyd], slots: SLOTS.slice(0, 1) });
  const mail = await invited(p, bea);
  for (const party of [1, 2]) assert.equal((await keep(p, sign({ id: p.id, party }), p.slots)).status, 202);
  assert.equal((await leave(mail)).status, 200);
  await until("the meeting to know", async () => {
    const row = await service.db.prepare("select opted_out from meeting_attendees where meeting = ? and number = 1").bind(p.id).first();
    return row?.opted_out === 1;
  });
  assert.equal((await service.ask("DELETE", `/meetings/${p.id}/`, { as: "ob" })).status, 204);
  const cancelled = async (to) => (await mails(service, p.id, { to })).filter(({ kind }) => kind === "cancelled").length;
  await until("the others to hear", async () => (await cancelled(cyd)) === 1 && (await cancelled("ob@localhost")) === 1);
  assert.equal(await cancelled(bea), 0);
});
