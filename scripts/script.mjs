// Bundles the script of the pages into a folder: what every page loads, and beside it what is loaded when it is needed. Prints the files that
// every page loads, the one that begins first.
// `node scripts/script.mjs FOLDER [NAME]`; NAME is that of the first file, which has its hash in it otherwise.
import { basename } from "node:path";
import { build } from "esbuild";
import { catalogue } from "./catalogue.mjs";

const [outdir, name = "[name].[hash]"] = process.argv.slice(2);
const { metafile } = await build({
  metafile: true,
  entryPoints: ["web/script/main.ts"],
  entryNames: name,
  chunkNames: "[name].[hash]",
  outdir,
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  target: "es2022",
  logLevel: "warning",
  plugins: [{ name: "ftl", setup: ({ onLoad }) => onLoad({ filter: /\.ftl$/ }, ({ path }) => ({ contents: catalogue(path), loader: "json" })) }],
});

const outputs = Object.entries(metafile.outputs);
const [main, { imports }] = outputs.find(([, { entryPoint }]) => entryPoint === "web/script/main.ts");
const loaded = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
console.log([main, ...loaded].map((path) => basename(path)).join(" "));
