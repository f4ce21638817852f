// A part of a page of docs/ that a script writes: it stands between `<!-- name -->` and `<!-- /name -->`.
import { readFileSync, writeFileSync } from "node:fs";

/// Prints the text and puts it into the page.
export function write(name, text, document = "scale.md") {
  const path = new URL(`../docs/${document}`, import.meta.url);
  console.log(text);
  const page = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/${document} has no section ${name}`);
  writeFileSync(path, page.slice(0, from + begin.length) + text + page.slice(to));
}
