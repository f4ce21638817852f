// The archive of a release: the same bytes each time, and enough to deploy the very same Worker where there is no Rust.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { ROOT, files, here, until } from "../support/harness.mjs";

// Outside of the checkout: nothing of it is found in a folder above.
const place = mkdtempSync(join(tmpdir(), "whittle-release-"));
const release = join(place, "whittle-v1.2.3");
/// Whoever deploys a release has no Rust.
const PATH = withoutRust(join(place, "bin"));
after(() => rmSync(place, { recursive: true }));

/// Runs a command in `cwd`; gives its status and all that it said.
function run(command, args, { cwd = ROOT, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    let said = "";
    for (const out of [child.stdout, child.stderr]) out.on("data", (text) => (said += text));
    child.on("close", (code) => resolve({ code, said }));
  });
}
async function must(...what) {
  const { code, said } = await run(...what);
  assert.equal(code, 0, said);
  return said;
}

/// A folder with all commands of this machine but those of Rust.
function withoutRust(folder) {
  mkdirSync(folder);
  const seen = new Set();
  for (const path of process.env.PATH.split(delimiter)) {
    let names = [];
    try {
      names = readdirSync(path);
    } catch {
      // A folder of the PATH need not be there.
    }
    for (const name of names.filter((name) => !/^(cargo|rust|wasm-|wrangler)/.test(name) && !seen.has(name))) {
      seen.add(name);
      symlinkSync(join(path, name), join(folder, name));
    }
  }
  return folder;
}

/// In a release: without Rust, and not told that anything is built.
const released = (command, args) => run(command, args, { cwd: release, env: { PATH, WHITTLE_BUILT: "", CARGO_TARGET_DIR: "", HOME: place } });
const archive = (folder, umask) => must("bash", ["-c", `umask ${umask}; exec scripts/release.sh v1.2.3 "$1"`, "release", folder]);

before(async () => {
  await archive(join(place, "one"), "022");
  await must("tar", ["xzf", join(place, "one/whittle-v1.2.3.tar.gz"), "-C", place]);
  // What `npm install` would bring, which needs a network.
  symlinkSync(join(ROOT, "node_modules"), join(release, "node_modules"));
});

test("the same source gives the same bytes, whenever and by whomever it is made", async () => {
  const second = () => Math.floor(Date.now() / 1000);
  const begun = second();
  await until("another second", () => second() > begun);
  await archive(join(place, "two"), "077");
  const [one, two] = ["one", "two"].map((name) => readFileSync(join(place, name, "whittle-v1.2.3.tar.gz")));
  assert.ok(one.equals(two));
  await must("sha256sum", ["--check", "--quiet", "whittle-v1.2.3.tar.gz.sha256"], { cwd: join(place, "two") });
});

test("what is no version is refused", async () => {
  const { code, said } = await run("scripts/release.sh", ["../v1", join(place, "none")]);
  assert.equal(code, 2);
  assert.match(said, /"\.\.\/v1" is no version/);
});

test("from an archive in an empty folder, the Worker of this checkout is deployed, without Rust", { timeout: 300_000 }, async () => {
  for (const name of ["cargo", "rustc", "rustup"]) assert.notEqual((await released("bash", ["-c", `command -v ${name}`])).code, 0, name);
  const out = join(place, "out");
  const { code, said } = await released("scripts/deploy.sh", ["--dry-run", "--outdir", out]);
  assert.equal(code, 0, said);
  assert.doesNotMatch(said, /warning|error/i);
  assert.match(said, /env\.PROPOSAL \(ProposalObject\)/);
  const there = join(place, "checkout");
  await must("scripts/deploy.sh", ["--dry-run", "--outdir", there]);
  const shape = (folder) => files(folder).filter((path) => !/README|\.map$/.test(path)).map((path) => relative(folder, path)).sort();
  assert.deepEqual(shape(out), shape(there));
  for (const name of shape(there)) assert.ok(readFileSync(join(out, name)).equals(readFileSync(join(there, name))), name);
  const [wasm] = shape(out).filter((name) => name.endsWith(".wasm"));
  assert.ok(readFileSync(join(out, wasm)).equals(readFileSync(join(ROOT, "build/index_bg.wasm"))), "the built one");
  for (const folder of ["assets", "migrations"]) {
    assert.deepEqual(shape(join(release, folder)), shape(join(ROOT, folder)));
    for (const name of shape(join(ROOT, folder))) assert.ok(readFileSync(join(release, folder, name)).equals(readFileSync(join(ROOT, folder, name))), name);
  }
});

test("its migrations make the whole schema of an empty database", { timeout: 120_000 }, async () => {
  const state = join(here, "release-state");
  const { code, said } = await released("node_modules/.bin/wrangler", ["d1", "migrations", "apply", "DB", "--local", "--env=", "--persist-to", state]);
  assert.equal(code, 0, said);
  const path = files(state).find((one) => one.includes("D1DatabaseObject") && one.endsWith(".sqlite") && !one.endsWith("metadata.sqlite"));
  const names = (database) => {
    const sql = "select name from sqlite_master where name not like 'sqlite%' and name not glob '_cf*' and name <> 'd1_migrations' order by name";
    return database.prepare(sql).all().map(({ name }) => name);
  };
  const wanted = new DatabaseSync(":memory:");
  wanted.exec(readFileSync(join(ROOT, "schema.sql"), "utf8"));
  assert.deepEqual(names(new DatabaseSync(path, { readOnly: true })), names(wanted));
});

test("a release whose files were changed is not deployed, and its own settings can be changed", { timeout: 120_000 }, async () => {
  const other = join(place, "other");
  mkdirSync(other);
  await must("tar", ["xzf", join(place, "one/whittle-v1.2.3.tar.gz"), "-C", other]);
  const check = () => run("scripts/build.sh", [], { cwd: join(other, "whittle-v1.2.3"), env: { PATH, WHITTLE_BUILT: "" } });
  appendFileSync(join(other, "whittle-v1.2.3/wrangler.toml"), "# mine\n");
  assert.deepEqual(await check(), { code: 0, said: "" });
  appendFileSync(join(other, "whittle-v1.2.3/build/index_bg.wasm"), "x");
  const { code, said } = await check();
  assert.equal(code, 1);
  assert.match(said, /build\/index_bg\.wasm: FAILED[^]*these files are not those of the release v1\.2\.3\. Unpack its archive anew/);
});

test("the workflow makes the archive after the tests, and one job alone can write, which runs nothing of the checkout", () => {
  const workflow = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");
  const [head, jobs] = workflow.split(/^jobs:\n/m);
  assert.match(head, /tags: \["v\*"\]/);
  assert.match(head, /^permissions:\n {2}contents: read\n/m);
  const parts = Object.fromEntries(jobs.split(/^ {2}(?=\w+:\n)/m).slice(1).map((part) => [part.slice(0, part.indexOf(":")), part]));
  assert.deepEqual(Object.keys(parts), ["test", "archive", "publish"]);
  assert.match(parts.test, /uses: \.\/\.github\/workflows\/test\.yml/);
  assert.match(parts.archive, /needs: test[^]*run: scripts\/release\.sh "\$GITHUB_REF_NAME" release/);
  assert.match(parts.publish, /needs: archive[^]*permissions:\n {6}contents: write[^]*gh release create "\$GITHUB_REF_NAME" release\/\*/);
  assert.deepEqual(workflow.match(/: write/g), [": write"]);
  assert.doesNotMatch(parts.publish, /checkout|scripts\//);
});
