// Who may do what with a meeting: every route of meetings times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, propose, tokenOf, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNTS, BEA, LINKS, PARTIES, basic, changes, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";

// The meeting of a cell is of a proposal that `cr` made to bea (p1), zo (p2), un (p3) and cyd (p4), none of them staff.

/// A meeting that takes place. Who has nothing to do with it finds none; who comes, or not, is for attendees to say, where
/// and whether it is for the organiser and staff, who sign in for that.
const CONFIRMED = `
                                yes  nobody  stranger  party      creator    creator-party  staff      cookie  link       other-link  organiser-link
GET    /meetings/{id}/          200  login   missing   yes        yes        yes            yes        yes     yes        yes         yes
PATCH  /meetings/{id}/          202  login   missing   forbidden  yes        yes            yes        csrf    forbidden  forbidden   forbidden
PATCH  /meetings/{id}/ (place)  202  login   missing   forbidden  yes        yes            yes        csrf    forbidden  forbidden   forbidden
DELETE /meetings/{id}/          204  login   missing   forbidden  yes        yes            yes        csrf    forbidden  forbidden   forbidden
POST   /meetings/{id}/decline/  202  login   missing   yes        forbidden  yes            forbidden  csrf    yes        yes         forbidden
POST   /meetings/{id}/accept/   202  login   missing   yes        forbidden  yes            forbidden  csrf    yes        yes         forbidden
GET    /meetings/{id}/calendar.ics  200  login   missing   yes        yes        yes            yes        yes     yes        yes         yes
POST   /meetings/{id}/forget/       303  login   missing   yes        yes        yes            yes        csrf    yes        yes         yes
`;

/// A cancelled one: it can be seen, and there is nothing left to say; to cancel it again does no harm.
const CANCELLED = `
                                yes  nobody  stranger  party      creator    creator-party  staff      cookie  link       other-link  organiser-link
GET    /meetings/{id}/          200  login   missing   yes        yes        yes            yes        yes     yes        yes         yes
PATCH  /meetings/{id}/          -    login   missing   forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   forbidden
PATCH  /meetings/{id}/ (place)  -    login   missing   forbidden  conflict   conflict       conflict   csrf    forbidden  forbidden   forbidden
DELETE /meetings/{id}/          204  login   missing   forbidden  yes        yes            yes        csrf    forbidden  forbidden   forbidden
POST   /meetings/{id}/decline/  -    login   missing   conflict   forbidden  conflict       forbidden  csrf    conflict   conflict    forbidden
POST   /meetings/{id}/accept/   -    login   missing   conflict   forbidden  conflict       forbidden  csrf    conflict   conflict    forbidden
GET    /meetings/{id}/calendar.ics  200  login   missing   yes        yes        yes            yes        yes     yes        yes         yes
POST   /meetings/{id}/forget/       303  login   missing   yes        yes        yes            yes        csrf    yes        yes         yes
`;

/// An id that no meeting has, though an open proposal does.
const UNKNOWN = `
                                yes  nobody  account  cookie
GET    /meetings/{id}/          -    login   missing  missing
PATCH  /meetings/{id}/          -    login   missing  csrf
PATCH  /meetings/{id}/ (place)  -    login   missing  csrf
DELETE /meetings/{id}/          -    login   missing  csrf
POST   /meetings/{id}/decline/  -    login   missing  csrf
POST   /meetings/{id}/accept/   -    login   missing  csrf
GET    /meetings/{id}/calendar.ics  -    login   missing  missing
POST   /meetings/{id}/forget/       -    login   missing  csrf
`;

/// What each row sends.
const REQUESTS = {
  "GET /meetings/{id}/": undefined,
  "PATCH /meetings/{id}/": { begin: "2030-02-01T10:00:00Z" },
  "PATCH /meetings/{id}/ (place)": { location: "Room 5", description: "Plans" },
  "DELETE /meetings/{id}/": undefined,
  "POST /meetings/{id}/decline/": undefined,
  "POST /meetings/{id}/accept/": undefined,
  "GET /meetings/{id}/calendar.ics": undefined,
  "POST /meetings/{id}/forget/": undefined,
};

const meeting = (id, more) => sign({ purpose: "meeting", code: 2, id, party: 1, ...more });
const CALLERS = withMore(ACCOUNTS, linked("meeting", 2, () => other), {
  "organiser-link": { "the organiser's link": (id) => ({ query: meeting(id, { party: 0 }) }) },
  "bad-link": {
    "link of no attendee": (id) => ({ query: meeting(id, { party: 9 }) }),
    "proposal's link": (id) => ({ query: sign({ id, party: 1 }) }),
    "proposal's link and staff's password": (id) => ({ ...basic("ob"), query: sign({ id, party: 1 }) }),
    "link to unsubscribe": (id) => ({ query: meeting(id, { purpose: "unsubscribe-meeting", code: 8 }) }),
    "feed's link": (id) => ({ query: meeting(id, { purpose: "feed", code: 7 }) }),
  },
});
const JOINED = {
  nobody: ["nobody", "expired", "bad-link"],
  stranger: ["stranger", "unverified"],
  creator: ["creator", "creator-unverified"],
};
const confirmed = table(CONFIRMED, CALLERS, JOINED);
const cancelled = table(CANCELLED, CALLERS, JOINED);
const unknown = table(UNKNOWN, CALLERS, {
  nobody: ["nobody", "organiser-link", ...LINKS],
  account: ["unverified", "stranger", "party", "creator", "creator-unverified", "creator-party", "staff"],
});

let service;
let tokens;
/// A meeting like the others.
let other;
before(async () => {
  ({ service, tokens } = await setUp());
  other = await agreed("cr");
});
after(() => service.close());

/// The meeting that comes of a proposal on which un, the only one who is asked for sure, agrees.
async function agreed(as, { party, revoked } = {}) {
  const parties = PARTIES.map((email) => ({ email, optional: email !== "un@localhost" }));
  const { id } = await propose(service, { parties: party ? [...parties, party] : parties }, { as });
  if (revoked) {
    assert.equal((await service.ask("POST", `/${id}/revoke/`, { as, json: { party: BEA } })).status, 202);
  }
  const kept = { et: sign({ id, party: 3 }), json: { slots: SLOTS.slice(0, 1) } };
  const { status, json } = await service.ask("PATCH", `/${id}/`, kept);
  assert.deepEqual([status, json.state], [202, "agreed"]);
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${id}/`, { as: "ob" })).status === 200);
  return id;
}

/// Asks each cell of a table on a meeting of its own; what changes nothing is asked on one for all, which in the end is as it
/// was.
async function judged(cells, prepare) {
  const shown = async (id) => (await service.ask("GET", `/meetings/${id}/`, { as: "ob" })).text;
  const make = async ({ creator = "cr", party, revoked }) => {
    const id = await prepare(creator, { party, revoked });
    return { id, before: await shown(id) };
  };
  const shared = new Map();
  const answers = await judge(cells, async (cell) => {
    const { creator, party, revoked } = cell.come(1, tokens);
    const key = JSON.stringify([creator, party, revoked]);
    if (!changes(cell) && !shared.has(key)) shared.set(key, make({ creator, party, revoked }));
    const { id } = await (changes(cell) ? make({ creator, party, revoked }) : shared.get(key));
    return send(service, { ...cell, path: cell.path.replace("{id}", id), members: REQUESTS[cell.ask] }, cell.come(id, tokens));
  });
  for (const { id, before } of await Promise.all(shared.values())) assert.equal(await shown(id), before, "whoever may not has done nothing");
  return answers;
}

test("no cell is missing: every route of meetings, every kind of caller", () => {
  whole([confirmed, cancelled, unknown], Object.keys(REQUESTS));
});

test("the links of this file are those that are mailed, and each names whom it was mailed to", async () => {
  const ours = async () => (await service.outbox()).filter((mail) => mail.text.includes(`/meetings/${other}/`));
  const mails = await until("invitations", async () => (await ours()).length === 5 && ours());
  const numbers = mails.map((mail) => {
    const token = tokenOf(mail);
    const party = [...PARTIES, "cr@localhost"].indexOf(mail.to[0]) + 1;
    const expires = Number(Buffer.from(token, "base64url").readBigInt64BE(19));
    assert.equal(token, meeting(other, { party: party === 5 ? 0 : party, expires }));
    return party;
  });
  assert.deepEqual(numbers.sort(), [1, 2, 3, 4, 5]);
});

test("a meeting that takes place: each caller gets the status that it is due", async () => {
  const answers = await judged(confirmed, agreed);
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
  // No hint which.
  const linkless = ["link that has expired", ...Object.values(ACCOUNTS).flatMap(Object.keys)];
  const bad = answers.filter(({ word, caller }) => word === "login" && !linkless.includes(caller));
  assert.deepEqual([...new Set(bad.map(({ answer }) => answer.text))], ['{"detail":"Invalid link."}']);
});

test("a cancelled meeting is there to be seen, and no more", async () => {
  await judged(cancelled, async (creator, more) => {
    const id = await agreed(creator, more);
    assert.equal((await service.ask("DELETE", `/meetings/${id}/`, { as: creator })).status, 204);
    return id;
  });
});

test("an id that no meeting has: 404 for accounts, 401 for anyone else", async () => {
  await judged(unknown, async (creator) => (await propose(service, { parties: PARTIES }, { as: creator })).id);
});
