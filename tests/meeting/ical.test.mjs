// Calendar parts are for programs that know nothing of us. Two of them that share no code, the Python package icalendar
// and ical.js, which Thunderbird is built on, read some three thousand of them in the long form, a quarter in the short one.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { LONG, ROOT } from "../support/harness.mjs";

/// Runs a program; gives its exit code and what it printed.
async function run(program, args, input = "") {
  const child = spawn(program, args, { cwd: ROOT });
  child.stdin.end(input);
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("exit", resolve));
  const [stdout, stderr, code] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), ended]);
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

test("calendar parts mean the same instants to two independent parsers", async (t) => {
  // As a part of the workspace, the example shares what `cargo test` has compiled.
  const built = await run("cargo", ["build", "--quiet", "--workspace", "--example", "ical_cases"]);
  assert.equal(built.code, 0, built.stderr);
  const made = await run(join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/examples/ical_cases"), []);
  assert.equal(made.code, 0, made.stderr);
  const all = made.stdout.trimEnd().split("\n");
  assert.ok(all.length > 3000, "there are cases");
  // Three lengths at thirteen places around each change: every fourth has each of them, in each zone. The last are eight odd
  // titles and names, and a feed of each of eleven zones.
  const cases = LONG ? all : all.filter((_, n) => n % 4 === 0 || n >= all.length - 19);
  for (const [program, script] of [
    ["python3", "tests/support/ical_cases.py"],
    ["node", "tests/support/ical_cases.mjs"],
  ]) {
    await t.test(script, async () => {
      const { code, stdout, stderr } = await run(program, [script], cases.map((line) => `${line}\n`).join(""));
      assert.equal(code, 0, `${stderr}${stdout.split("\n").slice(0, 20).join("\n")}`);
      assert.match(stderr, new RegExp(`^${cases.length} cases, 0 faults`));
    });
  }
});
