// Measures how much D1's single writer takes: the statement by which the object of a proposal projects it into lists, from several
// requests at once, against the local D1.
// usage: writer.mjs [--seconds 10] [--proposals 100000]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { ROOT, directory, freePort } from "./host.mjs";
import { load, request } from "./load.mjs";
import { write } from "./section.mjs";

const { values: args } = parseArgs({ options: { seconds: { type: "string", default: "10" }, proposals: { type: "string", default: "100000" } } });

/// The constant of src/proposal/projection.rs, so that what is measured is what runs; its names are numbered as the Worker does.
const source = readFileSync(join(ROOT, "src/proposal/projection.rs"), "utf8");
const [, named] = /const UPSERT: &str =\s*"([^"]*)"/.exec(source);
const names = [...new Set([...named.matchAll(/:(\w+)/g)].map(([, name]) => name))];
const UPSERT = named.replace(/:(\w+)/g, (_, name) => `?${names.indexOf(name) + 1}`);

const SCRIPT = `
const SHOWN = JSON.stringify({ text: "x".repeat(900) });
let entries = 1;
export default {
  async fetch(request, { DB }) {
    const id = Number(new URL(request.url).pathname.slice(1));
    const party_keys = JSON.stringify([1, 2, 3, 4].map((n) => ["guest" + ((id * 31 + n) % 50021) + "@example.org", "required"]));
    const now = Date.now();
    const row = { id, entries: ++entries, creator: id % 20011, title: "Weekly planning", state: "open", shown: SHOWN, masked: null, origin: "https://whittle.example.org", created_at: now, updated_at: now, party_keys, holds_mail: 0, deadline: null, successor: null, required_left: 4 };
    await DB.prepare(${JSON.stringify(UPSERT)}).bind(...${JSON.stringify(names)}.map((name) => row[name])).run();
    return new Response();
  },
};`;

const state = mkdtempSync(join(tmpdir(), "whittle-writer-"));
const options = (port) =>
  convertV4MiniflareOptions({
    resourcePersistencePath: state,
    handleStructuredLogs: () => {},
    workers: [{ name: "main", modules: true, scriptPath: "writer.mjs", script: SCRIPT, compatibilityDate: "2026-11-17", d1Databases: { DB: "directory" }, unsafeDirectSockets: [{ host: "127.0.0.1", port }] }],
  });

try {
  const first = new Miniflare(options(await freePort()));
  await (await first.getD1Database("DB")).prepare("select 1").run();
  await first.dispose();
  const db = directory(state);
  db.exec(readFileSync(join(ROOT, "schema.sql"), "utf8"));
  db.close();

  const port = await freePort();
  const miniflare = new Miniflare(options(port));
  await miniflare.ready;
  const most = Number(args.proposals);
  let n = 0;
  const next = () => request("GET", `/${(n++ * 7919) % most}`);
  const table = ["| requests at once | rows a second | median, ms | 99th percentile, ms |", "|---|---|---|---|"];
  for (const connections of [1, 4, 16, 64]) {
    await load(port, next, { seconds: 1, connections });
    const { rate, median, p99 } = await load(port, next, { seconds: Number(args.seconds), connections });
    table.push(`| ${connections} | ${rate.toFixed(0)} | ${median.toFixed(1)} | ${p99.toFixed(1)} |`);
  }
  write("writer", table.join("\n"));
  await miniflare.dispose();
} finally {
  rmSync(state, { recursive: true, force: true });
}
process.exit(0);
