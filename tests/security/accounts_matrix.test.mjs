// Who may do what about an account: every route of accounts times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals; and that it is done to nobody else's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { basic, changes, judge, send, signedIn, table, whole } from "../support/matrix.mjs";
import { session } from "../support/sessions.mjs";

// A cell has two accounts, its own and another one. Where a token in the path or a name and a password in the body say
// who is meant, that is the cell's own, and what else is brought is not looked at.

/// Forms, signing in and out, and the password. A session that has ended is signed out of all the same.
const ENTRANCE = `
                                                yes  nobody  ended  account  verified  cookie
GET    /accounts/signup/                        200  yes     yes    yes      yes       yes
GET    /api-auth/login/                         200  yes     yes    yes      yes       yes
GET    /api/user/logout/                        200  yes     yes    yes      yes       yes
GET    /accounts/password/reset/                200  yes     yes    yes      yes       yes
POST   /api/user/login/                         200  yes     yes    yes      yes       yes
POST   /api-auth/login/                         303  yes     yes    yes      yes       yes
POST   /api/user/logout/                        200  login   yes    yes      yes       csrf
GET    /api/user/get_detail/                    200  login   login  yes      yes       yes
POST   /accounts/verify/                        202  login   login  yes      already   csrf
POST   /accounts/password/                      200  login   login  yes      yes       csrf
POST   /accounts/password/reset/                202  yes     yes    yes      yes       yes
GET    /accounts/password/reset/{token}/        200  yes     yes    yes      yes       yes
GET    /accounts/password/reset/{token}/ (bad)  -    login   login  login    login     login
POST   /accounts/password/reset/{token}/        200  yes     yes    yes      yes       yes
POST   /accounts/password/reset/{token}/ (bad)  -    login   login  login    login     login
`;

/// The address.
const ADDRESS = `
                                              yes  nobody  account  cookie
POST   /accounts/address/                     202  login   yes      csrf
GET    /accounts/address/{token}/             200  yes     yes      yes
GET    /accounts/address/{token}/ (bad)       -    login   login    login
POST   /accounts/address/{token}/             200  yes     yes      yes
POST   /accounts/address/{token}/ (bad)       -    login   login    login
GET    /accounts/address/undo/{token}/        200  yes     yes      yes
GET    /accounts/address/undo/{token}/ (bad)  -    login   login    login
POST   /accounts/address/undo/{token}/        200  yes     yes      yes
POST   /accounts/address/undo/{token}/ (bad)  -    login   login    login
`;

/// What an account is, and its ways in: one of its own, and one of the other account's, which it does not find.
const OWN = `
                                                  yes  nobody  account  other-account  cookie
GET    /accounts/me/                              200  login   yes      yes            yes
PATCH  /accounts/me/                              200  login   yes      yes            csrf
DELETE /accounts/me/                              204  login   yes      yes            csrf
GET    /accounts/export/                          200  login   yes      yes            yes
GET    /accounts/export/ (ics)                    200  login   yes      yes            yes
GET    /accounts/sessions/                        200  login   yes      yes            yes
DELETE /accounts/sessions/                        200  login   yes      yes            csrf
DELETE /accounts/sessions/{session}/              204  login   yes      missing        csrf
DELETE /accounts/sessions/{session}/ (another's)  204  login   missing  yes            csrf
`;

const NEW = "correct horse";
const LOGIN = { username: ":name", password: "p" };
/// What each row sends; `:name` is the cell's own account.
const REQUESTS = {
  "GET /accounts/signup/": undefined,
  "GET /api-auth/login/": undefined,
  "GET /api/user/logout/": undefined,
  "GET /accounts/password/reset/": undefined,
  "POST /api/user/login/": LOGIN,
  "POST /api-auth/login/": LOGIN,
  "POST /api/user/logout/": undefined,
  "GET /api/user/get_detail/": undefined,
  "POST /accounts/verify/": undefined,
  "POST /accounts/password/": { old_password: "p", new_password: NEW },
  "POST /accounts/password/reset/": { email: ":name@localhost" },
  "GET /accounts/password/reset/{token}/": undefined,
  "GET /accounts/password/reset/{token}/ (bad)": undefined,
  "POST /accounts/password/reset/{token}/": { new_password: NEW },
  "POST /accounts/password/reset/{token}/ (bad)": { new_password: NEW },
  "POST /accounts/address/": { email: "new@example.org", password: "p" },
  "GET /accounts/address/{token}/": undefined,
  "GET /accounts/address/{token}/ (bad)": undefined,
  "POST /accounts/address/{token}/": undefined,
  "POST /accounts/address/{token}/ (bad)": undefined,
  "GET /accounts/address/undo/{token}/": undefined,
  "GET /accounts/address/undo/{token}/ (bad)": undefined,
  "POST /accounts/address/undo/{token}/": undefined,
  "POST /accounts/address/undo/{token}/ (bad)": undefined,
  "GET /accounts/me/": undefined,
  "PATCH /accounts/me/": { first_name: "C" },
  "DELETE /accounts/me/": { password: "p" },
  "GET /accounts/export/": undefined,
  "GET /accounts/export/ (ics)": undefined,
  "GET /accounts/sessions/": undefined,
  "DELETE /accounts/sessions/": undefined,
  "DELETE /accounts/sessions/{session}/": undefined,
  "DELETE /accounts/sessions/{session}/ (another's)": undefined,
};
/// By the caller's right alone, not by a token's: these leave something changed.
const ACTS = ["POST /accounts/password/", "POST /accounts/address/", "PATCH /accounts/me/", "DELETE"];
const acts = ({ ask }) => ACTS.some((one) => ask === one || ask.split(" ")[0] === one);
/// Changes nothing of the account, but has it mailed.
const MAILS = ["POST /accounts/verify/"];

const of = (name) => session(service, name);
const access = async (name) => (await signedIn(service, name)).access;
const link = (id) => sign({ id, party: 1 });
/// Who asks: what a request brings, given the cell's own account and the other one, by name; `more` is what differs about
/// its own, `as` whose account it acts for.
const CALLERS = {
  nobody: {
    nobody: { come: () => ({}) },
    "malformed Basic": { come: () => ({ header: "Basic %%%" }) },
    "wrong password": { come: ({ own }) => basic(own, "q") },
    "unknown account": { come: () => basic("nn") },
    "inactive account": { come: () => basic("ub") },
    "unknown Token": { come: () => ({ header: `Token ${"0".repeat(40)}` }) },
    "forged Bearer": {
      async come({ own, other }) {
        const [good, wrong] = [(await access(own)).split("."), (await access(other)).split(".")];
        return { header: `Bearer ${[...good.slice(0, 2), wrong[2]].join(".")}` };
      },
    },
    "session and wrong password": {
      come: async ({ own }) => ({ ...basic(own, "q"), headers: { Cookie: (await of(own)).headers.Cookie } }),
    },
    "proposal's link": { come: ({ id }) => ({ query: link(id) }) },
    "proposal's link and own password": { come: ({ own, id }) => ({ ...basic(own), query: link(id) }) },
    "proposal's link and session": {
      come: async ({ own, id }) => ({ headers: (await of(own)).headers, query: link(id) }),
    },
  },
  ended: {
    "session that has ended": {
      async come({ own }) {
        const { headers } = await of(own);
        assert.equal((await service.ask("POST", "/api/user/logout/", { headers })).status, 200);
        return { headers };
      },
    },
  },
  unverified: {
    unverified: { more: { verified: 0 }, come: ({ own }) => basic(own) },
    "unverified by session": { more: { verified: 0 }, come: async ({ own }) => ({ headers: (await of(own)).headers }) },
  },
  verified: {
    account: { come: ({ own }) => basic(own) },
    "account by Token": { come: async ({ own }) => ({ header: `Token ${(await of(own)).token}` }) },
    "account by Bearer": { come: async ({ own }) => ({ header: `Bearer ${await access(own)}` }) },
    "account by session": { come: async ({ own }) => ({ headers: (await of(own)).headers }) },
    staff: { more: { staff: 1 }, come: ({ own }) => basic(own) },
  },
  "other-account": {
    "session and another's password": {
      as: "other",
      come: async ({ own, other }) => ({ ...basic(other), headers: { Cookie: (await of(own)).headers.Cookie } }),
    },
  },
  cookie: {
    "session without its token": {
      come: async ({ own }) => ({ headers: { Cookie: (await of(own)).headers.Cookie, Origin: ORIGIN } }),
    },
    "session with another's token": {
      async come({ own, other }) {
        const [good, wrong] = [await of(own), await of(other)];
        return { headers: { ...good.headers, "X-CSRFToken": wrong.csrftoken } };
      },
    },
    "session without Origin": {
      async come({ own }) {
        const { Cookie, "X-CSRFToken": token } = (await of(own)).headers;
        return { headers: { Cookie, "X-CSRFToken": token } };
      },
    },
  },
};
const entrance = table(ENTRANCE, CALLERS, { account: ["unverified"], verified: ["verified", "other-account"] });
const address = table(ADDRESS, CALLERS, { nobody: ["nobody", "ended"], account: ["unverified", "verified", "other-account"] });
const own = table(OWN, CALLERS, { nobody: ["nobody", "ended"], account: ["unverified", "verified"] });

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

let last = 1000;
/// The two accounts of a cell, each with one way in beside those that a cell opens, which is called by its number; its own has
/// asked for another address. Gives them with what the caller brings and how they are by then.
async function made({ more: { verified = 1, staff = 0 } = {}, come }) {
  const [own, other] = [1, 2].map((n) => ({ id: last + n, name: `a${last + n}`, way: String(last + n).padStart(16, "0") }));
  last += 2;
  const account = `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
    select ?1, ?2, ?2 || '@localhost', ?2 || '@localhost', ?3, 1, ?4, 1, password, 0 from accounts where id = 1`;
  const token = "insert into tokens (hash, account, epoch, created_at, used_at) values (?1, ?2, 0, ?3, ?3)";
  const change = `insert into address_changes (id, account, old_address, old_key, new_address, new_key, state, asked_at)
    values (?1, ?1, ?2, ?2, ?3, ?3, 'asked', 0)`;
  const { db } = service;
  await db.batch([
    db.prepare(account).bind(own.id, own.name, verified, staff),
    db.prepare(account).bind(other.id, other.name, 1, 0),
    ...[own, other].map(({ id, way }) => db.prepare(token).bind(way.padEnd(64, "0"), id, Date.now())),
    db.prepare(change).bind(own.id, `${own.name}@localhost`, `${own.name}@example.org`),
  ]);
  const came = await come({ own: own.name, other: other.name, id: own.id });
  return { own, other, came, before: await states(own, other) };
}

/// All of two accounts that somebody could have changed.
async function states(own, other) {
  const of = (table) => `(select count(*) from ${table} where account = ?1)`;
  const account = "select json_array(username, password, epoch, address, verified, active, first_name) from accounts where id = ?1";
  const all = `select (${account}) as a, ${of("sessions")} as s, ${of("tokens")} as t, ${of("families")} as f,
    (select json_group_array(state) from address_changes where account = ?1) as c`;
  const rows = await service.db.batch([own, other].map(({ id }) => service.db.prepare(all).bind(id)));
  return { own: rows[0].results[0], other: rows[1].results[0] };
}

/// The token of a path.
function token({ path, note }, id) {
  if (note === "bad") return "x";
  const [purpose, code] = path.includes("/reset/") ? ["reset", 5] : path.includes("/undo/") ? ["undo", 10] : ["address", 9];
  return sign({ purpose, code, id, party: 0 });
}

/// Asks each cell on accounts of its own, and holds what came of it against who has asked; what changes nothing is asked on
/// those of its caller, which in the end are as they were.
async function judged(cells) {
  const shared = new Map();
  const answers = await judge(cells, async (cell) => {
    const { caller, come: who, ask } = cell;
    const changing = changes(cell) && !MAILS.includes(ask);
    if (!changing && !shared.has(caller)) shared.set(caller, made(who));
    const { own, other, came, before } = await (changing ? made(who) : shared.get(caller));
    const text = JSON.stringify(REQUESTS[ask]);
    const path = cell.path
      .replace("{token}", () => token(cell, own.id))
      .replace("{session}", cell.note ? other.way : own.way);
    const answer = await send(service, {
      ...cell,
      path: cell.note === "ics" ? `${path}?format=ics` : path,
      members: text && JSON.parse(text.replaceAll(":name", own.name)),
    }, came);
    if (changing) {
      const now = await states(own, other);
      const acting = acts(cell) ? (who.as ?? "own") : "own";
      const another = acting === "own" ? "other" : "own";
      assert.deepEqual(now[another], before[another], `${caller}, ${ask}, ${another}`);
      if (acts(cell)) assert.notDeepEqual(now[acting], before[acting], `${caller}, ${ask}, ${acting}`);
    }
    return answer;
  });
  for (const [caller, one] of shared) {
    const { own, other, before } = await one;
    assert.deepEqual(await states(own, other), before, caller);
  }
  return answers;
}

test("no cell is missing: every route of accounts, every kind of caller", () => {
  const asks = Object.keys(REQUESTS);
  const [addresses, owns] = [asks.indexOf("POST /accounts/address/"), asks.indexOf("GET /accounts/me/")];
  whole([entrance], asks.slice(0, addresses));
  whole([address], asks.slice(addresses, owns));
  whole([own], asks.slice(owns));
});

test("signing in and out, and the password: whoever has what it takes gets in, each as the account that it shows", async () => {
  await judged(entrance);
});

test("the address: the account asks for it, and its link's holder has it changed", async () => {
  await judged(address);
});

test("one's own: each account sees and ends its own, and nobody another's", async () => {
  const answers = await judged(own);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
  const why = (name) => answers.filter(({ caller, status }) => caller === name && status === 403).map(({ answer }) => answer.text);
  for (const [name, words] of [
    ["session without its token", "CSRF token missing."],
    ["session with another's token", "CSRF token incorrect."],
    ["session without Origin", `Origin is missing. By session, send \`Origin: ${ORIGIN}\`, and the cookie \`csrftoken\` as \`X-CSRFToken\`.`],
  ]) {
    assert.deepEqual([...new Set(why(name))], [JSON.stringify({ detail: `CSRF Failed: ${words}` })], name);
  }
});
