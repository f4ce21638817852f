// Measures the cold start of a built Worker: the milliseconds from starting workerd until its first answer, less the same for an
// empty Worker in JavaScript. Runs alternate, so that what else the machine does meets both.
// usage: cold-start.mjs [--bundle build] [--runs 30]
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, freePort } from "./host.mjs";
import { write } from "./section.mjs";

const { values: args } = parseArgs({ options: { bundle: { type: "string", default: join(ROOT, "build") }, runs: { type: "string", default: "30" } } });
const work = mkdtempSync(join(tmpdir(), "whittle-cold-"));
const EMPTY = "export default { fetch: () => new Response('') };\n";

/// Writes workerd's configuration of a Worker with these modules; it needs none of its bindings to say 404.
function configure(name, modules, classes) {
  const objects = classes.map((one) => `(className = "${one}", uniqueKey = "${one}", enableSql = true)`);
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-11-17",
  durableObjectNamespaces = [${objects.join(", ")}],
  durableObjectStorage = (inMemory = void),
  bindings = [(name = "PUBLIC_ORIGIN", text = "http://127.0.0.1:8787")]
);
`;
  writeFileSync(join(work, name, "config.capnp"), config);
}

function prepare() {
  mkdirSync(join(work, "empty"));
  writeFileSync(join(work, "empty/index.js"), EMPTY);
  configure("empty", ['(name = "index.js", esModule = embed "index.js")'], []);
  mkdirSync(join(work, "whittle"));
  for (const name of ["index.js", "index_bg.wasm"]) cpSync(resolve(args.bundle, name), join(work, "whittle", name));
  const modules = ['(name = "index.js", esModule = embed "index.js")', '(name = "index_bg.wasm", wasm = embed "index_bg.wasm")'];
  configure("whittle", modules, ["ProposalObject", "CalendarObject", "MailClock", "SubscriptionClock", "AccountDeleter"]);
}

/// The first line of an answer, or nothing where nobody listens yet.
const answer = (port) =>
  new Promise((done) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("connect", () => socket.write("GET /nowhere/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"));
    socket.on("data", (data) => {
      socket.destroy();
      done(data.latin1Slice(0, 12));
    });
    socket.on("error", () => done(undefined));
  });

/// One start, until the first answer.
async function start(name, status) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(join(ROOT, "node_modules/.bin/workerd"), ["serve", join(work, name, "config.capnp"), `--socket-addr=http=127.0.0.1:${port}`], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  let line;
  while (!(line = await answer(port)) && child.exitCode === null) await new Promise((next) => setTimeout(next, 1));
  const took = performance.now() - begun;
  const ended = new Promise((done) => child.on("exit", done));
  child.kill("SIGKILL");
  if (line !== `HTTP/1.1 ${status}`) throw new Error(`${name}: ${line} ${said}`);
  await ended;
  return took;
}

const spread = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.floor((sorted.length - 1) * part)].toFixed(1);
  return `median ${at(0.5)} ms, from ${at(0.1)} to ${at(0.9)} ms (10th to 90th percentile)`;
};

try {
  prepare();
  const times = { empty: [], whittle: [] };
  for (let run = 0; run <= Number(args.runs); run++) {
    for (const [name, status] of run % 2 ? [["empty", 200], ["whittle", 404]] : [["whittle", 404], ["empty", 200]]) {
      const took = await start(name, status);
      // The first of each reads the files into the system's cache.
      if (run > 0) times[name].push(took);
    }
  }
  const bytes = statSync(join(work, "whittle/index_bg.wasm")).size;
  const lines = [
    `* an empty Worker: ${spread(times.empty)}`,
    `* Whittle, ${(bytes / 1e6).toFixed(2)} MB of WebAssembly: ${spread(times.whittle)}`,
    `* the difference, run by run: ${spread(times.whittle.map((time, run) => time - times.empty[run]))}`,
  ];
  write("cold start", lines.join("\n"));
} finally {
  rmSync(work, { recursive: true, force: true });
}
