// The page on which a proposal or a calendar is composed: what is typed is kept until it is sent, and offered to whoever comes back.
import { attempt, fieldsOf, forget, keep, type Draft, type Saved } from "../draft.ts";
import { define, make } from "../page.ts";
import { say } from "../texts.ts";
import { clock, ofDevice } from "../time.ts";

define("compose", (element, life) => {
  const form = element as HTMLFormElement;
  const draft = keep(form, form.dataset["draft"] ?? "", life);
  // The answer to one of its buttons has what was typed before, which is sent nowhere yet.
  if (!("opened" in form.dataset)) return void form.dispatchEvent(new Event("input"));
  const saved = draft.restore();
  if (saved && String(saved.fields) !== String(fieldsOf(form))) offer(saved, draft, form);
});

/** Offers to go on with what was kept. */
function offer(saved: Saved, draft: Draft, form: HTMLFormElement): void {
  const place = document.querySelector(".draft-found");
  const at = ofDevice(saved.at);
  const goOn = () => {
    draft.clean();
    resume(saved, form);
  };
  const discard = () => {
    draft.forget();
    place?.replaceChildren();
    form.querySelector<HTMLElement>("input:not([type=hidden])")?.focus();
  };
  place?.append(
    make("div", { className: "notice" },
      make("p", {}, say("draft-found", { clock: clock(at), weekday: say(`weekday-${at.weekday}`) })),
      make("div", { className: "acts" },
        make("button", { type: "button", onclick: goOn }, say("draft-go-on")),
        make("button", { type: "button", className: "quiet", onclick: discard }, say("draft-discard")))),
  );
}

/** Sends what was kept to the page, which shows it again as after any of its buttons. */
function resume({ fields }: Saved, form: HTMLFormElement): void {
  const token = form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const all: [string, string][] = [...fields, ["csrfmiddlewaretoken", token], ["do", "add"]];
  const inputs = all.map(([name, value]) => make("input", { type: "hidden", name, value }));
  const sent = make("form", { method: "post", action: form.getAttribute("action") ?? "", hidden: true }, ...inputs);
  document.body.append(sent);
  sent.submit();
}

// What paints is loaded when somebody wants to paint.
define("paint", (element, life) => {
  let toggle: (() => void) | undefined;
  element.querySelector("[aria-controls=paint]")?.addEventListener("click", async () => {
    try {
      toggle ??= (await import("./paint.ts")).paint(element, life);
      toggle();
    } catch (fault) {
      console.error(fault);
      element.querySelector("[role=alert]")?.replaceChildren(say("paint-failed"));
    }
  }, { signal: life });
});

/** Names the draft that this tab has sent, until the page that follows says that the proposal is made. */
const SENT = "sent draft";

define("send", (form, life) => {
  attempt(() => sessionStorage.removeItem(SENT));
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.getAttribute("value") !== "edit") attempt(() => sessionStorage.setItem(SENT, form.dataset["draft"] ?? ""));
  }, { signal: life });
});

define("made", () => {
  const key = attempt(() => sessionStorage.getItem(SENT));
  attempt(() => sessionStorage.removeItem(SENT));
  if (key) forget(key);
});
