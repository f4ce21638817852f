// Measures `GET /schedules/calendars/{id}/confirm/` of 30 invitees and 200 possible starts: worked out, and kept. Writes a part of
// docs/scheduling.md.
// usage: suggestions.mjs [--bundle build] [--calendars 10]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, directory, insertAccounts, link, serve, tokenOf } from "./host.mjs";
import { write } from "./section.mjs";

const { values: args } = parseArgs({ options: { bundle: { type: "string", default: join(ROOT, "build") }, calendars: { type: "string", default: "10" } } });
const INVITEES = 30;
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;
const day = (n) => new Date(Date.now() + (20 + n) * 86_400_000).toISOString().slice(0, 10);

/// Numbers that are the same in every run (mulberry32).
function random(seed) {
  let a = seed;
  const next = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return (from, to) => from + Math.floor(next() * (to - from + 1));
}

/// Whether an invitee can: a few windows of one to four hours anywhere, or most of each day.
const SHAPES = {
  scattered: (int) => Array.from({ length: int(3, 8) }, () => [int(0, 4), 480 + 15 * int(0, 38), 60 + 15 * int(0, 12)]),
  crowded: (int) => [0, 1, 2, 3, 4].map((n) => [n, 480 + 15 * int(0, 12), 435]),
};

async function ask(port, method, path, json, token) {
  const headers = { ...(token && { Authorization: `Token ${token}` }), ...(json && { "Content-Type": "application/json" }) };
  const begun = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: json && JSON.stringify(json) });
  const text = await response.text();
  const ms = performance.now() - begun;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return { json: JSON.parse(text), ms, bytes: text.length };
}

/// A calendar whose invitees have all answered; gives its id.
async function answered(port, contacts, shape, seed, meeting_minutes) {
  const int = random(seed);
  // Five days of 40 starts each, a quarter of an hour apart.
  const available_slots = [0, 1, 2, 3, 4].flatMap((n) => {
    const end = 480 + 15 * 39 + meeting_minutes;
    return [[480, 780, int(1, 3)], [780, end, int(1, 3)]].map(([from, to, preference_level]) => ({ date: day(n), start_time: clock(from), end_time: clock(to), preference_level }));
  });
  const body = { name: "Interviews", description: "", deadline: day(-10), invitees: contacts, available_slots, meeting_minutes };
  const { json: { id } } = await ask(port, "POST", "/schedules/calendars/create/", body, tokenOf("maker"));
  for (const n of contacts.keys()) {
    const availability = SHAPES[shape](int).map(([on, from, length]) => {
      const stamp = (minute) => `${day(on).replaceAll("-", "/")} ${clock(minute)}`;
      return { start_time: stamp(from), end_time: stamp(Math.min(1_439, from + length)), preference_level: int(1, 3) };
    });
    await ask(port, "POST", `/schedules/calendars/${id}/respond/${link(id, n + 1, "calendar")}/`, { availability });
  }
  return id;
}

const state = mkdtempSync(join(tmpdir(), "whittle-suggestions-"));
try {
  let server = await serve({ bundle: resolve(args.bundle), state });
  await server.db.prepare("select 1").run();
  await server.stop();
  const db = directory(state);
  db.exec(readFileSync(join(ROOT, "schema.sql"), "utf8"));
  insertAccounts(db, { maker: 103 });
  db.close();
  server = await serve({ bundle: resolve(args.bundle), state });
  const { port } = server;
  const contacts = [];
  for (let n = 0; n < INVITEES; n++) {
    const contact = { first_Name: `F${n}`, last_Name: `L${n}`, email: `f${n}@example.org` };
    contacts.push((await ask(port, "POST", "/schedules/contacts/", contact, tokenOf("maker"))).json.id);
  }
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const rows = [];
  for (const [shape, meeting] of [["scattered", 60], ["crowded", 90]]) {
    const [first, kept, placed, work] = [[], [], [], []];
    for (let seed = 1; seed <= Number(args.calendars); seed++) {
      const id = await answered(port, contacts, shape, seed, meeting);
      const path = `/schedules/calendars/${id}/confirm/`;
      const solved = await ask(port, "GET", path, undefined, tokenOf("maker"));
      first.push(solved.ms);
      placed.push(solved.json.analysis.scores[0].placed);
      work.push(solved.json.analysis.work / 1e6);
      // The row is written once the answer is on its way.
      await new Promise((resolve) => setTimeout(resolve, 200));
      kept.push((await ask(port, "GET", path, undefined, tokenOf("maker"))).ms);
    }
    rows.push(`| ${shape}, ${meeting}/15 | ${median(placed)} | ${median(first).toFixed(0)} | ${Math.max(...first).toFixed(0)} | ${Math.max(...work).toFixed(1)} | ${median(kept).toFixed(0)} |`);
  }
  const head = "| 30 x 200 | placed, median | ms, median | ms, maximum | work, maximum, million | ms when kept, median |\n|---|---|---|---|---|---|";
  write("suggestions", `${head}\n${rows.join("\n")}`, "scheduling.md");
  await server.stop();
} finally {
  rmSync(state, { recursive: true, force: true });
}
process.exit(0);
