// Sessions as a browser has them: the cookies that an answer sets, and what a request of our own pages brings.
import assert from "node:assert/strict";
import { ORIGIN } from "./harness.mjs";

/// The cookies of an answer, by name.
export const cookies = ({ headers }) =>
  Object.fromEntries(headers.getSetCookie().map((line) => line.split(";")[0].split(/=(.*)/s, 2)));

/// The headers by which a page of ours acts for a session: its cookie, its token, and the Origin that a browser adds.
export const meant = ({ sessionid, csrftoken }) => ({
  Cookie: `sessionid=${sessionid}; csrftoken=${csrftoken}`,
  Origin: ORIGIN,
  "X-CSRFToken": csrftoken,
});

/// Signs in for a session and a token at once: `{ sessionid, csrftoken, token, headers }`.
export async function session(service, username, password = "p") {
  const answer = await service.ask("POST", "/api/user/login/", { json: { username, password } });
  assert.equal(answer.status, 200, answer.text);
  const got = cookies(answer);
  return { ...got, token: answer.json.auth_token, headers: meant(got) };
}
