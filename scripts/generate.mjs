// Loads generated proposals, calendars and bookings into a development server, by its API, as accounts of their own: `make load`, or
// `node scripts/generate.mjs --origin http://127.0.0.1:8787 --seed 1 --proposals 100 --calendars 10 --bookings 30`.
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ask, links, must } from "./api.mjs";
import { plan } from "./load_plan.mjs";

/// The password of every account that is made here.
export const PASSWORD = "load-data-password";
/// How many items are made at the same time.
const AT_ONCE = 24;
/// How long is waited between two looks into the outbox at least, in milliseconds.
const PAUSE = 200;
/// How long a mail may take at most, in milliseconds.
const PATIENCE = 120_000;
/// From 13:00 to 17:00 every day.
const HOURS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((weekday) => ({ weekday, from: "13:00", to: "17:00" }));
const OFFERS = [
  { slug: "talk", title: "A first talk", minutes: 30, horizon_days: 365, questions: ["What is it about?"] },
  { slug: "visit", title: "A visit", minutes: 30, horizon_days: 365, approval: true },
];

/// Makes what `plan` says for these options and gives `{accounts, proposals, calendars, bookings, seconds}`: how many there are of each outcome.
/// `from` is the first day, tomorrow without.
export async function generate({ origin, seed = 1, proposals = 0, calendars = 0, bookings = 0, from = tomorrow() }) {
  const begun = Date.now();
  const all = plan({ seed, proposals, calendars, bookings, from });
  const post = postOf(origin);
  const owners = await each(all.accounts, (account) => signUp(account, bookings > 0, origin, post));
  const made = (kind, items, make) => each(items, (item) => make(item, owners[item.owner], origin, post).catch((error) => fail(error, kind, item)));
  await made("booking", all.bookings, book);
  await made("calendar", all.calendars, collect);
  await made("proposal", all.proposals, propose);
  const counts = (items) => Object.fromEntries(Object.entries(Object.groupBy(items, ({ outcome }) => outcome)).map(([name, list]) => [name, list.length]));
  return {
    accounts: owners.length,
    proposals: counts(all.proposals),
    calendars: counts(all.calendars),
    bookings: counts(all.bookings),
    seconds: (Date.now() - begun) / 1000,
  };
}

function tomorrow() {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}

function fail(error, kind, { id, outcome }) {
  throw new Error(`${kind} ${id} (${outcome}): ${error.message}`, { cause: error });
}

/// Does it with each of the items, some at the same time; gives what came of them, in their order.
async function each(items, act) {
  const results = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const n = next++;
      try {
        results[n] = await act(items[n]);
      } catch (error) {
        // The others end, too.
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/// Gives a function that waits for the link of a mail. The outbox shows the newest thousand mails: it is read again and again, for all who wait.
function postOf(origin) {
  const found = new Map();
  const waiting = new Map();
  let reading = false;
  async function read() {
    reading = true;
    while (waiting.size) {
      const begun = Date.now();
      for (const { to, path, token } of await links(origin)) found.set(`${to} ${path}`, token);
      for (const [key, { resolve }] of waiting) {
        if (!found.has(key)) continue;
        waiting.delete(key);
        resolve(found.get(key));
      }
      const [late] = [...waiting].filter(([, { since }]) => Date.now() - since > PATIENCE);
      if (late) throw new Error(`no mail with a link: ${late[0]}`);
      // It reads a thousand mails each time: on a slow machine that is not to take all of the time.
      const pause = Math.min(5 * PAUSE, Math.max(PAUSE, 4 * (Date.now() - begun)));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    reading = false;
  }
  return (to, path) => {
    const key = `${to} ${path}`;
    if (found.has(key)) return Promise.resolve(found.get(key));
    return new Promise((resolve, reject) => {
      waiting.set(key, { resolve, reject, since: Date.now() });
      if (!reading) {
        read().catch((error) => {
          reading = false;
          for (const one of waiting.values()) one.reject(error);
          waiting.clear();
        });
      }
    });
  };
}

/// Signs up, proves the address and adds the contacts; gives the account with its credential and the ids of its contacts.
async function signUp({ username, email, first_name, last_name, contacts, page }, isBookable, origin, post) {
  const body = { username, email, first_name, last_name, password: PASSWORD, password2: PASSWORD };
  const signed = await ask(origin, "POST", "/accounts/signup/", { body });
  if (signed.status === 400 && signed.json?.username) throw new Error(`${username} is there already: this server has data of this seed. Choose another seed.`);
  if (signed.status !== 201) throw new Error(`sign-up of ${username}: ${signed.status} ${signed.text}`);
  const verification = await post(email, "/accounts/verify/");
  await must(200, "verification", origin, "POST", `/accounts/verify/${verification}/`);
  const { json } = await must(200, "token", origin, "POST", "/api-token-auth/", { body: { username, password: PASSWORD } });
  const own = { as: `Token ${json.token}` };
  const rows = contacts.map(({ first_Name, last_Name, email }) => `${first_Name},${last_Name},${email},Load`);
  await must(200, "contacts", origin, "POST", "/schedules/contacts/import/", { ...own, body: ["first_Name,last_Name,email,groups", ...rows].join("\n") });
  const listed = await must(200, "contacts", origin, "GET", "/schedules/contacts/", own);
  if (isBookable) {
    await must(200, "working hours", origin, "PUT", "/api/user/working_hours/", { ...own, body: { weekly: HOURS, exceptions: [] } });
    for (const offer of OFFERS) await must(201, "kind of meeting", origin, "POST", "/api/user/offers/", { ...own, body: offer });
    const shown = { name: page, title: `${first_name} ${last_name}`, description: "", published: true };
    await must(200, "booking page", origin, "PUT", "/api/user/booking_page/", { ...own, body: shown });
  }
  return { own, page, ids: Object.fromEntries(listed.json.map(({ id, email }) => [email, id])) };
}

async function propose({ id, outcome, body, answers, chosen }, { own }, origin, post) {
  const act = (expected, method, path, options) => must(expected, `${method} ${path}`, origin, method, path, options);
  await act(201, "POST", "/", { ...own, body, dev: `id=${id}` });
  if (outcome === "draft") return;
  const { slots } = body;
  await act(202, "POST", `/${id}/notify/`, { ...own, body: { parties: body.parties.map(({ email }) => email), slots } });
  let state = "open";
  for (const { as, ...answer } of answers) {
    const token = await post(as, `/${id}/`);
    ({ state } = (await act(202, "PATCH", `/${id}/`, { as: `Link ${token}`, body: answer })).json);
  }
  if (outcome === "fixed") ({ state } = (await act([200, 202], "POST", `/${id}/fix/`, { ...own, body: { slot: chosen } })).json);
  const expected = { agreed: "agreed", fixed: "agreed", exhausted: "exhausted" }[outcome] ?? "open";
  if (state !== expected) throw new Error(`it is ${state}, and not ${expected}`);
  if (outcome === "closed") await act(204, "DELETE", `/${id}/`, own);
}

async function collect({ id, outcome, body, invitees, answers, schedule }, { own, ids }, origin, post) {
  const act = (expected, method, path, options) => must(expected, `${method} ${path}`, origin, method, path, options);
  const path = `/schedules/calendars/${id}/`;
  await act(201, "POST", "/schedules/calendars/create/", { ...own, body: { ...body, invitees: invitees.map((as) => ids[as]) }, dev: `id=${id}` });
  const reply = async ({ as, availability }) => {
    const token = await post(as, `${path}respond/`);
    await act(200, "POST", `${path}respond/`, { as: `Link ${token}`, body: { availability } });
  };
  await Promise.all(answers.map(reply));
  if (outcome === "finalised") {
    const finalized_schedule = schedule.map(({ as, ...time }) => ({ contact_id: ids[as], ...time }));
    await act(200, "POST", `${path}confirm/`, { ...own, body: { finalized_schedule } });
  }
  if (outcome === "closed") await act(204, "DELETE", path, own);
}

async function book({ id, outcome, offer, guest, start }, { own, page }, origin, post) {
  const act = (expected, method, path, options) => must(expected, `${method} ${path}`, origin, method, path, options);
  // Three open holds are allowed from one place: each guest has one of its own.
  const place = { "CF-Connecting-IP": `100.${64 + (id % 64)}.${(id >>> 8) % 256}.${id % 256}` };
  await act(201, "POST", `/book/${page}/${offer}/`, { body: { ...guest, start }, dev: `id=${id}`, headers: place });
  if (outcome === "unconfirmed") return;
  const path = `/meetings/${id}/`;
  const link = { as: `Link ${await post(guest.email, path)}` };
  await act(200, "POST", `${path}confirm/`, link);
  if (outcome === "approved") await act(200, "POST", `${path}approve/`, own);
  if (outcome === "cancelled") await act(204, "DELETE", path, link);
  if (outcome === "declined") await act(204, "DELETE", path, own);
}

/// The options of the command line; what is wrong with them ends it.
function options() {
  const texts = { origin: "http://127.0.0.1:8787", seed: "1", proposals: "100", calendars: "10", bookings: "30" };
  const { values } = parseArgs({ options: Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { type: "string", default: value }])) });
  const numbers = Object.keys(texts).filter((name) => name !== "origin");
  for (const name of numbers) if (!/^\d{1,6}$/.test(values[name])) throw new Error(`--${name} takes a whole number from 0 to 999999, and not "${values[name]}"`);
  if (!URL.canParse(values.origin)) throw new Error(`--origin takes an address such as http://127.0.0.1:8787, and not "${values.origin}"`);
  return { origin: new URL(values.origin).origin, ...Object.fromEntries(numbers.map((name) => [name, Number(values[name])])) };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const chosen = options();
    const { accounts, seconds, ...made } = await generate(chosen);
    const count = (kinds) => Object.values(kinds).reduce((sum, n) => sum + n, 0);
    for (const [kind, kinds] of Object.entries(made)) {
      const each = Object.entries(kinds).sort(([a], [b]) => a.localeCompare(b)).map(([outcome, n]) => `${n} ${outcome}`);
      console.log(`${count(kinds)} ${kind}${each.length ? `: ${each.join(", ")}` : ""}`);
    }
    console.log(`${accounts} accounts own them: load-${chosen.seed}-1 and so on, password ${PASSWORD}`);
    const items = Object.values(made).reduce((sum, kinds) => sum + count(kinds), 0);
    console.log(`${seconds.toFixed(1)} s, ${(items / seconds).toFixed(1)} a second`);
  } catch (error) {
    const { message } = error;
    console.error(`whittle: ${message}`);
    if (/: 429 /.test(message)) console.error("whittle: start the server with larger quotas and budgets, as DEV_VARS=$'QUOTA_PROPOSALS_DAY:1000000' make dev");
    if (/fetch failed/.test(message)) console.error("whittle: start the server with `make dev`, and say its address with --origin");
    process.exit(1);
  }
}
