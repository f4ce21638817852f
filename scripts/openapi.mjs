// Writes assets/openapi.json from assets/openapi.yaml, for clients that want JSON.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

const json = JSON.stringify(parse(readFileSync("assets/openapi.yaml", "utf8")));
const target = "assets/openapi.json";
if (!existsSync(target) || readFileSync(target, "utf8") !== json) {
  // Renaming is atomic, so a server never reads half a file.
  mkdirSync(".dev", { recursive: true });
  writeFileSync(".dev/openapi.json", json);
  renameSync(".dev/openapi.json", target);
}
