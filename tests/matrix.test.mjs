// Who may do what: every route times every kind of caller, with the status that the specification gives it, written by
// hand. A cell that is missing, or is one too many, fails.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { SLOTS, links, propose, start } from "./harness.mjs";
import { sign } from "./links.mjs";
import { variants } from "./routes.mjs";

// The proposal of a cell: `cr` proposes to bea (p1), zo (p2), un (p3) and cyd (p4), none of them staff.
// Rows are callers, columns are what they ask for, by the names below.

/// What is of no proposal.
const SERVICE = `
                                    list  propose  token-auth  openapi  health  outbox
nobody                              401   401      200         200      200     200
malformed Basic                     401   401      200         200      200     200
wrong password                      401   401      200         200      200     200
unknown account                     401   401      200         200      200     200
inactive account                    401   401      200         200      200     200
unknown Token                       401   401      200         200      200     200
party, unverified                   200   201      200         200      200     200
stranger                            200   201      200         200      200     200
stranger by Token                   200   201      200         200      200     200
party                               200   201      200         200      200     200
creator, no party                   200   201      200         200      200     200
creator, a party                    200   201      200         200      200     200
creator, unverified                 200   201      200         200      200     200
creator by Token                    200   201      200         200      200     200
staff                               200   201      200         200      200     200
link in the query                   401   401      200         200      200     200
link in the body                    401   401      200         200      200     200
link in the header                  401   401      200         200      200     200
link of another party               401   401      200         200      200     200
link and staff's password           401   401      200         200      200     200
link of another proposal            401   401      200         200      200     200
link that has expired               401   401      200         200      200     200
link that is forged                 401   401      200         200      200     200
forged link and creator's password  401   401      200         200      200     200
link of an older generation         401   401      200         200      200     200
`;

/// An open proposal.
const OPEN = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace
nobody                              401   401     401      401    401     401     401         401  401     401       401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401
wrong password                      401   401     401      401    401     401     401         401  401     401       401
unknown account                     401   401     401      401    401     401     401         401  401     401       401
inactive account                    401   401     401      401    401     401     401         401  401     401       401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401
party, unverified                   403   403     403      403    403     403     403         403  403     403       403
stranger                            403   403     403      403    403     403     403         403  403     403       403
stranger by Token                   403   403     403      403    403     403     403         403  403     403       403
party                               200   202     403      403    202     403     202         200  202     403       403
creator, no party                   200   202     202      204    202     202     400         200  403     204       202
creator, a party                    200   202     202      204    202     202     202         200  202     204       202
creator, unverified                 200   202     202      204    202     202     400         200  403     204       202
creator by Token                    200   202     202      204    202     202     400         200  403     204       202
staff                               200   202     202      204    202     202     400         200  403     204       202
link in the query                   200   202     403      403    202     202     202         200  202     403       403
link in the body                    200   202     403      403    202     202     202         200  202     403       403
link in the header                  200   202     403      403    202     202     202         200  202     403       403
link of another party               200   202     403      403    202     403     202         200  202     403       403
link and staff's password           200   202     403      403    202     202     202         200  202     403       403
link of another proposal            401   401     401      401    401     401     401         401  401     401       401
link that has expired               401   401     401      401    401     401     401         401  202     401       401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401
`;

/// The same proposal after it was closed: rights are judged before 410, the log outlives it, and as links still open
/// that, they can be voided.
const CLOSED = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace
nobody                              401   401     401      401    401     401     401         401  401     401       401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401
wrong password                      401   401     401      401    401     401     401         401  401     401       401
unknown account                     401   401     401      401    401     401     401         401  401     401       401
inactive account                    401   401     401      401    401     401     401         401  401     401       401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401
party, unverified                   403   403     403      403    403     403     403         403  403     403       403
stranger                            403   403     403      403    403     403     403         403  403     403       403
stranger by Token                   403   403     403      403    403     403     403         403  403     403       403
party                               410   410     403      403    410     403     202         200  410     403       403
creator, no party                   410   410     410      410    410     202     400         200  403     410       410
creator, a party                    410   410     410      410    410     202     202         200  410     410       410
creator, unverified                 410   410     410      410    410     202     400         200  403     410       410
creator by Token                    410   410     410      410    410     202     400         200  403     410       410
staff                               410   410     410      410    410     202     400         200  403     410       410
link in the query                   410   410     403      403    410     202     202         200  410     403       403
link in the body                    410   410     403      403    410     202     202         200  410     403       403
link in the header                  410   410     403      403    410     202     202         200  410     403       403
link of another party               410   410     403      403    410     403     202         200  410     403       403
link and staff's password           410   410     403      403    410     202     202         200  410     403       403
link of another proposal            401   401     401      401    401     401     401         401  401     401       401
link that has expired               401   401     401      401    401     401     401         401  410     401       401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401
`;

/// An id that nobody has: 404 for whoever has an account, 401 for anyone else; every link is of another proposal.
const UNKNOWN = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace
nobody                              401   401     401      401    401     401     401         401  401     401       401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401
wrong password                      401   401     401      401    401     401     401         401  401     401       401
unknown account                     401   401     401      401    401     401     401         401  401     401       401
inactive account                    401   401     401      401    401     401     401         401  401     401       401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401
party, unverified                   404   404     404      404    404     404     404         404  404     404       404
stranger                            404   404     404      404    404     404     404         404  404     404       404
stranger by Token                   404   404     404      404    404     404     404         404  404     404       404
party                               404   404     404      404    404     404     404         404  404     404       404
creator, no party                   404   404     404      404    404     404     404         404  404     404       404
creator, a party                    404   404     404      404    404     404     404         404  404     404       404
creator, unverified                 404   404     404      404    404     404     404         404  404     404       404
creator by Token                    404   404     404      404    404     404     404         404  404     404       404
staff                               404   404     404      404    404     404     404         404  404     404       404
link in the query                   401   401     401      401    401     401     401         401  401     401       401
link in the body                    401   401     401      401    401     401     401         401  401     401       401
link in the header                  401   401     401      401    401     401     401         401  401     401       401
link of another party               401   401     401      401    401     401     401         401  401     401       401
link and staff's password           401   401     401      401    401     401     401         401  401     401       401
link of another proposal            401   401     401      401    401     401     401         401  401     401       401
link that has expired               401   401     401      401    401     401     401         401  401     401       401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401
`;

const BEA = "bea@example.org";

/// What is asked for: its `Route`, method, path (`:id` for the proposal's) and body.
const ASKS = {
  list: ["List", "GET", "/"],
  propose: ["Propose", "POST", "/", { parties: [BEA], slots: SLOTS }],
  show: ["Show", "GET", "/:id/"],
  narrow: ["Narrow", "PATCH", "/:id/", { slots: SLOTS.slice(1) }],
  retitle: ["Narrow", "PATCH", "/:id/", { title: "other" }],
  close: ["Close", "DELETE", "/:id/"],
  notify: ["Notify", "POST", "/:id/notify/", { parties: ["cyd@example.org"], slots: SLOTS }],
  revoke: ["Revoke", "POST", "/:id/revoke/", { party: BEA }],
  "revoke-own": ["Revoke", "POST", "/:id/revoke/"],
  log: ["Log", "GET", "/:id/log/"],
  resend: ["Resend", "POST", "/:id/resend/"],
  withdraw: ["Withdraw", "DELETE", "/:id/parties/p1/"],
  replace: ["Replace", "PUT", "/:id/parties/p1/", { email: "new@example.org" }],
  "token-auth": ["TokenAuth", "POST", "/api-token-auth/", { username: "zo", password: "p" }],
  openapi: ["OpenApi", "GET", "/openapi"],
  health: ["Health", "GET", "/healthz"],
  outbox: ["Outbox", "GET", "/outbox/"],
};

const basic = (name, password = "p") => ({ header: `Basic ${btoa(`${name}:${password}`)}` });
const bea = (id) => sign({ id, party: 1 });
const forged = (id) => sign({ id, party: 1, key: `k1:${btoa("0".repeat(32))}` });
/// Who asks: what a request brings, given the proposal's id. `creator` and `party` say what differs about the proposal,
/// `revoked` that bea's links are voided first.
const CALLERS = {
  nobody: () => ({}),
  "malformed Basic": () => ({ header: "Basic %%%" }),
  "wrong password": () => basic("cr", "q"),
  "unknown account": () => basic("nn"),
  "inactive account": () => basic("ub"),
  "unknown Token": () => ({ header: `Token ${"0".repeat(40)}` }),
  "party, unverified": () => basic("un"),
  stranger: () => basic("st"),
  "stranger by Token": () => ({ header: `Token ${tokens.st}` }),
  party: () => basic("zo"),
  "creator, no party": () => basic("cr"),
  "creator, a party": () => ({ ...basic("cr"), party: "cr@localhost" }),
  "creator, unverified": () => ({ ...basic("un"), creator: "un" }),
  "creator by Token": () => ({ header: `Token ${tokens.cr}` }),
  staff: () => basic("ob"),
  "link in the query": (id) => ({ query: bea(id) }),
  "link in the body": (id) => ({ body: bea(id) }),
  "link in the header": (id) => ({ header: `Link ${bea(id)}` }),
  "link of another party": (id) => ({ query: sign({ id, party: 4 }) }),
  "link and staff's password": (id) => ({ ...basic("ob"), query: bea(id) }),
  "link of another proposal": () => ({ query: bea(other) }),
  "link that has expired": (id) => ({ query: sign({ id, party: 1, expires: now() - 1 }) }),
  "link that is forged": (id) => ({ query: forged(id) }),
  "forged link and creator's password": (id) => ({ ...basic("cr"), query: forged(id) }),
  "link of an older generation": (id) => ({ query: bea(id), revoked: true }),
};

const now = () => Math.floor(Date.now() / 1000);

let service;
/// Tokens of accounts.
const tokens = {};
/// A proposal like the others.
let other;
before(async () => {
  service = await start();
  await service.db
    .prepare(
      `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
       select 20, 'cr', 'cr@localhost', 'cr@localhost', 1, 1, 0, 1, password, 0 from accounts where id = 1`,
    )
    .run();
  for (const username of ["st", "cr"]) {
    const { json } = await service.ask("POST", "/api-token-auth/", { json: { username, password: "p" } });
    tokens[username] = json.token;
  }
  other = (await proposed("cr")).id;
});
after(() => service.close());

/// The proposal of a cell.
const proposed = (as, ...more) =>
  propose(service, { parties: [BEA, "zo@localhost", "un@localhost", "cyd@example.org", ...more] }, { as });

/// One request. The harness's own goes by `fetch`, which sends no body with GET.
function send(name, id, { header, query, body }) {
  const [, method, path, members] = ASKS[name];
  const url = new URL(path.replace(":id", id), service.url);
  if (query) url.searchParams.set("et", query);
  const sent = body || members ? JSON.stringify({ ...members, ...(body && { et: body }) }) : "";
  const headers = { ...(header && { Authorization: header }) };
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

/// Asks each cell of a table on a proposal of its own, a few at a time, and compares all of them at once.
async function judge(table, prepare) {
  const one = async ([caller, column, wanted]) => {
    const { creator = "cr", party } = CALLERS[caller](0);
    const proposal = await proposed(creator, ...(party ? [party] : []));
    const came = CALLERS[caller](proposal.id);
    if (came.revoked) {
      const revoked = await service.ask("POST", `/${proposal.id}/revoke/`, { as: creator, json: { party: BEA } });
      assert.equal(revoked.status, 202);
    }
    const id = await prepare(proposal.id, creator);
    return { caller, column, wanted, ...(await send(column, id, came)) };
  };
  const asked = cells(table);
  const answers = [];
  while (asked.length) answers.push(...(await Promise.all(asked.splice(0, 8).map(one))));
  const differing = answers.filter(({ status, wanted }) => status !== wanted);
  const lines = differing.map((a) => `${a.caller}, ${a.column}: ${a.wanted} is right, ${a.status} came: ${a.text}`);
  assert.deepEqual(lines, []);
  return answers;
}

/// That a table has each cell once: no caller and none of the columns is missing, none is made up.
function whole(table, columns) {
  const wanted = Object.keys(CALLERS).flatMap((caller) => columns.map((column) => `${caller}, ${column}`));
  assert.deepEqual(cells(table).map(([caller, column]) => `${caller}, ${column}`), wanted);
}

test("no cell is missing: every route, every kind of caller", () => {
  const names = Object.keys(ASKS);
  assert.deepEqual([...new Set(Object.values(ASKS).map(([route]) => route))].sort(), variants().sort());
  const ofProposal = names.filter((name) => ASKS[name][2].includes(":id"));
  whole(SERVICE, names.filter((name) => !ofProposal.includes(name)));
  whole(OPEN, ofProposal);
  whole(CLOSED, ofProposal);
  whole(UNKNOWN, ofProposal);
});

test("the links of this file are those that are mailed", async () => {
  const { id, parties, slots } = await proposed("cr");
  const mailed = (await links(service, { id, parties, slots }, [BEA]))[BEA];
  const expires = Number(Buffer.from(mailed, "base64url").readBigInt64BE(19));
  assert.equal(mailed, sign({ id, party: 1, expires }));
  assert.ok(Math.abs(expires - now() - 30 * 86_400) < 60);
});

test("what is of no proposal: accounts get their list and may propose, links open neither", async () => {
  await judge(SERVICE, (id) => id);
});

test("an open proposal: each caller gets the status that it is due", async () => {
  const answers = await judge(OPEN, (id) => id);
  for (const { headers, caller, column } of answers.filter(({ status }) => status === 401)) {
    assert.match(headers["www-authenticate"], /^Basic /, `${caller}, ${column}`);
  }
  // No hint which: all bad links of an id get one answer, but for the authentic one whose time is over.
  const bad = ["link of another proposal", "link that is forged", "link of an older generation"];
  const shown = answers.filter(({ column }) => column === "show");
  const texts = shown.filter(({ caller }) => bad.includes(caller)).map(({ text }) => text);
  assert.deepEqual([texts.length, new Set(texts).size], [3, 1]);
  const { text } = shown.find(({ caller }) => caller === "link that has expired");
  const { detail, expires } = JSON.parse(text);
  assert.equal(detail, "Token Expired");
  assert.match(expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("a closed proposal: rights are judged before 410, and the log answers", async () => {
  await judge(CLOSED, async (id, creator) => {
    assert.equal((await service.ask("DELETE", `/${id}/`, { as: creator })).status, 204);
    return id;
  });
});

test("an unknown id: 404 for accounts, 401 for anyone else, whatever is asked", async () => {
  const answers = await judge(UNKNOWN, (id) => (id % 2 ? id - 1 : id + 1));
  const expired = answers.filter(({ caller }) => caller === "link that has expired");
  for (const { text } of expired) assert.doesNotMatch(text, /Expired/);
});
