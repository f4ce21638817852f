// Sends a form without leaving the page, so that what was typed is there if it fails.
import { parse, show } from "./page.ts";

/** What the Worker answers to a form. */
export interface Answer {
  /** Whether the act is done. If not, the page asks something, or says what is wrong. */
  isDone: boolean;
  /** Shows the page that it answers with. */
  show(): void;
}

/** For how long an answer is waited for: longer than the Worker waits for anything. */
const PATIENCE = 20_000;

/** Sends a form as pressing this button would. Gives nothing where there is no answer, or one that says to try again. */
export async function send(form: HTMLFormElement, button: HTMLElement | null, life: AbortSignal): Promise<Answer | undefined> {
  const body = new URLSearchParams([...new FormData(form, button)].map(([name, value]) => [name, String(value)]));
  // A new version that is heard of meanwhile is most likely what this causes (live.ts).
  form.ariaBusy = "true";
  try {
    const signal = AbortSignal.any([life, AbortSignal.timeout(PATIENCE)]);
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal });
    const page = parse(await response.text());
    const { redirected: isDone, url } = response;
    if (response.status >= 500 || response.status === 429) return undefined;
    return { isDone, show: () => show(page, isDone ? url : location.href) };
  } catch {
    return undefined;
  } finally {
    form.ariaBusy = null;
  }
}
