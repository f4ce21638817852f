// What every end-to-end test shares: the built Worker on miniflare, callers, and the traces that the last test scans.
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, cpSync, createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/// Where a run leaves its SQLite files and logs.
export const RUN = process.env.WHITTLE_RUN ?? join(ROOT, ".dev/run");
/// Whether what gains by repetition is repeated: `make soak` does, `make test` has the short form.
export const LONG = Boolean(process.env.WHITTLE_SOAK);

/// Each test process has a folder of its own below RUN, and in it each server one that miniflare keeps its state in.
const program = process.argv[1] ?? "repl";
export const here = join(RUN, `${basename(dirname(program))}-${basename(program, ".test.mjs")}-${process.pid}`);
mkdirSync(here, { recursive: true });
// Its local trace store would keep URLs, and those can carry tokens.
process.env.X_LOCAL_OBSERVABILITY = "false";
process.env.WRANGLER_SEND_METRICS = "false";
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";

/// Links are made of this, wherever the Worker really listens.
export const ORIGIN = "http://127.0.0.1:8787";
export const KEY_1 = `k1:${btoa("1".repeat(32))}`;
export const KEY_2 = `k2:${btoa("2".repeat(32))}`;

/// As `make dev` has them: no test runs into one that does not mean to.
const BUDGETS = {
  BUDGET_RECIPIENT: "10000",
  BUDGET_SENDER: "10000",
  BUDGET_PROPOSAL: "10000",
  QUOTA_PROPOSALS_DAY: "10000",
  QUOTA_PROPOSALS_OPEN: "10000",
  QUOTA_UNVERIFIED_DAY: "10000",
  QUOTA_UNVERIFIED_OPEN: "10000",
};

/// The password `p`, hashed with the least that Argon2id can: a hash as it is stored otherwise takes some 50 ms each time.
const CHEAP = "$argon2id$v=19$m=8,t=1,p=1$c2l4dGVlbiBieXRlcyBvZg$Dav+W1PFZMCsYR8SuPTq1+NeeI6j/seRBaJ/VKDBfZY";
const demo = readFileSync(join(ROOT, "demo/accounts.sql"), "utf8").replace(/^--.*$/gm, "");
/// The same password, hashed as the Worker does it, for tests that are about time.
export const DEAR = /'(\$argon2id\$.*?)'/.exec(demo)[1];
/// The demo's accounts, and two beside them: `un` has not verified its address, `st` is a stranger to all. The password of
/// each is `p`.
const ACCOUNTS = [
  demo.replaceAll(DEAR, () => CHEAP),
  `insert or ignore into accounts
    (id, username, address, address_key, verified, active, staff, demo, password, created_at)
    select 10, 'un', 'un@localhost', 'un@localhost', 0, 1, 0, 1, password, 0 from accounts where id = 1
    union all select 11, 'st', 'st@localhost', 'st@localhost', 1, 1, 0, 1, password, 0 from accounts where id = 1`,
];

let count = 0;
/// The server that the files of this process share, once it is there; `share` says that they do.
let shared;

/// From now on whoever starts a Worker without options gets the same one, as if it were new: its directory is emptied. For
/// processes that run several test files, one after the other.
export function share() {
  shared = {};
  return {
    close: () => shared.service?.close(),
  };
}

/// Starts the Worker. `vars` and `secrets` go over those of development; `DEV: ""` makes it a deployment. `more` are other
/// Workers beside it, `bindingOverrides` bind it to them. `env: undefined` has the rate limits of a deployment.
export async function start(options) {
  // A file that starts two at once gets a second one of its own.
  if (options || !shared || shared.lent) return launch(options);
  if (shared.service && (await shape(shared.service.db)) !== shared.shape) {
    await shared.service.close();
    shared.service = undefined;
  }
  if (shared.service) await empty(shared.service.db);
  else {
    shared.service = await launch();
    shared.shape = await shape(shared.service.db);
  }
  shared.lent = true;
  return {
    ...shared.service,
    async close() {
      shared.service.save((path) => !/ProposalObject|CalendarObject/.test(path));
      shared.lent = false;
    },
  };
}

/// The schema of a directory, as it is now.
async function shape(db) {
  const { results } = await db.prepare("select name, sql from sqlite_master order by name").all();
  return JSON.stringify(results);
}

/// Leaves nothing in a directory but the accounts that it had at first. Objects of other files stay where they are: nobody
/// knows their ids any more.
async function empty(db) {
  const tables = "select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not glob '_cf*' and name <> 'd1_migrations'";
  const { results } = await db.prepare(tables).all();
  // The ledger of staff refuses to be emptied: its guards are taken away for as long as that takes.
  const { results: guards } = await db.prepare("select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'staff_ledger'").all();
  const emptied = [...guards.map(({ name }) => `drop trigger ${name}`), ...results.map(({ name }) => `delete from ${name}`), ...guards.map(({ sql }) => sql)];
  const statements = ["pragma defer_foreign_keys = on", ...emptied, ...ACCOUNTS];
  await db.batch(statements.map((sql) => db.prepare(sql)));
}

/// The folder of the built Worker with its statements counted (support/counting.js).
function counted() {
  const folder = join(here, "worker");
  if (existsSync(folder)) return folder;
  execFileSync(join(ROOT, "scripts/build.sh"));
  buildSync({
    entryPoints: [join(ROOT, "tests/support/counting.mjs")],
    outfile: join(folder, "index.js"),
    bundle: true,
    format: "esm",
    external: ["cloudflare:workers", "*.wasm"],
    logLevel: "error",
  });
  cpSync(join(ROOT, "build/index_bg.wasm"), join(folder, "index_bg.wasm"));
  return folder;
}

async function launch(options = {}) {
  const { vars = {}, secrets = {}, more = [], bindingOverrides = {} } = options;
  // No default of a parameter: that would take `undefined` for absent.
  const env = "env" in options ? options.env : "dev";
  const number = ++count;
  const tmp = join(here, `tmp-${number}`);
  mkdirSync(tmp);
  process.env.TMPDIR = tmp;
  // Half a second, which not every file needs.
  const { createTestHarness } = await import("wrangler");
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: "wrangler.toml",
        prebuiltWorkerDir: counted(),
        env,
        vars: { DEV: "1", PUBLIC_ORIGIN: ORIGIN, MAIL_API_URL: "", LINK_DAYS: "30", ...(process.env.PLANT ? { PLANT: process.env.PLANT } : {}), ...BUDGETS, ...vars },
        secrets: { SECRET_KEYS: KEY_1, ...secrets },
        bindingOverrides,
      },
      ...more,
    ],
  });
  const { url } = await server.listen();
  const worker = server.getWorker();
  await worker.applyD1Migrations("DB");
  const { DB } = await worker.getEnv();
  for (const sql of ACCOUNTS) await DB.prepare(sql).run();
  let saved = 0;
  /// Keeps what the Worker has written, of the files that `which` chooses, and what it has logged.
  function save(which = () => true) {
    const name = `${number}-${++saved}`;
    const lines = server.getLogs().map((log) => `${log.level} ${log.message}`);
    writeFileSync(join(here, `log-${name}.txt`), `${lines.join("\n")}\n`);
    server.clearLogs();
    keep(tmp, join(here, `state-${name}`), which);
  }
  return {
    server,
    worker,
    url: url.origin,
    db: DB,
    tmp,
    ask: (method, path, options) => ask(url.origin, method, path, options),
    outbox: () => outbox(url.origin),
    /// Rows of a proposal's own SQLite.
    rows: (id, sql) => objectRows(tmp, id, sql),
    save,
    /// Stops the Worker and keeps what it has written and logged, and the SQL that it has run.
    async close() {
      try {
        const { json } = await ask(url.origin, "GET", "/.counted/");
        writeFileSync(join(here, `statements-${number}.json`), JSON.stringify(json.texts));
        save();
      } finally {
        await server.close();
      }
    },
  };
}

/// Copies what there is of SQLite files. workerd folds in and deletes an idle object's -wal, perhaps just now: then again
/// from the start, for a half of the two is neither state.
function keep(from, to, which) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      rmSync(to, { recursive: true, force: true });
      cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith("-shm") && which(path) });
      return;
    } catch (error) {
      if (error.code !== "ENOENT" || Date.now() > deadline) throw error;
    }
  }
}

/// One request, answered within a deadline: a panic would look like a hang. `as` is a name (password `p`), `et` a link's
/// token (in the query), `token` an account's, `dev` the Whittle-Dev header.
export async function ask(origin, method, path, { as, password = "p", token, et, json, body, headers = {}, dev } = {}) {
  const url = new URL(path, origin);
  if (et !== undefined) url.searchParams.set("et", et);
  const sent = { ...headers };
  if (as) sent.Authorization = `Basic ${btoa(`${as}:${password}`)}`;
  if (token) sent.Authorization = `Token ${token}`;
  if (dev) sent["Whittle-Dev"] = dev;
  if (json !== undefined) sent["Content-Type"] ??= "application/json";
  const response = await fetch(url, {
    method,
    headers: sent,
    body: json !== undefined ? JSON.stringify(json) : body,
    redirect: "manual",
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  note(response);
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text, json: parsed };
}

/// Notes the cookies of sessions for the last test, which looks for them in all that the run leaves.
function note(response) {
  for (const line of response.headers.getSetCookie()) {
    const cookie = /^(?:__Host-)?sessionid=([0-9a-f]{64});/.exec(line)?.[1];
    if (cookie) appendFileSync(join(here, "cookies"), `${cookie}\n`);
  }
}

/// The messages of the built-in outbox, newest first.
export async function outbox(origin) {
  const { status, text, json } = await ask(origin, "GET", "/outbox/", { headers: { Accept: "application/json" } });
  if (status !== 200) throw new Error(`outbox: ${status} ${text}`);
  return json;
}

/// The link's token in a mail: it stands alone on its line.
export const tokenOf = (mail) => /^\S+\?et=(\S+)$/m.exec(mail.text)?.[1];

/// Waits for a condition by asking again, never by sleeping for luck; gives what it gave.
export async function until(what, condition, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/// Has `act` wait before the next batch whose statements have these words, does what `happens` meanwhile, and gives what `act` gave.
export async function between(service, words, act, happens) {
  const tell = (command) => service.ask("GET", `/.counted/${command}`);
  await tell(`pause/${encodeURIComponent(words)}/`);
  const acted = act();
  try {
    await until(`a batch with ${words}`, async () => (await tell("")).json.waits);
    await happens();
  } finally {
    await tell("go/");
  }
  return acted;
}

export const SLOTS = [
  { begin: "2030-01-07T09:00:00Z", duration: "01:00:00" },
  { begin: "2030-01-08T09:00:00Z", duration: "01:00:00" },
  { begin: "2030-01-09T09:00:00Z", duration: "01:00:00" },
];

/// Proposes as `ob`; gives the proposal.
export async function propose(service, proposal = {}, options = {}) {
  const body = { title: "cybes", parties: ["bea@example.org", "cyd@example.org"], slots: SLOTS, ...proposal };
  const { status, json, text } = await service.ask("POST", "/", { as: "ob", json: body, ...options });
  if (status !== 201) throw new Error(`propose: ${status} ${text}`);
  return json;
}

/// Has `ob` notify parties of a proposal and waits for their mail; gives their links' tokens by address.
export async function links(service, proposal, parties = proposal.parties) {
  const { status, text } = await service.ask("POST", `/${proposal.id}/notify/`, {
    as: "ob",
    json: { parties, slots: proposal.slots },
  });
  if (status !== 202) throw new Error(`notify: ${status} ${text}`);
  const found = await until("invitations", async () => {
    const mails = (await service.outbox()).filter((mail) => mail.text.includes(`/${proposal.id}/`));
    const pairs = parties.map((party) => [party, mails.find((mail) => mail.to.includes(party))]);
    return pairs.every(([, mail]) => mail) && pairs;
  });
  return Object.fromEntries(found.map(([party, mail]) => [party, tokenOf(mail)]));
}

/// The ledger's export, as staff sees it.
export const ledger = async (service, id) => (await service.ask("GET", `/${id}/log/?format=jsonl`, { as: "ob" })).text;

/// A port nobody listens on.
export const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/// A development server of its own process group, as `make dev` starts it, with the demo's proposals alone unless `DEMO` is set: these
/// tests count what is there. `stop` kills the whole group; `start` goes on
/// with the same state.
export async function devServer(name) {
  const state = join(here, `${name}-state`);
  const port = await freePort();
  const log = join(here, `${name}-log.txt`);
  const origin = `http://127.0.0.1:${port}`;
  let child;
  const service = {
    origin,
    port,
    state,
    log,
    ask: (method, path, options) => ask(origin, method, path, options),
    outbox: () => outbox(origin),
    /// Runs `command` in a process group of its own; it is ready when /healthz answers 200. wrangler looks for free ports some
    /// time before it uses them: where another process has taken one meanwhile, it is started again.
    async start(command, environment) {
      for (let tries = 1; ; tries++) {
        try {
          return await service.startOnce(command, environment);
        } catch (error) {
          if (tries === 3 || !/Address already in use/.test(error.message)) throw error;
        }
      }
    },
    async startOnce(command = ["make", "dev"], environment = {}) {
      const before = existsSync(log) ? readFileSync(log, "utf8").length : 0;
      const out = createWriteStream(log, { flags: "a" });
      child = spawn(command[0], command.slice(1), {
        cwd: ROOT,
        detached: true,
        env: { ...process.env, PORT: String(port), STATE: state, DEMO: "proposals", ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.pipe(out);
      child.stderr.pipe(out);
      await until(
        `${name} to be healthy`,
        async () => {
          if (child.exitCode !== null) throw new Error(`${name} ended: ${readFileSync(log, "utf8").slice(before)}`);
          try {
            const demo = command[0] !== "make" || readFileSync(log, "utf8").includes("whittle is ready");
            return demo && (await ask(origin, "GET", "/healthz")).status === 200;
          } catch {
            return false;
          }
        },
        120,
      );
    },
    /// Goes on after `kill`, without the steps that the first start has behind it.
    again: () => service.start(["scripts/dev.sh", "again"]),
    /// SIGKILL to the whole group, and waits until nothing of it is left.
    async kill() {
      await until("the group to be gone", () => {
        try {
          process.kill(-child.pid, "SIGKILL");
          return false;
        } catch {
          return true;
        }
      });
    },
    logs: () => readFileSync(log, "utf8"),
    /// What the built-in outbox has sent for a proposal, however long ago.
    mails(id) {
      const database = files(state).find((path) => path.includes("D1DatabaseObject") && !path.endsWith("metadata.sqlite") && path.endsWith(".sqlite"));
      return query(database, `select id, message from dev_outbox where message like '%/${id}/%'`);
    },
  };
  return service;
}

/// The SQLite files of all proposals below a state folder.
export const objectFiles = (state) =>
  files(state).filter((path) => /ProposalObject|CalendarObject/.test(path) && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));

/// The rows of a query against a SQLite file that the Worker may have open.
export function query(path, sql) {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    return file.prepare(sql).all();
  } finally {
    file.close();
  }
}

/// The rows of a query against the SQLite of the proposal `id` below a state folder.
function objectRows(state, id, sql) {
  for (const path of objectFiles(state)) {
    const tables = query(path, "select name from sqlite_master where name = 'entity'");
    if (tables.length && query(path, "select json_extract(state, '$.id') as id from entity")[0]?.id === id) {
      return query(path, sql).map((row) => ({ ...row }));
    }
  }
  return undefined;
}

/// All files below a folder.
export function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
