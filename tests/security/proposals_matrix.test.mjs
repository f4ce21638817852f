// Who may do what with a proposal: every route times every kind of caller, with what the specification gives it, written by
// hand. A cell that is missing, or is one too many, fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, SLOTS, links, propose } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNTS, BEA, LINKS, PARTIES, changes, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";

// The proposal of a cell: `cr` proposes to bea (p1), zo (p2), un (p3) and cyd (p4), none of them staff. Links are bea's.

/// An open proposal, whose parties have not answered.
const OPEN = `
                                    yes  nobody  stranger   party      creator    creator-party  staff      cookie   link       other-link  expired
GET    /{id}/                       200  login   forbidden  yes        yes        yes            yes        yes      yes        yes         login
PATCH  /{id}/ (slots)               202  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
PATCH  /{id}/ (title)               202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/ (location)            202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/ (description)         202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/ (timezone)            202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
DELETE /{id}/                       204  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
POST   /{id}/notify/                202  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
POST   /{id}/revoke/                202  login   forbidden  forbidden  yes        yes            yes        csrf     yes        forbidden   login
POST   /{id}/revoke/ (own)          202  login   forbidden  yes        invalid    yes            invalid    csrf     yes        yes         login
GET    /{id}/log/                   200  login   forbidden  yes        yes        yes            yes        yes      yes        yes         login
GET    /{id}/live/                  426  login   forbidden  yes        yes        yes            yes        yes      yes        yes         login
POST   /{id}/resend/                202  login   forbidden  yes        forbidden  yes            forbidden  csrf     yes        yes         yes
DELETE /{id}/parties/{party}/       204  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PUT    /{id}/parties/{party}/       202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/parties/{party}/       202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
POST   /{id}/parties/{party}/link/  201  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
POST   /{id}/fix/                   -    login   forbidden  forbidden  conflict   conflict       conflict   csrf     forbidden  forbidden   login
POST   /{id}/round/                 201  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
GET    /{id}/calendar.ics           -    login   forbidden  missing    missing    missing        missing    missing  missing    missing     login
POST   /{id}/decline/               -    login   forbidden  conflict   forbidden  conflict       forbidden  csrf     conflict   conflict    login
POST   /{id}/accept/                -    login   forbidden  conflict   forbidden  conflict       forbidden  csrf     conflict   conflict    login
POST   /{id}/follow/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
POST   /{id}/forget/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
`;

/// A proposal that is agreed: answers are over, and what it can still become is closed.
const AGREED = `
                                    yes  nobody  stranger   party      creator    creator-party  staff      cookie  link       other-link  expired
GET    /{id}/                       200  login   forbidden  yes        yes        yes            yes        yes     yes        yes         login
PATCH  /{id}/ (slots)               -    login   forbidden  conflict   conflict   conflict       conflict   csrf    conflict   conflict    login
PATCH  /{id}/ (title)               202  login   forbidden  forbidden  yes        yes            yes        csrf    forbidden  forbidden   login
PATCH  /{id}/ (location)            202  login   forbidden  forbidden  yes        yes            yes        csrf    forbidden  forbidden   login
PATCH  /{id}/ (description)         202  login   forbidden  forbidden  yes        yes            yes        csrf    forbidden  forbidden   login
PATCH  /{id}/ (timezone)            202  login   forbidden  forbidden  yes        yes            yes        csrf    forbidden  forbidden   login
DELETE /{id}/                       204  login   forbidden  forbidden  yes        yes            yes        csrf    forbidden  forbidden   login
POST   /{id}/notify/                202  login   forbidden  yes        yes        yes            yes        csrf    yes        yes         login
POST   /{id}/revoke/                202  login   forbidden  forbidden  yes        yes            yes        csrf    yes        forbidden   login
POST   /{id}/revoke/ (own)          202  login   forbidden  yes        invalid    yes            invalid    csrf    yes        yes         login
GET    /{id}/log/                   200  login   forbidden  yes        yes        yes            yes        yes     yes        yes         login
GET    /{id}/live/                  426  login   forbidden  yes        yes        yes            yes        yes     yes        yes         login
POST   /{id}/resend/                202  login   forbidden  yes        forbidden  yes            forbidden  csrf    yes        yes         yes
DELETE /{id}/parties/{party}/       -    login   forbidden  forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   login
PUT    /{id}/parties/{party}/       -    login   forbidden  forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   login
PATCH  /{id}/parties/{party}/       -    login   forbidden  forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   login
POST   /{id}/parties/{party}/link/  -    login   forbidden  forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   login
POST   /{id}/fix/                   -    login   forbidden  forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   login
POST   /{id}/round/                 -    login   forbidden  forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   login
GET    /{id}/calendar.ics           200  login   forbidden  yes        yes        yes            yes        yes     yes        yes         login
POST   /{id}/decline/               202  login   forbidden  yes        forbidden  yes            forbidden  csrf    yes        yes         login
POST   /{id}/accept/                202  login   forbidden  yes        forbidden  yes            forbidden  csrf    yes        yes         login
POST   /{id}/follow/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
POST   /{id}/forget/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
`;

/// A proposal of which nothing is left: now there can be a next round.
const EXHAUSTED = `
                                    yes  nobody  stranger   party      creator    creator-party  staff      cookie   link       other-link  expired
GET    /{id}/                       200  login   forbidden  yes        yes        yes            yes        yes      yes        yes         login
PATCH  /{id}/ (slots)               -    login   forbidden  conflict   conflict   conflict       conflict   csrf     conflict   conflict    login
PATCH  /{id}/ (title)               202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/ (location)            202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/ (description)         202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
PATCH  /{id}/ (timezone)            202  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
DELETE /{id}/                       204  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
POST   /{id}/notify/                202  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
POST   /{id}/revoke/                202  login   forbidden  forbidden  yes        yes            yes        csrf     yes        forbidden   login
POST   /{id}/revoke/ (own)          202  login   forbidden  yes        invalid    yes            invalid    csrf     yes        yes         login
GET    /{id}/log/                   200  login   forbidden  yes        yes        yes            yes        yes      yes        yes         login
GET    /{id}/live/                  426  login   forbidden  yes        yes        yes            yes        yes      yes        yes         login
POST   /{id}/resend/                202  login   forbidden  yes        forbidden  yes            forbidden  csrf     yes        yes         yes
DELETE /{id}/parties/{party}/       -    login   forbidden  forbidden  conflict   conflict       conflict   csrf     forbidden  forbidden   login
PUT    /{id}/parties/{party}/       -    login   forbidden  forbidden  conflict   conflict       conflict   csrf     forbidden  forbidden   login
PATCH  /{id}/parties/{party}/       -    login   forbidden  forbidden  conflict   conflict       conflict   csrf     forbidden  forbidden   login
POST   /{id}/parties/{party}/link/  -    login   forbidden  forbidden  conflict   conflict       conflict   csrf     forbidden  forbidden   login
POST   /{id}/fix/                   -    login   forbidden  forbidden  conflict   conflict       conflict   csrf     forbidden  forbidden   login
POST   /{id}/round/                 201  login   forbidden  forbidden  yes        yes            yes        csrf     forbidden  forbidden   login
GET    /{id}/calendar.ics           -    login   forbidden  missing    missing    missing        missing    missing  missing    missing     login
POST   /{id}/decline/               -    login   forbidden  conflict   forbidden  conflict       forbidden  csrf     conflict   conflict    login
POST   /{id}/accept/                -    login   forbidden  conflict   forbidden  conflict       forbidden  csrf     conflict   conflict    login
POST   /{id}/follow/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
POST   /{id}/forget/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
`;

/// A closed one: it is gone, but for its log and for whose links are voided.
const CLOSED = `
                                    yes  nobody  stranger   party      creator    creator-party  staff      cookie  link       other-link  expired
GET    /{id}/                       -    login   forbidden  gone       gone       gone           gone       gone    gone       gone        login
PATCH  /{id}/ (slots)               -    login   forbidden  gone       gone       gone           gone       csrf    gone       gone        login
PATCH  /{id}/ (title)               -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
PATCH  /{id}/ (location)            -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
PATCH  /{id}/ (description)         -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
PATCH  /{id}/ (timezone)            -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
DELETE /{id}/                       -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
POST   /{id}/notify/                -    login   forbidden  gone       gone       gone           gone       csrf    gone       gone        login
POST   /{id}/revoke/                202  login   forbidden  forbidden  yes        yes            yes        csrf    yes        forbidden   login
POST   /{id}/revoke/ (own)          202  login   forbidden  yes        invalid    yes            invalid    csrf    yes        yes         login
GET    /{id}/log/                   200  login   forbidden  yes        yes        yes            yes        yes     yes        yes         login
GET    /{id}/live/                  -    login   forbidden  gone       gone       gone           gone       gone    gone       gone        login
POST   /{id}/resend/                -    login   forbidden  gone       forbidden  gone           forbidden  csrf    gone       gone        gone
DELETE /{id}/parties/{party}/       -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
PUT    /{id}/parties/{party}/       -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
PATCH  /{id}/parties/{party}/       -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
POST   /{id}/parties/{party}/link/  -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
POST   /{id}/fix/                   -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
POST   /{id}/round/                 -    login   forbidden  forbidden  gone       gone           gone       csrf    forbidden  forbidden   login
GET    /{id}/calendar.ics           -    login   forbidden  gone       gone       gone           gone       gone    gone       gone        login
POST   /{id}/decline/               -    login   forbidden  gone       forbidden  gone           forbidden  csrf    gone       gone        login
POST   /{id}/accept/                -    login   forbidden  gone       forbidden  gone           forbidden  csrf    gone       gone        login
POST   /{id}/follow/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
POST   /{id}/forget/                303  login   forbidden  yes        yes        yes            yes        csrf     yes        yes         login
`;

/// An id that nobody has: it is missing for whoever has an account; every link is of another proposal.
const UNKNOWN = `
                                    yes  nobody  account  cookie
GET    /{id}/                       -    login   missing  missing
PATCH  /{id}/ (slots)               -    login   missing  csrf
PATCH  /{id}/ (title)               -    login   missing  csrf
PATCH  /{id}/ (location)            -    login   missing  csrf
PATCH  /{id}/ (description)         -    login   missing  csrf
PATCH  /{id}/ (timezone)            -    login   missing  csrf
DELETE /{id}/                       -    login   missing  csrf
POST   /{id}/notify/                -    login   missing  csrf
POST   /{id}/revoke/                -    login   missing  csrf
POST   /{id}/revoke/ (own)          -    login   missing  csrf
GET    /{id}/log/                   -    login   missing  missing
GET    /{id}/live/                  -    login   missing  missing
POST   /{id}/resend/                -    login   missing  csrf
DELETE /{id}/parties/{party}/       -    login   missing  csrf
PUT    /{id}/parties/{party}/       -    login   missing  csrf
PATCH  /{id}/parties/{party}/       -    login   missing  csrf
POST   /{id}/parties/{party}/link/  -    login   missing  csrf
POST   /{id}/fix/                   -    login   missing  csrf
POST   /{id}/round/                 -    login   missing  csrf
GET    /{id}/calendar.ics           -    login   missing  missing
POST   /{id}/decline/               -    login   missing  csrf
POST   /{id}/accept/                -    login   missing  csrf
POST   /{id}/follow/                -    login   missing  csrf
POST   /{id}/forget/                -    login   missing  csrf
`;

/// What each row sends.
const REQUESTS = {
  "GET /{id}/": undefined,
  "PATCH /{id}/ (slots)": { slots: SLOTS.slice(1) },
  "PATCH /{id}/ (title)": { title: "other" },
  "PATCH /{id}/ (location)": { location: "Room 5" },
  "PATCH /{id}/ (description)": { description: "Plans" },
  "PATCH /{id}/ (timezone)": { timezone: "Europe/Berlin" },
  "DELETE /{id}/": undefined,
  "POST /{id}/notify/": { parties: ["cyd@example.org"], slots: SLOTS },
  "POST /{id}/revoke/": { party: BEA },
  "POST /{id}/revoke/ (own)": undefined,
  "GET /{id}/log/": undefined,
  "GET /{id}/live/": undefined,
  "POST /{id}/resend/": undefined,
  "DELETE /{id}/parties/{party}/": undefined,
  "PUT /{id}/parties/{party}/": { email: "new@example.org" },
  "PATCH /{id}/parties/{party}/": { optional: true },
  "POST /{id}/parties/{party}/link/": undefined,
  "POST /{id}/fix/": { slot: SLOTS[0] },
  "POST /{id}/round/": { slots: SLOTS },
  "GET /{id}/calendar.ics": undefined,
  "POST /{id}/decline/": undefined,
  "POST /{id}/accept/": undefined,
  "POST /{id}/follow/": undefined,
  "POST /{id}/forget/": undefined,
};

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => other), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const JOINED = {
  nobody: ["nobody", "bad-link"],
  stranger: ["stranger", "unverified"],
  creator: ["creator", "creator-unverified"],
};
const open = table(OPEN, CALLERS, JOINED);
const agreed = table(AGREED, CALLERS, JOINED);
const exhausted = table(EXHAUSTED, CALLERS, JOINED);
const closed = table(CLOSED, CALLERS, JOINED);
const unknown = table(UNKNOWN, CALLERS, {
  nobody: ["nobody", ...LINKS],
  account: ["unverified", "stranger", "party", "creator", "creator-unverified", "creator-party", "staff"],
});

let service;
/// Tokens of accounts.
let tokens;
/// A proposal like the others.
let other;
before(async () => {
  ({ service, tokens } = await setUp());
  other = (await proposed("cr")).id;
});
after(() => service.close());

const proposed = (as, parties = PARTIES) => propose(service, { parties }, { as });

/// What has happened to a proposal, but for who has seen it.
async function story(id) {
  const { json } = await service.ask("GET", `/${id}/log/`, { as: "ob" });
  return json.entries.map(({ data }) => data).filter(({ act }) => act !== "view");
}

/// Asks each cell of a table on a proposal of its own; what changes nothing is asked on one for all, which in the end is as it
/// was. `prepare` gives the id that is asked; with `alone` un is the only party that is required but for the creator's,
/// `slots` are what is offered by then.
async function judged(cells, prepare, { alone = false, slots = SLOTS } = {}) {
  const asked = PARTIES.map((email) => (alone ? { email, optional: email !== "un@localhost" } : email));
  async function make({ creator = "cr", party, revoked }) {
    const { id } = await proposed(creator, party ? [...asked, party] : asked);
    if (revoked) {
      const { status } = await service.ask("POST", `/${id}/revoke/`, { as: creator, json: { party: BEA } });
      assert.equal(status, 202);
    }
    return { id, path: await prepare(id, creator), before: await story(id) };
  }
  const shared = new Map();
  const answers = await judge(cells, async (cell) => {
    const { creator, party, revoked } = cell.come(0, tokens);
    const key = JSON.stringify([creator, party, revoked]);
    if (!changes(cell) && !shared.has(key)) shared.set(key, make({ creator, party, revoked }));
    const { id, path } = await (changes(cell) ? make({ creator, party, revoked }) : shared.get(key));
    const sent = REQUESTS[cell.ask];
    const members = cell.path.endsWith("/notify/") ? { ...sent, slots } : sent;
    const { headers, ...come } = cell.come(id, tokens);
    // No socket without our own Origin: tests/platform/live.test.mjs asks without, and opens them.
    const more = cell.path.endsWith("/live/") ? { Origin: ORIGIN } : {};
    const asked = { ...cell, path: cell.path.replace("{id}", path).replace("{party}", "p1"), members };
    return send(service, asked, { ...come, headers: { ...more, ...headers } });
  });
  for (const { id, before } of await Promise.all(shared.values())) assert.deepEqual(await story(id), before, "whoever may not has done nothing");
  return answers;
}

/// Has un, by a link, keep these of what is offered.
async function keep(id, slots, state) {
  const et = sign({ id, party: 3 });
  const { status, json } = await service.ask("PATCH", `/${id}/`, { et, json: { slots } });
  assert.deepEqual([status, json.state], [202, state]);
  return id;
}

test("no cell is missing: every route of proposals, every kind of caller", () => {
  whole([open, agreed, exhausted, closed, unknown], Object.keys(REQUESTS));
});

test("the links of this file are those that are mailed", async () => {
  const { id, parties, slots } = await proposed("cr");
  const mailed = (await links(service, { id, parties, slots }, [BEA]))[BEA];
  const expires = Number(Buffer.from(mailed, "base64url").readBigInt64BE(19));
  assert.equal(mailed, sign({ id, party: 1, expires }));
  assert.ok(Math.abs(expires - Date.now() / 1000 - 30 * 86_400) < 60);
});

test("an open proposal: each caller gets the status that it is due", async () => {
  const answers = await judged(open, (id) => id);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
  // No hint which: all bad links of an id get one answer, but for the authentic one whose time is over.
  const bad = ["link of another proposal", "link that is forged", "link of an older generation", "meeting's link"];
  const shown = answers.filter(({ ask }) => ask === "GET /{id}/");
  const texts = shown.filter(({ caller }) => bad.includes(caller)).map(({ answer }) => answer.text);
  assert.deepEqual([texts.length, new Set(texts).size], [bad.length, 1]);
  const { answer } = shown.find(({ caller }) => caller === "link that has expired");
  const { detail, expires } = JSON.parse(answer.text);
  assert.equal(detail, "Token Expired");
  assert.match(expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("an agreed proposal: answers are over, everybody has the calendar, the creator may only close", async () => {
  const slots = SLOTS.slice(0, 1);
  await judged(agreed, (id) => keep(id, slots, "agreed"), { alone: true, slots });
});

test("an exhausted proposal: the creator may ask again, the parties may not", async () => {
  await judged(exhausted, (id) => keep(id, [], "exhausted"), { alone: true, slots: [] });
});

test("a closed proposal: rights are judged before 410, and the log answers", async () => {
  await judged(closed, async (id, creator) => {
    assert.equal((await service.ask("DELETE", `/${id}/`, { as: creator })).status, 204);
    return id;
  });
});

test("an unknown id: 404 for accounts, 401 for anyone else, whatever is asked", async () => {
  const answers = await judged(unknown, (id) => (id % 2 ? id - 1 : id + 1));
  const expired = answers.filter(({ caller }) => caller === "link that has expired");
  for (const { answer } of expired) assert.doesNotMatch(answer.text, /Expired/);
});
