// Which SQL there is and how SQLite would run it: the statements that the run's servers have run, and those of the sources.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ROOT, RUN } from "./harness.mjs";

/// White space means nothing in SQL.
const flat = (sql) => sql.replace(/\s+/g, " ").trim();

/// The statements that all servers of the run have run, of D1 and of objects.
export function ran() {
  const all = globSync("*/statements-*.json", { cwd: RUN }).map((path) => JSON.parse(readFileSync(join(RUN, path), "utf8")));
  const of = (store) => [...new Set(all.flatMap((texts) => texts[store].map(flat)))].sort();
  return { d1: of("d1"), objects: of("objects") };
}

/// Comments and characters are skipped, so that a quote in them begins no string.
const TOKENS = /\/\/[^\n]*|'(?:\\[^\n]|[^\\'\n])'|r(#*)"([\s\S]*?)"\1|"((?:[^"\\]|\\[\s\S])*)"/g;
const SQL = /\bselect\b[\s\S]*\b(?:from|as json|where)\b|\binsert (?:or \w+ )?into\b|\bupdate (?:or \w+ )?\S+ set\b|\bdelete from\b|\breplace into\b|\b(?:create|alter|drop) (?:table|index|trigger|view)\b|^\s*(?:with|pragma)\s/;

/// The SQL in the text of a Rust file, without its tests.
export const sqlIn = (text) =>
  [...text.replace(/^#\[cfg\(test\)\]\nmod \w+ \{[\s\S]*/m, "").matchAll(TOKENS)]
    .map(([, , raw, quoted]) => raw ?? quoted?.replace(/\\\n\s*/g, "").replace(/\\(["\\])/g, "$1").replace(/\\n/g, "\n") ?? "")
    .filter((literal) => SQL.test(literal))
    .map(flat);

/// All SQL of the sources, each with its file. A literal may be a fragment, with `:name` or `{name}` for parts of it.
export const sources = () =>
  globSync("src/**/*.rs", { cwd: ROOT }).sort().flatMap((file) => sqlIn(readFileSync(join(ROOT, file), "utf8")).map((sql) => ({ file, sql })));

/// What a statement that contains this literal looks like: anything can stand where a parameter or a fragment is put in.
export function pattern(literal) {
  const parts = literal.split(/\{\w*\}|:\w+|\?\d*/).map((part) => part.replace(/\{\{/g, "{").replace(/\}\}/g, "}"));
  return new RegExp(parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("[\\s\\S]*?"));
}

/// A database with the directory's schema, or with the tables that the sources make in objects.
export function database(statements) {
  const db = new DatabaseSync(":memory:");
  for (const sql of statements) db.exec(sql);
  return db;
}

/// What is wrong with a statement's plan: a table or an index is read from one end to the other, or rows are sorted. What reads
/// a subquery, or JSON that is bound, reads nothing that is stored.
export function faults(db, sql) {
  const plan = db.prepare(`explain query plan ${sql}`).all().map(({ detail }) => detail);
  const made = plan.flatMap((detail) => /^(?:MATERIALIZE|CO-ROUTINE) (\w+)$/.exec(detail)?.[1] ?? []);
  const aliases = made.flatMap((name) => [...sql.matchAll(new RegExp(`\\b${name} (\\w+)`, "g"))].map(([, alias]) => alias));
  const names = new Set([...made, ...aliases]);
  const stored = (detail) => !/VIRTUAL TABLE|CONSTANT ROW/.test(detail) && !/^\w+ \(/.test(detail) && !names.has(detail.split(" ")[1]);
  const isFault = (detail) => {
    if (detail.startsWith("SCAN ")) return stored(detail);
    // A SEARCH that compares nothing looks for the least of all rows; an automatic index is made of all rows.
    if (detail.startsWith("SEARCH ")) return stored(detail) && !/ USING (?!AUTOMATIC).*\(.*[=<>]/.test(detail);
    return detail.includes("TEMP B-TREE");
  };
  return plan.filter(isFault);
}

/// What triggers do when a row is written, and what deleting a row does to rows that refer to it: no plan shows them.
export function hidden(db) {
  const triggers = db.prepare("select sql from sqlite_master where type = 'trigger'").all().flatMap(({ sql }) => {
    const [, condition = "1", body] = /^[^;]*?(?:\bwhen ([^;]+?))?\s+begin\b([\s\S]+)\bend$/.exec(sql);
    const bodies = body.split(";").filter((part) => part.trim());
    return [`select ${condition}`, ...bodies].map((part) => part.replace(/\braise\([^()]*\)/g, "null").replace(/\b(?:new|old)\.\w+/g, "?"));
  });
  const keys = db
    .prepare('select m.name as child, f."from" as key from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = \'table\'')
    .all()
    .map(({ child, key }) => `delete from ${child} where ${key} = ?`);
  return [...triggers, ...keys].map(flat);
}
