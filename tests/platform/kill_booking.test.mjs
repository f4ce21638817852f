// SIGKILL, to the whole process group, in the middle of many who book, hold, confirm and finalise the same hours: what was acknowledged
// is there, nothing is there by halves, nobody is booked twice, and whoever sends the same again gets the same, with every mail once.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { addContacts, chosen, createCalendar, date, finalize, slot } from "../support/calendars.mjs";
import { LONG, devServer, files, query, until } from "../support/harness.mjs";

/// After how many answers the server is killed, once each.
const CUTS = LONG ? [1, 2, 3, 5, 8, 13, 21] : [3];
/// How many days are tried until a kill cuts something off: what waits for the same write of the disk is answered together.
const TRIES = 5;
const HOURS = Array.from({ length: 14 }, (_, n) => n + 8);
const ADDRESS = { zo: "zo@localhost", ob: "ob@localhost" };

const dev = await devServer("kill-booking");
after(() => dev.kill());

const database = () => files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
const sql = (text) => query(database(), text).map((row) => ({ ...row }));
const instant = (day, hour) => `${day}T${String(hour).padStart(2, "0")}:00:00Z`;

/// All that is asked on a day, by name: who gives an answer that is good, and which.
async function requests(day, page, calendar, contact) {
  const all = [];
  for (const hour of HOURS) {
    for (const [as, other] of [["zo", "ob"], ["ob", "zo"], ["ob", undefined]]) {
      const json = { title: `${as} ${other} at ${hour}`, time_slot: `${day} ${String(hour).padStart(2, "0")}:00:00`, description: "", participants: other ? [ADDRESS[other]] : [] };
      all.push({ kind: "event", title: json.title, people: [as, other].filter(Boolean), ask: () => dev.ask("POST", "/api/event/", { as, json }) });
    }
    const email = `guest-${day}-${hour}@example.org`;
    const json = { start: instant(day, hour), name: "Guest", email, answers: [], zone: "UTC" };
    all.push({ kind: "hold", email, ask: () => dev.ask("POST", `${page.path}call/`, { json, headers: { "CF-Connecting-IP": `198.51.100.${hour}` } }) });
  }
  all.push({ kind: "calendar", ask: () => finalize(dev, calendar, [chosen(contact.id, day, 600, 660)]) });
  return all;
}

/// Asks all of it at once, and kills the server after so many answers. Gives the answers, `undefined` where one was cut off: nobody
/// knows what came of it.
async function cutOff(asked, cut) {
  let answered = 0;
  let enough;
  const reached = new Promise((resolve) => {
    enough = resolve;
  });
  const answers = asked.map(async (one) => {
    try {
      const answer = await one.ask();
      if (++answered === cut) enough();
      return answer;
    } catch {
      return undefined;
    }
  });
  await reached;
  await dev.kill();
  return Promise.all(answers);
}

const good = ({ status }) => status === 200 || status === 201;

test("bookings that are cut off anywhere are there as a whole, or not at all", { timeout: 900_000 }, async () => {
  await dev.start();
  const offer = { title: "Call", minutes: 60, step: 60, notice: 0, horizon_days: 365 };
  const page = { path: "/book/kill-booking/" };
  const published = { name: "kill-booking", title: "Zo", description: "", published: true };
  assert.equal((await dev.ask("PUT", "/api/user/booking_page/", { as: "zo", json: published })).status, 200);
  assert.equal((await dev.ask("POST", "/api/user/offers/", { as: "zo", json: offer })).status, 201);
  const rounds = [];
  for (const cut of CUTS) {
    let missed;
    for (let tries = 0; tries === 0 || (missed && tries < TRIES); tries++) {
      const day = date(50 + rounds.length);
      const [contact] = await addContacts(dev, 1);
      const { id: calendar } = await createCalendar(dev, [contact.id], [slot(day, 540, 780)]);
      const asked = await requests(day, page, calendar, contact);
      const before = await cutOff(asked, cut);
      missed = !before.includes(undefined);
      await dev.again();
      // A hold of 30 minutes outlasts the kill. The same again is the same, or what nobody has taken meanwhile.
      const again = [];
      for (let n = 0; n < asked.length; n += 6) again.push(...(await Promise.all(asked.slice(n, n + 6).map((one) => one.ask()))));
      rounds.push({ day, asked, before, after: again, calendar });
    }
    assert.ok(!missed, `something was cut off after ${cut} answers`);
  }
  await until("the calendars to be finalised, or open", async () => {
    const states = await Promise.all(rounds.map(async ({ calendar }) => (await dev.ask("GET", `/schedules/calendars/${calendar}/details/`, { as: "zo" })).json?.Calendar?.state));
    return states.every((state) => state === "open" || state === "finalized");
  }, 120);
  // A reminder, which is due a day before its meeting, may wait.
  await until("an empty outbox", () => sql("select id from outbox where status = 'due' and due_at < (unixepoch() + 3600) * 1000").length === 0, 120);

  const mails = sql("select message from dev_outbox").map((row) => JSON.parse(row.message));
  const invitations = (meeting, to) => mails.filter((mail) => mail.to[0] === to && mail.attachments?.length && mail.text.includes(`/meetings/${meeting}/`));
  for (const { day, asked, before, after: later } of rounds) {
    for (const [n, { kind, title, people, email }] of asked.entries()) {
      const [first, second] = [before[n], later[n]];
      for (const answer of [first, second].filter(Boolean)) assert.ok([200, 201, 400, 404, 409, 503].includes(answer.status), answer.text);
      if (kind === "event") {
        const rows = sql(`select id, status from meetings where source = 'event' and title = '${title}' and starts_at between ${Date.parse(day)} and ${Date.parse(day) + 86_400_000}`);
        assert.ok(rows.length <= 1, `${title} is there once`);
        if ((first && good(first)) || good(second)) assert.equal(rows.length, 1, `${title} was acknowledged: ${second.text}`);
        if (first && good(first)) assert.deepEqual([second.status, second.json.response.id], [200, first.json.response.id], "the same again is the same");
        for (const { id } of rows) {
          const busy = sql(`select a.username, b.hard from busy b join accounts a on a.id = b.account where b.kind = 'meeting' and b.source = ${id} order by a.username`);
          assert.deepEqual(busy, people.toSorted().map((username) => ({ username, hard: 1 })), `${title} has all of its time`);
          assert.equal(sql(`select 1 from meeting_attendees where meeting = ${id}`).length, people.length);
          for (const name of people) assert.equal(invitations(id, ADDRESS[name]).length, 1, `${name} is invited once to ${title}`);
        }
      }
      if (kind === "hold") {
        const rows = sql(`select b.meeting, m.status, (select count(*) from busy where kind = 'meeting' and source = b.meeting and hard = 1 and strict = 1) as taken
          from bookings b join meetings m on m.id = b.meeting join meeting_attendees t on t.meeting = m.id where t.address = '${email}'`);
        assert.ok(rows.length <= 1, `${email} holds once`);
        if (first && good(first)) assert.deepEqual([good(second), second.json.meeting], [true, first.json.meeting], second.text);
        assert.equal(rows.length, good(second) ? 1 : 0, second.text);
        for (const row of rows) {
          assert.deepEqual([row.status, row.taken], ["held", 1]);
          assert.equal(mails.filter((mail) => mail.to[0] === email && mail.text.includes(`/meetings/${row.meeting}/`)).length, 1, `${email} is asked once`);
        }
      }
    }
  }
  const twice = sql(`select a.source as one, b.source as other from busy a join busy b on a.account = b.account and a.id < b.id and a.hard = 1 and b.hard = 1
    and a.starts_at < b.ends_at and b.starts_at < a.ends_at and not (a.kind = 'block' and b.kind = 'block')`);
  assert.deepEqual(twice, [], "nobody is booked twice");
  assert.deepEqual(sql("select source from busy where kind = 'meeting' and source not in (select id from meetings where status in ('confirmed', 'held', 'reserved'))"), [], "no time is taken by nothing");
});
