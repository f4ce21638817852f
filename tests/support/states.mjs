// The pages and their states, each with the way there: what the test of looks shows to axe and `make screens` photographs.
import { linkTo as linkToAnswer, makeCalendars } from "./availability.mjs";
import { lastMail, linkOf } from "./browser.mjs";
import { CALENDAR, upload } from "./busy.mjs";
import { at } from "./calendars.mjs";
import { TALK, VISIT, hold, guest, linkTo as linkToBooking, makeBookings, publish, starts } from "./booking_page.mjs";
import { sign } from "./links.mjs";
import { linkTo, makeWorld, meetingTo, slot } from "./world.mjs";

const YEAR_2020 = 1_577_836_800;

/// Each state by its name: how a visitor gets there.
export const STATES = {
  // For everybody.
  "landing": (to) => to.nobody("/"),
  "sign in": (to) => to.nobody("/api-auth/login/"),
  "sign in, wrong password": async (to) => {
    const v = await to.nobody("/api-auth/login/");
    await v.fill({ username: "ana", password: "wrong" });
    return v;
  },
  "sign up": (to) => to.nobody("/accounts/signup/"),
  "sign up, refused": async (to) => {
    const v = await to.nobody("/accounts/signup/");
    await v.fill({ first_name: "Ana", last_name: "Lee", username: "ana", email: "ana@localhost", password: "password", password2: "passwort" });
    return v;
  },
  "reset, asked": (to) => to.nobody("/accounts/password/reset/"),
  "reset, link sent": async (to) => {
    const v = await to.nobody("/accounts/password/reset/");
    await v.fill({ email: "ana@localhost" });
    return v;
  },
  "reset, new password": async (to) => to.nobody(linkOf(await lastMail(to.service, "ana@localhost", /password/i))),
  "error 401": (to) => to.nobody(`/${to.world.open.id}/`),
  "error 403": (to) => to.account("st", `/${to.world.open.id}/`),
  "error 404": (to) => to.nobody("/nothing/"),

  // Somebody who was asked.
  "respond": (to) => to.nobody(linkTo(to.world.open, 2)),
  "respond, first to answer": (to) => to.nobody(linkTo(to.world.fresh, 2)),
  "respond, answered": (to) => to.nobody(linkTo(to.world.open, 1)),
  "respond, by session": (to) => to.account("ben", `/${to.world.fresh.id}/`),
  "respond, link expired": (to) => to.nobody(`/${to.world.open.id}/?et=${sign({ id: to.world.open.id, party: 2, expires: YEAR_2020 })}`),
  "respond, link invalid": (to) => to.nobody(`/${to.world.open.id}/?et=AQEC`),
  "respond, agreed": (to) => to.nobody(linkTo(to.world.agreed, 1)),
  "respond, exhausted": (to) => to.nobody(linkTo(to.world.exhausted, 1)),
  "respond, closed": (to) => to.nobody(linkTo(to.world.closed, 1)),
  "log": (to) => to.nobody(linkTo(to.world.open, 2, "log/")),
  "meeting": (to) => to.nobody(meetingTo(to.world.agreed, 1)),
  "meeting, cancelled": (to) => to.nobody(meetingTo(to.world.cancelled, 1)),

  // Somebody who is asked when they can.
  "availability": (to) => to.nobody(linkToAnswer(to.calendars.open, 1)),
  "availability, answered": (to) => to.nobody(linkToAnswer(to.calendars.given, 1)),
  "availability, added": (to) => to.nobody(linkToAnswer(to.calendars.added, 1)),
  "availability, none?": async (to) => {
    const v = await to.nobody(linkToAnswer(to.calendars.open, 1));
    await v.press(v.page.locator('button[name="do"][value="none"]'));
    return v;
  },
  "availability, a meeting": (to) => to.nobody(linkToAnswer(to.calendars.finalized, 1)),
  "availability, no meeting": (to) => to.nobody(linkToAnswer(to.calendars.finalized, 2)),
  "availability, closed": (to) => to.nobody(linkToAnswer(to.calendars.closed, 1)),
  "availability, removed": (to) => to.nobody(linkToAnswer(to.calendars.removed, 1)),
  "availability, expired": (to) => to.nobody(linkToAnswer(to.calendars.open, 1, { expires: YEAR_2020 })),
  "availability, no link": (to) => to.nobody(at(to.calendars.open.id, "respond/")),

  // Somebody who books by a booking page.
  "booking page": (to) => to.nobody(to.office.path),
  "booking page, nothing to book": async (to) => to.nobody((await publish(to.service, { as: "ob", name: "ob-office", title: "Ob", description: "", offers: [] })).path),
  "free times": (to) => to.nobody(`${to.office.path}${TALK.slug}/?zone=America/New_York`),
  "free times, none": (to) => to.nobody(`${to.office.path}${TALK.slug}/?month=2030-01`),
  "book": (to) => bookingForm(to, VISIT.slug),
  "book, refused": async (to) => {
    const v = await bookingForm(to);
    await v.page.locator("main form[method=post]").evaluate((form) => (form.noValidate = true));
    await v.fill({ name: "", email: "gil" });
    return v;
  },
  "book, just taken": async (to) => {
    const v = await bookingForm(to);
    await hold(to.service, to.office, { start: await v.page.locator("form[method=post] [name=start]").inputValue() });
    await v.fill(guest());
    return v;
  },
  "book, held": async (to) => {
    const v = await bookingForm(to);
    await v.fill(guest());
    return v;
  },
  "book, signed in": async (to) => to.account("ben", `${to.office.path}${TALK.slug}/?start=${encodeURIComponent((await starts(to.service, to.office))[0])}`),
  ...Object.fromEntries(["held", "lapsed", "firm", "asked", "cancelled", "approved"].map((state) => [`booking, ${state}`, async (to) => to.nobody(linkToBooking((await bookings(to))[state]))])),
  "booking, other times": async (to) => toTimes(to),
  "booking, move": async (to) => follow(await toTimes(to), "ul.starts a"),
  ...Object.fromEntries(["held", "firm", "asked", "cancelled"].map((state) => [`booking, ${state}, its owner`, async (to) => to.account("ana", `/meetings/${(await bookings(to))[state].meeting}/`)])),

  // Somebody with an account.
  "home": (to) => to.account("ana", "/"),
  "home, empty": (to) => to.account("nia", "/"),
  "organiser": (to) => to.account("ana", `/${to.world.open.id}/`),
  "organiser, nobody has answered": (to) => to.account("ana", `/${to.world.fresh.id}/`),
  "organiser, a link to pass on": async (to) => {
    const v = await to.account("ana", `/${to.world.fresh.id}/`);
    await v.page.locator("summary", { hasText: "Options for" }).first().click();
    await v.press(v.page.locator('form[action$="/link/"] button').first());
    return v;
  },
  "organiser, ready to fix": (to) => to.account("ana", `/${to.world.ready.id}/`),
  "organiser, agreed": (to) => to.account("ana", `/${to.world.agreed.id}/`),
  "organiser, exhausted": (to) => to.account("ana", `/${to.world.exhausted.id}/`),
  "organiser, closed": (to) => to.account("ana", `/${to.world.closed.id}/`),
  "organiser's log": (to) => to.account("ana", `/${to.world.open.id}/log/`),
  "meeting, organiser": (to) => to.account("ana", `/meetings/${to.world.agreed.id}/`),
  "contacts": (to) => to.account("ana", "/schedules/contacts/"),
  "contacts, empty": (to) => to.account("nia", "/schedules/contacts/"),
  "contacts, searched in vain": (to) => to.account("ana", "/schedules/contacts/?search=nobody"),
  "contact groups": (to) => to.account("ana", "/schedules/contacts/groups/"),
  "account": (to) => to.account("ana", "/accounts/me/"),
  "account, address not verified": (to) => to.account("uma", "/accounts/me/"),
  "sessions": (to) => to.account("ana", "/accounts/sessions/"),
  "sign out": (to) => to.account("ana", "/api-auth/logout/"),
  "find a time": (to) => to.account("ana", "/new/"),
  "find a time, refused": async (to) => {
    const v = await to.account("ana", "/new/");
    await v.press(v.page.locator('main button[value="preview"]:visible').last());
    return v;
  },
  "find a time, with times": (to) => compose(to, "add"),
  "find a time, preview": (to) => compose(to, "preview"),
  "find a time, again": (to) => to.account("ana", `/new/?again=${to.world.exhausted.id}`),
  "one-to-ones": (to) => to.account("ana", "/schedules/home/"),
  "one-to-ones, empty": (to) => to.account("nia", "/schedules/home/"),
  "start one-to-ones": (to) => to.account("ana", "/schedules/calendars/compose/"),
  "start one-to-ones, without contacts": (to) => to.account("nia", "/schedules/calendars/compose/"),
  "start one-to-ones, refused": async (to) => {
    const v = await to.account("ana", "/schedules/calendars/compose/");
    await v.press(v.page.locator('main button[value="preview"]:visible').last());
    return v;
  },
  "start one-to-ones, with times": (to) => composeCalendar(to, "use"),
  "start one-to-ones, preview": (to) => composeCalendar(to, "preview"),
  "calendar, nobody has answered": async (to) => to.account("ana", at((await calendars(to)).open.id, "details/")),
  "calendar, one has answered": async (to) => {
    const v = await to.account("ana", at((await calendars(to)).added.id, "details/"));
    await v.page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    return v;
  },
  "calendar, finalised": async (to) => to.account("ana", at((await calendars(to)).finalized.id, "details/")),
  "calendar, closed": async (to) => to.account("ana", at((await calendars(to)).closed.id, "details/")),
  "calendar's log": async (to) => to.account("ana", at((await calendars(to)).added.id, "log/")),
  "schedules": async (to) => to.account("ana", at((await calendars(to)).ready.id, "confirm/")),
  "schedules, too early": async (to) => to.account("ana", at((await calendars(to)).added.id, "confirm/")),
  "schedules, sure": async (to) => {
    const v = await to.account("ana", at((await calendars(to)).ready.id, "confirm/"));
    await v.press(v.page.locator('main button[value="finalize"]'));
    return v;
  },
  "remind": async (to) => {
    const { open } = await calendars(to);
    return to.account("ana", `/schedules/calendars/remind/${open.id}/${open.ids[0]}/`);
  },
  "a contact": (to) => to.account("ana", "/schedules/contacts/").then((v) => follow(v, 'main .rows a')),
  "import, preview": (to) => preview(to, "first_name,last_name,email,groups\nFay,Ray,fay@example.org,Board\nBea,Marini,bea@example.org,Friends"),
  "import, refused": (to) => preview(to, "first_name,last_name,email\nFay,Ray,fay"),
  "my week, empty": (to) => to.account("nia", "/api/user/busy/"),
  "my week": async (to) => {
    await booked(to);
    return to.account("ana", "/api/user/busy/");
  },
  "my week, painted": async (to) => {
    await booked(to);
    const v = await to.account("ana", "/api/user/busy/");
    await v.page.locator("[aria-controls=paint]").click();
    await v.page.locator("time-grid table").waitFor();
    return v;
  },
  "my week, refused": async (to) => {
    const { date } = await booked(to);
    const v = await to.account("ana", `/api/user/busy/?from=${date}`);
    await v.page.evaluate((value) => {
      const form = document.querySelector('form[action="/api/user/block_slots/"]');
      form.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "hour", value, checked: true, ariaLabel: value }));
    }, `${date} 10`);
    await v.press(v.page.locator('form[action="/api/user/block_slots/"] .foot button'));
    return v;
  },
  "what is coming up": (to) => to.account("ana", "/api/user/busy/?show=list"),
  "working hours": async (to) => {
    await to.service.ask("PUT", "/api/user/working_hours/", { as: "ana", json: WORKING });
    return to.account("ana", "/api/user/working_hours/");
  },
  "working hours, none": (to) => to.account("nia", "/api/user/working_hours/"),
  "working hours, refused": async (to) => {
    const v = await to.account("nia", "/api/user/working_hours/");
    await v.page.locator('[name="always"]').uncheck();
    await v.page.locator('[name="tuesday-from"]').fill("10:00");
    await v.page.locator('[name="tuesday-to"]').fill("09:00");
    await v.press(v.page.locator('form[action*="working_hours"] button').first());
    return v;
  },
  "book others": (to) => to.account("ana", "/api/event/suggest/"),
  "book others, free hours": async (to) => {
    const { email } = await booked(to);
    const v = await to.account("ana", "/api/event/suggest/");
    await v.page.locator('[name="people"]').fill(email);
    await v.page.locator('[name="title"]').fill("Kick-off");
    await v.press(v.page.locator('button[value="look"]'));
    return v;
  },
  "book others, clash": async (to) => {
    const { email, date } = await booked(to);
    const v = await to.account("ana", `/api/event/suggest/?participants=${email}&time_slot=${date}%2010:00:00`);
    await v.page.locator('[name="title"]').fill("Kick-off");
    await v.press(v.page.locator('button[name="time_slot"]').first());
    return v;
  },
  "book others, nobody": async (to) => {
    const v = await to.account("ana", "/api/event/suggest/");
    await v.page.locator('[name="people"]').fill("nobody@example.org");
    await v.press(v.page.locator('button[value="look"]'));
    return v;
  },
  "events": async (to) => {
    await booked(to);
    return to.account("ana", "/api/event/");
  },
  "events, none": (to) => to.account("nia", "/api/event/"),
  "meeting, event": async (to) => to.account("ana", `/meetings/${(await booked(to)).id}/`),
  "free hours": async (to) => to.account("ana", `/api/user/get_available_slots/?user=${(await booked(to)).email}`),
  "free and busy": async (to) => to.account("ana", `/api/user/freebusy/?user=${(await booked(to)).email}`),
  "own booking page": (to) => to.account(to.office.as, "/api/user/booking_page/"),
  "own booking page, none": (to) => to.account("ben", "/api/user/booking_page/"),
  "own booking page, refused": async (to) => {
    const v = await to.account("ben", "/api/user/booking_page/");
    await v.page.locator('[name="name"]').fill("x");
    await v.press(v.page.locator('form[action*="booking_page"] button').first());
    return v;
  },
  "kinds of meeting": (to) => to.account(to.office.as, "/api/user/offers/"),
  "kinds of meeting, none": (to) => to.account("ben", "/api/user/offers/"),
  "kinds of meeting, refused": async (to) => {
    const v = await to.account("ben", "/api/user/offers/");
    await v.page.locator('[name="title"]').fill("Talk");
    await v.page.locator('[name="slug"]').fill("no slug");
    await v.press(v.page.locator("#new button"));
    return v;
  },
  "a kind of meeting": (to) => to.account(to.office.as, `/api/user/offers/talk/`),
  "other calendars, none": (to) => to.account("nia", "/api/user/busy/subscriptions/"),
  "other calendars": async (to) => {
    await upload(to.service, CALENDAR, { as: "ana" });
    return to.account("ana", "/api/user/busy/subscriptions/");
  },
  "other calendars, refused": async (to) => {
    const v = await to.account("ana", "/api/user/busy/subscriptions/");
    await v.page.locator("#calendar").setInputFiles({ name: "mine.ics", mimeType: "text/calendar", buffer: Buffer.from("hello") });
    await v.press(v.page.locator('form[action="/api/user/busy/import/"] button').first());
    return v;
  },
  "feed": (to) => to.account("ana", "/feed/"),
  "verify, link": async (to) => {
    await to.service.ask("POST", "/accounts/verify/", { as: "uma" });
    return to.nobody(linkOf(await lastMail(to.service, "uma@localhost")));
  },
  "verify, dead link": (to) => to.nobody("/accounts/verify/AQEC/"),
  "unsubscribe": async (to) => {
    const mail = await lastMail(to.service, "bea@example.org", /Kick-off/);
    return to.nobody(/^<(\S+)>$/.exec(mail.headers["List-Unsubscribe"])[1]);
  },
  "outbox": (to) => to.nobody("/outbox/"),

  // Staff.
  "numbers": (to) => to.account("ob", "/admin/"),
  "all proposals": (to) => to.account("ob", "/admin/proposals/"),
  "all one-to-ones": (to) => to.account("ob", "/admin/calendars/"),
  "all meetings": (to) => to.account("ob", "/admin/meetings/"),
  "all bookings": (to) => to.account("ob", "/admin/bookings/"),
  "all accounts": (to) => to.account("ob", "/admin/accounts/"),
  "accounts, none found": (to) => to.account("ob", "/admin/accounts/?search=nobody-has-this"),
  "an account": (to) => to.account("ob", "/admin/accounts/2/"),
  "an account, wrong password": async (to) => {
    const v = await to.account("ob", "/admin/accounts/2/");
    await v.page.locator("#unlock-password").fill("wrong");
    await v.press(v.page.locator("#unlock button"));
    return v;
  },
  "all logs": (to) => to.account("ob", "/admin/logs/"),
  "mail, given up": async (to) => {
    const letter = { kind: "account", template: "changed", to: "bea@example.org", account: 2, username: "zo", link: null, other: null };
    const add = "insert or replace into outbox (id, kind, body, key_id, status, due_at, created_at, attempts, error, shard) values ('given-up', 'mail', ?1, 'k1', 'dead', 0, 0, 30, 'the provider answered 403', 3)";
    await to.service.db.prepare(add).bind(JSON.stringify(letter)).run();
    return to.account("ob", "/admin/outbox/");
  },
  "mail, to be sent again": (to) => to.account("ob", "/admin/outbox/?search=given-up"),
  "addresses without mail": async (to) => {
    await to.service.db.prepare("insert or replace into suppressions (address_key, reason, at) values ('lost@example.org', 'bounced', 0)").run();
    return to.account("ob", "/admin/suppressions/");
  },
  "an address, to be released": (to) => to.account("ob", "/admin/suppressions/?search=lost@example.org"),
  "health": (to) => to.account("ob", "/admin/health/"),
  "health, mail asked for": async (to) => {
    const v = await to.account("ob", "/admin/health/");
    await v.fill({ password: "p" });
    return v;
  },
  "what staff did": (to) => to.account("ob", "/admin/ledger/"),
};

const WORKING = {
  weekly: ["monday", "tuesday", "wednesday", "thursday", "friday"].map((weekday) => ({ weekday, from: "09:00", to: "17:00" })),
  exceptions: [{ date: slot(30, 8).begin.slice(0, 10), hours: [] }],
};

/// Somebody who can be booked, and an event with that person, made for the first state that shows one.
const booked = (to) =>
  (to.booked ??= (async () => {
    const person = { username: "gus", email: "gus@localhost", password: "Test@1234" };
    const signed = await to.service.ask("POST", "/api/user/sign_up/", { json: person });
    await to.service.ask("POST", `/accounts/verify/${sign({ purpose: "verify", code: 4, id: signed.json.id, party: 0 })}/`);
    const date = slot(2, 8).begin.slice(0, 10);
    const event = { title: "Budget for the winter", description: "Bring the figures.", time_slot: `${date} 10:00:00`, participants: [person.email] };
    const { json } = await to.service.ask("POST", "/api/event/", { as: "ana", json: event });
    await to.service.ask("POST", "/api/user/block_slots/", { as: "ana", json: { date, blocked_slots: [12, 13, 15] } });
    return { ...person, date, id: json.response.id };
  })());

/// Fills in a proposal and presses one of the buttons.
async function compose(to, button) {
  const v = await to.account("ana", "/new/");
  const at = (name) => v.page.locator(`[name="${name}"]`);
  const day = slot(1, 8).begin.slice(0, 10);
  for (const [name, value] of Object.entries({ title: "Summer plan", location: "Room 5, 2nd floor", people: "Bea Marini <bea@example.org>, cyd@example.org", "t0-date": day, "t0-clock": "10:00", "t0-minutes": "45", "t1-date": day, "t1-clock": "23:00", "t1-minutes": "45" })) {
    await at(name).fill(value);
  }
  await v.press(v.page.locator(`main button[value="${button}"]:visible`).last());
  return v;
}

/// The bookings, made for the first state that shows one.
const bookings = (to) => (to.bookings ??= makeBookings(to.service, to.office));

/// Opens the form of a time that is free.
async function bookingForm(to, slug = TALK.slug) {
  const all = await starts(to.service, to.office, slug);
  return to.nobody(`${to.office.path}${slug}/?start=${encodeURIComponent(all[40])}`);
}

/// Opens the times to which a booking can be moved.
async function toTimes(to) {
  const v = await to.nobody(linkToBooking((await bookings(to)).firm));
  await v.press(v.page.locator('main a[href$="/times/"]'));
  return v;
}

/// The calendars, made for the first state that shows one.
const calendars = (to) => (to.calendars ??= makeCalendars(to.service));

/// Fills in one-to-ones and presses one of the buttons.
async function composeCalendar(to, button) {
  const v = await to.account("ana", "/schedules/calendars/compose/");
  const at = (name) => v.page.locator(`[name="${name}"]`);
  const day = (n) => slot(n, 8).begin.slice(0, 10);
  for (const [name, value] of Object.entries({ name: "Thesis talks", people: "Fay Okoro <fay@example.org>", "t0-date": day(1), "t0-clock": "21:00", "t0-to": "23:00", "series-first-day": day(0), "series-last-day": day(11), "deadline-date": day(-3) })) {
    await at(name).fill(value);
  }
  await at("contact").first().check();
  await v.page.locator('[name="series-day"][value="2"]').check();
  await v.press(v.page.locator(`main button[value="${button}"]:visible`).last());
  return v;
}

/// Looks at what an import would do.
async function preview(to, text) {
  const v = await to.account("ana", "/schedules/contacts/");
  await v.page.locator("#import > summary").click();
  await v.page.locator("#import textarea").fill(text);
  await v.press(v.page.locator("#import button"));
  return v;
}

async function follow(v, selector) {
  await v.press(v.page.locator(selector).first());
  return v;
}

/// Leads through the states: `show(name, visitor)` is called in each.
export async function tour(service, browser, show, wanted = () => true) {
  const world = await makeWorld(service);
  const calendars = await makeCalendars(service);
  const office = await publish(service);
  const signedIn = {};
  const to = {
    service,
    world,
    calendars,
    office,
    /// Somebody without an account opens an address in a new browser.
    async nobody(address) {
      const visitor = extend(await browser.visitor());
      await visitor.open(address);
      return visitor;
    },
    /// Somebody opens an address who has signed in.
    async account(username, address) {
      if (!signedIn[username]) {
        signedIn[username] = extend(await browser.visitor());
        await signedIn[username].signIn(username);
      }
      await signedIn[username].open(address);
      return signedIn[username];
    },
  };
  for (const [name, reach] of Object.entries(STATES).filter(([name]) => wanted(name))) {
    const visitor = await reach(to);
    await show(name, visitor);
    if (!Object.values(signedIn).includes(visitor)) await visitor.leave();
  }
}

/// A visitor that fills in the form of the page, by the fields' names, and sends it.
function extend(visitor) {
  return {
    ...visitor,
    async fill(fields) {
      const first = Object.keys(fields)[0];
      const form = visitor.page.locator("form").filter({ has: visitor.page.locator(`[name="${first}"]`) }).first();
      for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(value);
      await visitor.press(form.locator("button").last());
    },
  };
}
