// The routes of src/route/, for tests that must not miss one.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";

const FOLDER = join(ROOT, "src/route");
/// Files that have no routes of their own.
const OTHERS = ["mod.rs", "policy.rs", "tests.rs"];

/// The bodies of the enums of routes, one a capability.
function enums() {
  const files = readdirSync(FOLDER).filter((name) => !OTHERS.includes(name));
  return files.map((name) => /pub enum \w+ \{\n(.*?)\n\}/s.exec(readFileSync(join(FOLDER, name), "utf8"))[1]);
}

/// The variants of these enums.
export function variants() {
  return enums().flatMap((body) => [...body.matchAll(/^ {4}([A-Z]\w*)\b.*,$/gm)].map(([, name]) => name));
}

/// The variants with the method that each says first.
export function methods() {
  const line = /^ {4}\/\/\/ `([A-Z]+) .*\n(?: {4}\/\/\/.*\n)* {4}([A-Z]\w*)\b/gm;
  return enums().flatMap((body) => [...body.matchAll(line)].map(([, method, name]) => [name, method]));
}

/// The variants whose policy takes an `Idempotency-Key`.
export function idempotent() {
  const sources = readdirSync(FOLDER).filter((name) => !OTHERS.includes(name)).map((name) => readFileSync(join(FOLDER, name), "utf8"));
  const arms = sources.flatMap((source) => [...source.matchAll(/((?:Self::\w+(?:\([^)]*\))?[\s|]*)+)=>\s*\{?\s*Policy([^,}]*)/g)]);
  const taking = arms.filter(([, , policy]) => policy.includes(".idempotent()"));
  return taking.flatMap(([, names]) => [...names.matchAll(/Self::(\w+)/g)].map(([, name]) => name));
}
