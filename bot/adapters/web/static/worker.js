// Keeps the page and the pictures that were seen, for when there is no network. What was said is
// kept by the page itself. The network always comes first, so nothing here is ever out of date.

const KEPT = "zhuce-1";
const PAGE = [
  ".", "static/chat.css", "static/icon.svg", "static/chat.js", "static/composer.js", "static/fold.js",
  "static/memory.js", "static/render.js", "static/server.js", "static/words.js", "static/actions.js",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(PAGE)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("zhuce-") && name !== KEPT).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.url.slice(self.registration.scope.length);
  const isOurs = request.url.startsWith(self.registration.scope) && request.method === "GET";
  if (isOurs && /^(\?|static\/|api\/v1\/pictures\/|$)/.test(path)) event.respondWith(fresh(request));
});

async function fresh(request) {
  const kept = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    const key = request.mode === "navigate" ? "." : request;
    if (response.ok) await kept.put(key, response.clone());
    return response;
  } catch (error) {
    const found = await kept.match(request.mode === "navigate" ? "." : request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}
