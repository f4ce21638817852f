// The script's texts: each that is named exists and is given what it speaks of, and none is left over.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const sources = readdirSync(new URL("../../web/script", import.meta.url), { recursive: true }).filter((name) => name.endsWith(".ts"));
const code = sources.map((name) => read(`web/script/${name}`)).join("\n");

/// The variables of each text of a catalogue, by its key.
function texts(path) {
  const found = {};
  for (const message of read(path).split(/\n(?=[a-z])/)) {
    const key = /^([a-z][a-z0-9-]*) =/.exec(message)?.[1];
    if (key) found[key] = [...new Set([...message.matchAll(/\$([a-z]+)/g)].map(([, name]) => name))].sort();
  }
  return found;
}

/// Each use of a text: its key, and the names that it is given.
function uses() {
  const found = [];
  for (const { index } of code.matchAll(/\bsay\(/g)) {
    const rest = code.slice(index, index + 600);
    const [, key, , values] = /^say\(\s*"([a-z0-9-]+)"(,\s*\{([^}]*)\})?/.exec(rest) ?? [];
    if (key) found.push([key, [...(values ?? "").matchAll(/(?:^|[,{\s])([a-z]+)(?=\s*[:,}]|\s*$)/gi)].map(([, name]) => name).sort()]);
  }
  return found;
}

test("each text of the script exists and is given what it speaks of", () => {
  const known = { ...texts("texts/en/time.ftl"), ...texts("texts/en/script.ftl") };
  const wrong = uses().filter(([key, values]) => String(known[key]) !== String(values));
  assert.deepEqual(wrong, [], JSON.stringify(wrong.map(([key]) => [key, known[key]])));
});

test("no text of the script is left over", () => {
  const named = new Set([...code.matchAll(/"([a-z0-9-]+)"/g)].map(([, key]) => key));
  assert.deepEqual(Object.keys(texts("texts/en/script.ftl")).filter((key) => !named.has(key)), []);
});
