// Reckons what a million proposals a month cost: what each route takes (tests/platform/statements.test.mjs holds it) times how
// often it is asked, at the platform's published prices. docs/scale.md says where prices and assumptions are from.
// usage: cost.mjs [--proposals 1000000]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { write } from "./section.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { values: args } = parseArgs({ options: { proposals: { type: "string", default: "1000000" } } });
const proposals = Number(args.proposals);

/// How often each route is asked for one proposal with four parties, and the milliseconds of CPU of one request: those of the
/// whole workerd, SQLite included (docs/performance.md), so more than what is billed. The answer that agrees has those of any
/// answer.
const ASKED = [
  { route: "POST /", times: 1, cpu: 4.83 },
  { route: "POST /{id}/notify/ of four", times: 1, cpu: 3.62 },
  { route: "GET /{id}/?et= first look", times: 4, cpu: 2.19 },
  { route: "GET /{id}/?et= after eviction", times: 16, cpu: 0.45 },
  { route: "PATCH /{id}/?et=", times: 3, cpu: 2.21 },
  { route: "PATCH /{id}/?et= that agrees", times: 1, cpu: 2.21 },
  { route: "GET /{id}/ by token", times: 5, cpu: 1.26 },
  { route: "GET /", times: 5, cpu: 2.51 },
];
/// What happens once more for each proposal, without a request: the mails of its meeting, and the end of what was counted for
/// the budgets. Of cron only the rows count, for one run is for all proposals.
const AFTERWARDS = ["+ mails of the meeting"];
const ROWS_OF_CRON = "cron, two days later";

/// Assumed, not measured: how long an object is awake for a request that writes, or for a run of its alarm, and for a look.
const [AWAKE_WRITING, AWAKE_READING] = [0.1, 0.01];
/// Bytes that a proposal leaves, measured: an object's file after an agreement, and its row of the directory with those of its
/// parties (docs/growth.md).
const STORED = { object: 36_864, directory: 1_700 };

/// Of the Workers Paid plan: what is included in a month, and dollars for each million more, or each gigabyte.
const PRICES = {
  requests: ["Worker: requests", 10e6, 0.3],
  cpu: ["Worker: milliseconds of CPU", 30e6, 0.02],
  hops: ["objects: requests and alarms", 1e6, 0.15],
  duration: ["objects: GB-s awake", 400e3, 12.5],
  objectWritten: ["objects: rows written, alarms set", 50e6, 1],
  directoryWritten: ["D1: rows written", 50e6, 1],
};
const STORAGE = { object: ["objects: GB stored", 5, 0.2], directory: ["D1: GB stored", 5, 0.75] };

const COLUMNS = ["calls", "statements", "written", "hops", "runs", "objectStatements", "objectWritten", "alarmsSet"];
const source = readFileSync(join(ROOT, "tests/platform/statements.test.mjs"), "utf8");
/// The rows of the test's table by name; what a route's alarm takes is the row after it.
const taken = /const TABLE = `\n([\s\S]*?)\n`/.exec(source)[1].split("\n").map((line) => {
  const [, name, numbers] = /^\s*(.*?)((?:\s+\d+){8})$/.exec(line);
  return { name, counts: Object.fromEntries(numbers.trim().split(/\s+/).map((number, n) => [COLUMNS[n], Number(number)])) };
});

const units = { requests: 0, cpu: 0, hops: 0, duration: 0, objectWritten: 0, directoryWritten: 0, calls: 0, statements: 0 };
function add({ counts }, times) {
  units.calls += times * counts.calls;
  units.statements += times * counts.statements;
  units.directoryWritten += times * counts.written;
  units.hops += times * (counts.hops + counts.runs);
  units.objectWritten += times * (counts.objectWritten + counts.alarmsSet);
  const writes = counts.objectWritten + counts.alarmsSet > 0;
  units.duration += 0.128 * times * (counts.hops + counts.runs) * (writes ? AWAKE_WRITING : AWAKE_READING);
}
const find = (name) => {
  const at = taken.findIndex((row) => row.name === name);
  if (at < 0) throw new Error(`no row of the table is named ${name}`);
  return at;
};
for (const { route, times, cpu } of ASKED) {
  units.requests += times;
  units.cpu += times * cpu;
  const at = find(route);
  add(taken[at], times);
  if (taken[at + 1]?.name === "+") add(taken[at + 1], times);
}
for (const name of AFTERWARDS) add(taken[find(name)], 1);
units.directoryWritten += taken[find(ROWS_OF_CRON)].counts.written;

const money = (dollars) => `$${dollars.toFixed(2)}`;
const amount = (number) => (number >= 100 ? number.toFixed(0) : String(Number(number.toPrecision(3))));
let total = 5;
const table = ["| | for a proposal | for all | included | dollars |", "|---|---|---|---|---|"];
for (const [unit, [name, included, price]] of Object.entries(PRICES)) {
  const all = units[unit] * proposals;
  const cost = (Math.max(0, all - included) / 1e6) * price;
  total += cost;
  table.push(`| ${name} | ${amount(units[unit])} | ${amount(all / 1e6)} million | ${amount(included / 1e6)} million | ${money(cost)} |`);
}
for (const [unit, [name, included, price]] of Object.entries(STORAGE)) {
  const all = (STORED[unit] * proposals) / 1e9;
  const cost = Math.max(0, all - included) * price;
  total += cost;
  table.push(`| ${name} by the month's end | ${STORED[unit].toLocaleString("en")} bytes | ${amount(all)} | ${amount(included)} | ${money(cost)} |`);
}
table.push(`| plan | | | | ${money(5)} |`, `| **together** | | | | **${money(total)}** |`);
write("cost", table.join("\n"));

// A database runs one statement at a time; the documentation reckons with one millisecond each. The peak is ten times the mean.
const MONTH = 30 * 86_400;
const most = 1_000 / units.statements;
const mean = proposals / MONTH;
write(
  "thread",
  `A proposal makes ${amount(units.calls)} calls of D1 with ${amount(units.statements)} statements. At a millisecond each the thread is full at ${amount(most)} proposals a second, ${amount((most * MONTH) / 1e6)} million
a month if they were spread evenly. With a peak of ten times the mean, one database is enough for ${amount((most * MONTH) / 1e7)} million a month. A million a month
are ${amount(mean)} a second on the average and ${amount(10 * mean)} at the peak, when they take ${amount((1_000 * mean) / most)} % of the thread.`,
);
