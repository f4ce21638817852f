// Runs one built Worker under workerd by Miniflare's API, without wrangler: `node host.mjs '{"name", "bundle", ...}'`.
// Prints one JSON line, {"url", "pid"}, when it serves. Ends with its standard input.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const { bundle, port, state, secret, origin, dev, sql, classes, inspect } = JSON.parse(process.argv[2]);
const files = readdirSync(bundle);
const entry = files.find((name) => name === "index.js");
const modules = [
  { type: "ESModule", path: entry, contents: readFileSync(join(bundle, entry), "utf8") },
  ...files.filter((name) => name.endsWith(".wasm")).map((name) => ({ type: "CompiledWasm", path: name, contents: readFileSync(join(bundle, name)) })),
];
const brake = (id) => ({ namespace_id: id, simple: { limit: 100_000, period: 60 } });
const mf = new Miniflare(convertV4MiniflareOptions({
  resourcePersistencePath: state,
  ...(inspect && { inspectorPort: inspect }),
  // Its output is read and dropped, alike for both.
  handleStructuredLogs: ({ level, message }) => process.env.TWIN_LOG && level !== "log" && process.stderr.write(`${level} ${message}\n`),
  workers: [
    {
      name: "main",
      modules,
      compatibilityDate: "2026-11-17",
      durableObjects: Object.fromEntries(Object.entries(classes).map(([name, className]) => [name, { className, useSQLite: true }])),
      d1Databases: { DB: "directory" },
      ratelimits: { RATE_LIMIT_NAME: brake("1001"), RATE_LIMIT_PLACE: brake("1002"), RATE_LIMIT_MAIL: brake("1003") },
      bindings: {
        PUBLIC_ORIGIN: origin,
        MAIL_FROM: "Bench <bench@localhost>",
        LINK_DAYS: "30",
        BUDGET_RECIPIENT: "1000000",
        BUDGET_SENDER: "1000000",
        BUDGET_PROPOSAL: "1000000", QUOTA_PROPOSALS_DAY: "100000000", QUOTA_PROPOSALS_OPEN: "100000000", QUOTA_UNVERIFIED_DAY: "100000000", QUOTA_UNVERIFIED_OPEN: "100000000",
        SECRET_KEYS: secret,
        ...(dev && { DEV: "1" }),
      },
      // A deployment's mail goes to a service binding; in development both keep it in D1.
      serviceBindings: dev ? {} : { MAIL: "sink" },
      unsafeDirectSockets: [{ host: "127.0.0.1", port }],
    },
    {
      name: "sink",
      modules: true,
      scriptPath: "sink.mjs",
      compatibilityDate: "2026-11-17",
      script: "export default { async fetch(request) { await request.arrayBuffer(); return new Response('{}'); } }",
    },
  ],
}));
await mf.ready;
const db = await mf.getD1Database("DB", "main");
// D1 takes statement by statement; triggers hold semicolons of their own.
const plain = sql.replace(/--.*$/gm, "");
for (const statement of plain.split(/;\s*\n(?=(?:create|alter|insert|drop|update|delete)\b|\s*$)/i)) {
  if (statement.trim()) await db.prepare(statement.trim()).run();
}
const children = () =>
  readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const [, comm, rest] = /\((.*)\) (.*)/.exec(stat);
        return comm === "workerd" && Number(rest.split(" ")[1]) === process.pid;
      } catch {
        return false;
      }
    })
    .map(Number);
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: children()[0] }));
process.stdin.resume().on("end", async () => {
  await mf.dispose();
  process.exit(0);
});
