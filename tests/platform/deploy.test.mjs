// What `make deploy` would upload is whole, and names its environment; the workflow shows its secrets to the deploying step alone.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, here } from "../support/harness.mjs";

const run = (command, args) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false" } });
    let said = "";
    for (const out of [child.stdout, child.stderr]) out.on("data", (text) => (said += text));
    child.on("close", (code) => resolve({ code, said }));
  });

test("a dry run of the deployment is whole and warns of nothing", { timeout: 300_000 }, async () => {
  const out = join(here, "deploy");
  const { code, said } = await run("scripts/deploy.sh", ["--dry-run", "--outdir", out]);
  assert.equal(code, 0, said);
  assert.doesNotMatch(said, /warning|error/i, said);
  // The deployment of wrangler.toml's top level: its objects, its database, its files, its rate limits, its own budgets.
  for (const wanted of [/env\.PROPOSAL \(ProposalObject\)/, /env\.CALENDAR \(CalendarObject\)/, /env\.MAIL_CLOCK \(MailClock\)/, /env\.DB \(whittle\)/, /env\.ASSETS/, /env\.RATE_LIMIT_NAME \(20 requests/, /env\.BUDGET_SENDER \("200"\)/]) {
    assert.match(said, wanted);
  }
  assert.doesNotMatch(said, /env\.DEV\b|SECRET_KEYS/, "what belongs to developers, or is secret, is not in it");
  const files = readdirSync(out);
  const wasm = files.filter((name) => name.endsWith(".wasm"));
  assert.deepEqual([files.includes("index.js"), wasm.length], [true, 1], files.join(" "));
  assert.ok(statSync(join(out, wasm[0])).size > 1_000_000);
});

test("the workflow gives its secrets to the step that deploys, and to no other", () => {
  const workflow = readFileSync(join(ROOT, ".github/workflows/deploy.yml"), "utf8");
  const steps = workflow.split(/^ {6}- /m);
  const holders = steps.filter((step) => step.includes("{{ secrets."));
  assert.equal(holders.length, 1, "one step");
  assert.match(holders[0], /^run: make deploy\n/);
  assert.doesNotMatch(steps[0], /\{\{ secrets\./, "nothing that all steps have");
  const others = readdirSync(join(ROOT, ".github/workflows")).filter((name) => name !== "deploy.yml");
  for (const name of others) assert.doesNotMatch(readFileSync(join(ROOT, ".github/workflows", name), "utf8"), /\{\{ secrets\./, name);
});
