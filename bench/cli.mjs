// Measures the terminal client, into docs/performance.md: its size, how long it takes to start, and `whittle list` beside curl with the
// same request. Runs alternate, so that what else the machine does meets both.
// usage: cli.mjs --client .../whittle [--bundle build] [--runs 60]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { ROOT, directory, insertAccounts, serve, tokenOf } from "./host.mjs";
import { write } from "./section.mjs";

const options = { client: { type: "string" }, bundle: { type: "string", default: join(ROOT, "build") }, runs: { type: "string", default: "60" } };
const { values: args } = parseArgs({ options });
/// How many proposals are listed: a page.
const LISTED = 50;

/// The measured programs are waited for, so the server is in another thread.
async function served() {
  const server = await serve({ bundle: resolve(workerData.bundle), state: workerData.state });
  parentPort.postMessage(server.port);
}

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/// Milliseconds of one run of a program.
function timed(program, programArgs, env) {
  const begun = process.hrtime.bigint();
  const { status, stderr } = spawnSync(program, programArgs, { env, stdio: ["ignore", "ignore", "pipe"] });
  const took = Number(process.hrtime.bigint() - begun) / 1e6;
  if (status !== 0) throw new Error(`${program} ${programArgs.join(" ")}: ${status} ${stderr}`);
  return took;
}

async function measure() {
  const state = mkdtempSync(join(tmpdir(), "whittle-cli-bench-"));
  try {
    const first = await serve({ bundle: resolve(args.bundle), state });
    await first.db.prepare("select 1").run();
    await first.stop();
    const db = directory(state);
    db.exec(readFileSync(join(ROOT, "schema.sql"), "utf8"));
    insertAccounts(db, { bench: 1000 });
    db.close();
    const server = new Worker(new URL(import.meta.url), { workerData: { bundle: args.bundle, state }, argv: process.argv.slice(2) });
    const port = await new Promise((done, failed) => server.once("message", done).once("error", failed));
    const url = `http://127.0.0.1:${port}/`;
    const headers = { Authorization: `Token ${tokenOf("bench")}`, "Content-Type": "application/json" };
    for (let n = 0; n < LISTED; n++) {
      const body = JSON.stringify({ title: `Talk ${n}`, parties: ["a@example.org"], slots: [{ begin: "2030-01-07T09:00:00Z", duration: "01:00:00" }] });
      const { status } = await fetch(url, { method: "POST", headers, body });
      if (status !== 201) throw new Error(`propose: ${status}`);
    }
    const env = { PATH: process.env.PATH, HOME: state, WHITTLE_HOST: url, WHITTLE_TOKEN: tokenOf("bench") };
    const took = { start: [], list: [], curl: [] };
    for (let run = -3; run < Number(args.runs); run++) {
      const times = {
        start: timed(args.client, ["--version"], env),
        list: timed(args.client, ["list"], env),
        curl: timed("curl", ["--silent", "--fail", "--header", `Authorization: ${headers.Authorization}`, url], env),
      };
      // The first ones warm up what is measured.
      if (run >= 0) for (const [name, time] of Object.entries(times)) took[name].push(time);
    }
    const [start, list, curl] = [took.start, took.list, took.curl].map(median);
    const size = (statSync(args.client).size / 2 ** 20).toFixed(2);
    const rows = [
      `| the client | ${size} MiB |`,
      `| start (\`--version\`) | ${start.toFixed(1)} ms |`,
      `| \`whittle list\` of ${LISTED} | ${list.toFixed(1)} ms |`,
      `| curl, the same request | ${curl.toFixed(1)} ms |`,
      `| ratio | ${(list / curl).toFixed(2)} |`,
    ];
    write("cli", `| | median of ${args.runs} |\n|---|---|\n${rows.join("\n")}`, "performance.md");
    await server.terminate();
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  process.exit(0);
}

await (isMainThread ? measure() : served());
