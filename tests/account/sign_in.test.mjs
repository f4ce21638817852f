// The pair of tokens that a sign-in gives: what each opens, how they are refreshed, and what ends them.
import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";
import { after, before, test } from "node:test";
import { KEY_1, SLOTS, start } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const later = (millis) => ({ dev: `offset=${millis}` });
const login = (json, options) => service.ask("POST", "/accounts/login/", { json, ...options });
const zo = async (options) => (await login({ username: "zo", password: "p" }, options)).json;
const refresh = (token, options) => service.ask("POST", "/accounts/token/refresh/", { json: { refresh: token }, ...options });
const list = (access, options = {}) => service.ask("GET", "/", { headers: { Authorization: `Bearer ${access}` }, ...options });
const GONE = [401, { detail: "Token is invalid or expired", code: "token_not_valid" }];
const BAD = [
  401,
  {
    detail: "Given token not valid for any token type",
    code: "token_not_valid",
    messages: [{ token_class: "AccessToken", token_type: "access", message: "Token is invalid or expired" }],
  },
];
const told = ({ status, json }) => [status, json];

/// A JWT made without the Worker's help, as src/account/jwt.rs writes it down.
function jwt({ kind = "access", typ = kind === "access" ? "at+jwt" : "rt+jwt", alg = "HS256", kid = "k1", key = kind, claims }) {
  const secret = Buffer.from(KEY_1.split(":")[1], "base64");
  const derived = Buffer.from(hkdfSync("sha256", secret, "whittle", `whittle/jwt/1/${key}`, 64));
  const signing = createHmac("sha256", derived).update("").digest();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  // In the order in which the service writes them.
  const head = `${part({ alg, kid, typ })}.${part(claims)}`;
  const hash = { HS256: "sha256", HS384: "sha384", HS512: "sha512" }[alg];
  return `${head}.${hash ? createHmac(hash, signing).update(head).digest("base64url") : ""}`;
}
const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const header = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));

test("the document's sign-in: name and password for a pair", async () => {
  const { status, json } = await login({ username: "zo", password: "p" });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json).sort(), ["access", "refresh"]);
  assert.deepEqual(header(json.access), { alg: "HS256", kid: "k1", typ: "at+jwt" });
  assert.deepEqual(header(json.refresh), { alg: "HS256", kid: "k1", typ: "rt+jwt" });
  for (const wrong of [{ username: "zo", password: "q" }, { username: "nobody", password: "p" }, { username: "ub", password: "p" }]) {
    assert.deepEqual(told(await login(wrong)), [401, { detail: "No active account found with the given credentials" }]);
  }
  const required = ["This field is required."];
  assert.deepEqual(told(await login({})), [400, { username: required, password: required }]);
});

test("an access token opens what any other credential of the account opens, for ten minutes", async () => {
  const { access } = await zo();
  assert.equal((await list(access)).status, 200);
  const headers = { Authorization: `Bearer ${access}` };
  const made = await service.ask("POST", "/", { headers, json: { parties: ["bea@example.org"], slots: SLOTS } });
  assert.equal(made.status, 201);
  assert.equal((await service.ask("GET", `/${made.json.id}/`, { headers })).status, 200);
  assert.equal((await service.ask("GET", "/feed/", { headers })).status, 200);
  const log = await service.ask("GET", `/${made.json.id}/log/`, { headers });
  assert.equal(log.json.entries[0].data.via, "bearer");
  assert.equal((await list(access, later(9 * MINUTE))).status, 200);
  assert.deepEqual(told(await list(access, later(11 * MINUTE))), BAD);
});

test("what is made here by hand is what the service makes, and nothing else is taken", async () => {
  const { access, refresh: second } = await zo();
  assert.equal(jwt({ claims: claims(access) }), access, "the format and the key");
  assert.equal(jwt({ kind: "refresh", claims: claims(second) }), second);
  const good = claims(access);
  const wrong = {
    "a refresh token": second,
    "no signature": jwt({ alg: "none", claims: good }),
    "another algorithm": jwt({ alg: "HS512", claims: good }),
    "another type": jwt({ typ: "JWT", claims: good }),
    "the refresh key": jwt({ key: "refresh", claims: good }),
    "an unknown key": jwt({ kid: "k9", claims: good }),
    "a link": sign({ id: 1, party: 1 }),
    "another epoch": jwt({ claims: { ...good, epoch: good.epoch + 1 } }),
    "nobody": jwt({ claims: { ...good, sub: 999_999 } }),
    "an inactive account": jwt({ claims: { ...good, sub: 3 } }),
    junk: "a.b.c",
  };
  for (const [name, token] of Object.entries(wrong)) assert.deepEqual(told(await list(token)), BAD, name);
  assert.equal((await list(jwt({ claims: good }))).status, 200);
  for (const token of [access, jwt({ claims: claims(second) }), jwt({ kind: "refresh", key: "access", claims: claims(second) }), "a.b.c"]) {
    assert.deepEqual(told(await refresh(token)), GONE);
  }
  // Neither is a link, nor an account's token.
  assert.equal((await service.ask("GET", "/", { token: access })).status, 401);
  assert.equal((await service.ask("GET", "/1/", { et: access })).status, 401);
});

test("refreshing gives the next pair; two tabs at once both go on with the same one", async () => {
  const first = await zo();
  const [a, b] = await Promise.all([refresh(first.refresh), refresh(first.refresh)]);
  assert.deepEqual([a.status, b.status], [200, 200]);
  assert.equal(a.json.refresh, b.json.refresh);
  assert.notEqual(a.json.refresh, first.refresh);
  const again = await refresh(first.refresh, later(5_000));
  assert.deepEqual([again.status, again.json.refresh], [200, a.json.refresh], "within ten seconds");
  const next = await refresh(a.json.refresh);
  assert.equal(next.status, 200);
  assert.equal((await list(next.json.access)).status, 200);
});

test("a token that is sent again within ten seconds gives the same successor, whether that was used since or not", async () => {
  const first = await zo();
  const second = (await refresh(first.refresh)).json;
  const third = (await refresh(second.refresh, later(2_000))).json;
  const again = await refresh(first.refresh, later(5_000));
  assert.deepEqual([again.status, again.json.refresh], [200, second.refresh], "its successor was used");
  assert.equal((await list(again.json.access, later(5_000))).status, 200);
  const next = await refresh(second.refresh, later(6_000));
  assert.deepEqual([next.status, next.json.refresh], [200, third.refresh]);
  assert.equal((await refresh(third.refresh, later(11_000))).status, 200, "the family goes on");
  // Ten seconds are counted for each token by itself: the first one's are over.
  assert.deepEqual(told(await refresh(first.refresh, later(11_500))), GONE);
  assert.deepEqual(told(await refresh(third.refresh, later(11_500))), GONE, "and the family has ended");
});

test("both tokens carry the registered claims of when they were issued and when they end, in seconds", async () => {
  const before = Math.floor(Date.now() / 1000);
  const { access, refresh: second } = await zo();
  const after = Math.floor(Date.now() / 1000);
  for (const [token, life] of [[access, 600], [second, 30 * 86_400]]) {
    const { iat, exp } = claims(token);
    assert.ok(Number.isInteger(iat) && iat >= before && iat <= after, String(iat));
    assert.equal(exp - iat, life);
  }
  // What a token says of its end is what counts.
  const { iat, exp, ...rest } = claims(access);
  assert.equal((await list(jwt({ claims: { iat, exp, ...rest } }))).status, 200);
  assert.deepEqual(told(await list(jwt({ claims: { iat, exp: before - 1, ...rest } }))), BAD);
  assert.deepEqual(told(await list(jwt({ claims: { iat, ...rest } }))), BAD);
});

test("an old token that is used later ends the whole family, and no other", async () => {
  const [stolen, other] = [await zo(), await zo()];
  const own = (await refresh(stolen.refresh)).json;
  assert.deepEqual(told(await refresh(stolen.refresh, later(11_000))), GONE, "a thief, or who was stolen from");
  assert.deepEqual(told(await refresh(own.refresh)), GONE, "neither goes on");
  assert.equal((await refresh(other.refresh)).status, 200);
  // Two steps back, later than ten seconds, is never a tab.
  const third = (await refresh((await refresh((await zo()).refresh)).json.refresh)).json;
  const family = claims(third.refresh);
  const old = jwt({ kind: "refresh", claims: { ...family, n: 0 } });
  assert.deepEqual(told(await refresh(old, later(11_000))), GONE);
  assert.deepEqual(told(await refresh(third.refresh)), GONE);
});

test("a refresh token unused for a month is void", async () => {
  const first = await zo();
  assert.equal((await refresh(first.refresh, later(29 * DAY))).status, 200);
  const second = await zo();
  assert.deepEqual(told(await refresh(second.refresh, later(31 * DAY))), GONE);
});

test("signing out ends the family; a raised epoch ends everything", async () => {
  const out = await zo();
  for (let n = 0; n < 2; n++) {
    assert.equal((await service.ask("POST", "/accounts/logout/", { json: { refresh: out.refresh } })).status, 204);
  }
  assert.deepEqual(told(await refresh(out.refresh)), GONE);
  const pair = await zo();
  await service.db.prepare("update accounts set epoch = epoch + 1 where username = 'zo'").run();
  assert.deepEqual(told(await list(pair.access)), BAD);
  assert.deepEqual(told(await refresh(pair.refresh)), GONE);
  assert.equal((await list((await zo()).access)).status, 200);
});

test("an access token is void as soon as its family has ended, however that came; others go on", async () => {
  const other = await zo();
  const ends = {
    "signed out": ({ refresh: token }) => service.ask("POST", "/accounts/logout/", { json: { refresh: token } }),
    "signed out by an older token of it": async ({ refresh: token }) => {
      await refresh(token);
      return service.ask("POST", "/accounts/logout/", { json: { refresh: token } });
    },
    stolen: async ({ refresh: token }) => {
      await refresh(token);
      return refresh(token, later(11_000));
    },
    "twenty others": async () => {
      for (let n = 0; n < 20; n++) await zo(later(1_000 + n));
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    const pair = await zo();
    const next = (await refresh(pair.refresh)).json;
    for (const { access } of [pair, next]) assert.equal((await list(access)).status, 200, how);
    await end(next);
    for (const { access } of [pair, next]) assert.deepEqual(told(await list(access)), BAD, how);
    if (how !== "twenty others") assert.equal((await list(other.access)).status, 200, how);
  }
  // A family is one account's: its name alone opens nobody else's.
  const mine = await zo();
  const { json: theirs } = await login({ username: "st", password: "p" });
  const mixed = { ...claims(mine.access), family: claims(theirs.access).family };
  assert.deepEqual(told(await list(jwt({ claims: mixed }))), BAD);
});

test("what is no token at all is told so", async () => {
  for (const path of ["/accounts/token/refresh/", "/accounts/logout/"]) {
    const post = async (json) => told(await service.ask("POST", path, { json }));
    assert.deepEqual(await post({}), [400, { refresh: ["This field is required."] }]);
    assert.deepEqual(await post({ refresh: "" }), [400, { refresh: ["This field may not be blank."] }]);
    assert.deepEqual(await post({ refresh: 7 }), [400, { refresh: ["Not a valid string."] }]);
    assert.deepEqual(await post({ refresh: "x" }), GONE);
  }
});

test("an account has twenty families at most; the least recently used goes", async () => {
  const first = await login({ username: "st", password: "p" });
  await refresh(first.json.refresh);
  for (let n = 0; n < 20; n++) await login({ username: "st", password: "p" }, later(1000 + n));
  const { n } = await service.db.prepare("select count(*) as n from families where account = 11").first();
  assert.equal(n, 20);
  assert.deepEqual(told(await refresh(first.json.refresh)), GONE);
});
