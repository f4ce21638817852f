// What scripts share that load data into a development server: requests, what must come of them, and the links of mails.

/// Asks `origin`; `as` is the content of `Authorization`, `dev` that of `Whittle-Dev`.
export async function ask(origin, method, path, { as, body, dev, headers = {} } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (as) sent.Authorization = as;
  if (dev) sent["Whittle-Dev"] = dev;
  const isText = typeof body === "string";
  if (body !== undefined) sent["Content-Type"] ??= isText ? "text/csv" : "application/json";
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: sent,
    body: isText || body === undefined ? body : JSON.stringify(body),
    redirect: "manual",
    signal: AbortSignal.timeout(120_000),
  });
  const text = await response.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    // A page, or nothing: `text` has it.
  }
  return { status: response.status, text, json };
}

/// The same, where no other status will do: `what` is told with the answer.
export async function must(expected, what, origin, method, path, options) {
  const answer = await ask(origin, method, path, options);
  if (![expected].flat().includes(answer.status)) throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer;
}

/// The `Authorization` of a name and its password.
export const basic = (name, password = "p") => `Basic ${btoa(`${name}:${password}`)}`;

/// The links of the newest mails in the built-in outbox, newest first: to whom, and to what path with which token.
export async function links(origin) {
  const { json } = await must(200, "the built-in outbox", origin, "GET", "/outbox/");
  return json.flatMap(({ to, text }) => {
    const [url, path, et = "", token = et] =
      /^https?:\/\/[^/\s]+(\/(?:meetings\/)?\d+\/)\?et=(\S+)$/m.exec(text) ?? /^https?:\/\/[^/\s]+(\/\S+\/(?:respond|verify)\/)(([^/\s]+)\/)$/m.exec(text) ?? [];
    return url ? [{ to: to[0], url, path, token }] : [];
  });
}

/// Waits for the mailed link of somebody to a path.
export async function link(origin, to, path) {
  for (let tries = 0; tries < 200; tries++) {
    const found = (await links(origin)).find((one) => one.to === to && one.path === path);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${to} with a link to ${path}`);
}
