// Makes the page /docs: Swagger UI and what is around it among the static files, under names with their hashes, and the page itself, assets/docs.page.
// `node scripts/docs.mjs`, after the other static files.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { transformSync } from "esbuild";

const STATIC = "assets/static";
const PACKAGE = "node_modules/swagger-ui-dist";

/** Puts a file among the static files; gives its path there. */
function put(path, content) {
  const extension = extname(path);
  const name = `${basename(path, extension)}.${createHash("sha256").update(content).digest("hex").slice(0, 10)}${extension}`;
  writeFileSync(`${STATIC}/${name}`, content);
  return `/static/${name}`;
}

/** The source maps stay where they are. */
const withoutMap = (path) => readFileSync(path, "utf8").replace(/\n\/[/*]# sourceMappingURL=.*\s*$/, "\n");
const minified = (path) => transformSync(readFileSync(path, "utf8"), { loader: extname(path).slice(1), minify: true }).code;

const paths = {
  "swagger-ui.css": put("swagger-ui.css", withoutMap(`${PACKAGE}/swagger-ui.css`)),
  "swagger-ui-bundle.js": put("swagger-ui-bundle.js", withoutMap(`${PACKAGE}/swagger-ui-bundle.js`)),
  "docs.css": put("docs.css", minified("web/docs/docs.css")),
  "docs.js": put("docs.js", minified("web/docs/docs.js")),
  "icon.svg": `/static/${readdirSync(STATIC).find((name) => /^icon\..*\.svg$/.test(name))}`,
};
// The bundle names this file for the licences of what is in it.
copyFileSync(`${PACKAGE}/swagger-ui-bundle.js.LICENSE.txt`, `${STATIC}/swagger-ui-bundle.js.LICENSE.txt`);
const page = readFileSync("web/docs/docs.html", "utf8").replace(/\{([a-z.-]+)\}/g, (_, name) => paths[name]);
writeFileSync("assets/docs.page", page);
