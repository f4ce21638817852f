// Shows the description of the API with Swagger UI, whose file stands before this one and defines SwaggerUIBundle.
const dark = matchMedia("(prefers-color-scheme: dark)");
/** Swagger UI has its dark colours below this class. */
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

/** By a session, a request that changes something needs the token that stands in the cookie. */
function withToken(request) {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (token && new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] ??= token;
  return request;
}

globalThis.SwaggerUIBundle({
  url: "/openapi?format=json",
  domNode: document.getElementById("docs"),
  deepLinking: true,
  // A group is drawn when it is opened: of more than a hundred operations Swagger UI keeps those in view alone in the page, and nothing else is found
  // by the browser's search. Models are shown where they are used.
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  filter: true,
  // Neither the description nor what somebody tries goes anywhere but to this service.
  validatorUrl: null,
  requestInterceptor: withToken,
});
