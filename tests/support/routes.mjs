// The routes of src/route.rs, for tests that must not miss one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";

/// The variants of the enum `Route`.
export function variants() {
  const source = readFileSync(join(ROOT, "src/route.rs"), "utf8");
  const [, body] = /pub enum Route \{\n(.*?)\n\}/s.exec(source);
  return [...body.matchAll(/^ {4}([A-Z]\w*)\b.*,$/gm)].map(([, name]) => name);
}
