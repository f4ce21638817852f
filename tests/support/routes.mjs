// The routes that there are, for tests that must not miss one.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "./harness.mjs";

const METHODS = ["get", "put", "post", "delete", "patch"];

/// The routes as the description of the API names them, such as `GET /{id}/`. tests/platform/openapi.test.mjs compares the
/// description with the code.
export function operations() {
  const { paths } = parse(readFileSync(join(ROOT, "assets/openapi.yaml"), "utf8"));
  const of = ([path, item]) => METHODS.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`);
  const described = Object.entries(paths).flatMap(of);
  if (described.length < 60) throw new Error("the description is not written as this function reads it");
  return described;
}

const FOLDER = join(ROOT, "src/route");
/// Files that have no routes of their own.
const OTHERS = ["mod.rs", "policy.rs", "tests.rs"];

/// The variants of the enums of routes in src/route/, one enum a capability.
export function variants() {
  const files = readdirSync(FOLDER).filter((name) => !OTHERS.includes(name));
  const bodies = files.map((name) => /pub enum \w+ \{\n(.*?)\n\}/s.exec(readFileSync(join(FOLDER, name), "utf8"))[1]);
  return bodies.flatMap((body) => [...body.matchAll(/^ {4}([A-Z]\w*)\b.*,$/gm)].map(([, name]) => name));
}

/// The variants whose policy takes an `Idempotency-Key`.
export const idempotent = () => taking(".idempotent()");

/// The variants whose policy takes `If-Match`.
export const conditional = () => taking(".if_match()");

/// The variants whose policy says this.
function taking(what) {
  const sources = readdirSync(FOLDER).filter((name) => !OTHERS.includes(name)).map((name) => readFileSync(join(FOLDER, name), "utf8"));
  const arms = sources.flatMap((source) => [...source.matchAll(/((?:Self::\w+(?:\([^)]*\))?[\s|]*)+)=>\s*\{?\s*Policy((?:\([^)]*\)|[^,}])*)/g)]);
  const found = arms.filter(([, , policy]) => policy.includes(what));
  return found.flatMap(([, names]) => [...names.matchAll(/Self::(\w+)/g)].map(([, name]) => name));
}
