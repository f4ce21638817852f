// Reads a catalogue of texts for the script of the pages, so that browsers need no reader of its format.
import { readFileSync } from "node:fs";
import { FluentResource } from "@fluent/bundle";

/// The messages of a catalogue as JSON, as a bundle of Fluent takes them.
export function catalogue(path) {
  const { body } = new FluentResource(readFileSync(path, "utf8"));
  return JSON.stringify(body.map(({ id, value }) => ({ id, value })));
}
