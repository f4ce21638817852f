/** The messages of a catalogue of texts, as scripts/catalogue.mjs reads them. */
declare module "*.ftl" {
  import type { FluentResource } from "@fluent/bundle";
  const body: FluentResource["body"];
  export default body;
}
