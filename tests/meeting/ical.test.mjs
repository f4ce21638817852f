// Calendar parts are for programs that know nothing of us. Two of them that share no code, the Python package icalendar
// and ical.js, which Thunderbird is built on, read some three thousand of them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ROOT } from "../support/harness.mjs";

const run = (program, args, input) => {
  const options = { cwd: ROOT, encoding: "utf8", input, maxBuffer: 2 ** 26 };
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (error) throw error;
  return { status, stdout, stderr };
};

test("calendar parts mean the same instants to two independent parsers", async (t) => {
  const made = run("cargo", ["run", "--quiet", "-p", "whittle-domain", "--example", "ical_cases"]);
  assert.equal(made.status, 0, made.stderr);
  assert.ok(made.stdout.split("\n").length > 3000, "there are cases");
  for (const [program, script] of [
    ["python3", "tests/support/ical_cases.py"],
    ["node", "tests/support/ical_cases.mjs"],
  ]) {
    await t.test(script, () => {
      const { status, stdout, stderr } = run(program, [script], made.stdout);
      assert.equal(status, 0, `${stderr}${stdout.split("\n").slice(0, 20).join("\n")}`);
    });
  }
});
