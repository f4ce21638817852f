// Makes assets/openapi.json of assets/openapi.yaml, for clients that want JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

writeFileSync("assets/openapi.json", JSON.stringify(parse(readFileSync("assets/openapi.yaml", "utf8"))));
