// The terminal client, run as people run it: a program with arguments, an environment, and what is piped in.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { ROOT } from "./harness.mjs";

const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
/// `scripts/test.sh` says where the client is; `cargo test` leaves it where this looks without.
export const WHITTLE = process.env.WHITTLE_CLI ?? join(target, "debug/whittle");
if (!existsSync(WHITTLE)) throw new Error(`${WHITTLE} is not there: cargo test --package whittle-cli`);

/// A home folder of its own, away from the run's files: it has tokens in it, which those must not have.
export function home() {
  const folder = mkdtempSync(join(tmpdir(), "whittle-cli-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/// Runs the client against a service. `as` is a name (password `p`); `env` goes over an environment with nothing of this machine but its PATH.
export function client(service, { as, env = {}, folder = home() } = {}) {
  const base = { PATH: process.env.PATH, HOME: folder, TZ: "Europe/Berlin", WHITTLE_HOST: service.url };
  if (as) Object.assign(base, { WHITTLE_USER: as, WHITTLE_PASS: "p" });
  return (args, { input = "", ...more } = {}) => run(args, { ...base, ...env, ...more.env }, input);
}

/// The exit code, and what was written; `json` is the output where it is JSON.
export function run(args, env, input = "", seconds = 60) {
  return new Promise((resolve, reject) => {
    const child = spawn(WHITTLE, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    const kept = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => (kept.out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (kept.err += text));
    // A client that needs no input may have ended before it could be piped in.
    child.stdin.on("error", () => {}).end(input);
    const deadline = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(deadline);
      let json;
      try {
        json = JSON.parse(kept.out);
      } catch {
        json = undefined;
      }
      resolve({ code, signal, ...kept, json });
    });
  });
}
