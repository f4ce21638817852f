// What bookings keep of an account: it is in the account's export, and ends with the account. Guests hear of it, and the name of the booking
// page stays taken.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start, until } from "../support/harness.mjs";
import { PASSWORD, basic, person, row } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const DAY = 86_400_000;
const date = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const count = async (sql, ...values) => (await service.db.prepare(`select count(*) as n from ${sql}`).bind(...values).first()).n;
const exported = async (who) => (await service.ask("GET", "/accounts/export/", basic(who))).json;

/// An account with all that bookings can have, and a guest whose booking waits for confirmation and one whose is confirmed.
async function host(name) {
  const who = await person(service);
  const ok = async (method, path, json, ...statuses) => {
    const answer = await service.ask(method, path, { ...basic(who), json });
    assert.ok((statuses.length ? statuses : [200, 201]).includes(answer.status), `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const weekly = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((weekday) => ({ weekday, from: "00:00", to: "24:00" }));
  await ok("PUT", "/api/user/working_hours/", { weekly, exceptions: [] });
  await ok("POST", "/api/user/block_slots/", { date: date(3), blocked_slots: [9, 10] });
  await ok("PUT", "/api/user/booking_page/", { name, title: "Lee Consulting", description: "Ask me", published: true });
  await ok("POST", "/api/user/offers/", { slug: "intro", title: "Introduction", minutes: 30, step: 30, notice: 0, horizon_days: 60, questions: ["What is it about?"] });
  const book = async (n, email) => {
    const { json } = await service.ask("GET", `/book/${name}/intro/?from=${date(5)}&days=1&zone=UTC`);
    const body = { start: json.starts[n], name: "Gus", email, answers: ["The contract"], zone: "Asia/Kolkata" };
    const { status, json: booked, text } = await service.ask("POST", `/book/${name}/intro/`, { json: body });
    assert.equal(status, 201, text);
    return booked.meeting;
  };
  const held = await book(2, `${name}-held@example.org`);
  const firm = await book(8, `${name}-firm@example.org`);
  const mail = await until("the mail to confirm", async () => (await service.outbox()).find((one) => one.to[0] === `${name}-firm@example.org`));
  const et = /\?et=(\S+)$/m.exec(mail.text)[1];
  const confirmed = await service.ask("POST", `/meetings/${firm}/confirm/`, { et });
  assert.equal(confirmed.status, 200, confirmed.text);
  return { who, held, firm };
}

test("an export has hours, blocks, the booking page, offers and what was booked", async () => {
  const { who, firm, held } = await host("ana-export");
  const all = await exported(who);
  assert.equal(all.working_hours.length, 1);
  assert.equal(all.working_hours[0].timezone, "UTC");
  assert.deepEqual(all.blocked_hours, [{ date: date(3), blocked: [9, 10].map((hour) => ({ from: `${date(3)}T${String(hour).padStart(2, "0")}:00:00Z`, to: `${date(3)}T${hour + 1}:00:00Z` })) }]);
  assert.deepEqual(all.booking_pages, [{ name: "ana-export", title: "Lee Consulting", description: "Ask me", published: true }]);
  assert.deepEqual(all.offers.map(({ slug, minutes, approval }) => [slug, minutes, approval]), [["intro", 30, false]]);
  assert.match(all.offers[0].url, /\/book\/ana-export\/intro\/$/);
  assert.deepEqual(all.bookings.map(({ meeting, offer, awaits, timezone }) => [Number(/(\d+)\/$/.exec(meeting)[1]), offer, awaits, timezone]), [
    [held, "intro", "guest", "Asia/Kolkata"],
    [firm, "intro", null, "Asia/Kolkata"],
  ]);
  assert.ok(JSON.stringify(all.bookings[1].answers).includes("The contract"));
  assert.deepEqual(all.subscribed_calendars, []);
  const other = await exported(await person(service));
  for (const name of ["working_hours", "blocked_hours", "booking_pages", "offers", "bookings", "subscribed_calendars"]) assert.deepEqual(other[name], [], `${name} of nobody else`);
});

test("with the account ends what it published: bookings are cancelled with mail, nothing is left, and its name is nobody's", { timeout: 120_000 }, async () => {
  const { who, held, firm } = await host("ana-leaves");
  assert.equal((await service.ask("DELETE", "/accounts/me/", { ...basic(who), json: { password: PASSWORD } })).status, 204);
  await until("the account to be gone", async () => (await row(service, who)) === null, 60);
  for (const table of ["blocked_days", "booking_pages", "offers", "subscriptions", "busy"]) assert.equal(await count(`${table} where account = ?`, who.id), 0, table);
  assert.equal(await count("bookings where owner = ?", who.id), 0);
  const { results } = await service.db.prepare("select id, status, remind_at from meetings where organiser = ? order by starts_at").bind(who.id).all();
  assert.deepEqual(results.map(({ id, status, remind_at }) => [id, status === "confirmed" || status === "held", remind_at]), [[held, false, null], [firm, false, null]]);
  await until("the guest to hear of it", async () => (await service.outbox()).some((mail) => mail.to[0] === "ana-leaves-firm@example.org" && /is cancelled/.test(mail.text)));
  assert.equal((await service.ask("GET", "/book/ana-leaves/")).status, 404);
  const next = await person(service);
  const taken = await service.ask("PUT", "/api/user/booking_page/", { ...basic(next), json: { name: "ana-leaves", title: "Mine", description: "", published: true } });
  assert.ok([400, 409].includes(taken.status), `${taken.status} ${taken.text}`);
});
