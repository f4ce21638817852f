// All that an account has, exported, and the end of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { about, agree, mails as meetingMails, part, partyLink, read } from "../support/agree.mjs";
import { ORIGIN, SLOTS, links, propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { OTHER, PASSWORD, REQUIRED, WAYS, basic, mailed, open, path, person, post, proof, quiet, row, rows, stranger, told, ways } from "../support/people.mjs";
import { arrived, mails, sent, summary } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const at = (name) => `${name}@example.org`;
const me = (who, options = basic(who)) => service.ask("GET", "/accounts/me/", options);
const keep = (p, party, slots) => service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, party), json: { slots } });
const cron = () => service.worker.scheduled({ cron: "*/5 * * * *" });

// Export

const everything = async (options) => {
  const { status, json, text, headers } = await service.ask("GET", "/accounts/export/", options);
  assert.equal(status, 200, text);
  assert.equal(headers.get("content-disposition"), 'attachment; filename="whittle.json"');
  return { json, text };
};
const file = async (options, more = {}) => {
  const answer = await service.ask("GET", "/accounts/export/?format=ics", { ...options, ...more });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers.get("content-type"), /^text\/calendar/);
  assert.equal(answer.headers.get("content-disposition"), 'attachment; filename="whittle.ics"');
  return answer.text;
};

test("the export has all that an account has and nothing of others' that it may not see; no secret is in it", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  const contact = { first_Name: "Dane", last_Name: "Joe", email: "janedoe@gmail.com", groups: ["Friends", "Team"] };
  const { id } = (await service.ask("POST", "/schedules/contacts/", { json: contact, ...basic(who) })).json;
  await service.ask("POST", "/schedules/contacts/", { json: contact, as: "zo" });
  const mineToo = await propose(service, { title: "mine", visibility: "names", parties: [at("secret1")] }, basic(who));
  const masked = await propose(service, { title: "masked", visibility: "names", parties: [who.email, { email: at("hidden"), name: "Hid" }] });
  const shown = await propose(service, { title: "shown", parties: [who.email, at("seen")] });
  const foreign = await propose(service, { title: "foreign", parties: [at("foreigner")] });
  const place = { location: "Room 5", description: "One\nTwo" };
  const organised = await agree(service, { title: "organised", ...place, parties: [at("guest")] }, basic(who));
  const attended = await agree(service, { title: "attended", visibility: "names", parties: [who.email, at("fellow")] });
  const elsewhere = await agree(service, { title: "elsewhere", parties: [at("outsider")] });
  await service.ask("POST", "/accounts/address/", { json: { email: "next@test.ca", password: PASSWORD }, ...basic(who) });
  await service.db.prepare("insert into optouts values (?1, 1, 0), ('other@test.ca', 2, 0)").bind(who.email).run();
  await service.db.prepare("insert into suppressions values (?1, 'unsubscribed', 0), ('other@test.ca', 'bounced', 0)").bind(who.email).run();
  const { json: feed } = await service.ask("GET", "/feed/", basic(who));

  const { json, text } = await everything(mine.session);
  assert.deepEqual(Object.keys(json), ["account", "contacts", "proposals", "calendars", "meetings", "imported_busy_times", "subscribed_calendars", "working_hours", "blocked_hours", "booking_pages", "offers", "bookings", "address_changes", "unsubscribed", "sessions"]);
  assert.deepEqual(json.account, (await me(who)).json);
  assert.deepEqual(json.contacts, [{ id, ...contact }]);
  assert.deepEqual(json.proposals.map(({ title }) => title), ["mine", "masked", "shown", "organised", "attended"]);
  const of = (p) => json.proposals.find(({ url }) => url === p.url);
  for (const p of [mineToo, masked, shown]) assert.deepEqual([of(p).log_url, of(p).slots], [`${p.url}log/`, p.slots]);
  assert.ok(JSON.stringify(of(mineToo)).includes(at("secret1")), "one sees all of one's own");
  assert.ok(JSON.stringify(of(shown)).includes(at("seen")));
  assert.ok(JSON.stringify(of(masked)).includes("Hid"));
  for (const address of ["hidden", "fellow", "foreigner", "outsider"]) assert.ok(!text.includes(at(address)), address);
  for (const p of [foreign, elsewhere]) assert.ok(!text.includes(String(p.id)));
  const meetings = json.meetings.map(({ title, organiser, status, begin, end, attendees }) => [title, organiser, status, begin, end, attendees.map(({ email, partstat }) => `${email} ${partstat}`)]);
  const times = ["2030-01-07T09:00:00Z", "2030-01-07T10:00:00Z"];
  assert.deepEqual(meetings.sort(), [
    ["attended", false, "confirmed", ...times, [`${who.email} accepted`]],
    ["organised", true, "confirmed", ...times, [`${at("guest")} accepted`]],
  ]);
  const exported = json.meetings.find(({ title }) => title === "organised");
  assert.deepEqual({ location: exported.location, description: exported.description }, place);
  const urls = json.meetings.map(({ url }) => url).sort();
  assert.deepEqual(urls, [organised, attended].map((p) => `${ORIGIN}/meetings/${p.id}/`).sort());
  assert.deepEqual(json.address_changes.map(({ from, to, state }) => [from, to, state]), [[who.email, "next@test.ca", "asked"]]);
  assert.deepEqual(json.unsubscribed.map(({ reason }) => reason).sort(), ["sender", "unsubscribed"]);
  assert.deepEqual(json.sessions.map(({ kind }) => kind).sort(), ["pair", "session", "token", "token"]);

  // What is a secret, or stored of one.
  const stored = [(await row(service, who)).password];
  for (const [table, key] of [["tokens", "hash"], ["sessions", "hash"], ["families", "id"]]) {
    const { results } = await service.db.prepare(`select ${key} as key from ${table} where account = ?`).bind(who.id).all();
    stored.push(...results.map(({ key }) => key));
  }
  const secrets = [...stored, ...Object.values(mine.secrets), mine["the login's Token"].token, feed.url, PASSWORD, "argon2", "?et=", "/undo/", "/verify/", "password"];
  assert.equal(stored.length, 5);
  for (const ics of [text, (await file(basic(who))).replaceAll("\r\n ", "")]) {
    for (const secret of secrets) assert.ok(!ics.includes(secret), secret.slice(0, 12));
  }
  assert.equal((await service.ask("GET", "/accounts/export/")).status, 401);
  assert.equal((await service.ask("GET", "/accounts/export/?format=xml", basic(who))).status, 404);
});

test("the export as a calendar is read by two parsers: what one organises and what one attends and has not declined", async () => {
  const who = await person(service);
  const organised = await agree(service, { title: "organised", timezone: "Europe/Berlin", parties: [at("guest")] }, basic(who));
  const attended = await agree(service, { title: "attended", visibility: "names", slots: SLOTS.slice(1, 2), parties: [who.email, at("fellow")] });
  const declined = await agree(service, { title: "declined", parties: [who.email] });
  const cancelled = await agree(service, { title: "cancelled", parties: [who.email] });
  assert.equal((await service.ask("POST", `/meetings/${declined.id}/decline/`, basic(who))).status, 202);
  assert.equal((await service.ask("DELETE", `/meetings/${cancelled.id}/`, { as: "ob" })).status, 204);
  const text = await file(basic(who));
  const [{ method, events }] = read(text);
  const begins = Object.fromEntries(events.map(({ summary, begin, end, status }) => [summary, [begin, end - begin, status]]));
  const second = (time) => Date.parse(time) / 1000;
  assert.deepEqual([method, begins], [
    "PUBLISH",
    { organised: [second(SLOTS[0].begin), 3600, "CONFIRMED"], attended: [second(SLOTS[1].begin), 3600, "CONFIRMED"] },
  ]);
  assert.ok(!text.replaceAll("\r\n ", "").includes(at("fellow")), "masked");
  assert.ok(organised.id !== attended.id);
  const byAccept = await service.ask("GET", "/accounts/export/", { ...basic(who), headers: { Accept: "text/calendar" } });
  assert.deepEqual(read(byAccept.text), read(text));
});

test("who has not proven the address exports its own and nothing that is sent to that address", async () => {
  const victim = await person(service);
  await agree(service, { title: "attended", parties: [victim.email, at("fellow")] });
  await propose(service, { title: "asked", parties: [victim.email, at("fellow")] });
  const thief = await stranger(service, { email: victim.email });
  await agree(service, { title: "own", parties: [at("guest")] }, basic(thief));
  const { json, text } = await everything(basic(thief));
  assert.deepEqual([json.proposals.map(({ title }) => title), json.meetings.map(({ title }) => title)], [["own"], ["own"]]);
  assert.ok(!text.includes(at("fellow")));
  assert.deepEqual(read(await file(basic(thief)))[0].events.map(({ summary }) => summary), ["own"]);
  assert.deepEqual((await everything(basic(victim))).json.proposals.map(({ title }) => title).sort(), ["asked", "attended"]);
});

// The end

const leave = (who, password = PASSWORD, options = basic(who)) => service.ask("DELETE", "/accounts/me/", { json: { password }, ...options });
/// A meeting's cancellations, as others get them: who has gone may hear of it or not.
const cancelled = (some, who) => about(some, "is cancelled").filter(({ to }) => to[0] !== who.email);
const gone = (who) => until(`${who.username} to be gone`, async () => (await row(service, who)) === null);
const TABLES = [["accounts", "id"], ["tokens"], ["sessions"], ["families"], ["contacts", "owner"], ["address_changes"], ["busy"], ["optouts"]];

test("only who knows the password ends the account", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  for (const [json, faults] of [
    [{}, { password: REQUIRED }],
    [{ password: "" }, { password: ["This field may not be blank."] }],
    [{ password: 7 }, { password: ["This is not your password."] }],
    [{ password: null }, { password: ["This field may not be null."] }],
    [{ password: "other" }, { password: ["This is not your password."] }],
  ]) {
    assert.deepEqual(told(await service.ask("DELETE", "/accounts/me/", { json, ...mine.session })), [400, faults], JSON.stringify(json));
  }
  assert.equal((await leave(who, PASSWORD, {})).status, 401);
  assert.deepEqual(await open(service, mine), WAYS);
});

test("an account that goes leaves nothing of it under way, no row and no way in; its name and address are free", async () => {
  const who = await person(service);
  const mine = await ways(service, who);
  assert.deepEqual(await open(service, mine), WAYS);
  const guests = ["one", "two", "three", "four"].map((name) => at(`${who.username}-${name}`));
  const own = (parties, more) => propose(service, { parties, ...more }, basic(who));
  const asked = await own([guests[0], guests[1]]);
  await links(service, asked, [guests[0]]);
  const spent = await own([guests[1], guests[2]]);
  await links(service, spent, [guests[1], guests[2]]);
  assert.equal((await keep(spent, 1, [])).status, 202);
  await until("it to be exhausted", async () => (await service.db.prepare("select state from proposals where id = ?").bind(spent.id).first()).state === "exhausted");
  const coming = await agree(service, { title: "coming", parties: [guests[2], guests[3]] }, basic(who));
  const past = await agree(service, { title: "past", parties: [guests[3]] }, basic(who));
  await service.db.prepare("update meetings set starts_at = 1, ends_at = 2 where id = ?").bind(past.id).run();
  const others = await agree(service, { title: "others'", parties: [who.email, guests[3]] });
  const partaken = await propose(service, { parties: [who.email, guests[0]] });
  await service.ask("POST", "/schedules/contacts/", { json: { first_Name: "A", last_Name: "B", email: at("c") }, ...basic(who) });
  await service.ask("POST", "/accounts/address/", { json: { email: `next-${who.email}`, password: PASSWORD }, ...basic(who) });
  const move = path(await mailed(service, `next-${who.email}`, "move"));
  const { json: feed } = await service.ask("GET", "/feed/", basic(who));
  const { id } = who;
  await service.db.prepare("insert into busy (id, account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (?1, ?1, 1, 2, 1, 2, 0, 0, 'meeting', 7)").bind(id).run();
  await service.db.prepare("insert into optouts values ('x@example.org', ?1, 0)").bind(id).run();
  for (const [table, column] of TABLES) assert.ok((await rows(service, table, who, column)) > 0, table);
  await meetingMails(service, coming.id);

  const done = await leave(who, PASSWORD, mine.session);
  assert.deepEqual([done.status, done.text], [204, ""]);
  assert.equal((await mailed(service, who.email, "gone")).headers, undefined);
  assert.equal(done.headers.getSetCookie().filter((line) => /^(sessionid|csrftoken)=;.*Max-Age=0/.test(line)).length, 2);
  await gone(who);
  for (const [table, column] of TABLES) assert.equal(await rows(service, table, who, column), 0, table);

  // Nobody waits for it.
  for (const [p, told] of [[asked, [guests[0]]], [spent, [guests[1], guests[2]]]]) {
    assert.equal((await service.db.prepare("select state from proposals where id = ?").bind(p.id).first()).state, "closed");
    await sent(service, p.id);
    assert.deepEqual(summary(await mails(service, p.id, { kind: "closed" })), told.map((to) => `closed ${to}`).sort());
  }
  const cancels = cancelled(await meetingMails(service, coming.id), who);
  assert.deepEqual(cancels.map(({ to }) => to[0]).sort(), [guests[2], guests[3]].sort());
  for (const mail of cancels) {
    const [{ method, events }] = read(part(mail));
    assert.deepEqual([method, events[0].status, events[0].sequence], ["CANCEL", "CANCELLED", 1]);
  }
  const statuses = await service.db.prepare("select id, status from meetings where id in (?, ?, ?)").bind(coming.id, past.id, others.id).all();
  assert.deepEqual(Object.fromEntries(statuses.results.map((m) => [m.id, m.status])), {
    [coming.id]: "cancelled", [past.id]: "confirmed", [others.id]: "confirmed",
  });
  assert.equal((await service.ask("GET", `/${partaken.id}/`, { et: partyLink(partaken.id, 1) })).status, 200, "what others have is theirs");

  // Nothing of it opens anything.
  const { secrets } = mine;
  const nothing = async (label) => {
    assert.deepEqual(await open(service, { ...mine }), [], label);
    assert.equal((await service.ask("POST", "/accounts/login/", { json: { username: who.username, password: PASSWORD } })).status, 401);
    assert.equal((await service.ask("POST", "/accounts/token/refresh/", { json: { refresh: secrets.refresh } })).status, 401);
    const verify = `/accounts/verify/${proof(id)}/`;
    const resets = [0, 1].map((generation) => `/accounts/password/reset/${sign({ purpose: "reset", code: 5, id, party: 0, generation })}/`);
    for (const link of [verify, move, ...resets]) {
      assert.deepEqual(told(await service.ask("POST", link, { json: { new_password: OTHER } })), [401, { detail: "Invalid link." }], link);
    }
    assert.equal((await service.ask("GET", new URL(feed.url).pathname)).status, 401);
  };
  await nothing("gone");
  await service.ask("POST", "/accounts/password/reset/", { json: { email: who.email } });
  await quiet(service);
  assert.equal((await post(service, who.email, "reset")).length, 0);

  // Name and address are free; who has them now sees nothing of before.
  const next = await person(service, { username: who.username, email: at(`another-${who.username}`), password: OTHER, password2: OTHER });
  assert.notEqual(next.id, id);
  await nothing("a name that is somebody else's now");
  const as = basic(next, OTHER);
  const list = await service.ask("GET", "/", as);
  assert.ok(![asked, spent, coming, past, others, partaken].some((p) => list.text.includes(String(p.id))), list.text);
  for (const p of [asked, coming, past]) {
    assert.ok([403, 404].includes((await service.ask("GET", `/meetings/${p.id}/`, as)).status));
    assert.ok([403, 404].includes((await service.ask("GET", `/${p.id}/`, as)).status));
  }
  const { json } = await everything(as);
  assert.deepEqual([json.contacts, json.proposals, json.meetings, json.address_changes, json.sessions], [[], [], [], [], []]);
  assert.equal((await me(next, as)).json.mail, "all");
  assert.equal((await me(await person(service, { email: who.email }))).json.verified, true);
});

test("an account with more than one request can end is out at once; alarm and cron end the rest, each once", { timeout: 120_000 }, async () => {
  const who = await person(service);
  const guest = at(`${who.username}-guest`);
  const made = [];
  for (let n = 0; n < 12; n++) {
    made.push(await propose(service, { parties: [guest] }, basic(who)));
    await links(service, made.at(-1));
  }
  const mine = await ways(service, who);
  assert.equal((await leave(who)).status, 204);
  // Its alarm goes on at once: the row is there for as long as that takes.
  const { leaving, active, epoch } = (await row(service, who)) ?? { leaving: 1, active: 0, epoch: 1 };
  assert.deepEqual([leaving, active, epoch], [1, 0, 1], "there is more");
  assert.deepEqual(await open(service, mine), []);
  const others = await person(service);
  await until("cron to end it", async () => {
    await cron();
    return (await row(service, who)) === null;
  });
  for (const p of made) {
    await sent(service, p.id);
    assert.deepEqual(summary(await mails(service, p.id, { kind: "closed" })), [`closed ${guest}`]);
  }
  assert.equal((await me(others)).status, 200, "and nobody else");
});

test("cut off right after it was asked for, an account can do nothing more, and cron ends it", async () => {
  const who = await person(service);
  const p = await propose(service, { parties: [at("bea")] }, basic(who));
  const q = await agree(service, { parties: [at(`${who.username}-guest`)] }, basic(who));
  await links(service, p);
  const mine = await ways(service, who);
  const cut = new AbortController();
  const headers = { Authorization: `Basic ${btoa(`${who.username}:${PASSWORD}`)}`, "Content-Type": "application/json", "Whittle-Dev": "failpoint=after_leaving" };
  const asked = fetch(`${service.url}/accounts/me/`, { method: "DELETE", headers, body: JSON.stringify({ password: PASSWORD }), signal: cut.signal }).catch(() => undefined);
  await until("it to leave", async () => (await row(service, who)).leaving === 1);
  assert.deepEqual(await open(service, mine), []);
  assert.equal((await leave(who)).status, 401);
  assert.equal((await service.db.prepare("select state from proposals where id = ?").bind(p.id).first()).state, "open");
  await cron();
  await gone(who);
  cut.abort();
  await asked;
  await arrived(service, p.id, { kind: "closed" });
  assert.deepEqual(cancelled(await meetingMails(service, q.id), who).map(({ to }) => to[0]), [at(`${who.username}-guest`)]);
});

test("who goes without having proven the address leaves no mail behind that waits for that", async () => {
  const who = await stranger(service);
  const guest = at(`${who.username}-guest`);
  const p = await propose(service, { parties: [guest] }, basic(who));
  assert.equal((await service.ask("POST", `/${p.id}/notify/`, { ...basic(who), json: { parties: ["p1"], slots: SLOTS } })).status, 202);
  await agree(service, { parties: [guest] }, basic(who));
  await until("the index", async () => (await rows(service, "proposals", who, "holds_mail = 1 and creator")) === 1);
  assert.ok((await rows(service, "outbox", who)) > 0);
  assert.equal((await leave(who)).status, 204);
  await gone(who);
  assert.deepEqual([await rows(service, "proposals", who, "holds_mail = 1 and creator"), await rows(service, "outbox", who)], [0, 0]);
  await cron();
  await quiet(service);
  assert.deepEqual(await post(service, guest), [], "nobody hears of what nobody was asked");
});
