// What `make deploy` would upload is whole, and names its environment; the workflow shows its secrets to the deploying step alone. Who follows
// the README is told what is missing until nothing is.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KEY_1, ROOT, here, start } from "../support/harness.mjs";

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

/// Sets `over` over a deployment as the README leaves it before anything is set; gives its health.
async function healthOf(over) {
  const service = await start({
    env: undefined,
    vars: { DEV: "", PUBLIC_ORIGIN: "", MAIL_FROM: "", MAIL_API_URL: "", ...over.vars },
    secrets: { SECRET_KEYS: "", ...over.secrets },
  });
  try {
    const { status, json } = await service.ask("GET", "/healthz");
    return { status, failing: Object.entries(json.checks).filter(([, word]) => word !== "ok").map(([name]) => name) };
  } finally {
    await service.close();
  }
}

test("a new deployment says what is missing, step by step, until it works", { timeout: 120_000 }, async () => {
  const vars = { PUBLIC_ORIGIN: "https://whittle.example.org" };
  const mail = { MAIL_FROM: "Whittle <whittle@example.org>", MAIL_API_URL: "https://mail.example.org" };
  assert.deepEqual(await healthOf({}), { status: 503, failing: ["mail", "origin", "secrets"] });
  assert.deepEqual(await healthOf({ vars }), { status: 503, failing: ["mail", "secrets"] });
  const secrets = { SECRET_KEYS: KEY_1 };
  assert.deepEqual(await healthOf({ vars: { ...vars, ...mail }, secrets }), { status: 503, failing: ["mail"] }, "the key of whoever sends mail");
  assert.deepEqual(await healthOf({ vars: { ...vars, ...mail }, secrets: { ...secrets, MAIL_API_KEY: "key" } }), { status: 200, failing: [] });
});

test("the documents name each variable of a deployment, and what mends each check of its health", () => {
  const read = (path) => readFileSync(join(ROOT, path), "utf8");
  const deploying = read("README.md").split(/^## /m).find((part) => part.startsWith("Deploying"));
  const [, vars] = /^\[vars\]\n([^[]*)/m.exec(read("wrangler.toml"));
  const names = [...vars.matchAll(/^([A-Z_]+) = /gm)].map(([, name]) => name);
  assert.ok(names.length > 8);
  for (const name of names) assert.match(deploying, new RegExp(`^\\|.*\`${name}\`.*\\|`, "m"), name);
  for (const name of ["SECRET_KEYS", "MAIL_API_KEY", "MAIL_WEBHOOK_SECRET"]) assert.match(deploying, new RegExp(`wrangler secret put ${name} --env=`));
  const checks = [...read("src/health.rs").matchAll(/^ {8}\(\s*"(\w+)",/gm)].map(([, name]) => name);
  assert.deepEqual(checks, ["database", "object", "secrets", "origin", "mail"]);
  for (const name of checks) assert.match(read("docs/operations.md"), new RegExp(`^\\| \`${name}\` \\| [^|]+ \\| [^|]+ \\|$`, "m"), name);
});
