// Another address: proven before it counts, heard of by both, undone by the old one; and who becomes staff by proving one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agree, meetingLink, partyLink } from "../support/agree.mjs";
import { SLOTS, links, propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { OTHER, PASSWORD, REQUIRED, WAYS, basic, mailed, open, path, person, post, proof, quiet, row, rows, stranger, told, ways } from "../support/people.mjs";
import { arrived } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const DAY = 86_400_000;
const ON_ITS_WAY = [202, { detail: "A mail is on its way to the new address: it counts as soon as it is proven." }];
const YOURS = [200, { detail: "This is your address now." }];
const BAD_LINK = [401, { detail: "Invalid link." }];
const UNDONE = "It is undone. All sessions and tokens have ended, and the password too: a link to choose another is on its way to you.";

let addresses = 0;
const fresh = () => `fresh${++addresses}@test.ca`;
const ask = (who, email, { password = PASSWORD, ...options } = {}) =>
  service.ask("POST", "/accounts/address/", { json: { email, password }, ...basic(who), ...options });
const send = async (at) => told(await service.ask("POST", at));
const addressOf = async (who) => (await row(service, who)).address;
const changes = async (who) =>
  (await service.db.prepare("select id, state, old_address, new_address from address_changes where account = ? order by asked_at, rowid").bind(who.id).all()).results;
const byHand = (id, purpose = "address", more = {}) =>
  `/accounts/address/${purpose === "undo" ? "undo/" : ""}${sign({ purpose, code: purpose === "undo" ? 10 : 9, id, party: 0, ...more })}/`;

/// Asks for a change; gives where it is proven and where it is undone.
async function asked(who, to, from = who.email, count = 1) {
  assert.deepEqual(told(await ask(who, to)), ON_ITS_WAY);
  return { prove: path(await mailed(service, to, "move")), undo: path(await mailed(service, from, "leaving", count)) };
}

test("whoever is not signed in, does not know the password or sends no other address changes nothing", async () => {
  const who = await person(service);
  const invalid = ["Enter a valid email address."];
  const mine = { email: ["This is your address already."] };
  for (const [json, faults] of [
    [{}, { email: REQUIRED, password: REQUIRED }],
    [{ email: "nobody", password: "" }, { email: invalid, password: ["This field may not be blank."] }],
    [{ email: [], password: {} }, { email: invalid, password: ["Not a valid string."] }],
    [{ email: fresh(), password: null }, { password: ["This field may not be null."] }],
    [{ email: fresh(), password: "other" }, { password: ["This is not your password."] }],
    [{ email: who.email, password: PASSWORD }, mine],
    [{ email: ` ${who.email.toUpperCase()}`, password: PASSWORD }, mine],
  ]) {
    assert.deepEqual(told(await service.ask("POST", "/accounts/address/", { json, ...basic(who) })), [400, faults], JSON.stringify(json));
  }
  const json = { email: fresh(), password: PASSWORD };
  assert.equal((await service.ask("POST", "/accounts/address/", { json })).status, 401);
  assert.equal((await ask(who, fresh(), { as: undefined, token: "0".repeat(40) })).status, 401);
  await quiet(service);
  assert.deepEqual([await changes(who), (await post(service, who.email)).map(({ kind }) => kind)], [[], ["verify"]]);
});

test("both addresses hear of it, GET asks, and it counts once the new one is proven, however often", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  const to = "Fresh+One@Test.ca";
  assert.deepEqual(told(await ask(who, to, mine.session)), ON_ITS_WAY);
  const [move, leaving] = [await mailed(service, to, "move"), await mailed(service, who.email, "leaving")];
  for (const mail of [move, leaving]) {
    assert.equal(mail.headers, undefined, "nobody can opt out of it");
    assert.ok(mail.text.includes(`“${who.username}”`));
  }
  assert.deepEqual([move.to, leaving.to, leaving.text.includes(to), move.text.includes(who.email)], [[to], [who.email], true, false]);
  assert.match(path(leaving), /^\/accounts\/address\/undo\/[\w-]+\/$/);
  const prove = path(move);
  assert.match(prove, /^\/accounts\/address\/[\w-]+\/$/);
  for (const at of [prove, path(leaving)]) {
    const page = await service.ask("GET", at, { headers: { Accept: "text/html" } });
    assert.equal(page.status, 200);
    assert.match(page.text, /<form method="post">/);
  }
  assert.equal(await addressOf(who), who.email, "neither asking nor GET acts");
  for (let n = 0; n < 2; n++) assert.deepEqual(await send(prove), YOURS);
  const { address, address_key, verified } = await row(service, who);
  assert.deepEqual([address, address_key, verified], [to, to.toLowerCase(), 1]);
  const left = await mailed(service, who.email, "left");
  assert.deepEqual([left.to, left.headers, left.text.includes(to)], [[who.email], undefined, true]);
  assert.match(path(left), /^\/accounts\/address\/undo\//);
  await quiet(service);
  assert.equal((await post(service, who.email, "left")).length, 1);
  assert.deepEqual(await open(service, mine), WAYS, "no way in ends");
  assert.equal((await service.ask("GET", "/accounts/me/", basic(who))).json.email, to);
  // What is mailed about the account goes there.
  for (const email of [who.email, to]) await service.ask("POST", "/accounts/password/reset/", { json: { email } });
  await mailed(service, to, "reset");
  await quiet(service);
  assert.equal((await post(service, who.email, "reset")).length, 0);
});

test("an address can be proven for a week, and a change be undone for thirty days", async () => {
  const who = await person(service);
  const { prove, undo } = await asked(who, fresh());
  const get = async (at, days) => (await service.ask("GET", at, { dev: `offset=${days * DAY}` })).status;
  assert.deepEqual([await get(prove, 6.9), await get(prove, 7.1)], [200, 401]);
  assert.deepEqual([await get(undo, 29.9), await get(undo, 30.1)], [200, 401]);
  assert.equal((await service.ask("POST", prove, { dev: `offset=${7.1 * DAY}` })).json.detail, "Token Expired");
  assert.equal(await addressOf(who), who.email);
});

/// After an undoing: nothing opens, the password is gone, one link to reset is mailed to the old address and works.
async function undone(who, mine) {
  assert.deepEqual(await open(service, mine), []);
  assert.equal(await addressOf(who), who.email);
  for (const table of ["tokens", "sessions", "families"]) assert.equal(await rows(service, table, who), 0, table);
  const reset = path(await mailed(service, who.email, "reset"));
  await quiet(service);
  assert.equal((await post(service, who.email, "reset")).length, 1, "once");
  assert.equal((await service.ask("POST", reset, { json: { new_password: OTHER } })).status, 200);
  assert.deepEqual(await open(service, await ways(service, who, OTHER)), WAYS);
}

test("undone before the proof: it cannot be proven any more, every way in ends and the password too", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  assert.deepEqual(await open(service, mine), WAYS);
  const { prove, undo } = await asked(who, fresh());
  assert.equal((await service.ask("GET", undo)).status, 200);
  assert.deepEqual(await open(service, mine), WAYS, "GET never acts");
  const feed = new URL((await service.ask("GET", "/feed/", basic(who))).json.url).pathname;
  const answers = await Promise.all(Array.from({ length: 3 }, () => send(undo)));
  for (const answer of [...answers, await send(undo)]) assert.deepEqual(answer, [200, { detail: UNDONE }]);
  assert.deepEqual(await send(prove), BAD_LINK);
  assert.equal((await service.ask("GET", feed)).status, 401, "whoever had the password may have the feed's link");
  await undone(who, mine);
  // Once more ends nothing that was begun since.
  const again = await ways(service, who, OTHER);
  assert.equal((await send(undo))[0], 200);
  assert.deepEqual(await open(service, again), WAYS);
});

test("undone after the proof, by either mail: the old address is the account's again", async () => {
  for (const which of ["leaving", "left"]) {
    const who = await person(service);
    const mine = await ways(service, who);
    const to = fresh();
    const { prove } = await asked(who, to);
    assert.deepEqual(await send(prove), YOURS);
    await mailed(service, who.email, "left");
    assert.deepEqual(await open(service, mine), WAYS);
    assert.deepEqual(await send(path(await mailed(service, who.email, which))), [200, { detail: UNDONE }]);
    assert.deepEqual(await send(prove), BAD_LINK);
    await undone(who, mine);
    await service.ask("POST", "/accounts/password/reset/", { json: { email: to } });
    await quiet(service);
    assert.equal((await post(service, to, "reset")).length, 0, "the new one is nobody's");
  }
});

test("undoing the first of two changes undoes the second; undoing the second leaves the first to be undone", async () => {
  for (const first of [true, false]) {
    const who = await person(service);
    const mine = await ways(service, who);
    const [b, c] = [fresh(), fresh()];
    const one = await asked(who, b);
    assert.deepEqual(await send(one.prove), YOURS);
    const two = await asked(who, c, b);
    assert.deepEqual(await send(two.prove), YOURS);
    assert.equal(await addressOf(who), c);
    if (!first) {
      assert.equal((await send(two.undo))[0], 200);
      assert.equal(await addressOf(who), b);
      await mailed(service, b, "reset");
    }
    assert.equal((await send(one.undo))[0], 200);
    assert.equal((await send(two.undo))[0], 200, "done already");
    assert.deepEqual((await changes(who)).map(({ state }) => state), ["undone", "undone"]);
    assert.deepEqual(await send(two.prove), BAD_LINK);
    await undone(who, mine);
    if (first) assert.equal((await post(service, b, "reset")).length, 0);
  }
});

test("an address that another account has: the same answer, a mail to its owner, and it can never be proven", async () => {
  const [who, owner] = [await person(service), await person(service)];
  const free = fresh();
  const [a, b] = [await ask(who, owner.email.toUpperCase()), await ask(who, free)];
  assert.deepEqual(told(a), told(b));
  const taken = await mailed(service, owner.email, "taken");
  assert.deepEqual([path(taken), taken.headers, taken.text.includes(`“${who.username}”`)], ["/", undefined, true]);
  await mailed(service, free, "move");
  await mailed(service, who.email, "leaving", 2);
  await quiet(service);
  assert.deepEqual((await post(service, owner.email)).map(({ kind }) => kind), ["verify", "taken"]);
  const [{ id }] = await changes(who);
  assert.deepEqual(await send(byHand(id)), [409, { detail: "This address is another account's already." }]);
  assert.deepEqual([await addressOf(who), await addressOf(owner)], [who.email, owner.email]);
  const { epoch, password } = await row(service, owner);
  assert.deepEqual([epoch, (await ask(owner, fresh())).status, Boolean(password)], [0, 202, true], "nothing comes of it for its owner");
});

test("an address that somebody else has proven meanwhile is 409 at the proof, and once it is free again it is proven", async () => {
  const [who, other] = [await person(service), await stranger(service)];
  const { prove } = await asked(who, other.email);
  assert.equal((await service.ask("POST", `/accounts/verify/${proof(other.id)}/`)).status, 200);
  for (let n = 0; n < 2; n++) assert.deepEqual(await send(prove), [409, { detail: "This address is another account's already." }]);
  assert.deepEqual([await addressOf(who), (await changes(who))[0].state], [who.email, "asked"]);
  assert.equal((await post(service, who.email, "left")).length, 0);
  await service.db.prepare("delete from accounts where id = ?").bind(other.id).run();
  assert.deepEqual(await send(prove), YOURS);
});

test("undone after somebody else has the old address: 409, the account is shut, and the other one stays as it is", async () => {
  const who = await person(service);
  const to = fresh();
  const { prove, undo } = await asked(who, to);
  assert.deepEqual(await send(prove), YOURS);
  const next = await stranger(service, { email: who.email });
  assert.equal((await service.ask("POST", `/accounts/verify/${proof(next.id)}/`)).status, 200);
  const [mine, theirs] = [await ways(service, who), await ways(service, next)];
  assert.deepEqual(await open(service, mine), WAYS);
  const before = await row(service, next);
  assert.deepEqual(await send(undo), [409, { detail: "This address is another account's by now. The one that left it is shut." }]);
  assert.deepEqual(await row(service, next), before);
  const { active, address } = await row(service, who);
  assert.deepEqual([active, address], [0, to]);
  assert.deepEqual(await open(service, mine), []);
  assert.deepEqual(await open(service, theirs), WAYS);
  for (const email of [who.email, to]) await service.ask("POST", "/accounts/password/reset/", { json: { email } });
  assert.ok(path(await mailed(service, who.email, "reset")), "the other account's");
  await quiet(service);
  const resets = [...(await post(service, who.email, "reset")), ...(await post(service, to, "reset"))];
  assert.deepEqual(resets.map(({ text }) => text.includes(`“${next.username}”`)), [true]);
  assert.deepEqual(await send(undo), BAD_LINK);
});

test("several at once: of two accounts that prove one address one has it; proof and undoing end undone", async () => {
  for (let round = 0; round < 3; round++) {
    const [a, b] = [await person(service), await person(service)];
    const to = fresh();
    for (const who of [a, b]) assert.equal((await ask(who, to)).status, 202);
    const ids = [...(await changes(a)), ...(await changes(b))].map(({ id }) => id);
    const both = await Promise.all(ids.map((id) => service.ask("POST", byHand(id))));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);

    const who = await person(service);
    const { prove, undo } = await asked(who, fresh());
    const [proven, back] = await Promise.all([send(prove), send(undo)]);
    assert.ok([200, 401].includes(proven[0]), String(proven));
    assert.equal(back[0], 200);
    assert.equal(await addressOf(who), who.email);
    assert.equal((await service.ask("GET", "/accounts/me/", basic(who))).status, 401);
  }
  // Of several that one account asks for, one counts: the last. The first address undoes whichever it is.
  const who = await person(service);
  const wanted = [fresh(), fresh(), fresh()];
  for (const answer of await Promise.all(wanted.map((email) => ask(who, email)))) assert.deepEqual(told(answer), ON_ITS_WAY);
  const answers = await Promise.all(wanted.map(async (email) => send(path(await mailed(service, email, "move")))));
  assert.deepEqual(answers.map(([status]) => status).sort(), [200, 401, 401]);
  assert.equal(await addressOf(who), wanted[answers.findIndex(([status]) => status === 200)]);
  const made = await changes(who);
  assert.deepEqual(made.map(({ old_address }) => old_address), Array(3).fill(who.email));
  await mailed(service, who.email, "leaving", 3);
  assert.equal((await send(byHand(made.find(({ state }) => state === "done").id, "undo")))[0], 200);
  assert.equal(await addressOf(who), who.email);
});

test("a change that was asked for is void once another one is asked for", async () => {
  const who = await person(service);
  const [b, c] = [fresh(), fresh()];
  const one = await asked(who, b);
  const two = await asked(who, c, who.email, 2);
  assert.deepEqual(await send(one.prove), BAD_LINK);
  assert.equal(await addressOf(who), who.email);
  assert.deepEqual(await send(two.prove), YOURS);
  assert.deepEqual(await send(one.prove), BAD_LINK);
  assert.equal(await addressOf(who), c);
});

test("a change that was asked for is void once the password is another: whoever knew the old one may have asked", async () => {
  for (const by of ["change", "reset"]) {
    const who = await person(service);
    const { prove, undo } = await asked(who, fresh());
    const done =
      by === "change"
        ? await service.ask("POST", "/accounts/password/", { json: { old_password: PASSWORD, new_password: OTHER }, ...basic(who) })
        : await service.ask("POST", `/accounts/password/reset/${sign({ purpose: "reset", code: 5, id: who.id, party: 0 })}/`, { json: { new_password: OTHER } });
    assert.equal(done.status, 200);
    assert.deepEqual(await send(prove), BAD_LINK, by);
    assert.equal(await addressOf(who), who.email);
    // It may have been the thief who changed it.
    assert.deepEqual(await send(undo), [200, { detail: UNDONE }]);
    await mailed(service, who.email, "reset");
    assert.equal((await service.ask("GET", "/accounts/me/", basic(who, OTHER))).status, 401);
  }
});

test("links of a change mean nothing for a change that is not there, or an account that is gone or asleep", async () => {
  const who = await person(service);
  const { prove, undo } = await asked(who, fresh());
  for (const at of [byHand(7), byHand(7, "undo"), prove.replace("/address/", "/address/undo/"), undo.replace("/undo/", "/")]) {
    assert.deepEqual(await send(at), BAD_LINK, at);
  }
  await service.db.prepare("update accounts set active = 0 where id = ?").bind(who.id).run();
  for (const at of [prove, undo]) assert.deepEqual(await send(at), BAD_LINK);
  assert.equal(await addressOf(who), who.email);
  await service.db.prepare("delete from accounts where id = ?").bind(who.id).run();
  for (const at of [prove, undo]) assert.deepEqual(await send(at), BAD_LINK);
});

test("who has proven nothing gets another address to prove, and the links for the one before are void", async () => {
  const who = await stranger(service);
  const first = path(await mailed(service, who.email, "verify"));
  const to = fresh();
  assert.deepEqual(told(await ask(who, to, { password: "other" })), [400, { password: ["This is not your password."] }]);
  assert.deepEqual(told(await ask(who, to)), ON_ITS_WAY);
  const second = path(await mailed(service, to, "verify"));
  assert.deepEqual(await send(first), BAD_LINK);
  assert.deepEqual([(await row(service, who)).address, (await row(service, who)).verified], [to, 0]);
  // Another link for it is as good.
  assert.equal((await service.ask("POST", "/accounts/verify/", basic(who))).status, 202);
  await mailed(service, to, "verify", 2);
  assert.deepEqual(await send(second), [200, { detail: "Your address is verified." }]);
  await quiet(service);
  assert.deepEqual([(await post(service, who.email)).map(({ kind }) => kind), await changes(who)], [["verify"], []]);
  assert.deepEqual(told(await service.ask("POST", "/accounts/verify/", basic(who))), [200, { detail: "Your address is verified." }]);

  // One that is an account's: the same answer, and nothing to prove it by.
  const [owner, other] = [await person(service), await stranger(service)];
  assert.deepEqual(told(await ask(other, owner.email)), ON_ITS_WAY);
  await mailed(service, owner.email, "taken");
  await quiet(service);
  assert.deepEqual((await post(service, owner.email)).map(({ kind }) => kind), ["verify", "taken"]);
  assert.equal((await service.ask("POST", `/accounts/verify/${proof(other.id, 1)}/`)).status, 409);
});

test("who has proposed under an address that is not proven proposes under no other", async () => {
  const who = await stranger(service);
  await propose(service, {}, basic(who));
  const before = await row(service, who);
  await until("the list to know", async () => (await service.ask("GET", "/", basic(who))).text.includes("cybes"));
  const refused = [409, { detail: "You have proposed under this address already. Sign up anew with the other one." }];
  assert.deepEqual(told(await ask(who, fresh())), refused);
  assert.deepEqual(await row(service, who), before);
  assert.deepEqual(await send(path(await mailed(service, who.email, "verify"))), [200, { detail: "Your address is verified." }]);
});

test("who is about to propose under an address that is not proven keeps it: a change that comes between is refused", async () => {
  const who = await stranger(service);
  const to = fresh();
  // The request has read the account and waits; the change comes before it goes on.
  const first = service.ask("POST", "/", { json: { parties: ["bea@example.org"], slots: SLOTS }, ...basic(who), dev: "failpoint=before_propose" });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.deepEqual(told(await ask(who, to)), ON_ITS_WAY);
  const { status, json } = await first;
  assert.deepEqual([status, json], [409, { detail: "Your address has changed this moment. Please propose again." }]);
  assert.equal(await rows(service, "proposals", who, "creator"), 0, "nothing was proposed under the first one");
  // Once it has noted that, no change comes through, though no proposal is there yet, nor ever: the hop to it is cut off.
  const cut = new AbortController();
  const headers = { Authorization: `Basic ${btoa(`${who.username}:${PASSWORD}`)}`, "Content-Type": "application/json", "Whittle-Dev": "failpoint=before_commit" };
  const asked = fetch(`${service.url}/`, { method: "POST", headers, body: JSON.stringify({ parties: ["bea@example.org"], slots: SLOTS }), signal: cut.signal }).catch(() => undefined);
  await until("it to be noted", async () => (await row(service, who)).has_proposed === 1);
  assert.equal(await rows(service, "proposals", who, "creator"), 0);
  assert.equal((await ask(who, fresh())).status, 409);
  assert.equal((await row(service, who)).address, to);
  cut.abort();
  await asked;
});

test("no link proves another address than the one that it was mailed to, whatever is asked for at once", async () => {
  for (let round = 0; round < 8; round++) {
    const who = await stranger(service);
    const to = [fresh(), fresh(), fresh()];
    const tries = [...to.map((email) => ask(who, email)), ...to.map(() => service.ask("POST", "/accounts/verify/", basic(who)))];
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    assert.ok(statuses.every((status) => [202, 409].includes(status)), String(statuses));
    assert.ok(statuses.slice(0, 3).includes(202), "one of them has it");
    await quiet(service);
    const { address } = await row(service, who);
    const lost = [who.email, ...to].filter((email) => email !== address);
    for (const email of lost) {
      for (const mail of await post(service, email, "verify")) {
        assert.deepEqual(await send(path(mail)), BAD_LINK, `what ${email} got is no proof of ${address}`);
      }
    }
    const [mail] = await post(service, address, "verify");
    assert.equal((await send(path(mail)))[0], 200);
  }
});

test("what an account is told of its own proposals and meetings goes to the address that it has by then", async () => {
  const who = await person(service);
  const open = await propose(service, { parties: ["bea@example.org", "cyd@example.org"] }, basic(who));
  await links(service, open, ["bea@example.org"]);
  const agreed = await agree(service, { parties: ["bea@example.org"] }, basic(who));
  const to = fresh();
  assert.deepEqual(await send((await asked(who, to)).prove), YOURS);
  await quiet(service);
  const before = (await service.outbox()).filter((mail) => mail.to[0] === who.email).length;
  const keep = (slots) => service.ask("PATCH", `/${open.id}/`, { et: partyLink(open.id, 1), json: { slots } });
  assert.equal((await keep([])).status, 202);
  await arrived(service, open.id, { kind: "exhausted", to });
  assert.equal((await service.ask("POST", `/meetings/${agreed.id}/decline/`, { et: meetingLink(agreed.id, 1) })).status, 202);
  await arrived(service, agreed.id, { kind: "declined", to });
  assert.equal((await service.ask("DELETE", `/${open.id}/`, basic(who))).status, 204);
  await arrived(service, open.id, { kind: "closed", to: "bea@example.org" });
  await quiet(service);
  assert.equal((await service.outbox()).filter((mail) => mail.to[0] === who.email).length, before, "and not to the old one");
});

test("whoever proves an address of STAFF_ADDRESSES is staff, at sign-up as by a change, and nobody else", async () => {
  const other = await start({ vars: { STAFF_ADDRESSES: "Boss@Test.ca, chief@test.ca;junk" } });
  try {
    const staff = async (who) => [(await row(other, who)).staff, (await other.ask("GET", "/accounts/me/", basic(who))).json.staff];
    const boss = await stranger(other, { email: "boss@test.ca" });
    assert.deepEqual(await staff(boss), [0, false], "not before it is proven");
    // The mail says who has signed up, and the link alone is not enough: a stranger may have signed up with that address.
    assert.ok((await mailed(other, "boss@test.ca", "verify")).text.includes(`“${boss.username}”`));
    const verify = (json) => other.ask("POST", `/accounts/verify/${proof(boss.id)}/`, { json });
    assert.deepEqual(told(await verify({})), [400, { password: REQUIRED }]);
    assert.deepEqual(told(await verify({ password: "Guess@123" })), [400, { password: ["This is not the password of this account."] }]);
    assert.deepEqual([await staff(boss), (await row(other, boss)).verified], [[0, false], 0]);
    assert.deepEqual((await other.ask("GET", `/accounts/verify/${proof(boss.id)}/`)).json.fields, ["password"]);
    const page = await other.ask("GET", `/accounts/verify/${proof(boss.id)}/`, { headers: { Accept: "text/html" } });
    assert.match(page.text, /<input id="password" name="password" type="password"/);
    assert.deepEqual(told(await verify({ password: PASSWORD })), [200, { detail: "Your address is verified." }]);
    assert.equal((await verify({})).status, 200, "however often");
    assert.deepEqual(await staff(boss), [1, true]);
    const chief = await person(other);
    assert.deepEqual(await staff(chief), [0, false]);
    const json = { email: "CHIEF@test.ca", password: PASSWORD };
    assert.equal((await other.ask("POST", "/accounts/address/", { json, ...basic(chief) })).status, 202);
    assert.deepEqual(await staff(chief), [0, false]);
    const move = path(await mailed(other, "chief@test.ca", "move"));
    assert.deepEqual((await other.ask("GET", move)).json.fields, ["password"]);
    assert.deepEqual(told(await other.ask("POST", move)), [400, { password: REQUIRED }]);
    assert.deepEqual(await staff(chief), [0, false]);
    assert.equal((await other.ask("POST", move, { json: { password: PASSWORD } })).status, 200);
    assert.deepEqual(await staff(chief), [1, true]);
    // Whoever wants one that is proven already gets nowhere.
    const thief = await stranger(other, { email: "boss@test.ca" });
    assert.equal((await other.ask("POST", `/accounts/verify/${proof(thief.id)}/`, { json: { password: PASSWORD } })).status, 409);
    assert.deepEqual(await staff(thief), [0, false]);
    for (const email of ["junk@test.ca", "boss@test.ca.example.org"]) assert.deepEqual(await staff(await person(other, { email })), [0, false]);
  } finally {
    await other.close();
  }
});
