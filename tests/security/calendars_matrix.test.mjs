// Who may do what with a calendar: every route of calendars times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, until } from "../support/harness.mjs";
import { calendarLink, chosen, date, named, slot } from "../support/calendars.mjs";
import { ACCOUNTS, basic, changes, judge, send, setUp, table, whole, withMore } from "../support/matrix.mjs";

// The calendar of a cell is one that `cr`, who is not staff, made, or `un`, who is not verified; its invitees are two contacts,
// one of whom has the address of `zo`, who has an account and nothing to do with it. The token in a path is that of a caller's link,
// and `x` of whoever has none: a session, a password and a token of an account say nothing there.

/// An open calendar, which nobody has answered.
const OPEN = `
                                                       yes  nobody  stranger   owner  owner-unverified  staff      cookie  link     other-link  expired  bad-link
GET    /schedules/calendars/{id}/details/               200  login   missing    yes    yes               yes        yes     login    login       login    login
PUT    /schedules/calendars/{id}/details/               200  login   missing    yes    yes               forbidden  csrf    login    login       login    login
PATCH  /schedules/calendars/{id}/details/               200  login   missing    yes    yes               forbidden  csrf    login    login       login    login
DELETE /schedules/calendars/{id}/                       204  login   missing    yes    yes               yes        csrf    login    login       login    login
POST   /schedules/calendars/{id}/copy/                  201  login   missing    yes    yes               forbidden  csrf    login    login       login    login
GET    /schedules/calendars/remind/{id}/{contact}/      200  login   forbidden  yes    yes               forbidden  yes     login    login       login    login
POST   /schedules/calendars/remind/{id}/{contact}/      200  login   forbidden  yes    yes               forbidden  csrf    login    login       login    login
GET    /schedules/calendars/{id}/confirm/               200  login   forbidden  yes    yes               forbidden  yes     login    login       login    login
POST   /schedules/calendars/{id}/confirm/               200  login   forbidden  yes    yes               forbidden  csrf    login    login       login    login
GET    /schedules/calendars/{id}/respond/{token}/       200  login   login      login  login             login      login   yes      yes         login    login
POST   /schedules/calendars/{id}/respond/{token}/       200  login   login      login  login             login      login   yes      yes         login    login
PUT    /schedules/calendars/{id}/respond/{token}/       200  login   login      login  login             login      login   yes      yes         login    login
POST   /schedules/calendars/{id}/resend/                202  login   login      login  login             login      login   yes      yes         yes      login
POST   /schedules/calendars/{id}/forget/                303  login   login      login  login             login      login   yes      yes         login    login
GET    /schedules/calendars/{id}/log/                   200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/live/                  426  login   missing    yes    yes               yes        yes     yes      yes         login    login
GET    /schedules/calendars/{id}/answers.csv            200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/calendar.ics           -    login   missing    missing  missing         missing    missing  login   login       login    login
GET    /schedules/calendars/{id}/meetings/              200  login   forbidden  yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing    missing  missing         missing    missing  login   login       login    login
PATCH  /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing    missing  missing         missing    csrf    login    login       login    login
DELETE /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing    missing  missing         missing    csrf    login    login       login    login
`;

/// A finalised one: it stays as it is, and its meetings are for whoever is concerned by them.
const FINALIZED = `
                                                       yes  nobody  stranger   owner  owner-unverified  staff      cookie  link     other-link  expired  bad-link
GET    /schedules/calendars/{id}/details/               200  login   missing    yes    yes               yes        yes     login    login       login    login
PUT    /schedules/calendars/{id}/details/               -    login   missing    conflict  conflict       forbidden  csrf    login    login       login    login
PATCH  /schedules/calendars/{id}/details/               -    login   missing    conflict  conflict       forbidden  csrf    login    login       login    login
DELETE /schedules/calendars/{id}/                       -    login   missing    conflict  conflict       conflict   csrf    login    login       login    login
POST   /schedules/calendars/{id}/copy/                  201  login   missing    yes    yes               forbidden  csrf    login    login       login    login
GET    /schedules/calendars/remind/{id}/{contact}/      -    login   forbidden  conflict  conflict       forbidden  conflict     login    login       login    login
POST   /schedules/calendars/remind/{id}/{contact}/      -    login   forbidden  conflict  conflict       forbidden  csrf    login    login       login    login
GET    /schedules/calendars/{id}/confirm/               -    login   forbidden  missing  missing         forbidden  missing  login   login       login    login
POST   /schedules/calendars/{id}/confirm/               -    login   forbidden  missing  missing         forbidden  csrf    login    login       login    login
GET    /schedules/calendars/{id}/respond/{token}/       200  login   login      login  login             login      login   yes      yes         login    login
POST   /schedules/calendars/{id}/respond/{token}/       -    login   login      login  login             login      login   invalid  invalid     login    login
PUT    /schedules/calendars/{id}/respond/{token}/       -    login   login      login  login             login      login   invalid  invalid     login    login
POST   /schedules/calendars/{id}/resend/                202  login   login      login  login             login      login   yes      yes         yes      login
POST   /schedules/calendars/{id}/forget/                303  login   login      login  login             login      login   yes      yes         login    login
GET    /schedules/calendars/{id}/log/                   200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/live/                  426  login   missing    yes    yes               yes        yes     yes      yes         login    login
GET    /schedules/calendars/{id}/answers.csv            200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/calendar.ics           200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/meetings/              200  login   forbidden  yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/meetings/{meeting}/    200  login   missing    yes    yes               yes        yes     login    login       login    login
PATCH  /schedules/calendars/{id}/meetings/{meeting}/    202  login   missing    yes    yes               yes        csrf    login    login       login    login
DELETE /schedules/calendars/{id}/meetings/{meeting}/    204  login   missing    yes    yes               yes        csrf    login    login       login    login
`;

/// A closed one: its log is left, and a browser can forget its link.
const CLOSED = `
                                                       yes  nobody  stranger   owner  owner-unverified  staff      cookie  link     other-link  expired  bad-link
GET    /schedules/calendars/{id}/details/               -    login   missing    gone   gone              gone       gone    login    login       login    login
PUT    /schedules/calendars/{id}/details/               -    login   missing    gone   gone              forbidden  csrf    login    login       login    login
PATCH  /schedules/calendars/{id}/details/               -    login   missing    gone   gone              forbidden  csrf    login    login       login    login
DELETE /schedules/calendars/{id}/                       -    login   missing    gone   gone              gone       csrf    login    login       login    login
POST   /schedules/calendars/{id}/copy/                  201  login   missing    yes    yes               forbidden  csrf    login    login       login    login
GET    /schedules/calendars/remind/{id}/{contact}/      -    login   forbidden  gone   gone              forbidden  gone     login    login       login    login
POST   /schedules/calendars/remind/{id}/{contact}/      -    login   forbidden  gone   gone              forbidden  csrf    login    login       login    login
GET    /schedules/calendars/{id}/confirm/               -    login   forbidden  gone   gone              forbidden  gone    login    login       login    login
POST   /schedules/calendars/{id}/confirm/               -    login   forbidden  gone   gone              forbidden  csrf    login    login       login    login
GET    /schedules/calendars/{id}/respond/{token}/       -    login   login      login  login             login      login   gone     gone        login    login
POST   /schedules/calendars/{id}/respond/{token}/       -    login   login      login  login             login      login   gone     gone        login    login
PUT    /schedules/calendars/{id}/respond/{token}/       -    login   login      login  login             login      login   gone     gone        login    login
POST   /schedules/calendars/{id}/resend/                -    login   login      login  login             login      login   gone     gone        gone     login
POST   /schedules/calendars/{id}/forget/                303  login   login      login  login             login      login   yes      yes         login    login
GET    /schedules/calendars/{id}/log/                   200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/live/                  426  login   missing    yes    yes               yes        yes     yes      yes         login    login
GET    /schedules/calendars/{id}/answers.csv            200  login   missing    yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/calendar.ics           -    login   missing    missing  missing         missing    missing  login   login       login    login
GET    /schedules/calendars/{id}/meetings/              200  login   forbidden  yes    yes               yes        yes     login    login       login    login
GET    /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing    missing  missing         missing    missing  login   login       login    login
PATCH  /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing    missing  missing         missing    csrf    login    login       login    login
DELETE /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing    missing  missing         missing    csrf    login    login       login    login
`;

/// An id that no calendar has. Whoever has a link to another one hears that there is none.
const UNKNOWN = `
                                                       yes  nobody  stranger  owner  owner-unverified  staff    cookie   other-calendar
GET    /schedules/calendars/{id}/details/               -    login   missing   missing  missing        missing  missing  login
PUT    /schedules/calendars/{id}/details/               -    login   missing   missing  missing        missing  csrf     login
PATCH  /schedules/calendars/{id}/details/               -    login   missing   missing  missing        missing  csrf     login
DELETE /schedules/calendars/{id}/                       -    login   missing   missing  missing        missing  csrf     login
POST   /schedules/calendars/{id}/copy/                  -    login   missing   missing  missing        missing  csrf     login
GET    /schedules/calendars/remind/{id}/{contact}/      -    login   missing   missing  missing        missing  missing  login
POST   /schedules/calendars/remind/{id}/{contact}/      -    login   missing   missing  missing        missing  csrf     login
GET    /schedules/calendars/{id}/confirm/               -    login   missing   missing  missing        missing  missing  login
POST   /schedules/calendars/{id}/confirm/               -    login   missing   missing  missing        missing  csrf     login
GET    /schedules/calendars/{id}/respond/{token}/       -    login   login     login  login            login    login    missing
POST   /schedules/calendars/{id}/respond/{token}/       -    login   login     login  login            login    login    missing
PUT    /schedules/calendars/{id}/respond/{token}/       -    login   login     login  login            login    login    missing
POST   /schedules/calendars/{id}/resend/                -    login   login     login  login            login    login    missing
POST   /schedules/calendars/{id}/forget/                -    login   login     login  login            login    login    missing
GET    /schedules/calendars/{id}/log/                   -    login   missing   missing  missing        missing  missing  login
GET    /schedules/calendars/{id}/live/                  -    login   missing   missing  missing        missing  missing  missing
GET    /schedules/calendars/{id}/answers.csv            -    login   missing   missing  missing        missing  missing  login
GET    /schedules/calendars/{id}/calendar.ics           -    login   missing   missing  missing        missing  missing  login
GET    /schedules/calendars/{id}/meetings/              -    login   missing   missing  missing        missing  missing  login
GET    /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing   missing  missing        missing  missing  login
PATCH  /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing   missing  missing        missing  csrf     login
DELETE /schedules/calendars/{id}/meetings/{meeting}/    -    login   missing   missing  missing        missing  csrf     login
`;

/// What is about no calendar yet.
const ANYWHERE = `
                                          yes  nobody  account  cookie  link
GET    /schedules/home/                   200  login   yes      yes     login
POST   /schedules/calendars/create/       400  login   yes      csrf    login
GET    /schedules/calendars/compose/      200  login   yes      yes     login
POST   /schedules/calendars/compose/      200  login   yes      csrf    login
`;

const day = date(20);
const answer = { availability: [named(day, 540, 600)] };
/// What each row sends, for a calendar whose first invitee is this contact.
const REQUESTS = {
  "GET /schedules/calendars/{id}/details/": undefined,
  "PUT /schedules/calendars/{id}/details/": { description: "Another" },
  "PATCH /schedules/calendars/{id}/details/": { description: "Another" },
  "DELETE /schedules/calendars/{id}/": undefined,
  "POST /schedules/calendars/{id}/copy/": { shift_weeks: 52 },
  "GET /schedules/calendars/remind/{id}/{contact}/": undefined,
  "POST /schedules/calendars/remind/{id}/{contact}/": undefined,
  "GET /schedules/calendars/{id}/confirm/": undefined,
  "POST /schedules/calendars/{id}/confirm/": ({ contact, at }) => ({ finalized_schedule: [chosen(contact, at, 540, 600)] }),
  "GET /schedules/calendars/{id}/respond/{token}/": undefined,
  "POST /schedules/calendars/{id}/respond/{token}/": answer,
  "PUT /schedules/calendars/{id}/respond/{token}/": answer,
  "POST /schedules/calendars/{id}/resend/": undefined,
  "POST /schedules/calendars/{id}/forget/": undefined,
  "GET /schedules/calendars/{id}/log/": undefined,
  "GET /schedules/calendars/{id}/live/": undefined,
  "GET /schedules/calendars/{id}/answers.csv": undefined,
  "GET /schedules/calendars/{id}/calendar.ics": undefined,
  "GET /schedules/calendars/{id}/meetings/": undefined,
  "GET /schedules/calendars/{id}/meetings/{meeting}/": undefined,
  "PATCH /schedules/calendars/{id}/meetings/{meeting}/": { location: "Room 5" },
  "DELETE /schedules/calendars/{id}/meetings/{meeting}/": undefined,
};
const ANYWHERE_REQUESTS = {
  "GET /schedules/home/": undefined,
  "POST /schedules/calendars/create/": {},
  "GET /schedules/calendars/compose/": undefined,
  "POST /schedules/calendars/compose/": {},
};

const past = () => Math.floor(Date.now() / 1000) - 1;
/// Who asks by an account or as nobody.
const OF_ACCOUNTS = {
  nobody: ACCOUNTS.nobody,
  stranger: { ...ACCOUNTS.stranger, "somebody unverified": () => basic("un"), "an invitee's account": () => basic("zo") },
  owner: { "owner": () => basic("cr"), "owner by Token": ACCOUNTS.creator["creator by Token"], "owner by Bearer": ACCOUNTS.creator["creator by Bearer"], "owner by session": ACCOUNTS.creator["creator by session"] },
  "owner-unverified": { "owner, unverified": () => ({ ...basic("un"), creator: "un" }) },
  staff: ACCOUNTS.staff,
  cookie: ACCOUNTS.cookie,
};
/// Who asks by a link: by its path where that has a token, else by query, body or header.
const link = (id, more) => calendarLink(id, 1, more);
const CALLERS = withMore(OF_ACCOUNTS, {
  link: {
    "link": (id) => ({ query: link(id) }),
    "link in the body": (id) => ({ body: link(id) }),
    "link in the header": (id) => ({ header: `Link ${link(id)}` }),
    "link and staff's password": (id) => ({ ...basic("ob"), query: link(id) }),
    "link and owner's session": (id, { session }) => ({ headers: { Cookie: session.Cookie }, query: link(id) }),
  },
  "other-link": { "link of another invitee": (id) => ({ query: calendarLink(id, 2) }) },
  expired: { "link that has expired": (id) => ({ query: link(id, { expires: past() }) }) },
  "bad-link": {
    "link of another calendar": () => ({ query: link(other) }),
    "link of another calendar that has expired": () => ({ query: link(other, { expires: past() }) }),
    "link that is forged": (id) => ({ query: link(id, { key: `k1:${btoa("0".repeat(32))}` }) }),
    "forged link and owner's password": (id) => ({ ...basic("cr"), query: link(id, { key: `k1:${btoa("0".repeat(32))}` }) }),
    "link of a removed invitee": (id) => ({ query: calendarLink(id, 3) }),
    "link of no invitee": (id) => ({ query: calendarLink(id, 9) }),
    "link of another generation": (id) => ({ query: link(id, { generation: 1 }) }),
    "link to unsubscribe": (id) => ({ query: link(id, { purpose: "unsubscribe-calendar", code: 11 }) }),
    "link of a proposal": (id) => ({ query: link(id, { purpose: "proposal", code: 1 }) }),
  },
});

const open = table(OPEN, CALLERS);
const finalized = table(FINALIZED, CALLERS);
const closed = table(CLOSED, CALLERS);
const unknown = table(UNKNOWN, withMore(OF_ACCOUNTS, { "other-calendar": { "link of another calendar": () => ({ query: link(other) }) } }));
const anywhere = table(
  ANYWHERE,
  { nobody: ACCOUNTS.nobody, account: { ...ACCOUNTS.creator, ...ACCOUNTS.unverified, ...ACCOUNTS.staff }, cookie: ACCOUNTS.cookie, link: { link: () => ({ query: link(other) }) } },
);

let service;
let tokens;
/// A calendar like the others.
let other;
const contacts = {};
before(async () => {
  ({ service, tokens } = await setUp());
  for (const as of ["cr", "un"]) {
    contacts[as] = [];
    for (const email of [`bea-${as}@example.org`, "zo@localhost", `gone-${as}@example.org`]) {
      const { json } = await service.ask("POST", "/schedules/contacts/", { as, json: { first_Name: "Bea", last_Name: "Lee", email } });
      contacts[as].push(json.id);
    }
  }
  ({ id: other } = await make("cr"));
});
after(() => service.close());

let made = 0;
/// An open calendar with two invitees and a third that was removed; its day is its own.
async function make(as) {
  const at = date(20 + ++made);
  const all = contacts[as];
  const json = { name: "Talks", description: "", deadline: `${day}T00:00:00Z`, invitees: all, available_slots: [slot(at, 480, 720)] };
  const { status, json: calendar, text } = await service.ask("POST", "/schedules/calendars/create/", { as, json });
  assert.equal(status, 201, text);
  const removed = await service.ask("PUT", `/schedules/calendars/${calendar.id}/details/`, { as, json: { remove_invitees: [all[2]] } });
  assert.equal(removed.status, 200, removed.text);
  return { id: calendar.id, at, contact: all[0], meeting: 7 };
}

/// The same, with a meeting with the first invitee.
async function made_meetings(as) {
  const calendar = await make(as);
  const { status, json, text } = await service.ask("POST", `/schedules/calendars/${calendar.id}/confirm/`, { as, json: { finalized_schedule: [chosen(calendar.contact, calendar.at, 540, 600)] } });
  assert.equal(status, 200, text);
  const [{ meeting_id: meeting }] = json.meetings;
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${meeting}/`, { as })).status === 200);
  return { ...calendar, meeting };
}

/// Asks each cell of a table on a calendar of its own; what changes nothing is asked on one for all.
function judged(cells, prepare) {
  const shared = new Map();
  return judge(cells, async (cell) => {
    const { creator = "cr" } = cell.come(1, tokens);
    if (!changes(cell) && !shared.has(creator)) shared.set(creator, prepare(creator));
    const calendar = await (changes(cell) ? prepare(creator) : shared.get(creator));
    const { query, body, header, ...come } = cell.come(calendar.id, tokens);
    const token = query ?? body ?? (header?.startsWith("Link ") ? header.slice(5) : undefined);
    const inPath = cell.path.includes("{token}");
    const path = cell.path.replace("{id}", calendar.id).replace("{contact}", calendar.contact).replace("{meeting}", calendar.meeting).replace("{token}", token ?? "x");
    const sent = REQUESTS[cell.ask];
    const members = typeof sent === "function" ? sent(calendar) : sent;
    // No socket without our own Origin.
    const headers = { ...(cell.path.endsWith("/live/") && { Origin: ORIGIN }), ...come.headers };
    const beside = inPath ? { ...(header && !header.startsWith("Link ") && { header }) } : { query, body, header };
    return send(service, { ...cell, path, members }, { ...come, ...beside, headers });
  });
}

test("no cell is missing: every route of calendars, every kind of caller", () => {
  whole([open, finalized, closed, unknown], Object.keys(REQUESTS));
  whole([anywhere], Object.keys(ANYWHERE_REQUESTS));
});

test("an open calendar: each caller gets the status that it is due", async () => {
  const answers = await judged(open, make);
  // No hint which link it is that is none, and no name and password are asked for where a link alone counts.
  const bad = answers.filter(({ word, caller, path }) => word === "login" && path.includes("/respond/") && caller.startsWith("link of"));
  assert.deepEqual([...new Set(bad.map(({ answer: { text } }) => text))], ['{"error":"Invalid token"}']);
  for (const { answer, caller } of answers.filter(({ word, path }) => word === "login" && path.includes("/respond/"))) {
    assert.equal(answer.headers["www-authenticate"], undefined, caller);
  }
});

test("a finalised calendar stays as it is, and its meetings can be moved", async () => {
  await judged(finalized, made_meetings);
});

test("a closed calendar is gone, but for its log", async () => {
  await judged(closed, async (as) => {
    const calendar = await make(as);
    assert.equal((await service.ask("DELETE", `/schedules/calendars/${calendar.id}/`, { as })).status, 204);
    return calendar;
  });
});

test("an id that no calendar has: 404 for accounts and for links of others, 401 for anyone else", async () => {
  await judged(unknown, async () => ({ id: 7, contact: 8, meeting: 9, at: day }));
});

test("what is about no calendar yet needs an account", async () => {
  await judge(anywhere, (cell) => send(service, { ...cell, members: ANYWHERE_REQUESTS[cell.ask] }, cell.come(other, tokens)));
});
