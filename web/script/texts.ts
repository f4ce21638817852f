// The texts that the script shows, from the catalogues that the Worker has its texts from.
import { FluentBundle, FluentNumber, type FluentResource } from "@fluent/bundle";
import script from "../../texts/en/script.ftl";
import time from "../../texts/en/time.ftl";

// The marks around values would be copied with addresses and times, so the Worker does without them, too.
const bundle = new FluentBundle("en", { useIsolating: false });

/** Adds a catalogue. */
export const learn = (body: FluentResource["body"]) => bundle.addResource({ body } as FluentResource);
for (const body of [time, script]) learn(body);

/** The text of a key with its values in place; tests/script/texts.test.mjs holds that each key that is used exists. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const pattern = bundle.getMessage(key)?.value;
  if (!pattern) return key;
  // A count stands without a separator of thousands, as the Worker writes it.
  const plain = (value: string | number) => (typeof value === "number" ? new FluentNumber(value, { useGrouping: false }) : value);
  return bundle.formatPattern(pattern, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)])), []);
}
