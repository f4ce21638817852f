// Suggested schedules: the first is the best of all, found by brute force in plain code; the proof is checked by a program that is
// no part of the Worker; and what they depend on changes them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LONG, start, until } from "../support/harness.mjs";
import { best, instantOf, scoreOf, ways } from "../support/brute.mjs";
import { addContacts, answered, asChosen, at, buildChecker, chosen, clock, confirm, createCalendar, date, finalize, named, slot, verified } from "../support/calendars.mjs";

let service;
let people;
before(async () => {
  await buildChecker();
  service = await start();
  people = await addContacts(service, 4);
});
after(() => service.close());

/// Numbers that are the same in every run (mulberry32).
function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/// A random calendar of up to four invitees: zones with whole and half hours, one night on which clocks are put forward, times that
/// overlap, touch or leave gaps.
function calendar(seed) {
  const next = random(seed);
  const int = (from, to) => from + Math.floor(next() * (to - from + 1));
  const pick = (list) => list[int(0, list.length - 1)];
  const timezone = pick(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]);
  const days = [date(20), date(21), ...(timezone === "Europe/Berlin" ? ["2027-03-28"] : [])];
  const [meeting_minutes, step_minutes] = pick([[60, 15], [60, 60], [45, 20], [30, 30], [90, 25], [50, 10], [25, 5]]);
  const times = (count, reach) =>
    Array.from({ length: int(1, count) }, () => {
      // On the night of the change, nothing between 02:00 and 03:00.
      const day = pick(days);
      const from = day === "2027-03-28" ? pick([0, 30, 60, 180, 195, 240]) : 480 + 15 * int(0, 8);
      const to = from + 15 * int(2, reach);
      return { day, from, to: to > 119 && to < 180 && day === "2027-03-28" ? 180 : to, level: int(1, 3) };
    });
  const owner = [...times(2, 18), ...times(2, 14)];
  // Most invitees can at some of the owner's own times.
  const like = ({ day, from, to, level }) => ({ day, from, to, level: 1 + (level % 3) });
  const available = () => [...times(2, 14), ...owner.filter(() => next() < 0.4).map(like)];
  const invitees = people.slice(0, int(1, 4)).map(({ id }) => ({ id, available: available() }));
  const busy = next() < 0.4 ? times(2, 5) : [];
  const span = ({ day, from, to, level }) => ({
    begin: instantOf(`${day}T${clock(from)}`, timezone),
    end: instantOf(`${day}T${clock(to)}`, timezone),
    preference: level,
  });
  const problem = {
    length: meeting_minutes,
    step: step_minutes,
    owner: owner.map(span),
    busy: busy.map(span),
    invitees: invitees.map(({ id, available }) => ({ id, available: available.map(span) })),
  };
  return { timezone, meeting_minutes, step_minutes, owner, invitees, problem };
}

let blocks = 0;
/// Makes the account busy: a block of its own, as of working hours.
async function busy(spans, account = 2) {
  const insert = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, made_at, kind, source) values (?1, ?2, ?3, ?2, ?3, ?5, 0, 'block', ?4)";
  for (const { begin, end, hard = 1 } of spans) await service.db.prepare(insert).bind(account, begin, end, 1e9 + ++blocks, hard).run();
}
const free = () => service.db.prepare("delete from busy where kind = 'block'").run();

const idOf = async (username) => (await service.db.prepare("select id from accounts where username = ?").bind(username).first()).id;

/// Makes a calendar by the API and has everybody answer; gives its id.
async function made({ timezone, meeting_minutes, step_minutes, owner, invitees }) {
  const slots = owner.map(({ day, from, to, level }) => slot(day, from, to, level));
  const { id } = await createCalendar(service, invitees.map((one) => one.id), slots, { timezone, meeting_minutes, step_minutes });
  const given = ({ available }) => available.map(({ day, from, to, level }) => named(day, from, to, level));
  await Promise.all(invitees.map((invitee, n) => answered(service, id, n + 1, given(invitee))));
  return id;
}

test("the first suggestion is the best of all schedules, for random calendars, and the checker outside agrees", async () => {
  const counts = {};
  let brute = 0;
  const zo = await idOf("zo");
  for (let seed = 1; seed <= (LONG ? 200 : 20); seed++) {
    const random = calendar(seed);
    await free();
    await busy(random.problem.busy, zo);
    const id = await made(random);
    const confirmed = await confirm(service, id);
    const possible = ways(random.problem);
    const begun = performance.now();
    const expected = best(possible, 3);
    brute += performance.now() - begun;

    const { suggested_schedules, analysis } = confirmed;
    assert.equal(analysis.optimal, true);
    assert.equal(analysis.gap, null);
    assert.equal(suggested_schedules.length, expected.length, `seed ${seed}`);
    for (const [n, schedule] of suggested_schedules.entries()) {
      const meetings = schedule.map((meeting) => ({
        id: meeting.id,
        begin: instantOf(meeting.start_time, random.timezone),
        end: instantOf(meeting.end_time, random.timezone),
      }));
      assert.deepEqual(scoreOf(possible, meetings), expected[n], `seed ${seed}, schedule ${n}`);
      const { placed, preference, delay_seconds } = analysis.scores[n];
      assert.deepEqual({ placed, preference, delay: delay_seconds }, expected[n]);
    }
    const { holds, said } = verified(confirmed);
    assert.ok(holds, `seed ${seed}: ${said}`);
    counts[expected[0]?.placed ?? 0] = (counts[expected[0]?.placed ?? 0] ?? 0) + 1;
  }
  await free();
  console.log("calendars by how many are placed:", counts, `brute force took ${brute.toFixed(0)} ms`);
  assert.ok([1, 2, 3].every((placed) => counts[placed] > 0));
});

/// Three who can come on one morning of two and a half hours, so that of one-hour meetings two fit.
async function crowded(more = {}) {
  const day = date(30);
  const ids = people.slice(0, 3).map(({ id }) => id);
  const { id } = await createCalendar(service, ids, [slot(day, 540, 690, 2)], { step_minutes: 30, ...more });
  await Promise.all([1, 2, 3].map((n) => answered(service, id, n, [named(day, 540, 690, n)])));
  return { id, day, ids };
}

test("who competes with whom is told, and what would help", async () => {
  const { id, ids } = await crowded();
  const { analysis, unanswered } = await confirm(service, id);
  assert.deepEqual(unanswered, []);
  const [set] = analysis.competing;
  assert.deepEqual([...set.invitees].sort(), [...ids].sort());
  assert.equal(set.fit, 2);
  const name = (n) => `${people[n].first_Name} ${people[n].last_Name}`;
  assert.equal(set.words, `Of ${name(0)}, ${name(1)} and ${name(2)} only 2 fit.`);
  assert.deepEqual(analysis.unplaced, [{ id: ids[0], reason: "crowded_out", words: `${name(0)} could come only at times at which somebody else is better placed.` }]);
  const shorter = analysis.would_help.find(({ kind }) => kind === "shorter_meeting");
  assert.deepEqual([shorter.minutes, shorter.placed], [30, 3]);
  assert.match(shorter.words, /^With meetings of 30 minutes, 3 people would have one\.$/);
  assert.match(analysis.words[0], /^2 of 3 people are placed\. The preferences add up to 9 of 12\. The first meeting is \w{3} \d+ \w{3}, 09:00\.$/);
  assert.equal(analysis.verdict, "No schedule is better: this is proven.");
  assert.equal(analysis.complete, true);
});

test("the checker refuses an answer in which anything is changed", async () => {
  const { id } = await crowded();
  const confirmed = await confirm(service, id);
  assert.ok(verified(confirmed).holds);
  const changes = {
    "a later meeting": (c) => (c.analysis.schedules[0][0].begin = c.analysis.schedules[0][0].begin.replace("09:00", "09:15")),
    "another person": (c) => (c.analysis.schedules[0][0].id = c.analysis.unplaced[0].id),
    "nobody": (c) => c.analysis.schedules[0].pop(),
    "another score": (c) => c.analysis.scores[0].preference++,
    "a better bound than proven": (c) => (c.analysis.certificate.bound.preference = 8),
    "no proof": (c) => (c.analysis.certificate.multipliers[0].u = [0, 0, 0]),
    "another claim": (c) => (c.analysis.optimal = false),
    "another answer": (c) => (c.invitee_availability[0].availability[0].preference = 3),
    "another time that is shown": (c) => (c.suggested_schedules[0][0].start_time = c.suggested_schedules[0][0].start_time.replace("09:", "08:")),
    "the order": (c) => c.analysis.schedules.reverse(),
    "an engagement": (c) => c.analysis.problem.busy.push({ begin: c.analysis.schedules[0][0].begin, end: c.analysis.schedules[0][0].end }),
  };
  for (const [what, change] of Object.entries(changes)) {
    const changed = structuredClone(confirmed);
    change(changed);
    assert.equal(verified(changed).holds, false, what);
  }
});

test("nothing is suggested while somebody has not answered", async () => {
  const day = date(30);
  const { id } = await createCalendar(service, people.slice(0, 2).map((one) => one.id), [slot(day, 540, 720)]);
  await answered(service, id, 1, [named(day, 540, 720)]);
  const confirmed = await confirm(service, id);
  assert.deepEqual(confirmed.suggested_schedules, []);
  assert.equal(confirmed.analysis, null);
  assert.deepEqual(confirmed.unanswered, [{ id: people[1].id, first_name: people[1].first_Name, last_name: people[1].last_Name }]);
  assert.deepEqual(confirmed.invitee_availability[0].availability, [{ date: day, start_time: "09:00:00", end_time: "12:00:00", preference: 3, preference_level: 3 }]);
  assert.deepEqual(confirmed.invitee_availability[1].availability, []);
});

const begins = (confirmed) => confirmed.suggested_schedules.map((schedule) => schedule.map(({ start_time }) => start_time.slice(11, 16)));

test("what the owner is engaged in changes what is suggested; soft engagements are shown and change nothing", async () => {
  const day = date(33);
  const [one, two] = people.slice(0, 2).map(({ id }) => id);
  const first = await createCalendar(service, [one], [slot(day, 540, 720)], { step_minutes: 60 });
  await answered(service, first.id, 1, [named(day, 540, 720)]);
  const before = await confirm(service, first.id);
  assert.deepEqual([begins(before)[0], before.engagements], [["09:00"], []]);

  // A meeting of another calendar takes the owner's time.
  const second = await createCalendar(service, [two], [slot(day, 540, 600)], { name: "Another" });
  await answered(service, second.id, 1, [named(day, 540, 600)]);
  const { status, text } = await finalize(service, second.id, [chosen(two, day, 540, 600)]);
  assert.equal(status, 200, text);
  const after = await until("the engagement", async () => {
    const confirmed = await confirm(service, first.id);
    return confirmed.engagements.length && confirmed;
  });
  assert.deepEqual(begins(after), [["10:00"], ["11:00"]]);
  assert.deepEqual(after.engagements, [{ start_time: `${day}T09:00:00`, end_time: `${day}T10:00:00`, hard: true, kind: "meeting", title: "Another" }]);

  const zo = await idOf("zo");
  const soft = (hour) => ({ begin: Date.parse(`${day}T${hour}:00:00Z`), end: Date.parse(`${day}T${hour}:30:00Z`), hard: 0 });
  await busy([soft("10")], zo);
  const shown = await confirm(service, first.id);
  assert.deepEqual(begins(shown), begins(after));
  assert.deepEqual(shown.engagements.map(({ hard, kind }) => [hard, kind]), [[true, "meeting"], [false, "block"]]);
  await free();
});

test("suggestions are kept, used for the same problem alone, and replaced", async () => {
  const { id, day } = await crowded();
  const row = () => service.db.prepare("select hash, body, at from suggestions where calendar = ?").bind(id).first();
  const kept = (not) => until("the kept suggestions", async () => {
    const found = await row();
    return found && found.hash !== not && found;
  });
  const first = await confirm(service, id);
  const one = await kept();
  assert.match(one.hash, /^[0-9a-f]{64}$/);

  // What is kept is the answer: a mark in it comes back.
  await service.db.prepare("update suggestions set body = json_set(body, '$.work', 4711) where calendar = ?").bind(id).run();
  const again = await confirm(service, id);
  assert.equal(again.analysis.work, 4711);
  assert.deepEqual({ ...again, analysis: { ...again.analysis, work: first.analysis.work } }, first);
  assert.equal((await row()).at, one.at, "nothing is written anew");

  const changes = {
    "an answer": () => answered(service, id, 1, [named(day, 540, 660, 3)], { method: "PUT" }),
    "the owner's engagements": async () => busy([{ begin: Date.parse(`${day}T11:00:00Z`), end: Date.parse(`${day}T11:10:00Z`) }], await idOf("zo")),
    "the owner's time": async () => {
      const { status, text } = await service.ask("PUT", at(id, "details/"), { as: "zo", json: { add_availabilities: [slot(day, 780, 840, 1)] } });
      assert.equal(status, 200, text);
    },
    "an invitee less": async () => {
      const { status, text } = await service.ask("PUT", at(id, "details/"), { as: "zo", json: { remove_invitees: [people[2].id] } });
      assert.equal(status, 200, text);
    },
  };
  let { hash } = one;
  for (const [what, change] of Object.entries(changes)) {
    await change();
    const changed = await confirm(service, id);
    assert.notEqual(changed.analysis.work, 4711, what);
    ({ hash } = await kept(hash));
    await service.db.prepare("update suggestions set body = json_set(body, '$.work', 4711) where calendar = ?").bind(id).run();
  }
  await free();

  // More schedules are another question.
  const more = await confirm(service, id, { query: "?alternatives=5" });
  assert.notEqual(more.analysis.work, 4711);
  assert.ok(more.suggested_schedules.length > 3);
  await kept(hash);
  for (const wrong of ["0", "21", "x", "-1", "1.5", ""]) {
    const { status, json } = await service.ask("GET", at(id, `confirm/?alternatives=${wrong}`), { as: "zo" });
    assert.deepEqual([status, json], [400, { alternatives: ["Ask for 1 to 20 schedules."] }], wrong);
  }
});

test("a row of suggestions that nothing can read is worked out anew", async () => {
  const { id } = await crowded();
  const first = await confirm(service, id);
  const count = async () => (await service.db.prepare("select count(*) as n from suggestions where calendar = ?").bind(id).first()).n;
  await until("the kept suggestions", count);
  await service.db.prepare("update suggestions set body = '{}' where calendar = ?").bind(id).run();
  assert.deepEqual(await confirm(service, id), first);
});

test("a dry run says all that is wrong, and how good a schedule is beside the best; nothing is changed", async () => {
  const { id, day, ids } = await crowded();
  const dry = async (items) => {
    const { status, json, text } = await finalize(service, id, items, { query: "?dry_run=true" });
    assert.equal(status, 200, text);
    return json;
  };
  const { suggested_schedules, analysis } = await confirm(service, id);
  const good = await dry(asChosen(suggested_schedules[0]));
  assert.deepEqual([good.valid, good.problems, good.warnings], [true, [], []]);
  assert.deepEqual(good.score, analysis.scores[0]);
  assert.deepEqual(good.best_score, analysis.scores[0]);
  assert.equal(good.words, analysis.words[0]);

  const zo = await idOf("zo");
  await busy([{ begin: Date.parse(`${day}T10:00:00Z`), end: Date.parse(`${day}T10:15:00Z`) }], zo);
  const bad = await dry([chosen(ids[0], day, 540, 600), chosen(ids[0], day, 570, 630), chosen(people[3].id, day, 840, 900)]);
  assert.equal(bad.valid, false);
  const told = bad.problems.map(({ item, code, error }) => [item, code, error]);
  assert.deepEqual(told, [
    [1, "twice", "Contact is scheduled twice"],
    [1, "overlap", "Meeting times overlap"],
    [1, "busy", "Unresolved availability conflict"],
    [2, "not_invited", "Contact not invited to calendar"],
  ]);
  assert.equal(bad.problems[1].with, ids[0]);
  assert.deepEqual(bad.warnings.map(({ item, code }) => [item, code]), [[2, "outside_owner"]]);
  const outside = await dry([chosen(ids[1], day, 660, 720)]);
  assert.deepEqual(outside.problems.map(({ code, error }) => [code, error]), [["outside_answer", `Invalid meeting time for contact: ${ids[1]}`]]);
  await free();

  const { json } = await service.ask("GET", at(id, "details/"), { as: "zo" });
  assert.equal(json.Calendar.finalized, false);
});

test("thirty invitees on two hundred starts are answered", { timeout: 60_000 }, async () => {
  const many = [...people, ...(await addContacts(service, 26))];
  const days = [40, 41, 42, 43, 44].map(date);
  // Five days of ten hours and three quarters: forty starts each, a quarter of an hour apart.
  const slots = days.flatMap((day, n) => [slot(day, 480, 780, 1 + (n % 3)), slot(day, 780, 1125, 3 - (n % 3))]);
  const { id } = await createCalendar(service, many.map((one) => one.id), slots);
  const next = random(7);
  for (const n of many.keys()) {
    const windows = Array.from({ length: 3 + Math.floor(next() * 6) }, () => {
      const from = 480 + 15 * Math.floor(next() * 36);
      return named(days[Math.floor(next() * 5)], from, Math.min(1125, from + 60 + 15 * Math.floor(next() * 12)), 1 + Math.floor(next() * 3));
    });
    await answered(service, id, n + 1, windows);
  }
  const begun = performance.now();
  const confirmed = await confirm(service, id);
  const solved = performance.now() - begun;
  const again = performance.now();
  await confirm(service, id);
  console.log(`30 invitees x 200 starts: ${solved.toFixed(0)} ms, kept ${(performance.now() - again).toFixed(0)} ms, work ${confirmed.analysis.work}`);
  assert.equal(confirmed.analysis.optimal, true);
  assert.equal(confirmed.analysis.problem.invitees.length, 30);
  assert.ok(verified(confirmed).holds);
});
