// Tables of who may do what: a row is a route, a column a kind of caller, a cell the word for what such a caller gets. A
// new route is a line in a table, and where it takes a body or a token, an entry among the requests of its file.
import assert from "node:assert/strict";
import { request } from "node:http";
import { LONG, ORIGIN, start } from "./harness.mjs";
import { sign } from "./links.mjs";
import { session } from "./sessions.mjs";

/// The words of cells, and the status that each means. `yes` is the status that the row itself names first.
const WORDS = {
  already: 200, // it is so
  invalid: 400,
  login: 401, // who asks has not shown who that is
  csrf: 403, // nor that it was meant
  forbidden: 403,
  missing: 404,
  conflict: 409,
  gone: 410,
};
const LINE = /^(GET|POST|PUT|PATCH|DELETE) +(\S+)(?: \((.+?)\))? +(\d{3}|-) +(\S.*)$/;

/// Reads a table; gives its cells, one for each row and each caller. `callers` are what requests bring, by kind and by name.
/// A column has the callers of a kind; where kinds are treated alike, `joined` names the kinds of a column. What changes something
/// needs a world of its own each time, so in the short form one caller of a kind asks for it, another one in the next row.
export function table(text, callers, joined = {}) {
  const [heading, ...lines] = text.split("\n").filter((line) => line.trim());
  const [first, ...columns] = heading.trim().split(/\s+/);
  assert.equal(first, "yes", "a row's status stands under `yes`");
  const kinds = columns.map((column) => joined[column] ?? [column]);
  assert.deepEqual(kinds.flat().sort(), Object.keys(callers).sort(), "each kind of caller is in one column");
  return lines.flatMap((line, row) => {
    const [, method, path, note, yes, rest] = LINE.exec(line) ?? assert.fail(`not a row: ${line}`);
    const words = rest.trim().split(/\s+/);
    assert.equal(words.length, columns.length, `a word for each column: ${line}`);
    const ask = `${method} ${path}${note ? ` (${note})` : ""}`;
    return words.flatMap((word, n) => {
      const status = word === "yes" ? Number(yes) : WORDS[word];
      assert.ok(status, `a word that means something: ${word} in ${line}`);
      const asked = kinds[n].flatMap((kind) => {
        const all = Object.entries(callers[kind]);
        return LONG || !changes({ method, status }) ? all : [all[row % all.length]];
      });
      return asked.map(([caller, come]) => ({ ask, method, path, note, word, status, caller, come }));
    });
  });
}

/// Callers by kind, with more of some kinds.
export function withMore(...groups) {
  const all = {};
  for (const group of groups) for (const [kind, some] of Object.entries(group)) all[kind] = { ...all[kind], ...some };
  return all;
}

/// That tables have the rows which these requests are for, each in its order.
export function whole(tables, requests) {
  for (const cells of tables) assert.deepEqual([...new Set(cells.map(({ ask }) => ask))], requests);
}

/// Has each cell asked, some at a time, and compares all of them at once. `ask` gives the answer.
export async function judge(cells, ask) {
  const waiting = [...cells];
  const answers = [];
  const one = async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) answers.push({ ...cell, answer: await ask(cell) });
  };
  await Promise.all(Array.from({ length: 8 }, one));
  const wrong = answers.filter(({ status, word, answer }) => answer.status !== status || answer.text.includes("CSRF Failed") !== (word === "csrf"));
  const lines = wrong.map(({ caller, ask, word, status, answer }) => `${caller}, ${ask}: '${word}' (${status}) is right, ${answer.status} came: ${answer.text}`);
  assert.deepEqual(lines, []);
  return answers;
}

/// Whether who may ask this changes something by it.
export const changes = ({ method, status }) => method !== "GET" && status < 400;

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
export async function setUp() {
  const service = await start();
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

/// Who asks as an account or as nobody, by what that is to a proposal: what a request brings. `creator` and `party` say what
/// differs about the proposal, which `cr` makes to bea, zo, un and cyd, none of them staff.
export const ACCOUNTS = {
  nobody: {
    nobody: () => ({}),
    "malformed Basic": () => ({ header: "Basic %%%" }),
    "wrong password": () => basic("cr", "q"),
    "unknown account": () => basic("nn"),
    "inactive account": () => basic("ub"),
    "unknown Token": () => ({ header: `Token ${"0".repeat(40)}` }),
    "forged Bearer": (_, { forged }) => ({ header: `Bearer ${forged}` }),
    "session that has ended": (_, { ended }) => ({ headers: ended }),
    // The cookie alone, as it comes by itself: what is said beside it counts, and needs no token.
    "session and wrong password": (_, { session }) => ({ ...basic("cr", "q"), headers: { Cookie: session.Cookie } }),
  },
  unverified: { "party, unverified": () => basic("un") },
  stranger: {
    stranger: () => basic("st"),
    "stranger by Token": (_, { st }) => ({ header: `Token ${st}` }),
    "stranger by session": (_, { strange }) => ({ headers: strange }),
    "session and stranger's password": (_, { session }) => ({ ...basic("st"), headers: { Cookie: session.Cookie } }),
  },
  party: { party: () => basic("zo") },
  creator: {
    "creator, no party": () => basic("cr"),
    "creator by Token": (_, { cr }) => ({ header: `Token ${cr}` }),
    "creator by Bearer": (_, { bearer }) => ({ header: `Bearer ${bearer}` }),
    "creator by session": (_, { session }) => ({ headers: session }),
  },
  "creator-unverified": { "creator, unverified": () => ({ ...basic("un"), creator: "un" }) },
  "creator-party": { "creator, a party": () => ({ ...basic("cr"), party: "cr@localhost" }) },
  staff: { staff: () => basic("ob") },
  cookie: { "session without its token": (_, { session }) => ({ headers: { Cookie: session.Cookie, Origin: ORIGIN } }) },
};

/// Who asks by a link of this purpose, given the proposal's id; `other` is another one's. `revoked` says that bea's links
/// are voided first.
export function linked(purpose, code, other) {
  const link = (id, more) => sign({ purpose, code, id, party: 1, ...more });
  const forged = (id) => link(id, { key: `k1:${btoa("0".repeat(32))}` });
  return {
    link: {
      "link in the query": (id) => ({ query: link(id) }),
      "link in the body": (id) => ({ body: link(id) }),
      "link in the header": (id) => ({ header: `Link ${link(id)}` }),
      "link and staff's password": (id) => ({ ...basic("ob"), query: link(id) }),
      "link and creator's session": (id, { session }) => ({ headers: { Cookie: session.Cookie }, query: link(id) }),
    },
    "other-link": { "link of another party": (id) => ({ query: link(id, { party: 4 }) }) },
    expired: { "link that has expired": (id) => ({ query: link(id, { expires: now() - 1 }) }) },
    "bad-link": {
      "link of another proposal": () => ({ query: link(other()) }),
      "link that is forged": (id) => ({ query: forged(id) }),
      "forged link and creator's password": (id) => ({ ...basic("cr"), query: forged(id) }),
      "link of an older generation": (id) => ({ query: link(id), revoked: true }),
    },
  };
}
/// The kinds of `linked`, for tables of what links open nothing of.
export const LINKS = ["link", "other-link", "expired", "bad-link"];

/// One request. The harness's own goes by `fetch`, which sends no body with GET.
export function send(service, { method, path, members }, { header, query, body, headers: more }) {
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
