// Pages without a browser: the fields of a form as a browser would send them, with what a person types, and its buttons.
import assert from "node:assert/strict";

export const unescaped = (text) =>
  text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? unescaped(found[1]) : undefined;
};

/// The text of a page as a reader sees it, in one line.
export const words = (html) => unescaped(html.replace(/<(?:script|style|head)\b.*?<\/(?:script|style|head)>/gs, " ").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ");

/// The first form of a page.
export const formOf = (html) => formsOf(html)[0] ?? assert.fail("a page with a form");

/// The forms of a page, each with its address, its fields as they stand there, and its buttons with where each sends it.
export const formsOf = (html) => [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head, body]) => form(head, body));

function form(head, body) {
  const fields = [];
  const elements = /<input\b[^>]*>|<textarea\b[^>]*>[^<]*<\/textarea>|<select\b[^>]*>.*?<\/select>/gs;
  for (const [element] of body.matchAll(elements)) {
    const [tag] = /^<[^>]*>/.exec(element);
    const name = attribute(tag, "name");
    if (!name) continue;
    const inside = element.slice(tag.length);
    if (element.startsWith("<textarea")) fields.push([name, unescaped(inside.slice(0, inside.lastIndexOf("</"))).replace(/^\n/, "")]);
    else if (element.startsWith("<select")) fields.push([name, unescaped(/<option selected>([^<]*)/.exec(inside)?.[1] ?? /<option[^>]*>([^<]*)/.exec(inside)[1])]);
    else if (!/type="(?:checkbox|radio)"/.test(tag) || /\schecked/.test(tag)) fields.push([name, attribute(tag, "value") ?? ""]);
  }
  const action = attribute(head, "action");
  const buttons = [...body.matchAll(/<button\b([^>]*)>/g)].map(([, tag]) => ({
    name: attribute(tag, "name"),
    value: attribute(tag, "value"),
    action: attribute(tag, "formaction") ?? action,
  }));
  return { action, fields, buttons };
}

/// Fields with what a person types: a text for a field, a list for boxes to tick.
export function typed(fields, changes) {
  const rest = fields.filter(([name]) => !(name in changes));
  const all = Object.entries(changes).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one]));
  return [...rest, ...all];
}
