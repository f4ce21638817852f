// What the provider tells of mail that it could not deliver: signed, or not believed; then no more is sent there, and the
// party shows it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { links, propose, start, until } from "../support/harness.mjs";
import { mailed, person, post as mailsAbout, quiet } from "../support/people.mjs";
import { FENCE, HOUR, WEBHOOK_SECRET, arrived, bounced, complained, event, mails, pass, summary } from "../support/post.mjs";

const NEXT_SECRET = `whsec_${Buffer.from("another secret, to rotate to it").toString("base64")}`;
let service;
before(async () => {
  service = await start({ secrets: { MAIL_WEBHOOK_SECRET: WEBHOOK_SECRET } });
});
after(() => service.close());

let people = 0;
const somebody = () => `addressee${++people}@example.org`;
const post = (request) => service.ask("POST", "/mail/events", request);
const notify = (p, parties) => service.ask("POST", `/${p.id}/notify/`, { as: "ob", json: { parties, slots: p.slots } });
const read = async (p) => (await service.ask("GET", `/${p.id}/`, { as: "ob" })).json;
const suppressed = async () => (await service.db.prepare("select address_key, reason from suppressions order by 1, 2").all()).results;
const rotate = (secret) =>
  service.server.update((options) => {
    options.workers[0].secrets.MAIL_WEBHOOK_SECRET = secret;
    return options;
  });

test("an event that is not signed as it should be is 401 and changes nothing", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const before = await read(p);
  const good = event(bounced(bea));
  const now = Math.floor(Date.now() / 1000);
  const without = (name) => ({ ...good, headers: Object.fromEntries(Object.entries(good.headers).filter(([key]) => key !== name)) });
  const refused = {
    "by another secret": event(bounced(bea), { secret: NEXT_SECRET }),
    "by no secret": event(bounced(bea), { secret: "whsec_" }),
    "without signature": without("svix-signature"),
    "without id": without("svix-id"),
    "without time": without("svix-timestamp"),
    "of another version": { ...good, headers: { ...good.headers, "svix-signature": good.headers["svix-signature"].replace("v1,", "v2,") } },
    "with the bare signature": { ...good, headers: { ...good.headers, "svix-signature": good.headers["svix-signature"].slice(3) } },
    "cut short": { ...good, headers: { ...good.headers, "svix-signature": good.headers["svix-signature"].slice(0, -5) } },
    "of another id": { ...good, headers: { ...good.headers, "svix-id": "msg_2" } },
    "of another time": { ...good, headers: { ...good.headers, "svix-timestamp": String(now + 1) } },
    "six minutes old": event(bounced(bea), { timestamp: now - 360 }),
    "six minutes ahead": event(bounced(bea), { timestamp: now + 360 }),
    "at no time": event(bounced(bea), { timestamp: "yesterday" }),
    "of another body": { ...good, body: good.body.replace(bea, "cyd@example.org") },
    "of a longer body": { ...good, body: `${good.body} ` },
  };
  for (const [what, request] of Object.entries(refused)) {
    const { status, json } = await post(request);
    assert.deepEqual([status, json], [401, { detail: "Invalid signature." }], what);
  }
  assert.deepEqual(await suppressed(), []);
  assert.deepEqual(await read(p), before);
  assert.equal((await service.ask("GET", "/mail/events")).status, 405);
});

test("a signed event is taken: the address is shown as bounced, gets no mail and no reminder", async () => {
  const [bea, cyd] = [somebody(), somebody()];
  const p = await propose(service, {
    parties: [bea, cyd, { email: FENCE, optional: true }],
    deadline: new Date(Date.now() + 80 * HOUR).toISOString(),
  });
  const other = await propose(service, { parties: [bea, FENCE] });
  await links(service, p);
  const before = await read(p);
  const taken = await post(event(bounced(bea.toUpperCase())));
  assert.deepEqual([taken.status, taken.text], [204, ""]);
  const after = await read(p);
  assert.deepEqual(after.answers.map((a) => [a.email, a.state, a.mail]), [[bea, "invited", "bounced"], [cyd, "invited", undefined], [FENCE, "invited", undefined]]);
  assert.equal(after.version, before.version + 1);
  assert.deepEqual((await service.ask("GET", "/", { as: "ob" })).json.find((one) => one.id === p.id).answers[0].mail, "bounced", "in the list as well");
  const told = await notify(p, [bea, cyd]);
  assert.deepEqual([told.status, told.json.recipients], [202, [cyd]]);
  await arrived(service, p.id, { to: cyd }, 2);
  await pass(service, p.id, 9 * HOUR);
  assert.deepEqual(summary(await mails(service, p.id)).filter((line) => !line.endsWith(FENCE)), [
    `invitation ${bea}`,
    `invitation ${cyd}`,
    `reminder ${cyd}`,
    `update ${cyd}`,
  ]);
  // And in proposals that did not know yet.
  assert.equal((await read(other)).answers[0].mail, "bounced");
  const fresh = await propose(service, { parties: [bea, FENCE] });
  assert.deepEqual((await notify(fresh, [bea, FENCE])).json.recipients, [bea, FENCE]);
  await arrived(service, fresh.id, { to: FENCE });
  await until("it to show", async () => (await read(fresh)).answers[0].mail === "bounced");
  assert.deepEqual(await mails(service, fresh.id, { to: bea }), []);

  // It may answer nevertheless, and an address that does work gets mail.
  const moved = somebody();
  const replaced = await service.ask("PUT", `/${p.id}/parties/p1/`, { as: "ob", json: { email: moved } });
  assert.deepEqual([replaced.status, replaced.json.answers[0].mail], [202, undefined]);
  assert.deepEqual((await notify(p, ["p1"])).json.recipients, ["p1"]);
  await arrived(service, p.id, { to: moved, kind: "invitation" });
});

test("a complaint is shown as one", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  assert.equal((await post(event(complained(`Bea <${bea}>`)))).status, 204);
  assert.equal((await read(p)).answers[0].mail, "complained");
  assert.deepEqual((await notify(p, [bea])).json.recipients, []);
});

test("several recipients of one event are all suppressed, and what is no address is passed over", async () => {
  const [bea, cyd] = [somebody(), somebody()];
  const p = await propose(service, { parties: [bea, cyd] });
  assert.equal((await post(event({ type: "email.bounced", data: { to: [bea, "nobody", cyd], bounce: { type: "Permanent" } } }))).status, 204);
  assert.deepEqual((await read(p)).answers.map((a) => a.mail), ["bounced", "bounced"]);
});

test("a repeated event does nothing more", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const request = event(bounced(bea));
  assert.equal((await post(request)).status, 204);
  const once = [await read(p), await suppressed(), (await service.ask("GET", `/${p.id}/log/`, { as: "ob" })).json.entries.length];
  for (let n = 0; n < 3; n++) assert.equal((await post(request)).status, 204);
  assert.deepEqual([await read(p), await suppressed(), (await service.ask("GET", `/${p.id}/log/`, { as: "ob" })).json.entries.length], once);
});

test("what may pass, what is unknown and what is no event changes nothing", async () => {
  const bea = somebody();
  const p = await propose(service, { parties: [bea] });
  const before = [await read(p), await suppressed()];
  for (const [body, status] of [
    [bounced(bea, "Transient"), 204],
    [bounced(bea, "Undetermined"), 204],
    [{ type: "email.bounced", data: { to: [bea] } }, 204],
    [{ type: "email.delivered", data: { to: [bea] } }, 204],
    [{ type: "email.bounced" }, 204],
    [{ type: "contact.created", data: { email: bea } }, 204],
    ["{", 400],
    ["", 400],
    ["[]", 400],
    ['"email.bounced"', 400],
    [{ data: { to: [bea] } }, 400],
    [{ type: "email.bounced", data: { to: bea } }, 400],
    ["x".repeat(64 * 1024 + 1), 413],
  ]) {
    const answer = await post(event(body));
    assert.equal(answer.status, status, `${JSON.stringify(body).slice(0, 60)}: ${answer.text}`);
  }
  assert.deepEqual([await read(p), await suppressed()], before);
});

test("a link to reset the password is tried where mail bounced, for nothing else lets its owner in; no other mail is", async () => {
  const who = await person(service);
  const p = await propose(service, { parties: [who.email, FENCE] });
  assert.equal((await post(event(bounced(who.email)))).status, 204);
  const reset = () => service.ask("POST", "/accounts/password/reset/", { json: { email: who.email } });
  assert.equal((await reset()).status, 202);
  await mailed(service, who.email, "reset");
  await notify(p, [who.email, FENCE]);
  await arrived(service, p.id, { to: FENCE });
  assert.deepEqual(await mails(service, p.id, { to: who.email }), []);
  // Who called our mail unwanted gets none, not even this.
  assert.equal((await post(event(complained(who.email)))).status, 204);
  assert.equal((await reset()).status, 202);
  await quiet(service);
  assert.equal((await mailsAbout(service, who.email, "reset")).length, 1);
});

test("while secrets are rotated both are good; without one there is no such place", async () => {
  const signed = (secret) => post(event({ type: "email.sent" }, { secret }));
  await rotate(`${NEXT_SECRET}, ${WEBHOOK_SECRET}`);
  assert.deepEqual([(await signed(NEXT_SECRET)).status, (await signed(WEBHOOK_SECRET)).status], [204, 204]);
  // A provider that rotates, too, signs with both.
  const both = event({ type: "email.sent" }, { secret: WEBHOOK_SECRET });
  both.headers["svix-signature"] = `v1,AAAA v1a,BBBB ${both.headers["svix-signature"]}`;
  assert.equal((await post(both)).status, 204);
  await rotate(NEXT_SECRET);
  assert.deepEqual([(await signed(NEXT_SECRET)).status, (await signed(WEBHOOK_SECRET)).status], [204, 401]);
  await rotate("");
  assert.equal((await signed(NEXT_SECRET)).status, 404);
  assert.equal((await signed("whsec_")).status, 404);
});
