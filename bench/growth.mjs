// Measures how requests grow with what is stored: lists and searches with up to a million proposals and contacts in D1, logs
// with up to 2,000 entries, proposals with up to 50 parties. Writes docs/growth.md and docs/growth.svg.
// usage: growth.mjs [--bundle build] [--seconds 3] [--most 1000000] [--docs docs]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, directory, insertAccounts, link, serve, tokenOf } from "./host.mjs";
import { load, request } from "./load.mjs";
import { plot } from "./plot.mjs";

const { values: args } = parseArgs({
  options: {
    bundle: { type: "string", default: join(ROOT, "build") },
    seconds: { type: "string", default: "3" },
    most: { type: "string", default: "1000000" },
    docs: { type: "string", default: join(ROOT, "docs") },
  },
});
const seconds = Number(args.seconds);
const SIZES = [100, 10_000, 1_000_000].filter((size) => size <= Number(args.most));
const ENTRIES = [10, 100, 500, 2_000];
const PARTIES = [2, 5, 10, 20, 50];
/// Two accounts are asked: one with a little of its own, one with a lot; 5,000 contacts are the most that an account has.
const PEOPLE = { few: 101, many: 102, maker: 103 };
const OWN = { few: { proposals: 50, contacts: 50 }, many: { proposals: 1_000, contacts: 5_000 } };
const SLOTS = ["07", "08", "09"].map((day) => ({ begin: `2030-01-${day}T09:00:00Z`, duration: "01:00:00" }));
const rows = [];
/// The bytes that a proposal, and a contact, takes of the directory's file where there are most of them.
const bytes = {};

async function measure(kind, name, size, port, next, status) {
  await load(port, next, { status, seconds: 1, connections: 1 });
  const { median, p99, count } = await load(port, next, { status, seconds, connections: 1 });
  rows.push({ kind, name, size, median, p99, count });
  console.log(`${name} ${size}: median ${median.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${count} requests`);
  // Each change has its object wake up five seconds later.
  if (status) await new Promise((resolve) => setTimeout(resolve, 6_500));
}

async function ask(port, method, path, { token, json } = {}) {
  const headers = { ...(token && { Authorization: `Token ${token}` }), ...(json && { "Content-Type": "application/json" }) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: json && JSON.stringify(json) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

const proposal = (parties, n = 0) => ({
  title: `Weekly planning ${n}`,
  timezone: "Europe/Berlin",
  slots: SLOTS,
  parties: Array.from({ length: parties }, (_, k) => `guest-${k}-${n}@example.org`),
});
const propose = async (port, parties, n) => (await ask(port, "POST", "/", { token: tokenOf("maker"), json: proposal(parties, n) })).id;
/// One of them after the other, for ever.
const turns = (all) => {
  let n = 0;
  return () => all[n++ % all.length];
};

/// A directory with its schema and accounts in a new folder.
async function prepare(state) {
  const server = await serve({ bundle: resolve(args.bundle), state });
  await server.db.prepare("select 1").run();
  await server.stop();
  const db = directory(state);
  db.exec(readFileSync(join(ROOT, "schema.sql"), "utf8"));
  insertAccounts(db, PEOPLE);
  db.close();
}

/// Ids that are as good as random, as the Worker's are; one for each number below a million.
const ID = "(n * 7205759403793) % 9007199254740881";
const COUNT = "with recursive numbers (n) as (select :from union all select n + 1 from numbers where n < :to)";
const YEAR = 365 * 86_400_000;

/// Adds the proposals and contacts from one number to another, those of an account as its own or, every other, as a party;
/// `null` is everybody else, some thousands of accounts.
function insert(db, who, kind, from, to, shown) {
  if (to < from) return;
  const address = who ? `'${who}@example.org'` : "'guest' || (n % 50021) || '@example.org'";
  const account = who ? PEOPLE[who] : "1000 + n % 20011";
  const span = { from, to };
  if (kind === "contacts") {
    const values = `${ID}, ${account}, 'Ada', 'Guest' || n, 'guest' || n || '@example.org', 'guest' || n || '@example.org', 'ada', 'guest' || n, 'guest' || n || '@example.org', '[["team","Team"]]', n, n`;
    return db.prepare(`${COUNT} insert into contacts select ${values} from numbers`).run(span);
  }
  const creator = who ? `iif(n % 2, ${account}, 999)` : account;
  const time = `${Date.now() - YEAR} + (n * 7919) % ${YEAR}`;
  const due = (key) => `json_array(${key}, 'required')`;
  const others = `${due("'guest' || (n % 40009) || '@example.net'")}, ${due("'guest' || (n % 30011) || '@example.com'")}`;
  const keys = who ? `iif(n % 2, json_array(${others}), json_array(${due(address)}, ${others}))` : `json_array(${due(address)}, ${others})`;
  const columns = "id, entries, creator, title, state, shown, origin, created_at, updated_at, party_keys, required_left";
  const values = `${ID}, 1, ${creator}, 'Weekly planning', 'open', replace(:shown, :id, ${ID}), :origin, ${time}, ${time}, ${keys}, 2`;
  db.prepare(`${COUNT} insert into proposals (${columns}) select ${values} from numbers`).run({ ...span, shown: shown.text, origin: shown.origin, id: String(shown.id) });
}

async function lists(state) {
  await prepare(state);
  let server = await serve({ bundle: resolve(args.bundle), state });
  const id = await propose(server.port, 3, 0);
  const { shown: text, origin } = await server.db.prepare("select shown, origin from proposals where id = ?").bind(id).first();
  const shown = { id, text, origin };
  await server.stop();
  const done = { proposals: 0, contacts: 0 };
  for (const size of SIZES) {
    const db = directory(state);
    // The owners of other contacts have no rows.
    db.exec("pragma foreign_keys = off; pragma synchronous = off; pragma cache_size = -1000000; begin");
    for (const kind of ["proposals", "contacts"]) {
      const [pages, before] = [() => db.prepare("pragma page_count").get().page_count, done[kind]];
      const full = pages();
      const add = (who, count) => {
        insert(db, who, kind, done[kind] + 1, done[kind] + count, shown);
        done[kind] += count;
      };
      if (size === SIZES[0]) add("few", OWN.few[kind]);
      if (size === SIZES[1]) add("many", OWN.many[kind]);
      add(null, size - done[kind]);
      bytes[kind] = Math.round((4_096 * (pages() - full)) / (size - before));
    }
    db.exec("commit; pragma wal_checkpoint(truncate)");
    db.close();
    server = await serve({ bundle: resolve(args.bundle), state });
    for (const who of size === SIZES[0] ? ["few"] : ["few", "many"]) {
      const token = tokenOf(who);
      await measure("list", `GET /, of an account with ${OWN[who].proposals}`, size, server.port, turns([request("GET", "/", { token })]));
      await measure("search", `contacts search, of an account with ${OWN[who].contacts}`, size, server.port, turns([request("GET", "/schedules/contacts/?search=guest49", { token })]));
    }
    await server.stop();
  }
}

/// Brings a log to a number of entries: eight parties and the organiser change the proposal in turn. A party's first answer
/// leaves two entries.
async function fill(port, id, entries) {
  const token = tokenOf("maker");
  const count = async () => (await ask(port, "GET", `/${id}/log/`, { token })).entries.length;
  let n = 0;
  for (let left = entries - 1; left > 0; left = entries - (await count())) {
    for (let k = 0; k < left / 2; k++, n++) {
      const party = left === 1 ? 0 : n % 10;
      if (party < 2) await ask(port, "PATCH", `/${id}/`, { token, json: { title: `Title ${n}` } });
      else await ask(port, "PATCH", `/${id}/?et=${link(id, party - 1)}`, { json: { slots: SLOTS, note: `Note ${n}` } });
    }
  }
}

async function proposals(state) {
  await prepare(state);
  const server = await serve({ bundle: resolve(args.bundle), state });
  const { port } = server;
  for (const entries of ENTRIES) {
    const id = await propose(port, 8, entries);
    await fill(port, id, entries);
    await measure("log", "GET /{id}/log/", entries, port, turns([request("GET", `/${id}/log/`, { token: tokenOf("maker") })]));
  }
  for (const parties of PARTIES) {
    const ids = [];
    for (let n = 0; n < 10; n++) ids.push(await propose(port, parties, n));
    const links = ids.flatMap((id) => Array.from({ length: parties }, (_, k) => `/${id}/?et=${link(id, k + 1)}`));
    for (const path of links) await ask(port, "GET", path);
    await measure("show", "GET /{id}/?et=", parties, port, turns(links.map((path) => request("GET", path))));
    await measure("narrow", "PATCH /{id}/?et=", parties, port, turns(links.map((path) => request("PATCH", path, { json: { slots: SLOTS } }))), 202);
    let n = 0;
    await measure("propose", "POST /", parties, port, () => request("POST", "/", { token: tokenOf("maker"), json: proposal(parties, n++ % 1000) }), 201);
  }
  await server.stop();
}

const PANELS = [
  { title: "List, search", x: "proposals, contacts in D1", kinds: ["list", "search"] },
  { title: "Log", x: "entries", kinds: ["log"] },
  { title: "Parties", x: "parties", kinds: ["show", "narrow", "propose"] },
];

function page() {
  const version = (name) => JSON.parse(readFileSync(join(ROOT, `node_modules/${name}/package.json`), "utf8")).version;
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { cwd: ROOT, encoding: "utf8" }).trim();
  const table = rows.map(({ name, size, median, p99, count }) => `| ${name} | ${size.toLocaleString("en")} | ${median.toFixed(2)} | ${p99.toFixed(2)} | ${count} |`);
  return `# Growth

How long a request takes with more and more stored. \`node bench/growth.mjs\`, a part of \`make bench\`, measures it and writes this page.

![Milliseconds against what is stored](growth.svg)

| request | with | median, ms | 99th percentile, ms | requests |
|---|---|---|---|---|
${table.join("\n")}

The numbers are those of commit ${commit}, ${new Date().toISOString().slice(0, 10)}, on ${cpus().length} cores, with workerd ${version("workerd")}: one connection straight
into workerd, ${seconds} s a row after one second to warm up. workerd and its SQLite run on the machine that asks, so a deployment adds its network.

**Lists.** \`with\` is how many proposals and how many contacts the directory has. Of these the account that asks has 50 of each, or 1,000
proposals and 5,000 contacts, which is the most; every other proposal of its own has it as a party, not as the creator. All others belong to
20,011 accounts. Each proposal has three parties. A list is a page of the newest; a search looks at all contacts of its account. The rows
are written into the SQLite file while no server runs: ${bytes.proposals.toLocaleString("en")} bytes for each proposal, its meeting not counted, ${bytes.contacts.toLocaleString("en")} for each contact.

**Logs.** \`with\` is how many entries the log has; 2,000 are the most. The organiser has caused a fifth of them, eight parties the rest.

**Parties.** \`with\` is how many parties the proposal has. Each look and each answer is by the link of another party.
`;
}

const work = mkdtempSync(join(tmpdir(), "whittle-growth-"));
try {
  await lists(join(work, "lists"));
  await proposals(join(work, "proposals"));
  writeFileSync(join(args.docs, "growth.md"), page());
  writeFileSync(join(args.docs, "growth.svg"), plot(PANELS.map(({ title, x, kinds }) => ({ title, x, rows: rows.filter(({ kind }) => kinds.includes(kind)) }))));
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(0);
