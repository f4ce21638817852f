// The texts that the script shows, from the catalogues that the Worker has its texts from.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import script from "../../texts/en/script.ftl";
import time from "../../texts/en/time.ftl";

// The marks around values would be copied with addresses and times, so the Worker does without them, too.
const bundle = new FluentBundle("en", { useIsolating: false });
for (const file of [time, script]) bundle.addResource(new FluentResource(file));

/** The text of a key with its values in place; tests/pages/texts.test.mjs holds that each key that is used exists. */
export function say(key: string, values: Record<string, FluentVariable> = {}): string {
  const pattern = bundle.getMessage(key)?.value;
  return pattern ? bundle.formatPattern(pattern, values, []) : key;
}
