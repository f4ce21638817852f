// Bookings: a link that is copied, and the week, which is painted once somebody wants to.
import { define, lazily } from "../page.ts";
import { say } from "../texts.ts";

define("copy", (element) => {
  const [input, button] = [element.querySelector("input")!, element.querySelector("button")!];
  button.addEventListener("click", async () => {
    input.select();
    // A browser that does not let it be copied has it marked at least.
    button.textContent = await navigator.clipboard.writeText(input.value).then(() => say("copied"), () => say("copy-by-hand"));
  });
});

define("week", lazily(async () => (await import("./week.ts")).week));
