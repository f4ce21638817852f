// A request by cookie may be one that another site caused: every route that changes something wants to be shown that it was
// meant, or does not look at the cookie at all. Which route is which stands here once more, apart from the code.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ORIGIN, SLOTS, files, propose, query, start, until } from "../support/harness.mjs";
import { agree, answer, partyLink } from "../support/agree.mjs";
import { CALENDAR } from "../support/busy.mjs";
import { at, calendarLink, chosen, date, finalize, named, slot } from "../support/calendars.mjs";
import { confirm, elsewhere, guest, held, publish, starts } from "../support/guests.mjs";
import { sign } from "../support/links.mjs";
import { person } from "../support/people.mjs";
import { WEBHOOK_SECRET, bounced, event, form } from "../support/post.mjs";
import { operations } from "../support/routes.mjs";
import { cookies, session } from "../support/sessions.mjs";

/// What a deployment is moved by.
const TRANSFER_KEY = "k".repeat(32);
const keyed = { headers: { Authorization: `Bearer ${TRANSFER_KEY}` } };

let service;
before(async () => {
  service = await start({ secrets: { MAIL_WEBHOOK_SECRET: WEBHOOK_SECRET, TRANSFER_KEY } });
});
after(() => service.close());

let made = 100;
/// Another account with a verified address and the password `p`.
async function account(verified = 1) {
  const id = ++made;
  const name = `n${id}`;
  await service.db
    .prepare(
      `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
       select ?1, ?2, ?3, ?3, ?4, 1, 0, 1, password, 0 from accounts where id = 1`,
    )
    .bind(id, name, `${name}@localhost`, verified)
    .run();
  return { id, name, address: `${name}@localhost` };
}
const open = (who, more) => propose(service, more, { as: who.name });
const contact = async ({ name }) => {
  const json = { first_Name: "Ann", last_Name: "Lee", email: "ann@example.org" };
  return (await service.ask("POST", "/schedules/contacts/", { as: name, json })).json.id;
};
const EVENT = "2031-04-25 10:00:00";
/// An event of `who` alone.
const bookedEvent = async ({ name, address }) => {
  const json = { title: "Review", time_slot: EVENT, description: "", participants: [address] };
  const { status, json: { response } = {}, text } = await service.ask("POST", "/api/event/", { as: name, json });
  assert.equal(status, 201, text);
  return response.id;
};
const invited = (who) => agree(service, { parties: [who.address] });

const DAY = date(30);
const newCalendar = (one) => ({ name: "Talks", description: "", deadline: `${date(20)}T00:00:00Z`, invitees: [one], available_slots: [slot(DAY, 480, 720)] });
/// A calendar of `who` with one invitee, whose contact is `one`.
async function calendar(who) {
  const one = await contact(who);
  const { status, json, text } = await service.ask("POST", "/schedules/calendars/create/", { as: who.name, json: newCalendar(one) });
  assert.equal(status, 201, text);
  return { id: json.id, one };
}
/// The same, finalised, and its meeting.
async function meetingOf(who) {
  const { id, one } = await calendar(who);
  const { status, json, text } = await finalize(service, id, [chosen(one, DAY, 540, 600)], { as: who.name });
  assert.equal(status, 200, text);
  return { id, meeting: json.meetings[0].meeting_id };
}
const ANSWER = { json: { availability: [named(DAY, 540, 600)] } };

/// An account that has nothing else to do here.
const another = async () => {
  const { username: as } = await person(service);
  await service.db.prepare("update accounts set password = (select password from accounts where id = 1) where username = ?").bind(as).run();
  return as;
};
/// What a guest has asked this account for, which has to approve of it.
async function bookedWith(as, email) {
  const published = await publish(service, as, { approval: true });
  return held(service, published, (await starts(service, published))[30], guest(email && { email }), elsewhere());
}

/// Has an account be of staff.
const promote = ({ id }) => service.db.prepare("update accounts set staff = 1 where id = ?1").bind(id).run();
/// A mail to it that was given up.
async function givenUp({ id, name, address }) {
  const mail = `mail-${name}`;
  const letter = { kind: "account", template: "changed", to: address, account: id, username: name, link: null, other: null };
  const add = "insert into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, error, shard) values (?1, 'mail', ?2, 'k1', 'dead', 0, 0, 30, 'no', 3)";
  await service.db.prepare(add).bind(mail, JSON.stringify(letter)).run();
  return mail;
}
/// An address that bounced.
async function suppressed({ name }) {
  const email = `${name}@bounced.example`;
  await service.db.prepare("insert into suppressions (address_key, reason, at) values (?1, 'bounced', 0)").bind(email).run();
  return email;
}

/// Routes that take sessions: what `who` sends there, and what comes of it.
const SESSIONS = {
  "POST /": () => ["POST", "/", 201, { parties: ["bea@example.org"], slots: SLOTS }],
  "POST /new/": () => ["POST", "/new/", 200, { title: "Lunch" }],
  "PATCH /{id}/": async (who) => ["PATCH", `/${(await open(who)).id}/`, 202, { slots: SLOTS.slice(1) }],
  "DELETE /{id}/": async (who) => ["DELETE", `/${(await open(who)).id}/`, 204],
  "POST /{id}/notify/": async (who) => ["POST", `/${(await open(who)).id}/notify/`, 202, { parties: ["p1"], slots: SLOTS }],
  "POST /{id}/revoke/": async (who) => ["POST", `/${(await open(who)).id}/revoke/`, 202, { party: "p1" }],
  "POST /{id}/resend/": async (who) => ["POST", `/${(await open(who, { parties: [who.address] })).id}/resend/`, 202],
  "DELETE /{id}/parties/{party}/": async (who) => ["DELETE", `/${(await open(who)).id}/parties/p2/`, 204],
  "PUT /{id}/parties/{party}/": async (who) => ["PUT", `/${(await open(who)).id}/parties/p2/`, 202, { email: "dan@example.org" }],
  "PATCH /{id}/parties/{party}/": async (who) => ["PATCH", `/${(await open(who)).id}/parties/p2/`, 202, { optional: true }],
  "POST /{id}/parties/{party}/link/": async (who) => ["POST", `/${(await open(who)).id}/parties/p2/link/`, 201],
  "POST /{id}/fix/": async (who) => {
    const p = await open(who, { parties: ["bea@example.org"] });
    await answer(service, p.id, "p1", SLOTS);
    return ["POST", `/${p.id}/fix/`, 202, { slot: SLOTS[0] }];
  },
  "POST /{id}/round/": async (who) => {
    const p = await open(who, { parties: ["bea@example.org"] });
    await answer(service, p.id, "p1", []);
    return ["POST", `/${p.id}/round/`, 201, { slots: SLOTS }];
  },
  "PATCH /meetings/{id}/": async (who) => ["PATCH", `/meetings/${(await agree(service, {}, { as: who.name })).id}/`, 202, { duration: 1800 }],
  "DELETE /meetings/{id}/": async (who) => ["DELETE", `/meetings/${(await agree(service, {}, { as: who.name })).id}/`, 204],
  "POST /meetings/{id}/forget/": async (who) => ["POST", `/meetings/${(await invited(who)).id}/forget/`, 303],
  "POST /{id}/follow/": async (who) => ["POST", `/${(await open(who)).id}/follow/`, 303],
  "POST /{id}/forget/": async (who) => ["POST", `/${(await open(who)).id}/forget/`, 303],
  "POST /{id}/decline/": async (who) => ["POST", `/${(await invited(who)).id}/decline/`, 202],
  "POST /{id}/accept/": async (who) => ["POST", `/${(await invited(who)).id}/accept/`, 202],
  "POST /meetings/{id}/decline/": async (who) => ["POST", `/meetings/${(await invited(who)).id}/decline/`, 202],
  "POST /meetings/{id}/accept/": async (who) => ["POST", `/meetings/${(await invited(who)).id}/accept/`, 202],
  "POST /feed/": () => ["POST", "/feed/", 200],
  "POST /api/user/logout/": () => ["POST", "/api/user/logout/", 200],
  "POST /accounts/verify/": () => ["POST", "/accounts/verify/", 202],
  "POST /accounts/password/": () => ["POST", "/accounts/password/", 200, { old_password: "p", new_password: "Test@1234" }],
  "POST /accounts/address/": (who) => ["POST", "/accounts/address/", 202, { email: `other-${who.address}`, password: "p" }],
  "PATCH /accounts/me/": () => ["PATCH", "/accounts/me/", 200, { timezone: "Europe/Berlin" }],
  "DELETE /accounts/me/": () => ["DELETE", "/accounts/me/", 204, { password: "p" }],
  "POST /admin/health/mail/": async (who) => (await promote(who)) && ["POST", "/admin/health/mail/", 202, { password: "p" }],
  "POST /admin/accounts/{id}/": async (who) => (await promote(who)) && ["POST", `/admin/accounts/${who.id}/`, 200, { act: "unlock", password: "p" }],
  "POST /admin/outbox/retry/": async (who) => (await promote(who)) && ["POST", "/admin/outbox/retry/", 202, { mail: await givenUp(who), password: "p" }],
  "POST /admin/suppressions/release/": async (who) => (await promote(who)) && ["POST", "/admin/suppressions/release/", 202, { email: await suppressed(who), password: "p" }],
  "DELETE /accounts/sessions/": () => ["DELETE", "/accounts/sessions/", 200],
  "DELETE /accounts/sessions/{session}/": async (who) => {
    await service.ask("POST", "/api-token-auth/", { json: { username: who.name, password: "p" } });
    const { json } = await service.ask("GET", "/accounts/sessions/", { as: who.name });
    return ["DELETE", `/accounts/sessions/${json.find(({ kind }) => kind === "token").id}/`, 204];
  },
  "POST /schedules/contacts/": () => ["POST", "/schedules/contacts/", 201, { first_Name: "Bo", last_Name: "Lee", email: "bo@example.org" }],
  "PATCH /schedules/contacts/": async (who) => ["PATCH", "/schedules/contacts/", 200, { contact_id: await contact(who), last_Name: "Li" }],
  "PUT /schedules/contacts/": async (who) => ["PUT", "/schedules/contacts/", 200, { contact_id: await contact(who), last_Name: "Li" }],
  "DELETE /schedules/contacts/": async (who) => ["DELETE", "/schedules/contacts/", 204, { contact_id: await contact(who) }],
  "POST /schedules/calendars/create/": async (who) => ["POST", "/schedules/calendars/create/", 201, newCalendar(await contact(who))],
  "POST /schedules/calendars/compose/": () => ["POST", "/schedules/calendars/compose/", 200, { name: "Talks" }],
  "POST /schedules/calendars/{id}/copy/": async (who) => ["POST", at((await calendar(who)).id, "copy/"), 201],
  "DELETE /schedules/calendars/{id}/": async (who) => ["DELETE", at((await calendar(who)).id), 204],
  "PUT /schedules/calendars/{id}/details/": async (who) => ["PUT", at((await calendar(who)).id, "details/"), 200, { name: "Others" }],
  "PATCH /schedules/calendars/{id}/details/": async (who) => ["PATCH", at((await calendar(who)).id, "details/"), 200, { name: "Others" }],
  "POST /schedules/calendars/remind/{id}/{contact}/": async (who) => {
    const { id, one } = await calendar(who);
    return ["POST", `/schedules/calendars/remind/${id}/${one}/`, 200];
  },
  "POST /schedules/calendars/{id}/confirm/": async (who) => {
    const { id, one } = await calendar(who);
    return ["POST", at(id, "confirm/"), 200, { finalized_schedule: [chosen(one, DAY, 540, 600)] }];
  },
  "PATCH /schedules/calendars/{id}/meetings/{meeting}/": async (who) => {
    const { id, meeting } = await meetingOf(who);
    return ["PATCH", at(id, `meetings/${meeting}/`), 202, { location: "Room 5" }];
  },
  "DELETE /schedules/calendars/{id}/meetings/{meeting}/": async (who) => {
    const { id, meeting } = await meetingOf(who);
    return ["DELETE", at(id, `meetings/${meeting}/`), 204];
  },
  "POST /api/user/busy/import/": () => ["POST", "/api/user/busy/import/", 200, { calendar: CALENDAR }],
  "DELETE /api/user/busy/import/": () => ["DELETE", "/api/user/busy/import/", 204],
  "POST /api/event/": () => ["POST", "/api/event/", 201, { title: "Review", time_slot: EVENT, description: "", participants: [] }],
  "PUT /api/event/{id}/": async (who) => ["PUT", `/api/event/${await bookedEvent(who)}/`, 200, { title: "Other", time_slot: EVENT, description: "", participants: [who.address], status: "active" }],
  "PATCH /api/event/{id}/": async (who) => ["PATCH", `/api/event/${await bookedEvent(who)}/`, 200, { title: "Other" }],
  "PUT /api/user/working_hours/": () => ["PUT", "/api/user/working_hours/", 200, { weekly: null }],
  "POST /api/user/block_slots/": () => ["POST", "/api/user/block_slots/", 200, { date: "2040-04-25", blocked_slots: [10] }],
  "DELETE /api/user/block_slots/": () => ["DELETE", "/api/user/block_slots/", 200, { date: "2040-04-25", blocked_slots: [10] }],
  "POST /api/user/busy/subscriptions/": () => ["POST", "/api/user/busy/subscriptions/", 201, { url: FEED }],
  "POST /api/user/busy/subscriptions/{id}/": async (who) => ["POST", `/api/user/busy/subscriptions/${await subscription(who)}/`, 200],
  "DELETE /api/user/busy/subscriptions/{id}/": async (who) => ["DELETE", `/api/user/busy/subscriptions/${await subscription(who)}/`, 204],
  "PUT /api/user/booking_page/": (who) => ["PUT", "/api/user/booking_page/", 200, { name: `page-of-${who.name}`, title: "The office" }],
  "DELETE /api/user/booking_page/": () => ["DELETE", "/api/user/booking_page/", 204],
  "POST /api/user/offers/": () => ["POST", "/api/user/offers/", 201, { title: "Call", minutes: 30 }],
  "PATCH /api/user/offers/{slug}/": async (who) => ["PATCH", `/api/user/offers/${(await publish(service, who.name)).offer.slug}/`, 200, { minutes: 45 }],
  "DELETE /api/user/offers/{slug}/": async (who) => ["DELETE", `/api/user/offers/${(await publish(service, who.name)).offer.slug}/`, 204],
  "POST /book/{name}/{slug}/": async (who) => {
    const published = await publish(service, who.name);
    return ["POST", published.path, 201, { start: (await starts(service, published))[30] }];
  },
  "POST /meetings/{id}/confirm/": async (who) => {
    const { meeting } = await bookedWith(await another(), who.address);
    return ["POST", `/meetings/${meeting}/confirm/`, 200];
  },
  "POST /meetings/{id}/approve/": async (who) => {
    const booking = await bookedWith(who.name);
    assert.equal((await confirm(service, booking)).status, 200);
    return ["POST", `/meetings/${booking.meeting}/approve/`, 200];
  },
  "POST /schedules/contacts/import/": () => ["POST", "/schedules/contacts/import/", 200, { csv: "first_Name,last_Name,email\nCy,Lee,cy@example.org" }],
};
const UNVERIFIED = ["POST /accounts/verify/"];

const verified = (name, purpose, code, id) => `/accounts/${name}/${sign({ purpose, code, id, party: 0 })}/`;
/// A change of this account's address, asked for.
async function change(who) {
  const id = 1_000_000 + who.id;
  await service.db
    .prepare(
      `insert into address_changes (id, account, old_address, old_key, new_address, new_key, state, asked_at)
       values (?1, ?2, ?3, ?3, ?4, ?4, 'asked', 0)`,
    )
    .bind(id, who.id, who.address, `new-${who.address}`)
    .run();
  return id;
}
const pair = async ({ name }) => (await service.ask("POST", "/accounts/login/", { json: { username: name, password: "p" } })).json;
const password = ({ name }) => ({ json: { username: name, password: "p" } });
const signUp = ({ name }) => ({ username: `x${name}`, email: `x${name}@example.org`, password: "Test@1234" });

/// A calendar elsewhere, whose server is played here: what the Worker fetches passes through it.
const FEED = "https://calendar.example.com/basic.ics";
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => (new URL(input.url ?? input).href.startsWith(FEED) ? new Response(CALENDAR) : realFetch(input, init));
let subscriptions = 0;
/// A calendar that this account has subscribed to.
async function subscription(who) {
  const insert = "insert into subscriptions (id, account, url, created_at, due_at, shard) values (?, ?, ?, 0, 1e15, 0)";
  await service.db.prepare(insert).bind(++subscriptions, who.id, `${FEED}?${subscriptions}`).run();
  return subscriptions;
}

/// Routes that change something for whom the path or the body names, whoever's browser sends it.
const SESSIONLESS = {
  "POST /demo/": () => ["POST", "/demo/", 200, form({ do: "keep" })],
  "POST /accounts/signup/": (who) => ["POST", "/accounts/signup/", 201, { json: { ...signUp(who), password2: "Test@1234", first_name: "A", last_name: "B" } }],
  "POST /api/user/sign_up/": (who) => ["POST", "/api/user/sign_up/", 201, { json: signUp(who) }],
  "POST /accounts/login/": (who) => ["POST", "/accounts/login/", 200, password(who)],
  "POST /api/user/login/": (who) => ["POST", "/api/user/login/", 200, password(who)],
  "POST /api-auth/login/": (who) => ["POST", "/api-auth/login/", 303, form({ username: who.name, password: "p" })],
  "POST /api-token-auth/": (who) => ["POST", "/api-token-auth/", 200, password(who)],
  "POST /accounts/token/refresh/": async (who) => ["POST", "/accounts/token/refresh/", 200, { json: { refresh: (await pair(who)).refresh } }],
  "POST /accounts/logout/": async (who) => ["POST", "/accounts/logout/", 204, { json: { refresh: (await pair(who)).refresh } }],
  "POST /accounts/verify/{token}/": (who) => ["POST", verified("verify", "verify", 4, who.id), 200],
  "POST /accounts/password/reset/": (who) => ["POST", "/accounts/password/reset/", 202, { json: { email: who.address } }],
  "POST /accounts/password/reset/{token}/": (who) => ["POST", verified("password/reset", "reset", 5, who.id), 200, { json: { new_password: "Test@1234" } }],
  "POST /accounts/address/{token}/": async (who) => ["POST", verified("address", "address", 9, await change(who)), 200],
  "POST /accounts/address/undo/{token}/": async (who) => ["POST", verified("address/undo", "undo", 10, await change(who)), 200],
  "POST /schedules/calendars/{id}/respond/{token}/": async (who) => {
    const { id } = await calendar(who);
    return ["POST", at(id, `respond/${calendarLink(id, 1)}/`), 200, ANSWER];
  },
  "PUT /schedules/calendars/{id}/respond/{token}/": async (who) => {
    const { id } = await calendar(who);
    return ["PUT", at(id, `respond/${calendarLink(id, 1)}/`), 200, ANSWER];
  },
  "POST /schedules/calendars/{id}/resend/": async (who) => {
    const { id } = await calendar(who);
    return ["POST", at(id, "resend/"), 202, { json: { token: calendarLink(id, 1) } }];
  },
  "POST /schedules/calendars/{id}/forget/": async (who) => {
    const { id } = await calendar(who);
    return ["POST", at(id, "forget/"), 303, { json: { token: calendarLink(id, 1) } }];
  },
  "POST /unsubscribe/{token}/": async (who) => {
    const { id } = await open(who);
    return ["POST", `/unsubscribe/${sign({ purpose: "unsubscribe", code: 6, id, party: 1 })}/`, 200];
  },
  "POST /mail/events": (who) => ["POST", "/mail/events", 204, event(bounced(who.address), { id: `msg_${who.name}` })],
  // A deployment that is used is not filled.
  "POST /transfer/tables/{name}/": () => ["POST", "/transfer/tables/optouts/", 409, { ...keyed, json: [] }],
  "PUT /transfer/objects/{kind}/{id}/": () => ["PUT", "/transfer/objects/proposals/7/", 409, { ...keyed, json: { schema: [], tables: [] } }],
};

test("every route that changes something stands here, with whether it takes sessions", () => {
  const unsafe = operations().filter((operation) => !operation.startsWith("GET "));
  assert.ok(unsafe.length > 40, String(unsafe.length));
  assert.deepEqual([...Object.keys(SESSIONS), ...Object.keys(SESSIONLESS)].sort(), unsafe.sort());
});

/// All that is stored, in D1 and in objects, but for the platform's own and the built-in outbox.
async function stored() {
  const { results } = await service.db.prepare("select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'").all();
  const tables = results.map(({ name }) => name).filter((name) => name !== "dev_outbox");
  const rows = await service.db.batch(tables.map((name) => service.db.prepare(`select * from ${name}`)));
  const directory = Object.fromEntries(tables.map((name, n) => [name, rows[n].results]));
  const objects = files(service.tmp).filter((path) => /(Proposal|Calendar)Object.*\.sqlite$/.test(path) && !path.endsWith("metadata.sqlite"));
  const acts = (path) => query(path, "select name from sqlite_master where name = 'ledger'").length && query(path, "select count(*) as n from ledger")[0].n;
  return { directory, ledgers: Object.fromEntries(objects.map((path) => [path, acts(path)])) };
}

/// Waits until no mail is on its way.
const quiet = () =>
  until("all mail to be sent", async () => {
    if ((await service.db.prepare("select count(*) as n from outbox where status <> 'dead'").first()).n) return false;
    const objects = files(service.tmp).filter((path) => /(Proposal|Calendar)Object.*\.sqlite$/.test(path) && !path.endsWith("metadata.sqlite"));
    return objects.every((path) => !query(path, "select 1 from sqlite_master where name = 'outbox'").length || !query(path, "select 1 from outbox").length);
  });

const ORIGIN_MISSING = `Origin is missing. By session, send \`Origin: ${ORIGIN}\`, and the cookie \`csrftoken\` as \`X-CSRFToken\`.`;
const MISSING = "CSRF token missing.";
const INCORRECT = "CSRF token incorrect.";
const ELSEWHERE = "Origin checking failed.";
/// Ways in which a request by cookie does not show that it was meant: headers, given the session, one that this browser had
/// before, and another account's.
const NOT_MEANT = {
  "without a token": () => [{ Origin: ORIGIN }, MISSING],
  "with an empty token": () => [{ Origin: ORIGIN, "X-CSRFToken": "" }, INCORRECT],
  "with a foreign Origin": (own) => [{ Origin: "https://evil.example", "X-CSRFToken": own.csrftoken }, ELSEWHERE],
  "with a sibling's Origin": (own) => [{ Origin: `${ORIGIN}.evil.example`, "X-CSRFToken": own.csrftoken }, ELSEWHERE],
  "with no site's Origin": (own) => [{ Origin: "null", "X-CSRFToken": own.csrftoken }, ELSEWHERE],
  "with the word of its browser": (own) => [{ Origin: ORIGIN, "Sec-Fetch-Site": "cross-site", "X-CSRFToken": own.csrftoken }, ELSEWHERE],
  "without any Origin": (own) => [{ "X-CSRFToken": own.csrftoken }, ORIGIN_MISSING],
  "with another account's token": (_own, _former, other) => [{ Origin: ORIGIN, "X-CSRFToken": other.csrftoken }, INCORRECT],
  "with another's token, planted as a cookie too": (own, _former, other) => [
    { Origin: ORIGIN, "X-CSRFToken": other.csrftoken, Cookie: `sessionid=${own.sessionid}; csrftoken=${other.csrftoken}` },
    INCORRECT,
  ],
  "with a former session's token": (_own, former) => [{ Origin: ORIGIN, "X-CSRFToken": former.csrftoken }, INCORRECT],
  "with the session's cookie as its token": (own) => [{ Origin: ORIGIN, "X-CSRFToken": own.sessionid }, INCORRECT],
};

test("where sessions are taken, nothing is done that was not shown to be meant; and what was is done", async () => {
  const prepared = [];
  const other = await session(service, "zo");
  for (const [route, make] of Object.entries(SESSIONS)) {
    const who = await account(UNVERIFIED.includes(route) ? 0 : 1);
    const former = await session(service, who.name);
    const again = { json: { username: who.name, password: "p" }, headers: { Cookie: former.headers.Cookie } };
    const { sessionid, csrftoken } = cookies(await service.ask("POST", "/api/user/login/", again));
    const Cookie = `sessionid=${sessionid}; csrftoken=${csrftoken}`;
    const [method, path, status, json] = await make(who);
    prepared.push({ route, own: { sessionid, csrftoken, Cookie }, former, method, path, status, json });
  }
  await quiet();
  const before = await stored();
  const wrong = [];
  for (const { route, own, former, method, path, json } of prepared) {
    for (const [way, make] of Object.entries(NOT_MEANT)) {
      const [headers, why] = make(own, former, other);
      const { status, text } = await service.ask(method, path, { json, headers: { Cookie: own.Cookie, ...headers } });
      if (status !== 403 || text !== `{"detail":"CSRF Failed: ${why}"}`) wrong.push(`${route} ${way}: ${status} ${text}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(await stored(), before, "nothing has changed");
  for (const { route, own, method, path, status, json } of prepared) {
    const headers = { Cookie: own.Cookie, Origin: ORIGIN, "X-CSRFToken": own.csrftoken };
    const done = await service.ask(method, path, { json, headers });
    if (done.status !== status) wrong.push(`${route}: ${status} is right, ${done.status} came: ${done.text}`);
  }
  assert.deepEqual(wrong, []);
  console.log(`${prepared.length} routes, each in ${Object.keys(NOT_MEANT).length} ways not meant and once meant`);
});

test("the token counts in a form's field as in the header, which goes first", async () => {
  const own = await session(service, "zo");
  const other = await session(service, "st");
  const post = async (fields, more = {}) => {
    const { body, headers } = form(fields);
    return (await service.ask("POST", "/feed/", { body, headers: { ...headers, Cookie: own.headers.Cookie, Origin: ORIGIN, ...more } })).status;
  };
  assert.equal(await post({ csrfmiddlewaretoken: own.csrftoken }), 200);
  assert.equal(await post({ csrfmiddlewaretoken: other.csrftoken }), 403);
  assert.equal(await post({ csrfmiddlewaretoken: own.csrftoken }, { "X-CSRFToken": other.csrftoken }), 403);
  assert.equal(await post({ csrfmiddlewaretoken: own.csrftoken }, { Origin: "https://evil.example" }), 403);
});

test("other credentials beside a cookie need no token: no browser sends them by itself", async () => {
  const { headers, token } = await session(service, "zo");
  const { Cookie } = headers;
  assert.equal((await service.ask("POST", "/feed/", { as: "zo", headers: { Cookie } })).status, 200);
  assert.equal((await service.ask("POST", "/feed/", { token, headers: { Cookie } })).status, 200);
  const p = await propose(service);
  const kept = await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, 1), json: { slots: SLOTS }, headers: { Cookie } });
  assert.deepEqual([kept.status, kept.json.answers[0].state], [202, "kept"], "by the link, as its party");
  // But for another site nobody does anything.
  for (const how of [{ as: "zo" }, { token }]) {
    assert.equal((await service.ask("POST", "/feed/", { ...how, headers: { Cookie, Origin: "https://evil.example" } })).status, 403);
  }
});

/// What a request's answer says, but for what is its subject's or by chance.
function told({ status, headers, text }, who) {
  const mask = (value) =>
    value
      .replaceAll(who.name, "NAME")
      .replaceAll(/"id":\d+/g, '"id":N')
      .replaceAll(/calendars\/\d+/g, "calendars/N")
      .replaceAll(/[\w-]+\.[\w-]+\.[\w-]{20,}|[0-9a-f]{40,}/g, "SECRET");
  const kept = [...headers].filter(([name]) => !["x-request-id", "date", "content-length"].includes(name));
  return { status, text: mask(text), headers: kept.map(([name, value]) => `${name}: ${mask(value)}`) };
}

test("where sessions are not taken, the cookie makes no difference at all", async () => {
  const bystander = (await account()).name;
  const row = async () => JSON.stringify(await service.db.prepare("select * from accounts where username = ?").bind(bystander).first());
  const untouched = await row();
  const wrong = [];
  for (const [route, make] of Object.entries(SESSIONLESS)) {
    const own = await session(service, bystander);
    const { Cookie, Origin } = own.headers;
    let without;
    for (const [how, headers] of Object.entries({
      without: {},
      "with it": { Cookie },
      "with it and Origin": { Cookie, Origin },
      "with it and a wrong token": { Cookie, Origin, "X-CSRFToken": "x" },
      "with it and its token": own.headers,
      "with one that is none": { Cookie: `sessionid=${"0".repeat(64)}` },
    })) {
      const who = await account(route === "POST /accounts/verify/{token}/" ? 0 : 1);
      const [method, path, status, sent] = await make(who);
      const answer = await service.ask(method, path, { ...sent, headers: { ...sent?.headers, ...headers } });
      without ??= told(answer, who);
      if (answer.status !== status || !isDeepStrictEqual(told(answer, who), without)) {
        wrong.push(`${route} ${how}: ${status} is right, ${answer.status} came: ${answer.text}`);
      }
    }
    // Only what begins a session in this browser ends the one that it had.
    const lives = (await service.ask("GET", "/api/user/get_detail/", { headers: { Cookie } })).status === 200;
    if (lives !== !["POST /api/user/login/", "POST /api-auth/login/"].includes(route)) wrong.push(`${route}: the session lives: ${lives}`);
    if ((await row()) !== untouched) wrong.push(`${route}: whose session it is has changed`);
  }
  assert.deepEqual(wrong, []);
});
