// Loads the demo data of demo/*.json into a development server and prints the URLs. What an earlier run made stays as it is.
// Usage: `node demo.mjs ORIGIN`. With DEMO=proposals it loads the proposals alone, for tests that count all that there is.
import { readFileSync } from "node:fs";
import { ask, basic, link, must } from "./api.mjs";

const origin = process.argv[2];
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const read = (name) => JSON.parse(readFileSync(new URL(`../demo/${name}.json`, import.meta.url), "utf8"));

/// Waits until the service works.
async function healthy() {
  const deadline = Date.now() + 120_000;
  const parent = process.ppid;
  const answers = () => fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5_000) }).then(({ ok }) => ok, () => false);
  while (!(await answers())) {
    // The parent process, the server, has ended.
    if (process.ppid !== parent) process.exit(1);
    if (Date.now() > deadline) throw new Error(`${origin}/healthz does not answer 200`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/// The date of a day, `weeks` after this week.
function date(day, weeks) {
  const now = new Date();
  const monday = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 7 * weeks - ((now.getUTCDay() + 6) % 7));
  return new Date(monday + DAYS.indexOf(day.toLowerCase()) * 86_400_000).toISOString().slice(0, 10);
}

/// A time of next week, such as `Tuesday 08:00` (UTC), as the API takes it.
function slot(time, minutes) {
  const [day, clock] = time.split(" ");
  return { begin: `${date(day, 1)}T${clock}:00Z`, duration: `00:${minutes}:00` };
}

/// Makes a proposal; where there is something to answer, invites everybody else and answers as one of them.
async function propose({ id, as, proposal, answer, next_week, minutes }) {
  const slots = next_week?.map((time) => slot(time, minutes)) ?? proposal.slots;
  // 409 means that an earlier run made the proposal.
  const made = await must([201, 409], `demo proposal ${id}`, origin, "POST", "/", { as: basic(as), body: { ...proposal, slots }, dev: `id=${id}` });
  if (made.status === 409 || !answer) return;
  const parties = proposal.parties.map(({ email }) => email).filter((email) => !email.endsWith("@localhost"));
  await must(202, `mails of the demo proposal ${id}`, origin, "POST", `/${id}/notify/`, { as: basic(as), body: { parties, slots } });
  const { token } = await link(origin, answer.as, `/${id}/`);
  const kept = next_week.filter((time) => !answer.cuts.includes(time)).map((time) => slot(time, minutes));
  await must(202, `answer to the demo proposal ${id}`, origin, "PATCH", `/${id}/`, { as: `Link ${token}`, body: { slots: kept } });
}

/// The path of a calendar that its invitees are mailed.
const respond = ({ id }) => `/schedules/calendars/${id}/respond/`;

/// Makes contacts and a calendar that asks them, and answers as some of them by their mailed links. An earlier run that was cut off is
/// gone on with.
async function collect({ id, as, contacts, calendar, answers }) {
  const own = { as: basic(as) };
  const found = await ask(origin, "GET", `/schedules/calendars/${id}/details/`, own);
  if (found.status === 404) {
    const columns = ["first_Name", "last_Name", "email", "groups"];
    const csv = [columns, ...contacts.map((contact) => columns.map((name) => contact[name]))].map((cells) => cells.join(",")).join("\n");
    await must(200, "demo contacts", origin, "POST", "/schedules/contacts/import/", { ...own, body: csv });
    const body = { ...calendar, deadline: `${date("friday", 1)}T12:00:00`, from: date("monday", 2), until: date("friday", 2) };
    await must(201, "demo calendar", origin, "POST", "/schedules/calendars/create/", { ...own, body, dev: `id=${id}` });
  }
  // Who has closed it wants no answers.
  if (![200, 404].includes(found.status)) return;
  const given = (found.json?.Invitee_availability ?? []).filter(({ status }) => status).map(({ contact }) => contact.email);
  const missing = found.json?.Calendar?.finalized ? [] : answers.filter(({ as }) => !given.includes(as));
  const reply = async ({ as, times }) => {
    const availability = times.map(({ on, from, to, preference_level }) => {
      const day = date(on, 2);
      return { start_time: `${day}T${from}:00`, end_time: `${day}T${to}:00`, preference_level };
    });
    const { path, token } = await link(origin, as, respond({ id }));
    // In the path, the token would stand in the log of wrangler.
    await must(200, `answer to the demo calendar by ${as}`, origin, "POST", path, { as: `Link ${token}`, body: { availability } });
  };
  await Promise.all(missing.map(reply));
}

/// Publishes a booking page, and books as its guests. The page comes last: where it is, all before it has been done.
async function publish({ as, hours, offers, page, bookings }) {
  const own = { as: basic(as) };
  const path = `/book/${page.name}/`;
  const published = await must(200, "demo booking page", origin, "GET", "/api/user/booking_page/", own);
  if (!published.json.name) {
    await must(200, "demo working hours", origin, "PUT", "/api/user/working_hours/", { ...own, body: hours });
    const { json } = await must(200, "demo offers", origin, "GET", "/api/user/offers/", own);
    const missing = offers.filter(({ slug }) => !json.some((offer) => offer.slug === slug));
    for (const body of missing) await must(201, `demo offer ${body.slug}`, origin, "POST", "/api/user/offers/", { ...own, body });
    await must(200, "demo booking page", origin, "PUT", "/api/user/booking_page/", { ...own, body: page });
  }
  await Promise.all(bookings.map((booking) => book(booking, path, own)));
}

/// Books as a guest, who confirms it by the mailed link.
async function book({ id, offer, on, at, guest }, path, own) {
  const found = await must([200, 404], `demo booking ${id}`, origin, "GET", `/meetings/${id}/`, own);
  if (found.status === 404) {
    const zone = "Europe/Berlin";
    const free = await must([200, 404], `times of the demo offer ${offer}`, origin, "GET", `${path}${offer}/?days=31&zone=${zone}`);
    const start = free.json.starts?.find((one) => one.startsWith(`${date(on, 1)}T${at}`));
    // Whoever has changed the offer or the hours meanwhile is not booked.
    if (!start) return;
    await must(201, `demo booking ${id}`, origin, "POST", `${path}${offer}/`, { body: { ...guest, start, zone }, dev: `id=${id}` });
  } else if (found.json.status !== "held" || found.json.booking?.awaits !== "guest" || Date.parse(found.json.booking.until) < Date.now()) return;
  const { token } = await link(origin, guest.email, `/meetings/${id}/`);
  await must(200, `confirmation of the demo booking ${id}`, origin, "POST", `/meetings/${id}/confirm/`, { as: `Link ${token}` });
}

try {
  await healthy();
  const [proposals, calendar, booking] = ["proposals", "calendar", "booking"].map(read);
  const all = process.env.DEMO !== "proposals";
  await Promise.all([...proposals.map(propose), ...(all ? [collect(calendar), publish(booking)] : [])]);

  const asked = proposals.find(({ answer }) => answer);
  const { email: party } = asked.proposal.parties.find(({ email }) => !email.endsWith("@localhost") && email !== asked.answer.as);
  const { email: invitee } = calendar.contacts.find(({ email }) => !calendar.answers.some(({ as }) => as === email));
  // Whoever has a link can answer with it: it is shown to a person, and not written into a log.
  const mailed = async (to, path) => (process.stdout.isTTY ? (await link(origin, to, path).catch(() => undefined))?.url : undefined);
  const outbox = `${origin}/outbox/`;
  const shown = (url, to, what) => (url ? `${url}\n${" ".repeat(46)}${what} as ${to}` : `${outbox.padEnd(44)}${what}, in the mail to ${to}`);
  const at = (path, what) => `${origin}${path}`.padEnd(44) + what;
  const more = async () => `
  ${shown(await mailed(invitee, respond(calendar)), invitee, "a mailed link: say when you can come to a one-to-one")}
  ${at(`/book/${booking.page.name}/`, "a page on which guests book")}`;
  console.log(`
whittle is ready. Begin here:
  ${at("/", "what it is, and a proposal to try")}
  ${shown(await mailed(party, `/${asked.id}/`), party, "a mailed link: cut the times of a proposal")}${all ? await more() : ""}
  ${at("/api-auth/login/", `sign in as zo, or as ob, who is staff, as ${calendar.as}, who asks for one-to-ones, or as ${booking.as}, who is booked;`)}
  ${" ".repeat(44)}the password of each is p
  ${at("/outbox/", "every mail that this server has sent")}
`);
} catch (error) {
  console.error(`whittle: ${error.message}`);
  process.exit(1);
}
