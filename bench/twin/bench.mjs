// Drives the product and its twin with the same load, alternately. See README.md.
import { execFileSync, spawn } from "node:child_process";
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const { values: args } = parseArgs({
  options: {
    product: { type: "string" }, // a checkout of the product, built; this one if it is not given
    mode: { type: "string", default: "direct" }, // direct: Miniflare alone; dev: `wrangler dev` as `make dev` runs it
    dev: { type: "boolean", default: false }, // DEV=1 for the product under `direct`, and mail into D1 for both
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "8" },
    connections: { type: "string", default: "8" },
    routes: { type: "string" },
    out: { type: "string" },
    profile: { type: "string" }, // a folder: profile one round of each route into it, instead of measuring (direct alone)
    "twin-bundle": { type: "string" },
    "product-bundle": { type: "string" },
    against: { type: "string" }, // in the twin's place another bundle of the product (direct alone)
  },
});
const ROUNDS = Number(args.rounds), SECONDS = Number(args.seconds), CONNECTIONS = Number(args.connections);
const ORIGIN = "http://127.0.0.1:8787";
const SECRET = Buffer.alloc(32, 7);
const product = resolve(args.product ?? join(HERE, "../.."));
const work = mkdtempSync(join(tmpdir(), "twin-bench-"));

// ---- tokens and accounts --------------------------------------------------------------------------------------------

const linkKey = Buffer.from(hkdfSync("sha256", SECRET, "whittle", "whittle/link/1/proposal", 64));
function link(subject, party) {
  const bytes = Buffer.alloc(27);
  bytes.set([1, 1, 2]);
  bytes.write("k1", 3);
  bytes.writeBigUInt64BE(BigInt(subject), 5);
  bytes.writeUInt16BE(party, 13);
  bytes.writeUInt32BE(0, 15);
  bytes.writeBigInt64BE(BigInt(Math.floor(Date.now() / 1000) + 86_400), 19);
  return Buffer.concat([bytes, createHmac("sha256", linkKey).update(bytes).digest()]).toString("base64url");
}
const sha = (text) => createHash("sha256").update(text).digest("hex");
const PEOPLE = { lister: 101, maker: 102, poster: 103 };
const TOKEN = (name) => sha(`token of ${name}`).slice(0, 40);
const ACCOUNTS = `
insert into accounts (id, username, address, address_key, verified, active, staff, demo, password, created_at) values
  ${Object.entries(PEOPLE).map(([n, id]) => `(${id}, '${n}', '${n}@example.org', '${n}@example.org', 1, 1, 0, 0, 'x', 0)`).join(",\n  ")};
insert into tokens (hash, account, epoch, created_at, used_at) values
  ${Object.entries(PEOPLE).map(([n, id]) => `('${sha(TOKEN(n))}', ${id}, 0, ${Date.now()}, ${Date.now()})`).join(",\n  ")};
`;

// ---- servers --------------------------------------------------------------------------------------------------------

const free = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); });
});
const node = join(HERE, "node_modules/.bin/node"), wrangler = join(HERE, "node_modules/.bin/wrangler");
const ENV = { ...process.env, PATH: `${join(HERE, "node_modules/.bin")}:${process.env.PATH}`, WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false", X_LOCAL_OBSERVABILITY: "false", NO_UPDATE_NOTIFIER: "1", DO_NOT_TRACK: "1", CI: "1" };
const children = [];
const stop = () => { for (const { child, group } of children.splice(0)) { child.stdin?.end(); if (group) try { process.kill(-child.pid, "SIGTERM"); } catch {} } };
process.on("exit", () => { stop(); rmSync(work, { recursive: true, force: true }); });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const isProduct = (name) => name === "product" || args.against !== undefined;
const schemaOf = (name) => name === "twin" && process.env.OLD_SCHEMA ? readFileSync(process.env.OLD_SCHEMA, "utf8") : readFileSync(isProduct(name) ? join(product, "schema.sql") : join(HERE, "schema.sql"), "utf8");
function bundled(name) {
  if (name === "twin" && args.against) return resolve(args.against);
  if (args[`${name}-bundle`]) return resolve(args[`${name}-bundle`]);
  const out = join(work, `${name}-bundle`);
  const cwd = name === "product" ? product : HERE;
  execFileSync(wrangler, ["deploy", "--dry-run", "--outdir", out, ...(name === "product" ? ["--env", "dev"] : [])], { cwd, env: ENV, stdio: ["ignore", "ignore", "inherit"] });
  return out;
}
async function direct(name) {
  const options = { bundle: bundled(name), port: await free(), state: join(work, name), secret: `k1:${SECRET.toString("base64")}`, origin: ORIGIN, dev: args.dev, inspect: args.profile ? await free() : 0,
    sql: schemaOf(name) + ACCOUNTS, classes: name === "product" ? { PROPOSAL: "ProposalObject", CALENDAR: "CalendarObject", MAIL_CLOCK: "MailClock", SUBSCRIPTION_CLOCK: "SubscriptionClock", ACCOUNT_DELETER: "AccountDeleter" } : isProduct(name) ? { PROPOSAL: "ProposalObject", MAIL_CLOCK: "MailClock" } : { PROPOSAL: "ProposalObject" } };
  const child = spawn(node, [join(HERE, "host.mjs"), JSON.stringify(options)], { env: ENV, stdio: ["pipe", "pipe", "inherit"] });
  children.push({ child });
  const line = await new Promise((done, fail) => {
    let text = "";
    child.stdout.on("data", (chunk) => { text += chunk; if (text.includes("\n")) done(text); });
    child.on("exit", (code) => fail(new Error(`${name}: host ended with ${code}`)));
  });
  return { name, inspect: options.inspect, ...JSON.parse(line) };
}
/** Profiles the Worker and its objects, which share an isolate, by V8's inspector while `work` runs. */
async function profiled(server, file, work) {
  const targets = await (await fetch(`http://127.0.0.1:${server.inspect}/json`)).json();
  const socket = new WebSocket(targets.find(({ id, title }) => /main/.test(`${id} ${title}`)).webSocketDebuggerUrl);
  await new Promise((done, fail) => { socket.onopen = done; socket.onerror = fail; });
  const open = new Map();
  let last = 0;
  socket.onmessage = ({ data }) => { const m = JSON.parse(data); open.get(m.id)?.(m.result ?? m.error); open.delete(m.id); };
  const call = (method, params = {}) => new Promise((done) => { open.set(++last, done); socket.send(JSON.stringify({ id: last, method, params })); });
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: 200 });
  await call("Profiler.start");
  await work();
  const { profile } = await call("Profiler.stop");
  writeFileSync(file, JSON.stringify(profile));
  socket.close();
}
/** As scripts/dev.sh of the product starts it. */
async function underWrangler(name) {
  const cwd = name === "product" ? product : HERE, port = await free(), state = join(work, name), file = join(work, `${name}.sql`);
  const env = name === "product" ? ["--env", "dev"] : [];
  const secrets = join(work, `${name}.env`);
  writeFileSync(secrets, `${name === "product" ? "DEV=1\n" : ""}SECRET_KEYS=k1:${SECRET.toString("base64")}\n`);
  writeFileSync(file, schemaOf(name) + ACCOUNTS);
  execFileSync(wrangler, ["d1", "execute", "DB", ...env, "--local", "--persist-to", state, "--file", file], { cwd, env: ENV, stdio: ["ignore", "ignore", "inherit"] });
  const child = spawn(wrangler, ["dev", ...env, "--ip", "127.0.0.1", "--port", String(port), "--persist-to", state, "--env-file", secrets,
    "--var", `PUBLIC_ORIGIN:${ORIGIN}`, "--var", "BUDGET_RECIPIENT:1000000", "--var", "BUDGET_SENDER:1000000", "--var", "BUDGET_PROPOSAL:1000000",
    "--show-interactive-dev-session=false", "--log-level", "log"], { cwd, env: ENV, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  children.push({ child, group: true });
  child.stdout.resume(); child.stderr.resume();
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    try { await fetch(`${url}/1/`, { signal: AbortSignal.timeout(5_000) }); break; }
    catch (error) { if (tries > 400) throw error; await wait(250); }
  }
  // wrangler's proxy is a workerd of its own: both count.
  return { name, url, pid: descendants(child.pid).filter(({ comm }) => comm === "workerd").map(({ pid }) => pid) };
}
function descendants(root) {
  const all = readdirSync("/proc").filter((p) => /^\d+$/.test(p)).flatMap((p) => {
    try { const [, comm, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${p}/stat`, "utf8")); return [{ pid: Number(p), comm, parent: Number(rest.split(" ")[1]) }]; } catch { return []; }
  });
  const found = [], queue = [root];
  while (queue.length) { const parent = queue.shift(); for (const p of all.filter((q) => q.parent === parent)) { found.push(p); queue.push(p.pid); } }
  return found;
}
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
/** CPU milliseconds a process has used: utime + stime, in ticks of 10 ms. */
const sum = (pids, of) => [pids].flat().reduce((n, pid) => n + of(pid), 0);
const cpu = (pids) => sum(pids, (pid) => { const f = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" "); return (Number(f[11]) + Number(f[12])) * 10; });
const rss = (pids) => sum(pids, (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);

// ---- what is there before it is measured ----------------------------------------------------------------------------

const SLOTS = Array.from({ length: 5 }, (_, i) => ({ begin: `2030-0${i + 1}-15T1${i}:00:00Z`, duration: "01:30:00" }));
const FRESH = 100; // proposals a round, each looked at by four parties for the first time
const proposal = (n, kind) => ({ title: `${kind} ${n}: when do we meet?`, timezone: "Europe/Berlin", slots: SLOTS,
  location: "Room 5, 2nd floor", description: "The plan for the summer; bring your calendars.\n\nWhoever cannot come says so here.",
  parties: ["ann", "bob", "cyd", "dan"].map((who) => `${who}-${kind}-${n}@example.org`) });
async function ask(url, method, path, { token, json } = {}) {
  const headers = { ...(token && { Authorization: `Token ${TOKEN(token)}` }), ...(json && { "Content-Type": "application/json" }) };
  const response = await fetch(url + path, { method, headers, body: json && JSON.stringify(json), signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), json: text ? JSON.parse(text) : null };
}
async function make(url, token, n, kind) {
  const made = await ask(url, "POST", "/", { token, json: proposal(n, kind) });
  if (made.status !== 201) throw new Error(`propose: ${made.status} ${JSON.stringify(made.json)}`);
  return made.json.id;
}
async function prepare(server) {
  const { url } = server;
  const many = async (count, token, kind) => { const ids = []; for (let n = 0; n < count; n++) ids.push(await make(url, token, n, kind)); return ids; };
  server.show = await many(20, "maker", "show");
  for (const id of server.show) {
    for (const party of [1, 2, 3, 4]) await ask(url, "GET", `/${id}/?et=${link(id, party)}`);
    await ask(url, "GET", `/${id}/`, { token: "maker" });
  }
  server.patch = await many(400, "maker", "patch");
  server.notify = await many(40, "maker", "notify");
  await many(50, "lister", "list");
  const [log] = await many(1, "maker", "log");
  server.log = log;
  let entries = 1;
  for (let n = 0; entries < 200; n++) {
    const party = 1 + (n % 3), et = link(log, party);
    await ask(url, "PATCH", `/${log}/?et=${et}`, { json: { slots: SLOTS, ...(n % 4 === 0 && { note: `Note ${n}` }) } });
    if (++entries < 200) { await ask(url, "GET", `/${log}/?et=${et}`); entries++; }
  }
  server.fresh = await many(FRESH * (ROUNDS + 1), "maker", "fresh");
}

// ---- routes ---------------------------------------------------------------------------------------------------------

const raw = (method, path, { token, json } = {}) => {
  const body = json ? JSON.stringify(json) : "";
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nAccept: */*\r\nUser-Agent: bench\r\n` +
    (token ? `Authorization: Token ${TOKEN(token)}\r\n` : "") + (json ? `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` : "") + `\r\n${body}`);
};
const turns = (all) => { let n = 0; return () => all[n++ % all.length]; };
const notice = (n) => ({ parties: [`bob-notify-${n}@example.org`], slots: SLOTS, sender: `ann-notify-${n}@example.org` });
const ROUTES = {
  "GET /{id}/?et=": { status: 200, requests: (s) => turns(s.show.flatMap((id) => [1, 2, 3, 4].map((p) => raw("GET", `/${id}/?et=${link(id, p)}`)))) },
  "GET /{id}/ Token": { status: 200, requests: (s) => turns(s.show.map((id) => raw("GET", `/${id}/`, { token: "maker" }))) },
  "PATCH /{id}/?et=": { status: 202, drain: 2_000, requests: (s) => turns([1, 2, 3].flatMap((p) => s.patch.map((id) => raw("PATCH", `/${id}/?et=${link(id, p)}`, { json: { slots: SLOTS } })))) },
  "GET / (50)": { status: 200, requests: () => turns([raw("GET", "/", { token: "lister" })]) },
  "POST /{id}/notify/": { status: 202, drain: 2_000, requests: (s) => turns(s.notify.map((id, n) => raw("POST", `/${id}/notify/?et=${link(id, 1)}`, { json: notice(n) }))) },
  "GET /{id}/log/ (200)": { status: 200, requests: (s) => turns([raw("GET", `/${s.log}/log/?et=${link(s.log, 1)}`)]) },
  "POST /": { status: 201, drain: 2_000, requests: () => { let n = 0; return () => raw("POST", "/", { token: "poster", json: proposal(n++ % 1000, "post") }); } },
  // Each party's first look, which leaves a VIEW entry and a projection: as many as there are, no more.
  "GET /{id}/?et= first": { status: 200, once: true, drain: 2_000, requests: (s) => {
    const all = s.fresh.splice(0, FRESH).flatMap((id) => [1, 2, 3, 4].map((p) => raw("GET", `/${id}/?et=${link(id, p)}`)));
    return () => all.pop();
  } },
};

// ---- both answer alike ----------------------------------------------------------------------------------------------

function shape(value) {
  if (Array.isArray(value)) return value.map(shape);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, k === "id" && v > 2000 ? "ID" : ["hash", "prev", "head", "when"].includes(k) ? typeof v : shape(v)]));
  return typeof value === "string" ? value.replace(/(8787\/(?:meetings\/)?)\d+/g, "$1ID") : value;
}
async function alike(a, b) {
  const same = async (what, request) => {
    const [x, y] = [await request(a), await request(b)];
    const [left, right] = [x, y].map((r) => JSON.stringify({ status: r.status, etag: Boolean(r.headers.etag), body: shape(r.json) }, null, 1));
    if (left !== right) { writeFileSync(join(tmpdir(), "twin-left.json"), left); writeFileSync(join(tmpdir(), "twin-right.json"), right); throw new Error(`${what} differs: ${tmpdir()}/twin-{left,right}.json`); }
    const absent = Object.keys(x.headers).filter((h) => !(h in y.headers)), more = Object.keys(y.headers).filter((h) => !(h in x.headers));
    if (absent.length + more.length) console.log(`  ${what}: headers of the product alone: ${absent}; of the twin alone: ${more}`);
  };
  const et = (id, p) => `?et=${link(id, p)}`;
  const [pa, pb] = [await make(a.url, "maker", 9000, "alike"), await make(b.url, "maker", 9000, "alike")];
  const id = (s) => (s === a ? pa : pb);
  const narrower = [{ ...SLOTS[0], duration: "01:00:00" }, SLOTS[1]];
  await same("propose", (s) => ask(s.url, "POST", "/", { token: "maker", json: { ...proposal(9001, "alike"), deadline: "2029-12-31T00:00:00+01:00", min_duration: 600, parties: [{ email: "Eve@example.org", name: "Eve" }, { email: "maker@example.org", optional: true }] } }));
  await same("show by link", (s) => ask(s.url, "GET", `/${id(s)}/${et(id(s), 1)}`));
  await same("show by link again", (s) => ask(s.url, "GET", `/${id(s)}/${et(id(s), 1)}`));
  await same("show by token", (s) => ask(s.url, "GET", `/${id(s)}/`, { token: "maker" }));
  await same("a stranger", (s) => ask(s.url, "GET", `/${id(s)}/`, { token: "poster" }));
  await same("notify", (s) => ask(s.url, "POST", `/${id(s)}/notify/${et(id(s), 1)}`, { json: { parties: ["bob-alike-9000@example.org", "p3", "p1"], slots: SLOTS } }));
  await same("narrow", (s) => ask(s.url, "PATCH", `/${id(s)}/${et(id(s), 2)}`, { json: { slots: narrower, note: "Not later" } }));
  const details = { title: "Summer", location: "https://meet.example.org/a;b", description: "One\r\n\r\nTwo", timezone: "Asia/Kathmandu" };
  await same("details by the creator", (s) => ask(s.url, "PATCH", `/${id(s)}/`, { token: "maker", json: details }));
  await same("the same details", (s) => ask(s.url, "PATCH", `/${id(s)}/`, { token: "maker", json: details }));
  await same("no place", (s) => ask(s.url, "PATCH", `/${id(s)}/`, { token: "maker", json: { location: "" } }));
  await same("details by a party", (s) => ask(s.url, "PATCH", `/${id(s)}/${et(id(s), 2)}`, { json: { location: "mine" } }));
  await same("show after", (s) => ask(s.url, "GET", `/${id(s)}/${et(id(s), 1)}`));
  await same("widen", (s) => ask(s.url, "PATCH", `/${id(s)}/${et(id(s), 3)}`, { json: { slots: SLOTS } }));
  await same("a bad link", (s) => ask(s.url, "GET", `/${id(s)}/?et=AAAA`));
  await same("a bad token", (s) => ask(s.url, "GET", `/${id(s)}/`, { token: "nobody" }));
  await same("log", (s) => ask(s.url, "GET", `/${id(s)}/log/${et(id(s), 1)}`));
  await same("log of 200", (s) => ask(s.url, "GET", `/${s.log}/log/${et(s.log, 1)}`));
  await same("list", (s) => ask(s.url, "GET", "/", { token: "lister" }));
  console.log("both answer alike");
}

// ---- load -----------------------------------------------------------------------------------------------------------

/** HTTP/1.1 over a socket, as cheap as it gets: enough to know where a response ends. */
function client(port, next, wanted, seen) {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let held = null, begun = 0, left = -1, size = 0, chunked = false, status = 0;
    const send = () => { const request = next(); if (!request) return socket.end(done()); begun = performance.now(); left = -1; size = 0; socket.write(request); };
    const end = () => {
      seen.latencies.push(performance.now() - begun); seen.bytes += size;
      if (status !== wanted) { seen.wrong++; seen.statuses[status] = (seen.statuses[status] ?? 0) + 1; }
      send();
    };
    socket.on("connect", send).on("error", fail).on("close", () => done());
    socket.on("data", (data) => {
      size += data.length;
      if (left === -1) {
        held = held ? Buffer.concat([held, data]) : data;
        const at = held.indexOf("\r\n\r\n");
        if (at < 0) return;
        const head = held.latin1Slice(0, at);
        status = Number(head.slice(9, 12));
        const length = /\r\ncontent-length: (\d+)/i.exec(head);
        chunked = !length && /\r\ntransfer-encoding: chunked/i.test(head);
        const rest = held.length - at - 4;
        if (length) { left = Number(length[1]) - rest; held = null; if (left <= 0) end(); return; }
        if (!chunked) { held = null; end(); return; }
        data = held; left = -2; held = null;
      }
      if (left === -2) { held = held ? Buffer.concat([held, data]).subarray(-8) : data.subarray(-8); if (held.subarray(-5).latin1Slice() === "0\r\n\r\n") { held = null; end(); } return; }
      left -= data.length;
      if (left <= 0) end();
    });
  });
}
async function round(server, route, seconds) {
  const seen = { latencies: [], bytes: 0, wrong: 0, statuses: {} };
  const make = server.next[route.name];
  const until = performance.now() + seconds * 1000;
  const next = route.once ? make : () => (performance.now() < until ? make() : null);
  const used = cpu(server.pid), own = process.cpuUsage(), begun = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client(Number(new URL(server.url).port), next, route.status, seen)));
  const took = performance.now() - begun;
  const busy = process.cpuUsage(own);
  // What alarms do afterwards is part of the price.
  if (route.drain) await wait(route.drain);
  const count = seen.latencies.length;
  return { rate: (count / took) * 1000, count, cpu: cpu(server.pid) - used, latencies: seen.latencies, bytes: seen.bytes, wrong: seen.wrong, statuses: seen.statuses,
    generator: (busy.user + busy.system) / 1000 / took };
}

const median = (all) => [...all].sort((x, y) => x - y)[Math.floor(all.length / 2)];
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
function summary(rounds) {
  const latencies = rounds.flatMap((r) => r.latencies).sort((x, y) => x - y), count = latencies.length, rates = rounds.map((r) => r.rate);
  return { rate: median(rates), low: Math.min(...rates), high: Math.max(...rates), p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), count,
    cpu: rounds.reduce((n, r) => n + r.cpu, 0) / count, bytes: rounds.reduce((n, r) => n + r.bytes, 0) / count, wrong: rounds.reduce((n, r) => n + r.wrong, 0),
    statuses: Object.assign({}, ...rounds.map((r) => r.statuses)), generator: Math.max(...rounds.map((r) => r.generator)) };
}

const servers = [];
for (const name of ["product", "twin"]) servers.push(await (args.mode === "dev" ? underWrangler : direct)(name));
const [a, b] = servers;
console.log(`mode ${args.mode}${args.dev ? " DEV=1" : ""}, ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections; load ${readFileSync("/proc/loadavg", "utf8").trim()}`);
for (const server of servers) await prepare(server);
await alike(a, b);
const chosen = Object.entries(ROUTES).map(([name, route]) => ({ name, ...route })).filter(({ name }, _, all) => !args.routes || args.routes.split(",").some((part) => name === part || (!all.some((r) => r.name === part) && name.includes(part))));
const results = {};
const f = (n, d = 2) => n.toFixed(d);
await wait(6_500);
if (args.profile) {
  mkdirSync(args.profile, { recursive: true });
  for (const route of chosen.filter(({ once }) => !once)) {
    for (const server of servers) {
      server.next = { [route.name]: route.requests(server) };
      await round(server, route, 3);
      await profiled(server, join(args.profile, `${server.name}${route.name.replace(/[^a-zA-Z]+/g, "_")}.cpuprofile`), async () => {
        const { count, cpu } = await round(server, { ...route, drain: route.drain ? 1_000 : 0 }, SECONDS);
        console.log(`${server.name} ${route.name}: ${count} requests, ${cpu} ms of CPU`);
      });
    }
  }
  process.exit(0);
}
for (const route of chosen) {
  const rounds = { product: [], twin: [] };
  for (const server of servers) {
    server.next = { [route.name]: route.requests(server) };
    await round(server, { ...route, drain: 0 }, 3);
  }
  if (route.drain) await wait(route.drain);
  for (let n = 0; n < ROUNDS; n++) {
    for (const server of n % 2 === 0 ? [a, b] : [b, a]) {
      if (route.once) server.next = { [route.name]: route.requests(server) };
      rounds[server.name].push(await round(server, route, SECONDS));
    }
  }
  const [x, y] = [summary(rounds.product), summary(rounds.twin)];
  results[route.name] = { product: x, twin: y };
  const side = (s) => `${f(s.rate, 0)}/s (${f(s.low, 0)}-${f(s.high, 0)}) cpu ${f(s.cpu)} ms p50 ${f(s.p50)} p99 ${f(s.p99)} ${f(s.bytes, 0)} B n ${s.count}${s.wrong ? ` WRONG ${s.wrong} ${JSON.stringify(s.statuses)}` : ""} gen ${f(s.generator)}`;
  console.log(`${route.name}\n  product ${side(x)}\n  twin    ${side(y)}\n  ratio   ${f(x.rate / y.rate)} of req/s, ${f(x.cpu / y.cpu)} of CPU`);
}
console.log(`resident: product ${f(rss(a.pid), 0)} MiB, twin ${f(rss(b.pid), 0)} MiB; load ${readFileSync("/proc/loadavg", "utf8").trim()}`);
console.log(`\n| route | product req/s | twin req/s | ratio | CPU ms | p50 ms | p99 ms | bytes |\n|---|---|---|---|---|---|---|---|`);
for (const [name, { product: x, twin: y }] of Object.entries(results)) {
  console.log(`| \`${name}\` | ${f(x.rate, 0)} (${f(x.low, 0)}-${f(x.high, 0)}) | ${f(y.rate, 0)} (${f(y.low, 0)}-${f(y.high, 0)}) | ${f(x.rate / y.rate)} | ${f(x.cpu)} / ${f(y.cpu)} | ${f(x.p50, 1)} / ${f(y.p50, 1)} | ${f(x.p99, 1)} / ${f(y.p99, 1)} | ${f(x.bytes, 0)} / ${f(y.bytes, 0)} |`);
}
if (args.out) { mkdirSync(resolve(args.out, ".."), { recursive: true }); writeFileSync(args.out, JSON.stringify(results, null, 1)); }
process.exit(0);
