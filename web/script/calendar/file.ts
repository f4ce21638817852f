// One's own calendar beside the times of an answer: takes the file that is chosen or dropped. What reads and shows it is loaded then.
import { define, inform } from "../page.ts";
import { say } from "../texts.ts";

/** What is loaded when a file is given. */
let loaded: typeof import("./compare.ts") | undefined;

define("calendar", (element, life) => {
  const form = element.closest("form");
  const input = element.querySelector("input");
  if (!form || !input) return;
  const said = element.querySelector<HTMLElement>("[data-part=said]");
  let reader: ((file: File) => Promise<void>) | undefined;
  const attach = (module: NonNullable<typeof loaded>) => (reader ??= (loaded = module).compare(element, form, life));

  async function open(file: File | undefined): Promise<void> {
    if (!file) return;
    element.setAttribute("open", "");
    const { name } = file;
    inform(said, say("calendar-reading", { name }));
    try {
      await attach(await import("./compare.ts"))(file);
    } catch {
      inform(said, say("calendar-unread", { name }), true);
    }
  }

  // The file is no part of the answer.
  for (const type of ["input", "change"]) input.addEventListener(type, (event) => event.stopPropagation());
  input.addEventListener("change", () => void open(input.files?.[0]));
  const over = (event: DragEvent) => {
    const isLeft = event.type === "dragleave" && !form.contains(event.relatedTarget as Node | null);
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("dropping", event.type !== "drop" && !isLeft);
    if (event.type === "drop") void open(event.dataTransfer.files[0]);
  };
  for (const type of ["dragenter", "dragover", "dragleave", "drop"] as const) form.addEventListener(type, over, { signal: life });
  // The page is another, the calendar is the same.
  if (loaded) attach(loaded);
});
