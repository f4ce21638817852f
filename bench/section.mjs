// A part of docs/scale.md that a script writes: it stands between `<!-- name -->` and `<!-- /name -->`.
import { readFileSync, writeFileSync } from "node:fs";

const PAGE = new URL("../docs/scale.md", import.meta.url);

/// Prints the text and puts it into the page.
export function write(name, text) {
  console.log(text);
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/scale.md has no section ${name}`);
  writeFileSync(PAGE, page.slice(0, from + begin.length) + text + page.slice(to));
}
