// Every form of every page acts: it is found on the page, filled in with what the page itself carries and what a person
// types, and sent as a browser sends it, by link and by session.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start, until } from "../support/harness.mjs";
import { agree, meetingLink, partyLink } from "../support/agree.mjs";
import { CALENDAR } from "../support/busy.mjs";
import { addContacts, answered, at, calendarLink, chosen, createCalendar, date, finalize, named, slot } from "../support/calendars.mjs";
import { held, publish, starts } from "../support/guests.mjs";
import { sign } from "../support/links.mjs";
import { operations } from "../support/routes.mjs";
import { cookies, session } from "../support/sessions.mjs";

/// Calendars elsewhere are played here: what the Worker fetches passes through this process.
const FEED = "https://calendar.example.com/basic.ics";
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => ((input.url ?? String(input)) === FEED ? new Response(CALENDAR) : realFetch(input, init));

let service;
before(async () => {
  service = await start();
});
after(async () => {
  await service.close();
  globalThis.fetch = realFetch;
});

let accounts = 300;
/// Another account with a verified address and the password `p`.
async function account() {
  const id = ++accounts;
  const name = `n${id}`;
  const add = `insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at)
    select ?1, ?2, ?3, ?3, 1, 1, 0, 1, password, 0 from accounts where id = 1`;
  await service.db.prepare(add).bind(id, name, `${name}@localhost`).run();
  return { id, name, address: `${name}@localhost` };
}

const mailed = (path, purpose, code, id) => `${path}${sign({ purpose, code, id, party: 0 })}/`;

/// A change of this account's address, asked for.
async function change(who) {
  const id = 1_000_000 + who.id;
  const add = `insert into address_changes (id, account, old_address, old_key, new_address, new_key, state, asked_at)
    values (?1, ?2, ?3, ?3, ?4, ?4, 'asked', 0)`;
  await service.db.prepare(add).bind(id, who.id, who.address, `new-${who.address}`).run();
  return id;
}

/// A meeting that this account is to come to.
const meeting = (who) => agree(service, { parties: [who.address] });

/// A calendar of this account, on which the first of two people has answered.
async function calendar(who) {
  const caller = { as: who.name };
  const invitees = (await addContacts(service, 2, caller)).map(({ id }) => id);
  const { id } = await createCalendar(service, invitees, [slot(date(20), 540, 720)], {}, caller);
  await answered(service, id, 1, [named(date(20), 540, 660)]);
  return { id, invitees };
}

/// The same, finalised; with the id of its meeting.
async function finalized(who) {
  const { id, invitees } = await calendar(who);
  const { status, json, text } = await finalize(service, id, [chosen(invitees[0], date(20), 540, 600)], { as: who.name });
  assert.equal(status, 200, text);
  const [{ meeting_id: meeting }] = json.meetings;
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${meeting}/`, { as: who.name })).status === 200);
  return { id, meeting };
}

/// An event of `who` alone.
async function event({ name, address }) {
  const json = { title: "Review", time_slot: "2031-04-25 10:00:00", description: "", participants: [address] };
  const { status, json: { response } = {}, text } = await service.ask("POST", "/api/event/", { as: name, json });
  assert.equal(status, 201, text);
  return response.id;
}

/// Has an account be of staff.
const promote = ({ id }) => service.db.prepare("update accounts set staff = 1 where id = ?1").bind(id).run();
/// A mail to it that was given up.
const givenUp = ({ id, name }) => {
  const letter = { kind: "account", template: "changed", to: `${name}@localhost`, account: id, username: name, link: null, other: null };
  const add = "insert or replace into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, error, shard) values (?1, 'mail', ?2, 'k1', 'dead', 0, 0, 30, 'no', 3)";
  return service.db.prepare(add).bind(`mail-${name}`, JSON.stringify(letter)).run();
};

/// The page of each route that a browser reads, for an account: its path by session, and by link where it has one.
const PAGES = {
  "GET /": () => ["/"],
  "GET /api/home/": () => ["/api/home/"],
  "GET /new/": () => ["/new/"],
  "GET /{id}/": async (who) => {
    const { id } = await meeting(who);
    return [`/${id}/`, `/${id}/?et=${partyLink(id, 1)}`];
  },
  "GET /{id}/log/": async (who) => {
    const { id } = await meeting(who);
    return [`/${id}/log/`, `/${id}/log/?et=${partyLink(id, 1)}`];
  },
  "GET /meetings/{id}/": async (who) => {
    const { id } = await meeting(who);
    return [`/meetings/${id}/`, `/meetings/${id}/?et=${meetingLink(id, 1)}`];
  },
  "GET /feed/": () => ["/feed/"],
  "GET /unsubscribe/{token}/": async (who) => {
    const { id } = await meeting(who);
    const path = `/unsubscribe/${sign({ purpose: "unsubscribe", code: 6, id, party: 1 })}/`;
    return [path, path];
  },
  "GET /outbox/": () => ["/outbox/", "/outbox/"],
  "GET /accounts/signup/": () => ["/accounts/signup/", "/accounts/signup/"],
  "GET /api-auth/login/": () => ["/api-auth/login/", "/api-auth/login/"],
  "GET /api/user/logout/": () => ["/api-auth/logout/"],
  "GET /api/user/get_detail/": () => ["/api/user/get_detail/"],
  "GET /accounts/password/reset/": () => ["/accounts/password/reset/", "/accounts/password/reset/"],
  "GET /accounts/password/reset/{token}/": (who) => [mailed("/accounts/password/reset/", "reset", 5, who.id), mailed("/accounts/password/reset/", "reset", 5, who.id)],
  "GET /accounts/address/{token}/": async (who) => {
    const path = mailed("/accounts/address/", "address", 9, await change(who));
    return [path, path];
  },
  "GET /accounts/address/undo/{token}/": async (who) => {
    const path = mailed("/accounts/address/undo/", "undo", 10, await change(who));
    return [path, path];
  },
  "GET /accounts/verify/{token}/": (who) => [mailed("/accounts/verify/", "verify", 4, who.id), mailed("/accounts/verify/", "verify", 4, who.id)],
  "GET /accounts/me/": () => ["/accounts/me/"],
  "GET /accounts/sessions/": () => ["/accounts/sessions/"],
  "GET /api/user/busy/": () => ["/api/user/busy/"],
  "GET /api/user/busy/subscriptions/": async (who) => {
    const { status, text } = await service.ask("POST", "/api/user/busy/subscriptions/", { as: who.name, json: { url: FEED } });
    assert.equal(status, 201, text);
    return ["/api/user/busy/subscriptions/"];
  },
  "GET /api/event/": () => ["/api/event/"],
  "GET /api/event/suggest/": () => ["/api/event/suggest/"],
  "GET /api/event/{id}/": async (who) => [`/api/event/${await event(who)}/`],
  "GET /api/user/working_hours/": () => ["/api/user/working_hours/"],
  "GET /api/user/get_available_slots/": () => ["/api/user/get_available_slots/?date=2040-04-25"],
  "GET /api/user/freebusy/": () => ["/api/user/freebusy/"],
  "GET /api/user/booking_page/": () => ["/api/user/booking_page/"],
  "GET /api/user/offers/": () => ["/api/user/offers/"],
  "GET /api/user/offers/{slug}/": async (who) => [`/api/user/offers/${(await publish(service, who.name)).offer.slug}/`],
  "GET /book/{name}/": async (who) => {
    const { name } = await publish(service, who.name);
    return [`/book/${name}/`, `/book/${name}/`];
  },
  "GET /book/{name}/{slug}/": async (who) => {
    const { path } = await publish(service, who.name);
    return [path, path];
  },
  "GET /meetings/{id}/times/": async (who) => {
    const published = await publish(service, (await account()).name);
    const { meeting, et } = await held(service, published, (await starts(service, published))[40], {}, { as: who.name });
    return [`/meetings/${meeting}/times/`, `/meetings/${meeting}/times/?et=${et}`];
  },
  "GET /schedules/home/": async (who) => {
    await calendar(who);
    return ["/schedules/home/"];
  },
  "GET /schedules/calendars/compose/": async (who) => [`/schedules/calendars/compose/?copy=${(await calendar(who)).id}`],
  "GET /schedules/calendars/{id}/details/": async (who) => [at((await calendar(who)).id, "details/")],
  "GET /schedules/calendars/remind/{id}/{contact}/": async (who) => {
    const { id, invitees } = await calendar(who);
    return [`/schedules/calendars/remind/${id}/${invitees[1]}/`];
  },
  "GET /schedules/calendars/{id}/confirm/": async (who) => {
    const { id } = await calendar(who);
    await answered(service, id, 2, [named(date(20), 600, 720)]);
    return [at(id, "confirm/")];
  },
  "GET /schedules/calendars/{id}/respond/{token}/": async (who) => {
    const { id } = await calendar(who);
    return [undefined, at(id, `respond/${calendarLink(id, 2)}/`)];
  },
  "GET /schedules/calendars/{id}/log/": async (who) => [at((await calendar(who)).id, "log/")],
  "GET /schedules/calendars/{id}/meetings/": async (who) => [at((await finalized(who)).id, "meetings/")],
  "GET /schedules/calendars/{id}/meetings/{meeting}/": async (who) => {
    const { id, meeting } = await finalized(who);
    return [at(id, `meetings/${meeting}/`)];
  },
  "GET /schedules/contacts/": () => ["/schedules/contacts/"],
  "GET /schedules/contacts/groups/": () => ["/schedules/contacts/groups/"],
  "GET /admin/": async (who) => (await promote(who)) && ["/admin/"],
  "GET /admin/{list}/": async (who) => (await promote(who)) && (await givenUp(who)) && [`/admin/outbox/?search=mail-${who.name}`],
  "GET /admin/ledger/": async (who) => (await promote(who)) && ["/admin/ledger/"],
  "GET /admin/health/": async (who) => (await promote(who)) && ["/admin/health/"],
  "GET /admin/accounts/{id}/": async (who) => (await promote(who)) && [`/admin/accounts/${(await account()).id}/`],
  "GET /openapi": () => ["/openapi", "/openapi"],
  "GET /docs/": () => ["/docs/", "/docs/"],
  "GET /healthz": () => ["/healthz", "/healthz"],
  "GET /demo/": () => ["/demo/", "/demo/"],
};
/// What a browser saves as a file.
const FILES = ["GET /{id}/calendar.ics", "GET /meetings/{id}/calendar.ics", "GET /feed/{token}.ics", "GET /accounts/export/", "GET /schedules/calendars/{id}/answers.csv", "GET /schedules/calendars/{id}/calendar.ics", "GET /schedules/contacts/export/", "GET /api/user/offers/{slug}/qr.svg"];

/// What a page's script opens: it is no page.
const SOCKETS = ["GET /{id}/live/", "GET /schedules/calendars/{id}/live/"];

/// What only who has the key of a deployment can read: no browser has it.
const KEYED = ["GET /transfer/", "GET /transfer/tables/{name}/", "GET /transfer/objects/{kind}/{id}/"];

test("every route that a browser can read stands here", () => {
  const readable = operations().filter((operation) => operation.startsWith("GET "));
  assert.deepEqual([...Object.keys(PAGES), ...FILES, ...SOCKETS, ...KEYED].sort(), readable.sort());
});

const unescaped = (text) => text.replaceAll("&#34;", '"').replaceAll("&#60;", "<").replaceAll("&#62;", ">").replaceAll("&#38;", "&").replaceAll("&amp;", "&");
const attribute = (tag, name) => {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return found ? unescaped(found[1]) : undefined;
};

/// The value that a field is sent with as it stands on the page; none for a box that is not ticked.
function standing([, open, inner = ""]) {
  const value = attribute(open, "value") ?? "";
  if (/^<textarea/.test(open)) return unescaped(inner).trimStart();
  if (/type="(?:radio|checkbox)"/.test(open)) return /\bchecked\b/.test(open) ? value : undefined;
  if (!/^<select/.test(open)) return value;
  const options = [...inner.matchAll(/<option\b([^>]*)>([^<]*)/g)];
  const [, chosen, text] = options.find(([, tag]) => /\bselected\b/.test(tag)) ?? options[0];
  return attribute(chosen, "value") ?? unescaped(text);
}

/// The forms of a page: where each is sent, how, and its fields as they stand there.
function forms(html, at) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head, body]) => {
    const fields = [...body.matchAll(/(<(?:select|textarea)\b[^>]*>)(.*?)<\/(?:select|textarea)>|(<input\b[^>]*>)/gs)];
    const named = fields.map(([all, open, inner, input]) => [attribute(open ?? input, "name"), standing([all, open ?? input, inner])]);
    const action = new URL(attribute(head, "action") ?? at, new URL(at, ORIGIN));
    const method = (attribute(head, "method") ?? "get").toUpperCase();
    const sent = named.filter(([, value]) => value !== undefined);
    if (method === "GET") action.search = new URLSearchParams(sent);
    return { method, path: action.pathname + action.search, origin: action.origin, fields: sent };
  });
}

let people = 0;
/// What a person types into a field of the form that is sent there.
const typed = (name, path, who) =>
  ({
    username: `f${who.id}x${(people += 1)}`,
    email: `f${who.id}x${people}@example.org`,
    first_name: "A",
    last_name: "B",
    first_Name: "A",
    last_Name: "B",
    // What is one's own already stands in a form that asks for it again; else it is a new one.
    password: /^\/(accounts\/(address|me)|admin)\//.test(path) ? "p" : "Test@1234",
    old_password: "p",
    password2: "Test@1234",
    new_password: "Test@1234",
    title: "Kick-off",
    // Only who has an account can be booked.
    people: path.startsWith("/api/event/") ? "zo@localhost" : `Bea Lee <f${who.id}x${(people += 1)}@example.org>`,
    name: path.startsWith("/api/user/booking_page/") ? `page-of-${who.id}` : "A B",
    zone: "Europe/Berlin",
    "t0-date": date(30),
    "t0-clock": "10:00",
    "t0-to": "11:00",
    "deadline-date": date(10),
    "deadline-clock": "10:00",
    calendar: CALENDAR,
    url: FEED,
    text: "first_name,last_name,email\nA,B,a@example.org",
  })[name];

test("every form of every page acts, as a browser sends it, by link and by session", async () => {
  const wrong = [];
  const found = {};
  for (const [route, paths] of Object.entries(PAGES)) {
    for (const way of ["session", "link"]) {
      const who = await account();
      const own = way === "session" ? await session(service, who.name) : undefined;
      let Cookie = own && `sessionid=${own.sessionid}; csrftoken=${own.csrftoken}`;
      const [bySession, byLink] = await paths(who);
      let path = way === "session" ? bySession : byLink;
      if (path === undefined) continue;
      const read = () => service.ask("GET", path, { headers: { Accept: "text/html", ...(Cookie && { Cookie }) } });
      // A mailed link becomes a cookie of the page that it opens, and what has no page leads to the one that shows it.
      if (/\?et=|\/respond\/|^\/schedules\/.*\/meetings\/|^\/api\/event\/\d/.test(path)) {
        const opened = await read();
        assert.equal(opened.status, 303, path);
        if (way === "link") Cookie = `link=${cookies(opened).link}`;
        path = opened.headers.get("location");
      }
      const page = await read();
      if (page.status !== 200 || !page.headers.get("content-type").startsWith("text/html")) {
        wrong.push(`${route} by ${way}: ${page.status} ${page.headers.get("content-type")}`);
        continue;
      }
      // Each of a page that is read for it: sending one may end the session.
      for (const [n] of forms(page.text, path).entries()) {
        const form = forms((await read()).text, path)[n];
        if (!form) continue;
        assert.equal(form.origin, ORIGIN, "forms are sent to our own site");
        const fields = form.fields.map(([name, value]) => [name, value || (typed(name, form.path, who) ?? "")]);
        const login = route === "GET /api-auth/login/" ? { username: who.name, password: "p" } : {};
        const sent = fields.map(([name, value]) => [name, login[name] ?? value]);
        const answer = await service.ask(form.method, form.path, {
          ...(form.method === "POST" && { body: new URLSearchParams(sent) }),
          // Our pages send no referrer, so that a browser names no Origin, and vouches for it (Fetch, section 3.2).
          headers: { Accept: "text/html", Origin: "null", "Sec-Fetch-Site": "same-origin", ...(Cookie && { Cookie }) },
        });
        found[`${route} by ${way}`] = (found[`${route} by ${way}`] ?? 0) + 1;
        // Nothing is proposed by an empty form; tests/pages fill that one in.
        if (answer.status === 400 && route === "GET /new/") continue;
        if (answer.status >= 400) wrong.push(`${form.method} ${form.path} of ${route} by ${way}: ${answer.status} ${/class="(?:fault|notice bad)[^]{0,200}/.exec(answer.text)}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  // Some forms of a page are gone once another one of them was sent.
  for (const [route, least] of [["GET /meetings/{id}/ by session", 1], ["GET /meetings/{id}/ by link", 1], ["GET /accounts/me/ by session", 3], ["GET /accounts/sessions/ by session", 1], ["GET /schedules/contacts/ by session", 2], ["GET /schedules/calendars/{id}/details/ by session", 5], ["GET /schedules/calendars/{id}/confirm/ by session", 2], ["GET /schedules/calendars/{id}/respond/{token}/ by link", 1], ["GET /schedules/calendars/remind/{id}/{contact}/ by session", 1], ["GET /schedules/calendars/{id}/meetings/{meeting}/ by session", 2], ["GET /unsubscribe/{token}/ by link", 2]]) {
    assert.ok(found[route] >= least, `${route}: ${found[route]}`);
  }
  assert.ok(Object.keys(found).length >= 15, JSON.stringify(found));
});
