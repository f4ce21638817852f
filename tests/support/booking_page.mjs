// Booking pages and their guests: an account publishes kinds of meeting, and somebody without an account books one.
import assert from "node:assert/strict";
import { meetingLink } from "./agree.mjs";
import { until } from "./harness.mjs";

/// Hours of every working day, from 9 to 12 and from 13 to 17.
const HOURS = ["monday", "tuesday", "wednesday", "thursday", "friday"].flatMap((weekday) => [{ weekday, from: "09:00", to: "12:00" }, { weekday, from: "13:00", to: "17:00" }]);
/// A kind of meeting with all that its page can show.
export const TALK = { slug: "talk", title: "A first talk", description: "What you plan, and how we can help.\nBring your notes.", location: "Video, the link follows", minutes: 30, step: 30, notice: 120, horizon_days: 60, questions: ["What is it about?"] };
export const VISIT = { slug: "visit", title: "A visit", description: "", location: "Room 5", minutes: 60, step: 60, notice: 0, horizon_days: 60, approval: true };

/// Publishes a booking page with these kinds of meeting.
export async function publish(service, { as = "ana", name = "ana-lee", title = "Ana’s office", description = "I am glad to hear from you.", offers = [TALK, VISIT], weekly = HOURS, timezone = "Europe/Berlin" } = {}) {
  const ask = async (method, path, json, ...expected) => {
    const { status, text } = await service.ask(method, path, { as, json });
    assert.ok(expected.includes(status), `${method} ${path}: ${status} ${text}`);
  };
  await service.db.prepare("update accounts set timezone = ? where username = ?").bind(timezone, as).run();
  await ask("PUT", "/api/user/working_hours/", { timezone, weekly, exceptions: [] }, 200);
  await ask("PUT", "/api/user/booking_page/", { name, title, description, published: true }, 200, 201);
  for (const offer of offers) await ask("POST", "/api/user/offers/", offer, 201);
  return { as, name, path: `/book/${name}/` };
}

/// The free starts of a kind of meeting.
export async function starts(service, { path }, slug = TALK.slug, query = "") {
  const { status, json, text } = await service.ask("GET", `${path}${slug}/?${query}`);
  assert.equal(status, 200, text);
  return json.starts;
}

let guests = 0;
/// Somebody new, with an address that nobody else has.
export const guest = (name = "Gil Guest") => ({ name, email: `guest${++guests}@example.net` });

/// Whatever is held so far came from elsewhere: three holds are allowed from one place.
export const elsewhere = (service) => service.db.prepare("update bookings set place_hash = 'elsewhere ' || meeting").run();

/// Holds a start, the first but `n`; gives the answer with the guest.
export async function hold(service, page, { slug = TALK.slug, who = guest(), n = 0, start, answers = slug === TALK.slug ? ["A new roof"] : [], zone = "Europe/Berlin" } = {}) {
  const at = start ?? (await starts(service, page, slug))[n];
  await elsewhere(service);
  const { status, json, text } = await service.ask("POST", `${page.path}${slug}/`, { json: { start: at, ...who, answers, zone } });
  assert.equal(status, 201, text);
  return { ...json, ...who, start: at, link: linkTo(json) };
}

/// The guest's link, as it is mailed.
export const linkTo = ({ meeting }, more = "") => `/meetings/${meeting}/${more}?et=${meetingLink(meeting, 1)}`;
/// Confirms a booking by the guest's link.
export async function confirm(service, booking) {
  const { status, json, text } = await service.ask("POST", `/meetings/${booking.meeting}/confirm/`, { et: meetingLink(booking.meeting, 1) });
  assert.equal(status, 200, text);
  return { ...booking, view: json };
}

/// A booking that stands, or waits for its owner where that is how the kind of meeting is.
export const booked = async (service, page, more) => confirm(service, await hold(service, page, more));

/// Lets the holds of these meetings have ended a minute ago.
export async function lapse(service, ...ids) {
  for (const id of ids) {
    const past = Date.now() - 60_000;
    await service.db.batch([
      service.db.prepare("update bookings set made_at = ?2 - 1, expires_at = ?2 where meeting = ?1").bind(id, past),
      service.db.prepare("delete from busy where kind = 'meeting' and source = ?1").bind(id),
    ]);
  }
}

/// The meeting as its owner sees it.
export const meeting = async (service, { meeting: id }, as = "ana") => (await service.ask("GET", `/meetings/${id}/`, { as })).json;

/// Makes bookings in each of their states; gives them by state.
export async function makeBookings(service, page) {
  const held = await hold(service, page, { n: 0 });
  const lapsed = await hold(service, page, { n: 2 });
  await lapse(service, lapsed.meeting);
  const firm = await booked(service, page, { n: 4 });
  const asked = await booked(service, page, { slug: VISIT.slug, n: 10 });
  const cancelled = await booked(service, page, { n: 6 });
  const { status, text } = await service.ask("DELETE", `/meetings/${cancelled.meeting}/`, { as: page.as, json: { message: "I am ill, sorry." } });
  assert.equal(status, 204, text);
  const approved = await booked(service, page, { slug: VISIT.slug, n: 14 });
  const yes = await service.ask("POST", `/meetings/${approved.meeting}/approve/`, { as: page.as });
  assert.equal(yes.status, 200, yes.text);
  await until("the mails of the bookings", async () => (await service.outbox()).some(({ text }) => text.includes(`/meetings/${approved.meeting}/`)));
  return { held, lapsed, firm, asked, cancelled, approved };
}
