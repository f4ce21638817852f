// Signing up by either document, proving an address, and what is held until then.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

let people = 0;
const somebody = (more = {}) => {
  const username = `test${++people}`;
  return { email: `${username}@test.ca`, username, first_name: "John", last_name: "Smith", password: "Test@123", password2: "Test@123", ...more };
};
const calendars = (json) => service.ask("POST", "/accounts/signup/", { json });
const bookings = ({ username, email, password }) => service.ask("POST", "/api/user/sign_up/", { json: { username, email, password } });
const mailsTo = async (to) => (await service.outbox()).filter((mail) => mail.to[0].toLowerCase() === to.toLowerCase());
const mailTo = (to, count = 1) =>
  until(`mail to ${to}`, async () => {
    const found = await mailsTo(to);
    return found.length >= count && found[0];
  });
const pathOf = (mail) => new URL(/^\S+\/accounts\/verify\/\S+$/m.exec(mail.text)[0]).pathname;
const login = (username, password = "Test@123") => service.ask("POST", "/api-token-auth/", { json: { username, password } });
const row = (username) => service.db.prepare("select * from accounts where username = ?").bind(username).first();

test("the calendars' document: a sign-up is 201 with what it says, and can sign in at once", async () => {
  const who = somebody();
  const { status, json } = await calendars(who);
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(json), ["id", "username", "email", "first_name", "last_name"]);
  assert.ok(Number.isSafeInteger(json.id) && json.id > 0);
  assert.deepEqual({ ...json, id: 0 }, { id: 0, username: who.username, email: who.email, first_name: "John", last_name: "Smith" });
  assert.equal((await login(who.username)).status, 200);
  const stored = await row(who.username);
  assert.match(stored.password, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.deepEqual([stored.verified, stored.staff, stored.demo], [0, 0, 0]);
});

test("the bookings' document: the same account by its own path and answer", async () => {
  const who = somebody();
  const { status, json } = await bookings(who);
  assert.deepEqual([status, json], [201, { id: json.id, username: who.username, email: who.email }]);
  assert.equal((await login(who.username)).status, 200);
});

test("every fault of every field is told at once, in the words of its document", async () => {
  const required = ["This field is required."];
  assert.deepEqual((await calendars({})).json, {
    username: required, email: required, password: required, first_name: required, last_name: required, password2: required,
  });
  assert.deepEqual((await bookings({})).json, { username: required, email: required, password: required });
  const taken = somebody();
  await calendars(taken);
  const wrong = { ...taken, email: "nobody", password: "short", password2: "other", first_name: "", last_name: "x".repeat(151) };
  const first = await calendars(wrong);
  assert.deepEqual([first.status, first.json], [
    400,
    {
      username: ["Username already taken."],
      email: ["Enter a valid email address."],
      password: ["Password must be at least 8 characters long."],
      password2: ["Passwords must match."],
      first_name: ["This field may not be blank."],
      last_name: ["Ensure this field has no more than 150 characters."],
    },
  ]);
  const second = await bookings({ ...wrong, password: "qwerty" });
  assert.deepEqual([second.status, second.json], [
    400,
    {
      username: ["A user with that username already exists."],
      email: ["Enter a valid email address."],
      password: ["This password is too short. It must contain at least 8 characters.", "This password is too common."],
    },
  ]);
  assert.deepEqual((await calendars({ ...somebody(), username: taken.username })).json, { username: ["Username already taken."] });
  assert.deepEqual((await bookings({ ...somebody(), username: taken.username })).json, { username: ["A user with that username already exists."] });
  const name = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
  assert.deepEqual((await bookings(somebody({ username: "a:b" }))).json, { username: [name] });
  assert.deepEqual((await calendars({ ...somebody(), password: "password", password2: "password" })).json, { password: ["This password is too common."] });
  for (const odd of [7, null, [], {}, true]) {
    for (const field of ["username", "email", "password", "password2", "first_name"]) {
      const { status } = await calendars({ ...somebody(), [field]: odd });
      assert.ok([201, 400].includes(status), `${field} ${odd}: ${status}`);
    }
  }
});

test("of ten that sign up with one name at once, one has it", async () => {
  const username = somebody().username;
  const answers = await Promise.all(Array.from({ length: 10 }, () => bookings({ ...somebody(), username })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(9).fill(400)]);
  assert.equal((await service.db.prepare("select count(*) as n from accounts where username = ?").bind(username).first()).n, 1);
});

test("the mailed link verifies by POST alone, however often; GET asks", async () => {
  const who = somebody();
  await calendars(who);
  const mail = await mailTo(who.email);
  assert.equal(mail.headers, undefined, "nobody can opt out of it");
  assert.ok(mail.text.includes(`“${who.username}”`));
  assert.ok(pathOf(mail) && mail.text.includes(`${ORIGIN}/accounts/verify/`));
  const page = await service.ask("GET", pathOf(mail), { headers: { Accept: "text/html" } });
  assert.equal(page.status, 200);
  assert.match(page.text, /<form method="post">/);
  assert.equal((await row(who.username)).verified, 0, "GET never acts");
  for (let n = 0; n < 2; n++) {
    const done = await service.ask("POST", pathOf(mail));
    assert.deepEqual([done.status, done.json], [200, { detail: "Your address is verified." }]);
  }
  assert.equal((await row(who.username)).verified, 1);
});

test("nothing but an authentic link of this purpose verifies", async () => {
  const who = somebody();
  const { id } = (await calendars(who)).json;
  const verify = (token) => service.ask("POST", `/accounts/verify/${token}/`);
  const good = { id, party: 0, purpose: "verify", code: 4 };
  for (const token of ["x", `${sign(good)}A`, sign({ ...good, purpose: "reset", code: 5 }), sign({ id, party: 0 }), sign({ ...good, generation: 1 }), sign({ ...good, id: id - 1 })]) {
    const { status, json } = await verify(token);
    assert.deepEqual([status, json], [401, { detail: "Invalid link." }]);
  }
  const late = await verify(sign({ ...good, expires: Math.floor(Date.now() / 1000) - 1 }));
  assert.deepEqual([late.status, late.json.detail], [401, "Token Expired"]);
  assert.equal((await row(who.username)).verified, 0);
  assert.equal((await verify(sign(good))).status, 200);
});

test("an address that has an account: the same answer, a real account, one mail to its owner, and no verifying", async () => {
  const owner = somebody();
  await calendars(owner);
  await service.ask("POST", pathOf(await mailTo(owner.email)));
  const [other, fresh] = [somebody({ email: owner.email.toUpperCase() }), somebody()];
  const [taken, free] = [await calendars(other), await calendars(fresh)];
  assert.deepEqual([taken.status, Object.keys(taken.json)], [free.status, Object.keys(free.json)]);
  const mail = await mailTo(owner.email, 2);
  assert.match(mail.subject, /^You already have an account$/);
  assert.ok(!mail.text.includes("/accounts/verify/"));
  assert.equal((await login(other.username)).status, 200, "it is an account");
  // Its link is mailed to nobody, and would not do.
  const made = await row(other.username);
  const refused = await service.ask("POST", `/accounts/verify/${sign({ id: made.id, party: 0, purpose: "verify", code: 4 })}/`);
  assert.equal(refused.status, 409);
  assert.equal((await row(other.username)).verified, 0);
});

test("of two accounts that verify one address at once, one has it", async () => {
  for (let n = 0; n < 5; n++) {
    const [a, b] = [somebody(), somebody()];
    const made = [(await calendars(a)).json, (await calendars({ ...b, email: a.email })).json];
    const link = ({ id }) => sign({ id, party: 0, purpose: "verify", code: 4 });
    const answers = await Promise.all(made.map((one) => service.ask("POST", `/accounts/verify/${link(one)}/`)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  }
});

test("what an account mails to others is held until it verifies, and goes out then, once each", async () => {
  const who = somebody();
  await calendars(who);
  const mail = await mailTo(who.email);
  const as = { as: who.username, password: who.password };
  const p = await propose(service, { parties: ["held@example.org"] }, as);
  assert.equal((await service.ask("POST", `/${p.id}/notify/`, { ...as, json: { parties: ["p1"], slots: SLOTS } })).status, 202);
  // And a meeting's.
  const q = await propose(service, { parties: ["invited@example.org"], slots: SLOTS.slice(0, 1) }, as);
  assert.equal((await service.ask("PATCH", `/${q.id}/`, { et: sign({ id: q.id, party: 1 }), json: { slots: q.slots } })).status, 202);
  await until("the index to know", async () => (await service.db.prepare("select count(*) as n from proposals where id = ? and holds_mail = 1").bind(p.id).first()).n === 1);
  await until("the meeting", async () => (await service.db.prepare("select count(*) as n from outbox where status = 'held'").first()).n >= 2);
  assert.deepEqual([await mailsTo("held@example.org"), await mailsTo("invited@example.org")], [[], []]);
  assert.equal((await service.ask("POST", pathOf(mail))).status, 200);
  await mailTo("held@example.org");
  await mailTo("invited@example.org");
  await until("nothing to be held", async () => {
    const left = await service.db.prepare("select (select count(*) from proposals where id = ? and holds_mail = 1) + (select count(*) from outbox where status = 'held') as n").bind(p.id).first();
    return left.n === 0;
  });
  assert.deepEqual([(await mailsTo("held@example.org")).length, (await mailsTo("invited@example.org")).length], [1, 1]);
});

test("sign-ups with one address stop mailing it, and are accounts all the same", async () => {
  const other = await start({ vars: { BUDGET_PROPOSAL: "3" } });
  try {
    const names = Array.from({ length: 5 }, () => somebody({ email: "victim@example.org" }));
    for (const json of names) assert.equal((await other.ask("POST", "/accounts/signup/", { json })).status, 201);
    // A name that is taken makes nothing, and counts for nothing.
    const count = async () => (await other.db.prepare("select count(*) as n from mail_counts").first()).n;
    assert.equal(await count(), 3);
    const again = await other.ask("POST", "/accounts/signup/", { json: { ...names[0], email: "fresh@example.org" } });
    assert.deepEqual([again.status, again.json], [400, { username: ["Username already taken."] }]);
    assert.equal(await count(), 3);
    await until("all mail to be sent", async () => (await other.db.prepare("select count(*) as n from outbox").first()).n === 0);
    assert.equal((await other.outbox()).length, 3);
    for (const { username } of names) {
      assert.equal((await other.ask("POST", "/api-token-auth/", { json: { username, password: "Test@123" } })).status, 200);
    }
  } finally {
    await other.close();
  }
});

test("mail that strangers cause by signing up with somebody's address uses up nobody's budget of mail from others", async () => {
  const other = await start({ vars: { BUDGET_RECIPIENT: "3", BUDGET_PROPOSAL: "4" } });
  try {
    const names = Array.from({ length: 6 }, () => somebody({ email: "victim@example.org" }));
    for (const json of names) assert.equal((await other.ask("POST", "/accounts/signup/", { json })).status, 201);
    const counted = async () => (await other.db.prepare("select kind, count(*) as n from mail_counts group by kind order by kind").all()).results;
    assert.deepEqual(await counted(), [{ kind: "sign_up", n: 4 }], "they have a cap of their own");
    const invite = async () => {
      const p = await propose(other, { parties: ["victim@example.org"] });
      return (await other.ask("POST", `/${p.id}/notify/`, { as: "ob", json: { parties: p.parties, slots: p.slots } })).status;
    };
    assert.deepEqual([await invite(), await invite(), await invite(), await invite()], [202, 202, 202, 429]);
    assert.deepEqual(await counted(), [{ kind: "proposal", n: 3 }, { kind: "sign_up", n: 4 }]);
    // And the other way round: whoever is invited a lot can be mailed a link to reset the password.
    await other.db.prepare("update accounts set verified = 1 where username = ?").bind(names[0].username).run();
    assert.equal((await other.ask("POST", "/accounts/password/reset/", { json: { email: "victim@example.org" } })).status, 202);
  } finally {
    await other.close();
  }
});
