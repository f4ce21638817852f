// Who may do what about an account: every route of accounts times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals; and that it is done to nobody else's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNT_ROUTES, basic, judge, send, signedIn, whole } from "../support/matrix.mjs";
import { session } from "../support/sessions.mjs";

// A cell has two accounts, its own and another one. Where a token in the path or a name and a password in the body say
// who is meant, that is the cell's own, and what else is brought is not looked at.

/// Forms, signing in and out, and the password. A session that has ended is signed out of all the same.
const ENTRANCE = `
                                  sign-up-form  login-form  logout-form  reset-form  api-login  browser-login  api-logout  detail  verify-again  password  ask-reset  reset  reset-none  reset-now  reset-now-none
nobody                            200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
malformed Basic                   200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
wrong password                    200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
unknown account                   200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
inactive account                  200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
unknown Token                     200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
forged Bearer                     200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
unverified                        200           200         200          200         200        303            200         200     202           200       202        200    401         200        401
unverified by session             200           200         200          200         200        303            200         200     202           200       202        200    401         200        401
account                           200           200         200          200         200        303            200         200     200           200       202        200    401         200        401
account by Token                  200           200         200          200         200        303            200         200     200           200       202        200    401         200        401
account by Bearer                 200           200         200          200         200        303            200         200     200           200       202        200    401         200        401
account by session                200           200         200          200         200        303            200         200     200           200       202        200    401         200        401
session without its token         200           200         200          200         200        303            403         200     403           403       202        200    401         200        401
session with another's token      200           200         200          200         200        303            403         200     403           403       202        200    401         200        401
session without Origin            200           200         200          200         200        303            403         200     403           403       202        200    401         200        401
session that has ended            200           200         200          200         200        303            200         401     401           401       202        200    401         200        401
session and another's password    200           200         200          200         200        303            200         200     200           200       202        200    401         200        401
session and wrong password        200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
staff                             200           200         200          200         200        303            200         200     200           200       202        200    401         200        401
proposal's link                   200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
proposal's link and own password  200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
proposal's link and session       200           200         200          200         200        303            401         401     401           401       202        200    401         200        401
`;

/// The address.
const ADDRESS = `
                                  change-address  address  address-none  address-now  address-now-none  undo  undo-none  undo-now  undo-now-none
nobody                            401             200      401           200          401               200   401        200       401
malformed Basic                   401             200      401           200          401               200   401        200       401
wrong password                    401             200      401           200          401               200   401        200       401
unknown account                   401             200      401           200          401               200   401        200       401
inactive account                  401             200      401           200          401               200   401        200       401
unknown Token                     401             200      401           200          401               200   401        200       401
forged Bearer                     401             200      401           200          401               200   401        200       401
unverified                        202             200      401           200          401               200   401        200       401
unverified by session             202             200      401           200          401               200   401        200       401
account                           202             200      401           200          401               200   401        200       401
account by Token                  202             200      401           200          401               200   401        200       401
account by Bearer                 202             200      401           200          401               200   401        200       401
account by session                202             200      401           200          401               200   401        200       401
session without its token         403             200      401           200          401               200   401        200       401
session with another's token      403             200      401           200          401               200   401        200       401
session without Origin            403             200      401           200          401               200   401        200       401
session that has ended            401             200      401           200          401               200   401        200       401
session and another's password    202             200      401           200          401               200   401        200       401
session and wrong password        401             200      401           200          401               200   401        200       401
staff                             202             200      401           200          401               200   401        200       401
proposal's link                   401             200      401           200          401               200   401        200       401
proposal's link and own password  401             200      401           200          401               200   401        200       401
proposal's link and session       401             200      401           200          401               200   401        200       401
`;

/// What an account is, and its ways in: one of its own, and one of the other account's, which it does not find.
const OWN = `
                                  me   change-me  leave  export  export-ics  sign-ins  end-sign-ins  end-sign-in  end-foreign
nobody                            401  401        401    401     401         401       401           401          401
malformed Basic                   401  401        401    401     401         401       401           401          401
wrong password                    401  401        401    401     401         401       401           401          401
unknown account                   401  401        401    401     401         401       401           401          401
inactive account                  401  401        401    401     401         401       401           401          401
unknown Token                     401  401        401    401     401         401       401           401          401
forged Bearer                     401  401        401    401     401         401       401           401          401
unverified                        200  200        204    200     200         200       200           204          404
unverified by session             200  200        204    200     200         200       200           204          404
account                           200  200        204    200     200         200       200           204          404
account by Token                  200  200        204    200     200         200       200           204          404
account by Bearer                 200  200        204    200     200         200       200           204          404
account by session                200  200        204    200     200         200       200           204          404
session without its token         200  403        403    200     200         200       403           403          403
session with another's token      200  403        403    200     200         200       403           403          403
session without Origin            200  403        403    200     200         200       403           403          403
session that has ended            401  401        401    401     401         401       401           401          401
session and another's password    200  200        204    200     200         200       200           404          204
session and wrong password        401  401        401    401     401         401       401           401          401
staff                             200  200        204    200     200         200       200           204          404
proposal's link                   401  401        401    401     401         401       401           401          401
proposal's link and own password  401  401        401    401     401         401       401           401          401
proposal's link and session       401  401        401    401     401         401       401           401          401
`;

const NEW = "correct horse";
const LOGIN = { username: ":name", password: "p" };
/// What is asked for: its `Route`, method, path and body. `:name`, `:reset` and so on are of the cell's own account.
const ASKS = {
  "sign-up-form": ["SignUpForm", "GET", "/accounts/signup/"],
  "login-form": ["LoginForm", "GET", "/api-auth/login/"],
  "logout-form": ["LogoutForm", "GET", "/api/user/logout/"],
  "reset-form": ["ResetForm", "GET", "/accounts/password/reset/"],
  "api-login": ["ApiLogin", "POST", "/api/user/login/", LOGIN],
  "browser-login": ["BrowserLogin", "POST", "/api-auth/login/", LOGIN],
  "api-logout": ["ApiLogout", "POST", "/api/user/logout/"],
  detail: ["Detail", "GET", "/api/user/get_detail/"],
  "verify-again": ["VerifyAgain", "POST", "/accounts/verify/"],
  password: ["ChangePassword", "POST", "/accounts/password/", { old_password: "p", new_password: NEW }],
  "ask-reset": ["AskReset", "POST", "/accounts/password/reset/", { email: ":name@localhost" }],
  reset: ["Reset", "GET", "/accounts/password/reset/:reset/"],
  "reset-none": ["Reset", "GET", "/accounts/password/reset/x/"],
  "reset-now": ["ResetNow", "POST", "/accounts/password/reset/:reset/", { new_password: NEW }],
  "reset-now-none": ["ResetNow", "POST", "/accounts/password/reset/x/", { new_password: NEW }],
  "change-address": ["ChangeAddress", "POST", "/accounts/address/", { email: "new@example.org", password: "p" }],
  address: ["Address", "GET", "/accounts/address/:address/"],
  "address-none": ["Address", "GET", "/accounts/address/x/"],
  "address-now": ["AddressNow", "POST", "/accounts/address/:address/"],
  "address-now-none": ["AddressNow", "POST", "/accounts/address/x/"],
  undo: ["Undo", "GET", "/accounts/address/undo/:undo/"],
  "undo-none": ["Undo", "GET", "/accounts/address/undo/x/"],
  "undo-now": ["UndoNow", "POST", "/accounts/address/undo/:undo/"],
  "undo-now-none": ["UndoNow", "POST", "/accounts/address/undo/x/"],
  me: ["Me", "GET", "/accounts/me/"],
  "change-me": ["ChangeMe", "PATCH", "/accounts/me/", { first_name: "C" }],
  leave: ["Leave", "DELETE", "/accounts/me/", { password: "p" }],
  export: ["Export", "GET", "/accounts/export/"],
  "export-ics": ["Export", "GET", "/accounts/export/?format=ics"],
  "sign-ins": ["SignIns", "GET", "/accounts/sessions/"],
  "end-sign-ins": ["EndSignIns", "DELETE", "/accounts/sessions/"],
  "end-sign-in": ["EndSignIn", "DELETE", "/accounts/sessions/:way/"],
  "end-foreign": ["EndSignIn", "DELETE", "/accounts/sessions/:foreign/"],
};
/// By the caller's right alone, not by a token's: these leave something changed.
const ACTS = ["password", "change-address", "change-me", "leave", "end-sign-ins", "end-sign-in", "end-foreign"];
/// And these do not.
const READS = ["detail", "verify-again", "me", "export", "export-ics", "sign-ins"];

const of = (name) => session(service, name);
const access = async (name) => (await signedIn(service, name)).access;
const link = (id) => sign({ id, party: 1 });
/// Who asks: what a request brings, given the cell's own account and the other one, by name; `more` is what differs about
/// its own.
const CALLERS = {
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
  unverified: { more: { verified: 0 }, come: ({ own }) => basic(own) },
  "unverified by session": { more: { verified: 0 }, come: async ({ own }) => ({ headers: (await of(own)).headers }) },
  account: { come: ({ own }) => basic(own) },
  "account by Token": { come: async ({ own }) => ({ header: `Token ${(await of(own)).token}` }) },
  "account by Bearer": { come: async ({ own }) => ({ header: `Bearer ${await access(own)}` }) },
  "account by session": { come: async ({ own }) => ({ headers: (await of(own)).headers }) },
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
  "session that has ended": {
    async come({ own }) {
      const { headers } = await of(own);
      assert.equal((await service.ask("POST", "/api/user/logout/", { headers })).status, 200);
      return { headers };
    },
  },
  "session and another's password": {
    as: "other",
    come: async ({ own, other }) => ({ ...basic(other), headers: { Cookie: (await of(own)).headers.Cookie } }),
  },
  "session and wrong password": {
    come: async ({ own }) => ({ ...basic(own, "q"), headers: { Cookie: (await of(own)).headers.Cookie } }),
  },
  staff: { more: { staff: 1 }, come: ({ own }) => basic(own) },
  "proposal's link": { come: ({ id }) => ({ query: link(id) }) },
  "proposal's link and own password": { come: ({ own, id }) => ({ ...basic(own), query: link(id) }) },
  "proposal's link and session": {
    come: async ({ own, id }) => ({ headers: (await of(own)).headers, query: link(id) }),
  },
};

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

let last = 1000;
/// An account with one way in beside those that a cell opens, which is called by its number.
async function account({ verified = 1, staff = 0 } = {}) {
  const id = ++last;
  const name = `a${id}`;
  const add = `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
    select ?1, ?2, ?2 || '@localhost', ?2 || '@localhost', ?3, 1, ?4, 1, password, 0 from accounts where id = 1`;
  await service.db.prepare(add).bind(id, name, verified, staff).run();
  const way = String(id).padStart(16, "0");
  const token = "insert into tokens (hash, account, epoch, created_at, used_at) values (?1, ?2, 0, ?3, ?3)";
  await service.db.prepare(token).bind(way.padEnd(64, "0"), id, Date.now()).run();
  return { id, name, way };
}

/// All of an account that somebody could have changed.
async function state(id) {
  const of = (table) => `(select count(*) from ${table} where account = ?1)`;
  const account = "select json_array(username, password, epoch, address, verified, active, first_name) from accounts where id = ?1";
  const all = `select (${account}) as a, ${of("sessions")} as s, ${of("tokens")} as t, ${of("families")} as f,
    (select json_group_array(state) from address_changes where account = ?1) as c`;
  return service.db.prepare(all).bind(id).first();
}

/// Asks a cell, and holds what came of it against who has asked.
async function cell(caller, column) {
  const { more, as = "own", come } = CALLERS[caller];
  const accounts = { own: await account(more), other: await account() };
  const { own, other } = accounts;
  const change = `insert into address_changes (id, account, old_address, old_key, new_address, new_key, state, asked_at)
    values (?1, ?1, ?2, ?2, ?3, ?3, 'asked', 0)`;
  const [address, wanted] = [`${own.name}@localhost`, `${own.name}@example.org`];
  await service.db.prepare(change).bind(own.id, address, wanted).run();
  const token = (purpose, code) => sign({ purpose, code, id: own.id, party: 0 });
  const ways = {
    ":name": own.name,
    ":reset": token("reset", 5),
    ":address": token("address", 9),
    ":undo": token("undo", 10),
    ":way": own.way,
    ":foreign": other.way,
  };
  const fill = (text) => text.replace(/:(name|reset|address|undo|way|foreign)\b/g, (name) => ways[name]);
  const came = await come({ own: own.name, other: other.name, id: own.id });
  const [route, method, path, members] = ASKS[column];
  const before = { own: await state(own.id), other: await state(other.id) };
  const asked = [route, method, fill(path), members && JSON.parse(fill(JSON.stringify(members)))];
  const answer = await send(service, asked, came);
  const acts = answer.status < 400 && !READS.includes(column);
  const acting = ACTS.includes(column) ? as : "own";
  for (const [whose, { id }] of Object.entries(accounts)) {
    const now = await state(id);
    const told = `${caller}, ${column}, ${whose}`;
    if (!acts || whose !== acting) {
      assert.deepEqual(now, before[whose], told);
    } else if (ACTS.includes(column)) assert.notDeepEqual(now, before[whose], told);
  }
  return answer;
}

test("no cell is missing: every route of accounts, every kind of caller", () => {
  const names = Object.keys(ASKS);
  const columns = (from, to) => names.slice(names.indexOf(from), to && names.indexOf(to));
  whole(ENTRANCE, CALLERS, columns("sign-up-form", "change-address"));
  whole(ADDRESS, CALLERS, columns("change-address", "me"));
  whole(OWN, CALLERS, columns("me"));
  const routes = Object.values(ASKS).map(([route]) => route);
  assert.deepEqual([...new Set(routes)].sort(), [...ACCOUNT_ROUTES].sort());
});

test("signing in and out, and the password: whoever has what it takes gets in, each as the account that it shows", async () => {
  await judge(ENTRANCE, cell);
});

test("the address: the account asks for it, and its link's holder has it changed", async () => {
  await judge(ADDRESS, cell);
});

test("one's own: each account sees and ends its own, and nobody another's", async () => {
  const answers = await judge(OWN, cell);
  for (const { headers, caller, column } of answers.filter(({ status }) => status === 401)) {
    assert.match(headers["www-authenticate"], /^Basic /, `${caller}, ${column}`);
  }
  const why = (name) => answers.filter(({ caller, status }) => caller === name && status === 403).map(({ text }) => text);
  for (const [name, words] of [
    ["session without its token", "CSRF token missing."],
    ["session with another's token", "CSRF token incorrect."],
    ["session without Origin", `Origin is missing. By session, send \`Origin: ${ORIGIN}\`, and the cookie \`csrftoken\` as \`X-CSRFToken\`.`],
  ]) {
    assert.deepEqual([...new Set(why(name))], [JSON.stringify({ detail: `CSRF Failed: ${words}` })], name);
  }
});
