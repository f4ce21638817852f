// Signing in for a session: by the bookings' document, by a browser's form, for how long it lasts, and that nobody can give
// somebody else a session of his own.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, start } from "../support/harness.mjs";
import { form } from "../support/post.mjs";
import { cookies, meant, session } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const login = (json, options) => service.ask("POST", "/api/user/login/", { json, ...options });
const zo = { username: "zo", password: "p" };
const detail = (options) => service.ask("GET", "/api/user/get_detail/", options);
const logout = (options, path = "/api/user/logout/") => service.ask("POST", path, options);
const told = ({ status, text }) => [status, text];
const ANONYMOUS = [401, '{"err_message":"You are not an authenticated user"}'];
const hash = (secret) => createHash("sha256").update(secret).digest("hex");
const sessions = async () => (await service.db.prepare("select hash, account, used_at from sessions").all()).results;
const lives = async ({ headers }) => (await detail({ headers })).status === 200;

test("the bookings' document: its sign-up, its login, its answer, word for word", async () => {
  const signUp = '{\n    "username": "test10",\n    "email": "test10@test.com",\n    "password": "Test@123"\n}';
  const headers = { "Content-Type": "application/json" };
  const { id } = (await service.ask("POST", "/api/user/sign_up/", { body: signUp, headers })).json;
  const body = '{\n    "username": "test10",\n    "password": "Test@123"\n}';
  const answer = await service.ask("POST", "/api/user/login/", { body, headers });
  assert.equal(answer.status, 200);
  assert.match(answer.json.auth_token, /^[0-9a-f]{40}$/);
  const wanted = `{"is_authenticated":true,"user":{"id":${id},"username":"test10","email":"test10@test.com"},"auth_token":"${answer.json.auth_token}"}`;
  assert.equal(answer.text, wanted, "in the document's order");
  // "The following key and value should be added in the request header."
  assert.deepEqual(told(await detail({ headers: { Authorization: `Token ${answer.json.auth_token}` } })), [200, wanted]);
  // "Along with the sessionid in the Cookie, CSRF token must be added in the request header."
  const { sessionid, csrftoken } = cookies(answer);
  const Cookie = `sessionid=${sessionid}; csrftoken=${csrftoken}`;
  const propose = { json: { parties: ["bea@example.org"], slots: SLOTS } };
  const made = await service.ask("POST", "/", { headers: { Cookie, "X-CSRFToken": csrftoken, Origin: ORIGIN }, ...propose });
  assert.equal(made.status, 201);
  const { json: log } = await service.ask("GET", `/${made.json.id}/log/`, { headers: { Cookie } });
  assert.equal(log.entries[0].data.via, "session");
});

test("a wrong name or password is the document's 401, and what is missing is 400; neither begins a session", async () => {
  const before = await sessions();
  const required = ["This field is required."];
  const blank = ["This field may not be blank."];
  for (const [json, status, wanted] of [
    [{ ...zo, password: "q" }, 401, { err_message: "Credentials were not correct" }],
    [{ ...zo, username: "nobody" }, 401, { err_message: "Credentials were not correct" }],
    [{ ...zo, username: "ub" }, 401, { err_message: "Credentials were not correct" }],
    [{}, 400, { username: required, password: required }],
    [{ username: "zo" }, 400, { password: required }],
    [{ username: "", password: "" }, 400, { username: blank, password: blank }],
    [{ username: ["zo"], password: null }, 400, { username: ["Not a valid string."], password: ["This field may not be null."] }],
  ]) {
    const answer = await login(json);
    assert.deepEqual([answer.status, answer.json, cookies(answer)], [status, wanted, {}], JSON.stringify(json));
  }
  assert.deepEqual(await sessions(), before);
});

test("who is signed in is told in the login's shape, with a token to who brings it alone", async () => {
  assert.deepEqual(told(await detail()), ANONYMOUS);
  const { token, headers } = await session(service, "zo");
  const user = '{"is_authenticated":true,"user":{"id":2,"username":"zo","email":"zo@localhost"},"auth_token":';
  assert.deepEqual(told(await detail({ token })), [200, `${user}"${token}"}`]);
  assert.deepEqual(told(await detail({ headers })), [200, `${user}null}`]);
  assert.deepEqual(told(await detail({ as: "zo" })), [200, `${user}null}`]);
  // Other credentials that are wrong are answered as everywhere.
  assert.deepEqual((await detail({ token: "0".repeat(40) })).json, { detail: "Invalid token." });
  assert.equal((await detail({ as: "zo", password: "q" })).status, 401);
  assert.deepEqual(told(await detail({ headers: { Cookie: `sessionid=${"0".repeat(64)}` } })), ANONYMOUS);
  // A wrong credential is not made up for by a good cookie.
  assert.equal((await detail({ headers: { ...headers, Authorization: `Token ${"0".repeat(40)}` } })).status, 401);
});

for (const path of ["/api/user/logout/", "/api-auth/logout/"]) {
  test(`signing out by ${path}: a GET asks, a POST ends the session, and the token stays`, async () => {
    const [own, other] = [await session(service, "zo"), await session(service, "zo")];
    const asked = await service.ask("GET", path, { headers: { ...own.headers, Accept: "text/html" } });
    assert.deepEqual([asked.status, cookies(asked)], [200, {}]);
    assert.match(asked.text, /<form method="post"[ >]/);
    assert.match(asked.text, new RegExp(`name="csrfmiddlewaretoken" value="${own.csrftoken}"`));
    assert.ok(await lives(own), "a GET does nothing");

    const done = await logout({ headers: own.headers }, path);
    assert.deepEqual(told(done), [200, '{"logged_out":true}']);
    assert.deepEqual(done.headers.getSetCookie(), [
      "sessionid=; HttpOnly; Path=/; Max-Age=0; SameSite=Lax",
      "csrftoken=; Path=/; Max-Age=0; SameSite=Lax",
    ]);
    assert.deepEqual(told(await detail({ headers: own.headers })), ANONYMOUS);
    assert.equal((await sessions()).some((row) => row.hash === hash(own.sessionid)), false);
    assert.ok(await lives(other), "that session alone");
    assert.equal((await detail({ token: own.token })).status, 200);
    // Whoever has no session can say so, too: nothing ends.
    assert.deepEqual(told(await logout({ token: own.token }, path)), [200, '{"logged_out":true}']);
    assert.equal((await detail({ token: own.token })).status, 200);
    assert.equal((await logout({}, path)).status, 401);
  });
}

test("the form of a page signs out as its browser sends it: no header but the token in a field, and Origin null", async () => {
  const own = await session(service, "zo");
  const { body, headers: type } = form({ csrfmiddlewaretoken: own.csrftoken });
  const Cookie = own.headers.Cookie;
  const Accept = "text/html";
  // Under `Referrer-Policy: no-referrer` Chromium sends exactly this; without its word another site could.
  assert.equal((await logout({ body, headers: { ...type, Accept, Cookie, Origin: "null" } })).status, 403);
  assert.equal((await logout({ body, headers: { ...type, Accept, Cookie, Origin: "null", "Sec-Fetch-Site": "cross-site" } })).status, 403);
  assert.ok(await lives(own));
  const done = await logout({ body, headers: { ...type, Accept, Cookie, Origin: "null", "Sec-Fetch-Site": "same-origin" } });
  assert.deepEqual([done.status, done.headers.get("location"), cookies(done).notice], [303, "/", "signed-out"]);
  assert.equal(await lives(own), false);
});

test("the cookies: the session's is no script's, both are for this site, and https alone at a deployment", async () => {
  const set = async (on, json = zo) => (await on.ask("POST", "/api/user/login/", { json })).headers.getSetCookie();
  const shape = (lines) => lines.map((line) => line.replace(/^((?:__Host-)?sessionid)=[0-9a-f]{64};/, "$1=S;").replace(/^(csrftoken)=k1\.[0-9a-f]{64};/, "$1=C;"));
  assert.deepEqual(shape(await set(service)), [
    "sessionid=S; HttpOnly; Path=/; Max-Age=7776000; SameSite=Lax",
    "csrftoken=C; Path=/; Max-Age=7776000; SameSite=Lax",
  ]);
  const deployed = await start({ vars: { DEV: "", PUBLIC_ORIGIN: "https://whittle.example" } });
  try {
    assert.deepEqual(await set(deployed), [], "demo accounts do not come in");
    await deployed.db.prepare("update accounts set demo = 0 where username = 'zo'").run();
    const answer = await deployed.ask("POST", "/api/user/login/", { json: zo });
    assert.deepEqual(shape(answer.headers.getSetCookie()), [
      "__Host-sessionid=S; HttpOnly; Path=/; Max-Age=7776000; SameSite=Lax; Secure",
      "csrftoken=C; Path=/; Max-Age=7776000; SameSite=Lax; Secure",
    ]);
    // Loopback is elsewhere then, whoever serves it.
    const got = cookies(answer);
    const own = meant({ sessionid: got["__Host-sessionid"], csrftoken: got.csrftoken });
    const planted = await deployed.ask("GET", "/accounts/me/", { headers: own });
    assert.equal(planted.status, 401, "a cookie without its prefix could be a sibling domain's");
    const headers = { ...own, Cookie: own.Cookie.replace("sessionid=", "__Host-sessionid=") };
    assert.equal((await deployed.ask("POST", "/api/user/logout/", { headers })).status, 403);
    const ended = await deployed.ask("POST", "/api/user/logout/", { headers: { ...headers, Origin: "https://whittle.example" } });
    assert.equal(ended.status, 200);
    for (const line of ended.headers.getSetCookie()) assert.match(line, /; Secure$/);
  } finally {
    await deployed.close();
  }
});

/// The form, as a browser sends it.
const browse = (fields, { query = "", headers = {} } = {}) => {
  const sent = form(fields);
  return service.ask("POST", `/api-auth/login/${query}`, { body: sent.body, headers: { Accept: "text/html", ...sent.headers, ...headers } });
};

test("a browser signs in by a form: shown, shown again with the name but no password, and then on", async () => {
  const shown = await service.ask("GET", "/api-auth/login/", { headers: { Accept: "text/html" } });
  assert.equal(shown.status, 200);
  assert.match(shown.text, /<form method="post">/);
  assert.match(shown.text, /<input id="username" name="username" type="text" autocomplete="username" value="" required>/);
  assert.match(shown.text, /<input id="password" name="password" type="password" autocomplete="current-password" value="" required>/);

  const wrong = await browse({ username: "zo <i>", password: "not-this-one" });
  assert.deepEqual([wrong.status, cookies(wrong)], [400, {}]);
  assert.match(wrong.text, /role="alert"><p>Username and password do not fit together\./);
  assert.match(wrong.text, /name="username" type="text" autocomplete="username" value="zo &#60;i&#62;" required/);
  assert.match(wrong.text, /name="password" type="password" autocomplete="current-password" value="" required/);
  assert.doesNotMatch(wrong.text, /not-this-one/);
  const blank = await browse({ username: "zo", password: "" });
  assert.equal(blank.status, 400);
  assert.match(blank.text, /name="password" [^>]*aria-invalid="true" aria-describedby="password-fault-1" required>\s*<span class="fault" id="password-fault-1">Please fill this in\.</);

  const done = await browse({ username: "zo", password: "p" });
  assert.deepEqual([done.status, done.headers.get("location"), done.text], [303, "/", ""]);
  const own = { headers: { Cookie: `sessionid=${cookies(done).sessionid}` } };
  assert.ok(await lives(own));
  const page = await service.ask("GET", "/", { headers: { ...own.headers, Accept: "text/html" } });
  assert.equal(page.status, 200);
});

test("a page that asks to sign in leads back to itself, and nobody can make it lead elsewhere", async () => {
  const path = "/schedules/contacts/";
  const refused = await service.ask("GET", path, { headers: { Accept: "text/html" } });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("www-authenticate"), null, "a browser would ask by itself");
  const way = /<form method="post" action="(\/api-auth\/login\/\?next=[^"]+)">/.exec(refused.text)[1];
  const back = await browse(zo, { query: new URL(way, ORIGIN).search });
  assert.deepEqual([back.status, back.headers.get("location")], [303, path]);
  for (const [next, wanted] of [
    ["/7/", "/7/"],
    ["/schedules/contacts/?search=a&page=2", "/schedules/contacts/?search=a&page=2"],
    ["//evil.example", "/"],
    ["///evil.example", "/"],
    ["/\\evil.example", "/"],
    ["/\t/evil.example", "/"],
    ["/7/\r\nSet-Cookie: a=b", "/"],
    ["https://evil.example/", "/"],
    ["evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["", "/"],
  ]) {
    const { status, headers } = await browse(zo, { query: `?next=${encodeURIComponent(next)}` });
    assert.deepEqual([status, headers.get("location")], [303, wanted], next);
    assert.equal(new URL(headers.get("location"), ORIGIN).origin, ORIGIN);
  }
});

test("a session that is not used for two weeks is void; using it keeps it", async () => {
  const moved = async ({ sessionid }, age) => {
    const { meta } = await service.db.prepare("update sessions set used_at = ? where hash = ?").bind(Date.now() - age, hash(sessionid)).run();
    assert.equal(meta.changes, 1);
  };
  const own = await session(service, "zo");
  await moved(own, 14 * DAY - MINUTE);
  assert.ok(await lives(own));
  const { used_at: used } = (await sessions()).find((row) => row.hash === hash(own.sessionid));
  assert.ok(Date.now() - used < MINUTE, "it was used just now");
  await moved(own, 14 * DAY + MINUTE);
  assert.deepEqual(told(await detail({ headers: own.headers })), ANONYMOUS);
  assert.deepEqual(told(await detail({ headers: own.headers })), ANONYMOUS, "nor does asking revive it");
  assert.equal((await detail({ token: own.token })).status, 200, "a token has a time of its own");
});

test("an account has twenty sessions at most: the least recently used goes, and nobody else's", async () => {
  const other = await session(service, "zo");
  const own = [];
  for (let n = 0; n < 20; n++) own.push(await session(service, "st"));
  const of = async () => (await sessions()).filter(({ account }) => account === 11).length;
  assert.equal(await of(), 20);
  // The first is used once more, so that the second is the oldest.
  const age = service.db.prepare("update sessions set used_at = used_at - ?1 where hash = ?2");
  for (const [n, { sessionid }] of own.entries()) await age.bind((40 - n) * MINUTE, hash(sessionid)).run();
  assert.ok(await lives(own[0]));
  own.push(await session(service, "st"));
  assert.equal(await of(), 20);
  assert.deepEqual(await Promise.all([0, 1, 2, 19, 20].map((n) => lives(own[n]))), [true, false, true, true, true]);
  assert.ok(await lives(other));
});

test("a session ends with a raised epoch, and rests while its account is not active", async () => {
  const own = await session(service, "un");
  const set = (sql) => service.db.prepare(`update accounts set ${sql} where username = 'un'`).run();
  await set("active = 0");
  assert.deepEqual(told(await detail({ headers: own.headers })), ANONYMOUS);
  await set("active = 1");
  assert.ok(await lives(own));
  await set("epoch = epoch + 1");
  assert.deepEqual(told(await detail({ headers: own.headers })), ANONYMOUS);
});

const WAYS_IN = {
  "/api/user/login/": (headers) => login(zo, { headers }),
  "/api-auth/login/": (headers) => browse(zo, { headers }),
};
for (const [path, signIn] of Object.entries(WAYS_IN)) {
  test(`${path} makes a cookie of its own: none that was planted is taken over`, async () => {
    const mine = ({ sessionid }) => ({ headers: { Cookie: `sessionid=${sessionid}` } });
    const made = (answer) => {
      assert.ok(answer.status === 200 || answer.status === 303, answer.text);
      return cookies(answer);
    };
    // One that an attacker made up.
    const unknown = "a".repeat(64);
    const first = made(await signIn({ Cookie: `sessionid=${unknown}` }));
    assert.notEqual(first.sessionid, unknown);
    assert.equal(await lives(mine({ sessionid: unknown })), false);
    assert.ok(await lives(mine(first)));
    // One of the attacker's own: it ends, rather than become the victim's, or stay beside.
    const attacker = await session(service, "st");
    const second = made(await signIn({ Cookie: `sessionid=${attacker.sessionid}` }));
    assert.notEqual(second.sessionid, attacker.sessionid);
    assert.equal(await lives(attacker), false);
    assert.equal((await detail(mine(second))).json.user.username, "zo");
    // Signing in anew ends what this browser had, and the tokens of its forms.
    const third = made(await signIn({ Cookie: `sessionid=${second.sessionid}` }));
    assert.equal(await lives(mine(second)), false);
    const old = { ...meant(third), "X-CSRFToken": second.csrftoken };
    assert.equal((await service.ask("POST", "/feed/", { headers: old })).status, 403);
    assert.equal((await service.ask("POST", "/feed/", { headers: meant(third) })).status, 200);
    assert.ok(await lives(mine(first)), "another browser's stays");
  });
}

test("two session cookies are none: one of them was planted", async () => {
  const [own, attacker] = [await session(service, "zo"), await session(service, "st")];
  const both = [own, attacker].map(({ sessionid }) => `sessionid=${sessionid}`);
  for (const Cookie of [both.join("; "), both.toReversed().join("; "), `${both[0]}; ${both[0]}`, `${both[0]}; x=y; sessionid=`]) {
    assert.deepEqual(told(await detail({ headers: { Cookie } })), ANONYMOUS, Cookie.replaceAll(/[0-9a-f]{64}/g, "S"));
    const headers = { ...own.headers, Cookie };
    assert.equal((await service.ask("POST", "/feed/", { headers })).status, 401);
  }
  await login(zo, { headers: { Cookie: both.join("; ") } });
  assert.deepEqual([await lives(own), await lives(attacker)], [true, true], "nor does a login end either");
});
