// Another password: by the old one, and by a mailed link; what either ends, and what tells nobody who has an account.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { OTHER, PASSWORD, REQUIRED, WAYS, basic, mailed, open, path, person, post, quiet, row, rows, stranger, told, ways } from "../support/people.mjs";
import { meant } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const MINUTE = 60_000;
const CHANGE = "/accounts/password/";
const RESET = "/accounts/password/reset/";
const DONE = [200, { detail: "Your password is changed. All sessions and tokens have ended: sign in anew." }];
const BAD_LINK = [401, { detail: "Invalid link." }];
const WRONG = [400, { old_password: ["Your old password was entered incorrectly. Please enter it again."] }];
const change = (who, json, options = basic(who)) => service.ask("POST", CHANGE, { json, ...options });
const ask = (email) => service.ask("POST", RESET, { json: { email } });
const link = (who, generation = 0, more = {}) => `${RESET}${sign({ purpose: "reset", code: 5, id: who.id, party: 0, generation, ...more })}/`;
const signsIn = async (who, password) => (await service.ask("GET", "/accounts/me/", basic(who, password))).status === 200;

/// Asks for a link; gives the path that was mailed.
async function linked(who, count = 1) {
  assert.equal((await ask(who.email)).status, 202);
  return path(await mailed(service, who.email, "reset", count));
}

test("all that is wrong with a new password is told at once, in the words of the calendars' document, and changes nothing", async () => {
  const who = await person(service);
  const good = { old_password: PASSWORD };
  const short = "Password must be at least 8 characters long.";
  for (const [sent, faults] of [
    [{}, { new_password: REQUIRED }],
    [{ new_password: "short", password2: "other" }, { new_password: [short], password2: ["Passwords must match."] }],
    [{ new_password: OTHER, password2: "" }, { password2: ["Passwords must match."] }],
    [{ password2: OTHER }, { new_password: REQUIRED, password2: ["Passwords must match."] }],
    [{ new_password: "qwerty" }, { new_password: [short, "This password is too common."] }],
    [{ new_password: "12345678" }, { new_password: ["This password is too common."] }],
    [{ new_password: "" }, { new_password: ["This field may not be blank."] }],
    [{ new_password: null }, { new_password: ["This field may not be null."] }],
    [{ new_password: ["a"] }, { new_password: ["Not a valid string."] }],
    [{ new_password: "x".repeat(1025) }, { new_password: ["Ensure this field has no more than 1024 characters."] }],
  ]) {
    const name = JSON.stringify(sent).slice(0, 80);
    assert.deepEqual(told(await change(who, { ...good, ...sent })), [400, faults], name);
    assert.deepEqual(told(await change(who, sent)), [400, { old_password: REQUIRED, ...faults }], name);
    assert.deepEqual(told(await service.ask("POST", link(who), { json: sent })), [400, faults], name);
  }
  for (const [old_password, fault] of [
    ["", "This field may not be blank."],
    [null, "This field may not be null."],
    [{}, "Not a valid string."],
  ]) {
    assert.deepEqual(told(await change(who, { old_password, new_password: OTHER })), [400, { old_password: [fault] }]);
  }
  assert.deepEqual(told(await change(who, { old_password: "other", new_password: OTHER })), WRONG);
  assert.deepEqual(told(await change(who, { old_password: "other", new_password: OTHER })), WRONG, "nor by memory");
  assert.equal((await service.ask("POST", CHANGE, { json: {} })).status, 401);
  for (const [sent, fault] of [[{}, REQUIRED], [{ email: "nobody" }, ["Enter a valid email address."]], [{ email: 7 }, ["Enter a valid email address."]]]) {
    assert.deepEqual(told(await service.ask("POST", RESET, { json: sent })), [400, { email: fault }]);
  }
  const { epoch } = await row(service, who);
  assert.deepEqual([await signsIn(who, PASSWORD), await signsIn(who, OTHER), epoch], [true, false, 0]);
});

test("a change ends every way in at once, takes the browser's cookies away, and is mailed", async () => {
  const [who, other] = [await person(service), await person(service)];
  const [mine, others] = [await ways(service, who), await ways(service, other)];
  // Once: the password is remembered in this isolate now.
  assert.deepEqual(await open(service, mine), WAYS);
  const done = await change(who, { old_password: PASSWORD, new_password: OTHER, password2: OTHER }, mine.session);
  assert.deepEqual(told(done), DONE);
  assert.deepEqual(done.headers.getSetCookie().map((line) => line.split("; ").slice(0, 1).concat(/Max-Age=0/.exec(line))), [
    ["sessionid=", "Max-Age=0"],
    ["csrftoken=", "Max-Age=0"],
  ]);
  assert.deepEqual(await open(service, mine), []);
  assert.deepEqual(await Promise.all(["tokens", "sessions", "families"].map((table) => rows(service, table, who))), [0, 0, 0]);
  assert.deepEqual(await open(service, await ways(service, who, OTHER)), WAYS, "the new one opens all");
  assert.deepEqual(await open(service, others), WAYS, "and nobody else's ends");

  const mail = await mailed(service, who.email, "changed");
  assert.deepEqual([mail.to, mail.headers, path(mail)], [[who.email], undefined, RESET]);
  assert.ok(mail.text.includes(`“${who.username}”`));
});

test("ways in that somehow are left over are void by their epoch", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  const kept = {};
  for (const table of ["tokens", "sessions", "families"]) {
    kept[table] = (await service.db.prepare(`select * from ${table} where account = ?`).bind(who.id).all()).results;
    assert.ok(kept[table].length);
  }
  assert.equal((await change(who, { old_password: PASSWORD, new_password: OTHER })).status, 200);
  for (const [table, lines] of Object.entries(kept)) {
    for (const line of lines) {
      const names = Object.keys(line);
      await service.db.prepare(`insert into ${table} (${names}) values (${names.map(() => "?")})`).bind(...Object.values(line)).run();
    }
  }
  assert.deepEqual(await open(service, mine), []);
});

test("who has not proven the address changes the password as well, and is mailed nothing", async () => {
  const who = await stranger(service);
  await mailed(service, who.email, "verify");
  assert.deepEqual(told(await change(who, { old_password: PASSWORD, new_password: OTHER })), DONE);
  assert.deepEqual([await signsIn(who, PASSWORD), await signsIn(who, OTHER)], [false, true]);
  await quiet(service);
  assert.equal((await post(service, who.email)).length, 1);
});

test("the mailed link asks by GET, resets by POST, once, and ends every way in", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  assert.deepEqual(await open(service, mine), WAYS);
  const at = await linked(who);
  const [mail] = await post(service, who.email, "reset");
  assert.deepEqual([mail.to, mail.headers, mail.html.includes(at)], [[who.email], undefined, true]);
  assert.ok(mail.text.includes(`“${who.username}”`));
  assert.ok(at.startsWith(RESET) && at.endsWith("/"));
  const page = await service.ask("GET", at, { headers: { Accept: "text/html" } });
  assert.equal(page.status, 200);
  assert.match(page.text, /<form method="post">/);
  assert.match(page.text, /name="new_password" type="password"/);
  assert.equal((await service.ask("GET", at)).status, 200);
  assert.deepEqual(await open(service, mine), WAYS, "GET never acts");
  assert.deepEqual(told(await service.ask("POST", at, { json: { new_password: OTHER, password2: OTHER } })), DONE);
  assert.deepEqual(await open(service, mine), []);
  assert.deepEqual(await Promise.all(["tokens", "sessions", "families"].map((table) => rows(service, table, who))), [0, 0, 0]);
  assert.ok(await signsIn(who, OTHER));
  assert.deepEqual(told(await service.ask("POST", at, { json: { new_password: "Rest@1234" } })), BAD_LINK, "once");
  assert.ok(await signsIn(who, OTHER));
  assert.equal(path(await mailed(service, who.email, "changed")), RESET);
});

test("a reset ends the link of the calendar's feed as well, for whoever had the password may have it; so does a change", async () => {
  const who = await person(service);
  const feed = async () => new URL((await service.ask("GET", "/feed/", basic(who, OTHER))).json.url).pathname;
  assert.equal((await change(who, { old_password: PASSWORD, new_password: OTHER })).status, 200);
  const first = await feed();
  assert.equal((await service.ask("GET", first)).status, 200);
  assert.equal((await change(who, { old_password: OTHER, new_password: PASSWORD }, basic(who, OTHER))).status, 200);
  assert.equal((await service.ask("GET", first)).status, 401, "changed");
  const second = new URL((await service.ask("GET", "/feed/", basic(who))).json.url).pathname;
  assert.equal((await service.ask("GET", second)).status, 200);
  assert.equal((await service.ask("POST", await linked(who), { json: { new_password: OTHER } })).status, 200);
  for (const old of [first, second]) assert.equal((await service.ask("GET", old)).status, 401, "reset");
  assert.equal((await service.ask("GET", await feed())).status, 200);
});

test("a link to reset is good for an hour", async () => {
  const who = await person(service);
  const at = await linked(who);
  const post = (minutes) => service.ask("POST", at, { json: { new_password: "short" }, dev: `offset=${minutes * MINUTE}` });
  assert.equal((await post(59)).status, 400, "the password is judged");
  const late = await post(61);
  assert.deepEqual([late.status, late.json.detail], [401, "Token Expired"]);
  assert.equal((await service.ask("GET", at, { dev: `offset=${61 * MINUTE}` })).status, 401);
});

test("a link to reset is void after any other change of the password, after a raised epoch, and with another address", async () => {
  const json = { new_password: "Rest@1234" };
  const who = await person(service);
  const [first, second] = [await linked(who), await linked(who, 2)];
  assert.equal((await change(who, { old_password: PASSWORD, new_password: OTHER })).status, 200);
  for (const at of [first, second]) assert.deepEqual(told(await service.ask("POST", at, { json })), BAD_LINK);
  const [third, fourth] = [await linked(who, 3), await linked(who, 4)];
  assert.equal((await service.ask("POST", fourth, { json: { new_password: PASSWORD } })).status, 200);
  assert.deepEqual(told(await service.ask("POST", third, { json })), BAD_LINK);
  const fifth = await linked(who, 5);
  await service.db.prepare("update accounts set epoch = epoch + 1 where id = ?").bind(who.id).run();
  assert.deepEqual(told(await service.ask("POST", fifth, { json })), BAD_LINK);
  const sixth = await linked(who, 6);
  await service.db.prepare("update accounts set address_generation = address_generation + 1 where id = ?").bind(who.id).run();
  assert.deepEqual(told(await service.ask("POST", sixth, { json })), BAD_LINK);
  assert.ok(await signsIn(who, PASSWORD));
});

test("a link is for its account, its epoch and an account that is active", async () => {
  const [who, other] = [await person(service), await person(service)];
  const json = { new_password: OTHER };
  const void_ = [`${RESET}x/`, `${link(who).slice(0, -1)}A/`, link(who, 1), link({ id: 999_999_999 })];
  for (const at of void_) assert.deepEqual(told(await service.ask("POST", at, { json })), BAD_LINK, at);
  await service.db.prepare("update accounts set active = 0 where id = ?").bind(other.id).run();
  assert.deepEqual(told(await service.ask("POST", link(other), { json })), BAD_LINK);
  const late = link(who, 0, { expires: Math.floor(Date.now() / 1000) - 1 });
  assert.equal((await service.ask("POST", late, { json })).json.detail, "Token Expired");
  assert.ok(await signsIn(who, PASSWORD));
  assert.deepEqual(told(await service.ask("POST", link(who), { json })), DONE, "made as the service makes it");
});

test("an address that nobody has, or has not proven, or whose account is not active gets the same answer and no mail", async () => {
  const [known, unproven, asleep] = [await person(service), await stranger(service), await person(service)];
  await mailed(service, unproven.email, "verify");
  await service.db.prepare("update accounts set active = 0 where id = ?").bind(asleep.id).run();
  // Who signs up with somebody's address does not stand in its owner's way.
  const twin = await stranger(service, { email: known.email });
  const others = [unproven.email, asleep.email, "nobody@test.ca", "ub@localhost"];
  const answers = [];
  for (const email of [known.email.toUpperCase(), ...others]) answers.push(await ask(email));
  const shape = ({ status, text, headers }) => ({
    status,
    text,
    headers: Object.fromEntries([...headers].filter(([name]) => !["x-request-id", "date"].includes(name))),
  });
  for (const answer of answers) assert.deepEqual(shape(answer), shape(answers[0]));
  assert.deepEqual(told(answers[0]), [202, { detail: "If this is the address of an account, a link to choose a new password is on its way." }]);
  const mail = await mailed(service, known.email, "reset");
  assert.deepEqual([mail.to, mail.text.includes(`“${known.username}”`), mail.text.includes(twin.username)], [[known.email], true, false]);
  await quiet(service);
  assert.equal((await service.outbox()).filter(({ to }) => to[0] === "nobody@test.ca" || to[0] === "ub@localhost").length, 0);
  assert.deepEqual([(await post(service, unproven.email, "reset")).length, (await post(service, asleep.email, "reset")).length], [0, 0]);
});

test("of several who use one link, or one old password, at once, one wins", async () => {
  const passwords = Array.from({ length: 4 }, (_, n) => `Test@123${n}`);
  for (let round = 0; round < 3; round++) {
    for (const by of ["link", "password"]) {
      const who = await person(service);
      const tries = passwords.map((new_password) =>
        by === "link" ? service.ask("POST", link(who), { json: { new_password } }) : change(who, { old_password: PASSWORD, new_password }),
      );
      const statuses = (await Promise.all(tries)).map(({ status }) => status);
      assert.deepEqual(statuses.filter((status) => status === 200), [200], `${by}: ${statuses}`);
      assert.ok(statuses.every((status) => [200, 400, 401].includes(status)), `${by}: ${statuses}`);
      const good = [];
      for (const password of passwords) good.push(await signsIn(who, password));
      assert.deepEqual(good, statuses.map((status) => status === 200), by);
      assert.equal((await row(service, who)).epoch, 1);
      await quiet(service);
      assert.equal((await post(service, who.email, "changed")).length, 1);
    }
  }
});

/// What there is to change by mistake.
const state = async (who) => {
  const account = await row(service, who);
  const counts = [];
  for (const table of ["tokens", "sessions", "families", "optouts", "address_changes"]) counts.push(await rows(service, table, who));
  const { results } = await service.db.prepare("select state from address_changes where account = ?").bind(who.id).all();
  return { account, counts, results };
};

test("a token opens what it is for and nothing else: each of them in each place", async () => {
  const who = await person(service);
  const { id } = who;
  const { secrets } = await ways(service, who);
  // All are about one number: proposal, meeting, account and change of address have it.
  const q = await propose(service, { parties: [who.email, "bea@example.org"], slots: SLOTS.slice(0, 1) }, { ...basic(who), dev: `id=${id}` });
  assert.equal(q.id, id);
  assert.equal((await service.ask("PATCH", `/${id}/`, { et: sign({ id, party: 2 }), json: { slots: q.slots } })).status, 202);
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${id}/`, basic(who))).status === 200);
  await service.db
    .prepare(`insert into address_changes (id, account, epoch, old_address, old_key, new_address, new_key, state, asked_at)
       values (?1, ?1, 0, ?2, ?2, 'moved@test.ca', 'moved@test.ca', 'asked', 0)`)
    .bind(id, who.email)
    .run();
  const purposes = ["proposal", "meeting", "calendar", "verify", "reset", "unsubscribe", "feed", "unsubscribe-meeting", "address", "undo"];
  const kinds = Object.fromEntries(purposes.map((purpose, n) => [purpose, sign({ purpose, code: n + 1, id, party: 1 })]));
  Object.assign(kinds, {
    access: secrets.access,
    refresh: secrets.refresh,
    token: secrets.token,
    session: secrets.sessionid,
    csrf: secrets.csrftoken,
    password: PASSWORD,
  });
  const get = (at, options) => service.ask("GET", at, options);
  const send = (at, json = {}) => service.ask("POST", at, { json });
  // What each takes, the acts that end something last.
  const places = {
    "Authorization: Link": [["proposal"], (x) => get(`/${id}/`, { headers: { Authorization: `Link ${x}` } })],
    "?et= of a proposal": [["proposal"], (x) => get(`/${id}/`, { et: x })],
    "et in the body": [["proposal"], (x) => service.ask("POST", `/${id}/resend/`, { json: { et: x } })],
    "?et= of a meeting": [["meeting"], (x) => get(`/meetings/${id}/`, { et: x })],
    "Authorization: Bearer": [["access"], (x) => get("/accounts/me/", { headers: { Authorization: `Bearer ${x}` } })],
    "Authorization: Token": [["token"], (x) => get("/accounts/me/", { headers: { Authorization: `Token ${x}` } })],
    "Authorization: Basic": [["password"], (x) => get("/accounts/me/", { as: who.username, password: x })],
    "the cookie sessionid": [["session"], (x) => get("/accounts/me/", { headers: { Cookie: `sessionid=${x}` } })],
    "the cookie csrftoken": [[], (x) => get("/accounts/me/", { headers: { Cookie: `csrftoken=${x}` } })],
    "X-CSRFToken": [["csrf"], (x) => service.ask("PATCH", "/accounts/me/", { json: { mail: "all" }, headers: meant({ sessionid: secrets.sessionid, csrftoken: x }) })],
    "a login's password": [["password"], (x) => send("/accounts/login/", { username: who.username, password: x })],
    "a way in to end": [[], (x) => service.ask("DELETE", `/accounts/sessions/${x}/`, basic(who))],
    "GET of a feed": [["feed"], (x) => get(`/feed/${x}.ics`)],
    "GET of a link to verify": [["verify"], (x) => get(`/accounts/verify/${x}/`)],
    "GET of a link to reset": [["reset"], (x) => get(`/accounts/password/reset/${x}/`)],
    "GET of a change of address": [["address"], (x) => get(`/accounts/address/${x}/`)],
    "GET of its undoing": [["undo"], (x) => get(`/accounts/address/undo/${x}/`)],
    "GET of a way out": [["unsubscribe", "unsubscribe-meeting"], (x) => get(`/unsubscribe/${x}/`)],
    "the old password": [["password"], (x) => service.ask("POST", CHANGE, { json: { old_password: x, new_password: OTHER }, token: secrets.token })],
    verify: [["verify"], (x) => send(`/accounts/verify/${x}/`)],
    unsubscribe: [["unsubscribe", "unsubscribe-meeting"], (x) => send(`/unsubscribe/${x}/`)],
    refresh: [["refresh"], (x) => send("/accounts/token/refresh/", { refresh: x })],
    logout: [["refresh"], (x) => send("/accounts/logout/", { refresh: x })],
    address: [["address"], (x) => send(`/accounts/address/${x}/`)],
    undo: [["undo"], (x) => send(`/accounts/address/undo/${x}/`)],
    reset: [["reset"], (x) => send(`/accounts/password/reset/${x}/`, { new_password: OTHER })],
  };
  const before = await state(who);
  const wrong = [];
  for (const [place, [good, ask]] of Object.entries(places)) {
    for (const [kind, token] of Object.entries(kinds).filter(([kind]) => !good.includes(kind))) {
      const { status, text } = await ask(token);
      if (![400, 401, 403, 404].includes(status)) wrong.push(`${kind} as ${place}: ${status} ${text}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(await state(who), before, "nothing has come of it");
  for (const [place, [good, ask]] of Object.entries(places)) {
    // The change of the password has a test of its own, and would void the rest.
    if (["the old password", "undo", "reset"].includes(place)) continue;
    for (const kind of good) {
      const { status, text } = await ask(kinds[kind]);
      assert.ok([200, 202, 204].includes(status), `${kind} as ${place}: ${status} ${text}`);
    }
  }
  // The party of a link to reset is the generation of the address, which the change has raised.
  assert.equal((await places.reset[1](kinds.reset)).status, 200);
  assert.equal((await places.undo[1](kinds.undo)).status, 200);
});

test("who has shown the old password, and is not in yet when it is changed, does not get in", { timeout: 60_000 }, async () => {
  for (const at of ["/api-token-auth/", "/api/user/login/", "/accounts/login/", "/api-auth/login/"]) {
    const who = await person(service);
    service.server.clearLogs();
    const json = { username: who.username, password: PASSWORD };
    const login = service.ask("POST", at, { json, dev: "failpoint=before_keep" });
    await until("the login to wait", () => service.server.getLogs().some(({ message }) => message.includes("before_keep")));
    const change = await service.ask("POST", "/accounts/password/", { json: { old_password: PASSWORD, new_password: OTHER }, ...basic(who) });
    assert.equal(change.status, 200);
    assert.deepEqual(told(await login), [401, { detail: "Authentication credentials were not provided." }], at);
    for (const table of ["tokens", "sessions", "families"]) assert.equal(await rows(service, table, who), 0, `${at} ${table}`);
  }
});
