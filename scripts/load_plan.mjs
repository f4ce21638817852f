// What load data is, computed from a seed number alone: the same seed, numbers and first day give the same content. Each item is drawn
// for itself, so none depends on the order in which they are made.
import { createHash } from "node:crypto";

const FIRST = ["Ada", "Ben", "Cara", "Dev", "Elif", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kim", "Lena", "Marc", "Nora", "Omar", "Pia", "Quin", "Rosa", "Sami", "Tess"];
const LAST = ["Adler", "Bauer", "Costa", "Diaz", "Ekman", "Faber", "Gallo", "Horn", "Ito", "Jansen", "Kaur", "Lund", "Moreau", "Novak", "Okoye", "Petit", "Quist", "Rossi", "Sato", "Tran"];
const WHAT = ["Budget", "Kick-off", "Review", "Retrospective", "Planning", "Interview", "Workshop", "Board meeting", "Lunch", "Handover"];
const WHEN = ["of the spring", "of the team", "with the customer", "in private", "on paper", "of last year", "for beginners", "of the roof"];
const WHERE = ["", "Room 5", "Room 12, 2nd floor", "Video, the link follows", "The café next door"];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"];

/// The most holds of one account that are left waiting for their guest: twenty of one kind of meeting are allowed.
const MOST_UNCONFIRMED = 10;
/// Half hours of a day in which bookings lie.
const BOOKED_A_DAY = 8;
/// How many contacts an account has.
const CONTACTS = 20;

/// Draws from a stream that belongs to this seed and this item: SHA-256 of both and of a count.
function draws(...item) {
  let count = 0;
  const below = (most) => createHash("sha256").update([...item, count++].join(" ")).digest().readUIntBE(0, 6) % most;
  const one = (list) => list[below(list.length)];
  /// Some of a list, in an order of its own.
  const some = (list, many) => {
    const rest = [...list];
    return Array.from({ length: many }, () => rest.splice(below(rest.length), 1)[0]);
  };
  return { below, one, some, happens: (percent) => below(100) < percent, id: () => 1 + below(2 ** 48 - 1) };
}

/// One of `[percent, name]`, which are 100 together.
function weighed(random, weights) {
  let left = random.below(100);
  return weights.find(([percent]) => (left -= percent) < 0)[1];
}

const addressOf = (first, last, host) => `${first}.${last}@${host}`.toLowerCase();
const minutes = (count) => `${String(Math.floor(count / 60)).padStart(2, "0")}:${String(count % 60).padStart(2, "0")}:00`;

/// All that is to be made, of a seed: numbers of proposals, calendars and bookings, the first day `from` (such as 2030-01-31), and how many
/// accounts own it.
export function plan({ seed, proposals, calendars, bookings, from }) {
  const owners = Math.max(4, Math.ceil(proposals / 500), Math.ceil(calendars / 200), Math.ceil(bookings / 500));
  const day = (offset) => new Date(Date.parse(from) + offset * 86_400_000).toISOString().slice(0, 10);
  const list = (count, item) => Array.from({ length: count }, (_, n) => item(n));
  const unconfirmed = {};
  const allowed = (owner) => (unconfirmed[owner] = (unconfirmed[owner] ?? 0) + 1) <= MOST_UNCONFIRMED;
  const accounts = list(owners, (n) => account(seed, n));
  return {
    accounts,
    proposals: list(proposals, (n) => ({ owner: n % owners, ...proposal(draws(seed, "proposal", n), day) })),
    calendars: list(calendars, (n) => {
      const owner = n % owners;
      return { owner, ...calendar(draws(seed, "calendar", n), day(21 + Math.floor(n / owners)), day(14), accounts[owner].contacts) };
    }),
    bookings: list(bookings, (n) => {
      const owner = n % owners;
      return { owner, ...booking(draws(seed, "booking", n), seed, n, Math.floor(n / owners), day, () => allowed(owner)) };
    }),
  };
}

function account(seed, n) {
  const random = draws(seed, "account", n);
  const username = `load-${seed}-${n + 1}`;
  const [first_name, last_name] = [random.one(FIRST), random.one(LAST)];
  const people = random.some(FIRST.flatMap((first) => LAST.map((last) => [first, last])), CONTACTS);
  const contacts = people.map(([first_Name, last_Name]) => ({ first_Name, last_Name, email: addressOf(first_Name, last_Name, "contacts.example") }));
  return { username, email: `${username}@load.example`, first_name, last_name, contacts, page: `load-${seed}-${n + 1}` };
}

/// Proposals lie in mornings (UTC), where no booking does: what is agreed takes its time from guests.
function proposal(random, day) {
  const id = random.id();
  const outcome = weighed(random, [[5, "draft"], [15, "invited"], [25, "answered"], [30, "agreed"], [5, "fixed"], [10, "exhausted"], [10, "closed"]]);
  const people = random.some(FIRST.flatMap((first) => LAST.map((last) => `${first} ${last}`)), 2 + random.below(3));
  const parties = people.map((name) => ({ name, email: addressOf(...name.split(" "), "people.example") }));
  const duration = minutes(random.one([30, 45, 60]));
  const days = random.some(Array.from({ length: 46 }, (_, n) => 14 + n), 3 + random.below(4)).sort((a, b) => a - b);
  const slots = days.map((offset) => ({ begin: `${day(offset)}T${minutes(480 + 15 * random.below(12))}Z`, duration }));
  const body = {
    title: `${random.one(WHAT)} ${random.one(WHEN)}`,
    description: random.happens(40) ? `What we talk about: ${random.one(WHAT).toLowerCase()}, ${random.one(WHAT).toLowerCase()}.` : "",
    location: random.one(WHERE),
    timezone: random.one(ZONES),
    visibility: random.happens(20) ? "names" : "open",
    parties,
    slots,
  };
  return { id, outcome, body, ...answers(random, outcome, slots, parties) };
}

/// What parties keep, one after the other, each of what the one before has left; and what is agreed in the end.
function answers(random, outcome, slots, parties) {
  const decided = ["agreed", "fixed", "exhausted"].includes(outcome);
  const many = decided ? parties.length : outcome === "answered" ? 1 + random.below(parties.length - 1) : outcome === "closed" ? random.below(parties.length) : 0;
  // Everybody keeps these two, so that nothing is decided before it is to be.
  const [chosen, other] = random.some(slots, 2);
  let left = slots;
  const given = parties.slice(0, many).map(({ email }, n) => {
    left = left.filter((slot) => slot === chosen || slot === other || random.happens(70));
    const isLast = n === parties.length - 1;
    if (isLast && outcome === "agreed") left = [chosen];
    if (isLast && outcome === "exhausted") left = [];
    return { as: email, slots: left, ...(random.happens(20) ? { note: "I would rather have the mornings." } : {}) };
  });
  return { answers: given, chosen };
}

/// The calendars of an owner lie in mornings of days of their own: none is in the way of another.
function calendar(random, date, deadline, contacts) {
  const id = random.id();
  const outcome = weighed(random, [[20, "invited"], [25, "some answered"], [15, "all answered"], [30, "finalised"], [10, "closed"]]);
  const invitees = random.some(contacts, 2 + random.below(3)).map(({ email }) => email);
  const body = {
    name: `${random.one(WHAT)} ${random.one(WHEN)}`,
    description: "Half an hour with each of you.",
    deadline,
    timezone: "UTC",
    meeting_minutes: 30,
    available_slots: [{ date, start_time: "08:00:00", end_time: "12:00:00", preference_level: 1 + random.below(3) }],
  };
  const hour = (n, more = 0) => `${date}T${minutes(480 + 60 * n + more)}`;
  const many = ["all answered", "finalised"].includes(outcome) ? invitees.length : outcome === "some answered" ? 1 + random.below(invitees.length - 1) : 0;
  const given = invitees.slice(0, many).map((as, n) => ({ as, availability: [{ start_time: hour(n), end_time: hour(n + 1), preference_level: 1 + random.below(3) }] }));
  const schedule = invitees.map((as, n) => ({ as, start_time: hour(n), end_time: hour(n, 30) }));
  return { id, outcome, body, invitees, answers: given, schedule };
}

/// Bookings lie in afternoons (UTC), each in a half hour of its own.
function booking(random, seed, n, place, day, allowed) {
  const id = random.id();
  let outcome = weighed(random, [[50, "confirmed"], [15, "approved"], [13, "waiting"], [12, "cancelled"], [5, "declined"], [5, "unconfirmed"]]);
  if (outcome === "unconfirmed" && !allowed()) outcome = "confirmed";
  const offer = ["approved", "waiting", "declined"].includes(outcome) ? "visit" : "talk";
  const start = `${day(1 + Math.floor(place / BOOKED_A_DAY))}T${minutes(780 + 30 * (place % BOOKED_A_DAY))}Z`;
  const [first, last] = [random.one(FIRST), random.one(LAST)];
  const guest = { name: `${first} ${last}`, email: addressOf(first, `${last}.${seed}.${n}`, "guests.example"), zone: random.one(ZONES) };
  return { id, outcome, offer, guest: offer === "talk" ? { ...guest, answers: [`${random.one(WHAT)} ${random.one(WHEN)}`] } : guest, start };
}
