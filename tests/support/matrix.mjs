// What the tables of who may do what share: the kinds of caller, and the judge.
import assert from "node:assert/strict";
import { request } from "node:http";
import { ORIGIN, start } from "./harness.mjs";
import { sign } from "./links.mjs";
import { session } from "./sessions.mjs";

export const BEA = "bea@example.org";
/// The parties of a cell's proposal: p1 to p4.
export const PARTIES = [BEA, "zo@localhost", "un@localhost", "cyd@example.org"];

const now = () => Math.floor(Date.now() / 1000);

/// An account's name and password.
export const basic = (name, password = "p") => ({ header: `Basic ${btoa(`${name}:${password}`)}` });

/// The pair of tokens of who signs in.
export async function signedIn(service, username) {
  const { status, json } = await service.ask("POST", "/accounts/login/", { json: { username, password: "p" } });
  assert.equal(status, 200);
  return json;
}

/// The Worker with the accounts that callers are of, their tokens, and what requests by their sessions bring.
export async function setUp(options) {
  const service = await start(options);
  const account = (id, name) =>
    service.db
      .prepare(
        `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
         select ?1, ?2, ?2 || '@localhost', ?2 || '@localhost', 1, 1, 0, 1, password, 0 from accounts where id = 1`,
      )
      .bind(id, name)
      .run();
  await account(20, "cr");
  // `fe` has a feed that no caller rotates.
  await account(21, "fe");
  const tokens = {};
  for (const username of ["st", "cr"]) {
    const { json } = await service.ask("POST", "/api-token-auth/", { json: { username, password: "p" } });
    tokens[username] = json.token;
  }
  const access = async (username) => (await signedIn(service, username)).access.split(".");
  const [good, other] = [await access("cr"), await access("st")];
  tokens.bearer = good.join(".");
  tokens.forged = [...good.slice(0, 2), other[2]].join(".");
  tokens.session = (await session(service, "cr")).headers;
  tokens.strange = (await session(service, "st")).headers;
  tokens.ended = (await session(service, "cr")).headers;
  const out = await service.ask("POST", "/api/user/logout/", { headers: tokens.ended });
  assert.deepEqual([out.status, out.json], [200, { logged_out: true }]);
  return { service, tokens };
}

/// Who asks as an account or as nobody: what a request brings. `creator` and `party` say what differs about the proposal.
/// `cr` proposes to bea, zo, un and cyd, none of them staff.
export const ACCOUNTS = {
  nobody: () => ({}),
  "malformed Basic": () => ({ header: "Basic %%%" }),
  "wrong password": () => basic("cr", "q"),
  "unknown account": () => basic("nn"),
  "inactive account": () => basic("ub"),
  "unknown Token": () => ({ header: `Token ${"0".repeat(40)}` }),
  "forged Bearer": (_, { forged }) => ({ header: `Bearer ${forged}` }),
  "party, unverified": () => basic("un"),
  stranger: () => basic("st"),
  "stranger by Token": (_, { st }) => ({ header: `Token ${st}` }),
  party: () => basic("zo"),
  "creator, no party": () => basic("cr"),
  "creator, a party": () => ({ ...basic("cr"), party: "cr@localhost" }),
  "creator, unverified": () => ({ ...basic("un"), creator: "un" }),
  "creator by Token": (_, { cr }) => ({ header: `Token ${cr}` }),
  "creator by Bearer": (_, { bearer }) => ({ header: `Bearer ${bearer}` }),
  "creator by session": (_, { session }) => ({ headers: session }),
  "session without its token": (_, { session }) => ({ headers: { Cookie: session.Cookie, Origin: ORIGIN } }),
  "stranger by session": (_, { strange }) => ({ headers: strange }),
  "session that has ended": (_, { ended }) => ({ headers: ended }),
  // The cookie alone, as it comes by itself: what is said beside it counts, and needs no token.
  "session and stranger's password": (_, { session }) => ({ ...basic("st"), headers: { Cookie: session.Cookie } }),
  "session and wrong password": (_, { session }) => ({ ...basic("cr", "q"), headers: { Cookie: session.Cookie } }),
  staff: () => basic("ob"),
};

/// Who asks by a link of this purpose, given the proposal's id; `other` is another one's. `revoked` says that bea's links
/// are voided first.
export function linked(purpose, code, other) {
  const link = (id, more) => sign({ purpose, code, id, party: 1, ...more });
  const forged = (id) => link(id, { key: `k1:${btoa("0".repeat(32))}` });
  return {
    "link in the query": (id) => ({ query: link(id) }),
    "link in the body": (id) => ({ body: link(id) }),
    "link in the header": (id) => ({ header: `Link ${link(id)}` }),
    "link of another party": (id) => ({ query: link(id, { party: 4 }) }),
    "link and staff's password": (id) => ({ ...basic("ob"), query: link(id) }),
    "link and creator's session": (id, { session }) => ({ headers: { Cookie: session.Cookie }, query: link(id) }),
    "link of another proposal": () => ({ query: link(other()) }),
    "link that has expired": (id) => ({ query: link(id, { expires: now() - 1 }) }),
    "link that is forged": (id) => ({ query: forged(id) }),
    "forged link and creator's password": (id) => ({ ...basic("cr"), query: forged(id) }),
    "link of an older generation": (id) => ({ query: link(id), revoked: true }),
  };
}

/// The routes of accounts_matrix.test.mjs.
export const ACCOUNT_ROUTES = [
  ...["SignUpForm", "LoginForm", "LogoutForm", "ResetForm"],
  ...["ApiLogin", "BrowserLogin", "ApiLogout", "Detail", "VerifyAgain"],
  ...["ChangePassword", "AskReset", "Reset", "ResetNow"],
  ...["ChangeAddress", "Address", "AddressNow", "Undo", "UndoNow"],
  ...["Me", "ChangeMe", "Leave", "Export", "SignIns", "EndSignIns", "EndSignIn"],
];

/// One request. The harness's own goes by `fetch`, which sends no body with GET.
export function send(service, [, method, path, members], { header, query, body, headers: more }) {
  const url = new URL(path, service.url);
  if (query) url.searchParams.set("et", query);
  const sent = body || members ? JSON.stringify({ ...members, ...(body && { et: body }) }) : "";
  const headers = { ...more, ...(header && { Authorization: header }) };
  if (sent) Object.assign(headers, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(sent) });
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, timeout: 20_000 }, async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, text: (await answer.toArray()).join("") });
    });
    asked.on("error", reject).on("timeout", () => asked.destroy(new Error("no answer")));
    asked.end(sent);
  });
}

/// A table's cells: `[caller, column, status]`, refusing lines that are not as long as the heading.
function cells(table) {
  const [heading, ...lines] = table.split("\n").filter((line) => line.trim());
  const columns = heading.trim().split(/\s+/);
  return lines.flatMap((line) => {
    const [caller, ...statuses] = line.split(/\s{2,}/);
    assert.equal(statuses.length, columns.length, `a status for each column: ${line}`);
    return columns.map((column, i) => [caller, column, Number(statuses[i])]);
  });
}

/// Has each cell of a table asked, a few at a time, and compares all of them at once. `ask` gives the answer.
export async function judge(table, ask) {
  const one = async ([caller, column, wanted]) => ({ caller, column, wanted, ...(await ask(caller, column)) });
  const asked = cells(table);
  const answers = [];
  while (asked.length) answers.push(...(await Promise.all(asked.splice(0, 8).map(one))));
  const differing = answers.filter(({ status, wanted }) => status !== wanted);
  const lines = differing.map((a) => `${a.caller}, ${a.column}: ${a.wanted} is right, ${a.status} came: ${a.text}`);
  assert.deepEqual(lines, []);
  return answers;
}

/// That a table has each cell once: no caller and none of the columns is missing, none is made up.
export function whole(table, callers, columns) {
  const wanted = Object.keys(callers).flatMap((caller) => columns.map((column) => `${caller}, ${column}`));
  assert.deepEqual(cells(table).map(([caller, column]) => `${caller}, ${column}`), wanted);
}
