// Measures what guests and bookers ask for most: a booking page's month, its day, the free times of 30 days as JSON, a hold, and an
// event. Straight into workerd, by 8 connections. Writes a part of docs/performance.md, beside what the nearest rival on this platform
// took in the same way (its figures are fixed: they were measured once).
// usage: bookings.mjs [--bundle build] [--seconds 5]
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { ROOT, directory, insertAccounts, serve, tokenOf } from "./host.mjs";
import { load, request } from "./load.mjs";
import { write } from "./section.mjs";

const { values: args } = parseArgs({ options: { bundle: { type: "string", default: join(ROOT, "build") }, seconds: { type: "string", default: "5" } } });
const seconds = Number(args.seconds);
const CONNECTIONS = 8;
/// Requests a second and milliseconds of CPU a request of the rival, where it has such a request.
const RIVAL = { month: [146, 6.9], day: [115, 8.9], json: [47, 22], hold: [127, 10.3], event: [127, 10.3] };
const OWNERS = 200;
const PEOPLE = Object.fromEntries(Array.from({ length: OWNERS }, (_, n) => [`owner${n}`, 1000 + n]));
const HTML = { Accept: "text/html" };

async function ask(port, method, path, { token, json, headers = {} } = {}) {
  const all = { ...headers, ...(token && { Authorization: `Token ${token}` }), ...(json && { "Content-Type": "application/json" }) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: all, body: json && JSON.stringify(json) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return { text, json: () => JSON.parse(text) };
}

/// The processes below this one, and the milliseconds of CPU that they have used.
function usedCpu() {
  const stat = (pid) => {
    try {
      return /^\d+ \(.*\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))[1].split(" ");
    } catch {
      return undefined;
    }
  };
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => [Number(pid), stat(pid)]).filter(([, fields]) => fields);
  const below = new Set([process.pid]);
  for (let grown = -1; grown !== below.size; ) {
    grown = below.size;
    for (const [pid, fields] of all) if (below.has(Number(fields[1]))) below.add(pid);
  }
  below.delete(process.pid);
  return all.filter(([pid]) => below.has(pid)).reduce((sum, [, fields]) => sum + (Number(fields[11]) + Number(fields[12])) * 10, 0);
}

const rows = [];
async function measure(key, name, port, next, status = 200) {
  await load(port, next, { status, seconds: 2, connections: CONNECTIONS });
  const before = usedCpu();
  const { rate, median, p99, count } = await load(port, next, { status, seconds, connections: CONNECTIONS });
  const cpu = (usedCpu() - before) / count;
  const [theirs, their] = RIVAL[key];
  rows.push(`| ${name} | ${rate.toFixed(0)} / ${theirs} | ${(rate / theirs).toFixed(2)} | ${cpu.toFixed(1)} / ${their} | ${(cpu / their).toFixed(2)} | ${median.toFixed(1)} | ${p99.toFixed(1)} |`);
  console.log(rows.at(-1));
}

const state = mkdtempSync(join(tmpdir(), "whittle-bookings-"));
try {
  let server = await serve({ bundle: resolve(args.bundle), state });
  await server.db.prepare("select 1").run();
  await server.stop();
  const db = directory(state);
  db.exec(readFileSync(join(ROOT, "schema.sql"), "utf8"));
  insertAccounts(db, { ...PEOPLE, guest: 999 });
  db.exec("update accounts set bookable_by = 'anyone', timezone = 'Europe/Berlin'");
  db.close();
  server = await serve({ bundle: resolve(args.bundle), state });
  const { port } = server;
  const weekly = ["monday", "tuesday", "wednesday", "thursday", "friday"].map((weekday) => ({ weekday, from: "09:00", to: "17:00" }));
  const offer = { title: "Half an hour", slug: "half", description: "", location: "", minutes: 30, step: 30, notice: 60, horizon_days: 365, questions: [] };
  for (const name of Object.keys(PEOPLE)) {
    const token = tokenOf(name);
    await ask(port, "PUT", "/api/user/working_hours/", { token, json: { weekly, exceptions: [] } });
    await ask(port, "PUT", "/api/user/booking_page/", { token, json: { name, title: `Times of ${name}`, description: "", published: true } });
    await ask(port, "POST", "/api/user/offers/", { token, json: offer });
  }
  const from = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const month = from.slice(0, 7);
  const page = (n) => `/book/owner${n % OWNERS}/half/`;
  // What is looked at is a page with some bookings on it.
  const { starts } = (await ask(port, "GET", `${page(0)}?from=${from}&days=31`)).json();
  for (let n = 0; n < 20; n++) await ask(port, "POST", page(0), { token: tokenOf("guest"), json: { start: starts[n * 8] } }).catch(() => {});
  await measure("month", "`GET /book/{name}/{kind}/?month=`, page", port, () => request("GET", `${page(0)}?month=${month}`, { headers: HTML }));
  await measure("day", "the same of one day", port, () => request("GET", `${page(0)}?from=${from}&days=1`, { headers: HTML }));
  await measure("json", "the same of 30 days, JSON", port, () => request("GET", `${page(0)}?from=${from}&days=30`));
  // Each hold is of another guest in another place; an owner's offer has twenty open ones at most.
  const free = (await ask(port, "GET", `${page(1)}?from=${from}&days=31`)).json().starts;
  let n = 0;
  const hold = () => {
    const [owner, start] = [1 + (n % (OWNERS - 1)), Math.floor(n / (OWNERS - 1)) % 20];
    const json = { start: free[start * 3], name: "Guest", email: `guest${n}@example.org`, answers: [], zone: "Europe/Berlin" };
    const place = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    n += 1;
    return request("POST", page(owner), { json, headers: { "CF-Connecting-IP": place } });
  };
  await measure("hold", "`POST /book/{name}/{kind}/`: a hold", port, hold, 201);
  let hour = 0;
  const event = () => {
    const owner = hour % OWNERS;
    const at = new Date(Date.UTC(2031, 0, 6) + Math.floor(hour / OWNERS) * 3_600_000).toISOString();
    hour += 1;
    const json = { title: "Talk", description: "", time_slot: `${at.slice(0, 10)} ${at.slice(11, 13)}:00:00`, participants: [] };
    return request("POST", "/api/event/", { token: tokenOf(`owner${owner}`), json });
  };
  await measure("event", "`POST /api/event/`: an event", port, event, 201);
  await server.stop();

  // What a browser loads for a first view: the page, its style and its script, as they are sent.
  const files = readdirSync(join(ROOT, "assets/static")).filter((name) => /\.(css|js|svg|webmanifest)$/.test(name));
  server = await serve({ bundle: resolve(args.bundle), state });
  const html = (await ask(server.port, "GET", `${page(0)}?month=${month}`, { headers: HTML })).text;
  const asked = files.filter((name) => html.includes(name));
  const bytes = [Buffer.from(html), ...asked.map((name) => readFileSync(join(ROOT, "assets/static", name)))];
  const [raw, sent] = [(b) => b.length, (b) => gzipSync(b).length].map((size) => bytes.reduce((sum, b) => sum + size(b), 0) / 1024);
  await server.stop();
  const head = "| request | req/s, ours / rival | ratio | CPU ms, ours / rival | ratio | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|";
  const view = `First view of a month: ${sent.toFixed(1)} KB gzipped (${raw.toFixed(1)} KB unpacked) in ${bytes.length} requests; the rival's 134.8 KB in 7.`;
  write("bookings", `${head}\n${rows.join("\n")}\n\n${view}`, "performance.md");
} finally {
  rmSync(state, { recursive: true, force: true });
}
process.exit(0);
