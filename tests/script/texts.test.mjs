// The script's texts: each that is named exists and is given what it speaks of, and none is left over.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const sources = readdirSync(new URL("../../web/script", import.meta.url), { recursive: true }).filter((name) => name.endsWith(".ts"));
const code = sources.map((name) => read(`web/script/${name}`)).join("\n");

/// The catalogues of the script alone.
const OWN = readdirSync(new URL("../../texts/en", import.meta.url)).filter((name) => name.startsWith("script")).map((name) => `texts/en/${name}`);

/// The variables of each text of a catalogue, by its key.
function texts(path) {
  const found = {};
  for (const message of read(path).split(/\n(?=[a-z])/)) {
    const key = /^([a-z][a-z0-9-]*) =/.exec(message)?.[1];
    if (key) found[key] = [...new Set([...message.matchAll(/\$([a-z]+)/g)].map(([, name]) => name))].sort();
  }
  return found;
}

/// What stands between the bracket at `begin` and the one that closes it, without what stands in brackets of its own.
function within(text, begin) {
  let [depth, found] = [0, ""];
  for (let at = begin; at < text.length; at++) {
    if ("({[".includes(text[at])) depth++;
    else if (depth === 1 && !")}]".includes(text[at])) found += text[at];
    if (")}]".includes(text[at]) && --depth === 0) return found;
  }
  throw new Error("a bracket that nothing closes");
}

/// Each use of a text: its key, and the names that it is given, where they stand there.
function uses() {
  const found = [];
  for (const { 0: head, 1: key, 2: more, index } of code.matchAll(/\bsay\(\s*"([a-z0-9-]+)"(,\s*)?/g)) {
    const at = index + head.length;
    if (!more) found.push([key, []]);
    else if (code[at] !== "{") found.push([key]);
    else {
      const values = within(code, at).split(",").map((one) => one.split(":")[0].trim()).filter(Boolean);
      found.push(values.some((name) => name.startsWith("...")) ? [key] : [key, values.sort()]);
    }
  }
  return found;
}

test("each text of the script exists and is given what it speaks of", () => {
  const known = Object.assign({}, texts("texts/en/time.ftl"), ...OWN.map(texts));
  const wrong = uses().filter(([key, values]) => !known[key] || (values && String(known[key]) !== String(values)));
  assert.deepEqual(wrong, [], JSON.stringify(wrong.map(([key]) => [key, known[key]])));
});

test("no text of the script is left over", () => {
  const named = new Set([...code.matchAll(/"([a-z0-9-]+)"/g)].map(([, key]) => key));
  assert.deepEqual(OWN.flatMap((path) => Object.keys(texts(path))).filter((key) => !named.has(key)), []);
});

test("no text is there twice", () => {
  const keys = ["time", "script", "script-proof", "script-calendar"].flatMap((name) => [...read(`texts/en/${name}.ftl`).matchAll(/^([a-z][a-z0-9-]*) =/gm)].map(([, key]) => key));
  assert.deepEqual(keys.filter((key, n) => keys.indexOf(key) !== n), []);
});
