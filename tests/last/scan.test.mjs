// After all other tests: the very SQLite files and logs of the run hold no token, neither a link's nor an account's, and no
// session's cookie.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { RUN, files } from "../support/harness.mjs";

/// A link's token: format 1, a purpose from 1 to 11 (domain/src/link.rs), a key id of two letters, which are these letters in
/// base64url.
const LINK = /AQ[EIMQUYcgkos]C[A-Za-z0-9_-]{75}(?![A-Za-z0-9_-])/;
/// An account's token: forty hexadecimal digits that are no part of a longer number, such as a hash.
const ACCOUNT = /(?<![0-9A-Za-z])(?<!\0\0[^]{2})[0-9a-f]{40}(?![0-9A-Za-z])/g;
/// A hash that a page of SQLite cuts in two leaves such a number as well: after the number of the next page, where what is too long for one
/// page goes on, or elsewhere, and then the whole hash is in the file, too. Forty times the same
/// digit is the longest name that Schemathesis makes up.
const hashes = (bytes) => (bytes.match(/[0-9a-f]{64}/g) ?? []).join(" ");
const account = (bytes) => bytes.match(ACCOUNT)?.find((number) => !/^(.)\1+$/.test(number) && !hashes(bytes).includes(number));
/// The token of a session, or half a pair: a JWT.
const OTHERS = /k1\.[0-9a-f]{64}|eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{43}/;
/// The cookies of the run's sessions, as the harness noted them: by their form they could be hashes.
const COOKIES = new Set(files(RUN).filter((path) => path.endsWith("/cookies")).flatMap((path) => readFileSync(path, "latin1").split("\n")));
const cookie = (bytes) => bytes.match(/[0-9a-f]{64}/g)?.find((number) => COOKIES.has(number));
const find = (bytes) => LINK.exec(bytes)?.[0] ?? OTHERS.exec(bytes)?.[0] ?? cookie(bytes) ?? account(bytes);

/// The bytes of a SQLite file with its write-ahead log; of the directory's without the built-in outbox, which holds the
/// mails themselves (and exists in development alone).
function bytesOf(path) {
  if (!path.includes("D1DatabaseObject")) {
    return [path, `${path}-wal`].filter(existsSync).map((name) => readFileSync(name, "latin1")).join("\n");
  }
  const folder = mkdtempSync(join(RUN, "scan-"));
  const copy = join(folder, "copy.sqlite");
  for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
  const db = new DatabaseSync(copy);
  try {
    if (db.prepare("select 1 from sqlite_master where name = 'dev_outbox'").get()) db.exec("delete from dev_outbox");
    db.exec("pragma wal_checkpoint(truncate); vacuum; pragma wal_checkpoint(truncate)");
  } finally {
    db.close();
  }
  const bytes = readFileSync(copy, "latin1");
  rmSync(folder, { recursive: true });
  return bytes;
}

const all = files(RUN).filter((path) => !path.includes("/scan-"));
const databases = all.filter((path) => path.endsWith(".sqlite"));
const logs = all.filter((path) => path.endsWith(".txt"));

test("the scan finds a token that is planted in any of them", () => {
  const token = `AQECazEAAAAAAAAAKgADAAAABwAAAAB3NZQA${"x".repeat(43)}`;
  const object = databases.find((path) => path.includes("ProposalObject") && !path.endsWith("metadata.sqlite"));
  const directory = databases.find((path) => path.includes("D1DatabaseObject") && !path.endsWith("metadata.sqlite"));
  for (const [path, plant] of [
    [object, (db) => db.exec(`create table planted as select '${token}' as token`)],
    [directory, (db) => db.exec(`create table planted as select '${token}' as token`)],
    [directory, (db) => db.exec(`create table planted as select '${"0123456789".repeat(4)}' as token`)],
    [directory, (db) => db.exec(`create table planted as select '${[...COOKIES].find(Boolean)}' as cookie`)],
    [object, (db) => db.exec(`create table planted as select '{"x":"${token.replace("AQE", "AQc")}"}' as token`)],
  ]) {
    const folder = mkdtempSync(join(RUN, "scan-"));
    // The name tells the scan which kind it is.
    const copy = join(folder, basename(path).replace(/^/, path.includes("D1DatabaseObject") ? "D1DatabaseObject-" : ""));
    for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    const db = new DatabaseSync(copy);
    plant(db);
    db.close();
    assert.ok(find(bytesOf(copy)), path);
    rmSync(folder, { recursive: true });
  }
  const log = join(RUN, "scan-planted.txt");
  for (const [purpose, line] of [
    ["AQE", (planted) => `GET /7/?et=${planted}`],
    ["AQI", (planted) => `GET /meetings/7/?et=${planted}`],
    ["AQY", (planted) => `POST /unsubscribe/${planted}/`],
    ["AQg", (planted) => `{"List-Unsubscribe":"<http://127.0.0.1:8787/unsubscribe/${planted}/>"}`],
    ["AQc", (planted) => `GET /feed/${planted}.ics`],
    ["AQk", (planted) => `POST /accounts/address/${planted}/`],
    ["AQo", (planted) => `POST /accounts/address/undo/${planted}/`],
  ]) {
    const planted = token.replace("AQE", purpose);
    writeFileSync(log, `${line(planted)}\n`);
    assert.equal(find(readFileSync(log, "latin1")), planted, purpose);
  }
  const part = `eyJ${"x".repeat(30)}`;
  for (const planted of [`${part}.${part}.${"x".repeat(43)}`, `k1.${"0".repeat(64)}`, [...COOKIES].find(Boolean)]) {
    writeFileSync(log, `Cookie: a=${planted}; b\n`);
    assert.equal(find(readFileSync(log, "latin1")), planted);
  }
  rmSync(log);
});

test("no SQLite file and no log of the run holds a token", () => {
  assert.ok(databases.length > 50 && logs.length > 5, `${databases.length} databases, ${logs.length} logs`);
  const found = [];
  for (const path of databases) if (find(bytesOf(path))) found.push(path);
  for (const path of logs) if (find(readFileSync(path, "latin1"))) found.push(path);
  console.log(`scanned ${databases.length} SQLite files and ${logs.length} logs`);
  assert.deepEqual(found.map((path) => path.slice(RUN.length)), []);
});
