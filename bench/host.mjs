// Runs a built Worker under workerd by Miniflare, without wrangler: requests go straight into the Worker's socket, with neither
// wrangler's proxy nor the router of static files between. Miniflare is a part of wrangler.
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { globSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SECRET = Buffer.alloc(32, 7);
const DAY = "2026-11-17";
const CLASSES = { PROPOSAL: "ProposalObject", CALENDAR: "CalendarObject", MAIL_CLOCK: "MailClock", SUBSCRIPTION_CLOCK: "SubscriptionClock", ACCOUNT_DELETER: "AccountDeleter" };
const BUDGETS = ["BUDGET_RECIPIENT", "BUDGET_SENDER", "BUDGET_PROPOSAL", "QUOTA_PROPOSALS_DAY", "QUOTA_PROPOSALS_OPEN", "QUOTA_UNVERIFIED_DAY", "QUOTA_UNVERIFIED_OPEN"];
const LIMITS = { RATE_LIMIT_NAME: "1001", RATE_LIMIT_PLACE: "1002", RATE_LIMIT_MAIL: "1003" };

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/// The modules of a bundle: a folder with `index.js` and its wasm, such as build/ or what `wrangler deploy --dry-run --outdir`
/// makes.
const modulesOf = (bundle) => [
  { type: "ESModule", path: "index.js", contents: readFileSync(join(bundle, "index.js"), "utf8") },
  ...readdirSync(bundle).filter((name) => name.endsWith(".wasm")).map((name) => ({ type: "CompiledWasm", path: name, contents: readFileSync(join(bundle, name)) })),
];

/// Starts a Worker as a deployment that nobody's budget or rate limits; its mail goes to a Worker that drops it. What is in
/// the folder `state` stays there. Gives its port and `stop`.
export async function serve({ bundle, state }) {
  const port = await freePort();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      resourcePersistencePath: state,
      handleStructuredLogs: () => {},
      workers: [
        {
          name: "main",
          modules: modulesOf(bundle),
          compatibilityDate: DAY,
          durableObjects: Object.fromEntries(Object.entries(CLASSES).map(([name, className]) => [name, { className, useSQLite: true }])),
          d1Databases: { DB: "directory" },
          ratelimits: Object.fromEntries(Object.entries(LIMITS).map(([name, id]) => [name, { namespace_id: id, simple: { limit: 100_000, period: 60 } }])),
          bindings: {
            PUBLIC_ORIGIN: "http://127.0.0.1:8787",
            MAIL_FROM: "Bench <bench@localhost>",
            LINK_DAYS: "30",
            SECRET_KEYS: `k1:${SECRET.toString("base64")}`,
            ...Object.fromEntries(BUDGETS.map((name) => [name, "100000000"])),
          },
          serviceBindings: { MAIL: "sink" },
          unsafeDirectSockets: [{ host: "127.0.0.1", port }],
        },
        { name: "sink", modules: true, scriptPath: "sink.mjs", compatibilityDate: DAY, script: "export default { fetch: () => new Response('{}') }" },
      ],
    }),
  );
  await miniflare.ready;
  return { port, db: await miniflare.getD1Database("DB", "main"), stop: () => miniflare.dispose() };
}

/// The directory's SQLite file below a state folder, for who changes it while no server runs.
export function directory(state) {
  const [path] = globSync(`${state}/**/*D1DatabaseObject*/*.sqlite`).filter((name) => !name.endsWith("metadata.sqlite"));
  return new DatabaseSync(path);
}

const sha = (text) => createHash("sha256").update(text).digest("hex");
export const tokenOf = (name) => sha(`token of ${name}`).slice(0, 40);

/// Inserts verified accounts, each with a token, by name and id.
export function insertAccounts(db, people) {
  const account = db.prepare("insert into accounts (id, username, address, address_key, verified, active, password, created_at) values (?1, ?2, ?3, ?3, 1, 1, 'x', 0)");
  const token = db.prepare("insert into tokens (hash, account, epoch, created_at, used_at) values (?1, ?2, 0, ?3, ?3)");
  for (const [name, id] of Object.entries(people)) {
    account.run(id, name, `${name}@example.org`);
    token.run(sha(tokenOf(name)), id, Date.now());
  }
}

const keyOf = (purpose) => Buffer.from(hkdfSync("sha256", SECRET, "whittle", `whittle/link/1/${purpose}`, 64));
const PURPOSES = { proposal: { code: 1, key: keyOf("proposal") }, calendar: { code: 3, key: keyOf("calendar") } };

/// A mailed link's token for a party of a proposal, or an invitee of a calendar.
export function link(id, party, purpose = "proposal") {
  const { code, key } = PURPOSES[purpose];
  const bytes = Buffer.alloc(27);
  bytes.set([1, code, 2]);
  bytes.write("k1", 3);
  bytes.writeBigUInt64BE(BigInt(id), 5);
  bytes.writeUInt16BE(party, 13);
  bytes.writeBigInt64BE(BigInt(Math.floor(Date.now() / 1000) + 86_400), 19);
  return Buffer.concat([bytes, createHmac("sha256", key).update(bytes).digest()]).toString("base64url");
}
