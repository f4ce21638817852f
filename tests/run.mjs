// Runs the end-to-end tests, `node tests/run.mjs [folder or file ...]`, three processes at a time, since much of it is waiting: the files of a folder in
// one process on one server, those of tests/platform/ each in its own. What a process says is printed when it has ended.
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL(".", import.meta.url));
/// These kill servers, or need all that there is.
const ALONE = "platform";
/// Looks at what the others have left behind, after them (scripts/test.sh).
const LAST = "last";
/// What takes longest, so that none of it is left when all others are done.
const FIRST = ["pages", "security", "platform/schemathesis", "platform/kill_proposal", "platform/kill_agreement", "platform/kill_calendar", "calendar", "account", "mail", "meeting"];
/// A file that has not ended by now, in milliseconds, hangs: half an hour in the short form.
const PATIENCE = (process.env.WHITTLE_SOAK ? 20 : 1) * 1_800_000;
const AT_ONCE = Number(process.env.WHITTLE_AT_ONCE ?? 3);

/// The test files below a folder, or the file itself.
function below(path) {
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path, { recursive: true }).filter((name) => name.endsWith(".test.mjs"));
  return names.sort().map((name) => join(path, name));
}

/// The files of each process, by its name.
function processes(files) {
  const found = {};
  for (const file of files) {
    const folder = basename(dirname(file));
    (found[folder === ALONE ? `${folder}/${basename(file, ".test.mjs")}` : folder] ??= []).push(file);
  }
  const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return Object.entries(found).sort(([a], [b]) => place(a) - place(b));
}

const wanted = process.argv.slice(2).map((path) => resolve(path));
const files = wanted.length ? wanted.flatMap(below) : below(TESTS).filter((file) => basename(dirname(file)) !== LAST);
const waiting = processes(files);
const printed = new spec();
printed.pipe(process.stdout);
const say = (message) => printed.write({ type: "test:diagnostic", data: { nesting: 0, message } });
const since = (time) => `${((Date.now() - time) / 1000).toFixed(1)} s`;
const counts = {};
const failures = [];

/// Runs one process after the other; what each of them counts is added up.
async function work() {
  while (waiting.length) {
    const [name, some] = waiting.shift();
    const begun = Date.now();
    const together = { files: [join(TESTS, "support/together.mjs")], argv: some };
    const events = [];
    for await (const event of run({ ...(some.length > 1 ? together : { files: some }), timeout: PATIENCE })) events.push(event);
    for (const event of events) {
      const [, what, count] = (event.type === "test:diagnostic" && /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) (\d+)/.exec(event.data.message)) || [];
      if (what) counts[what] = (counts[what] ?? 0) + Number(count);
      else printed.write(event);
      if (event.type === "test:fail") failures.push(event.data);
    }
    say(`${name}: ${since(begun)}`);
  }
}

const begun = Date.now();
await Promise.all(Array.from({ length: AT_ONCE }, work));
for (const what of ["tests", "pass", "fail", "cancelled", "skipped"]) say(`${what} ${counts[what]}`);
say(`all of it: ${since(begun)}`);
printed.end();
await new Promise((resolve) => printed.on("end", resolve));
// Once more at the end, for who sees no more than that.
for (const { name, file, details } of failures) {
  const { cause = details.error } = details.error;
  console.log(`\nfailed: ${file && relative(TESTS, file)}: ${name}\n${String(cause.stack ?? cause.message ?? cause).slice(0, 1_500)}`);
}
if (failures.length || !counts.pass) process.exitCode = 1;
