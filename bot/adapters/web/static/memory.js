// What this browser keeps, for all tabs and until it is cleared: the ids of conversations, of which
// the last is in use, and what was said. Storage may be forbidden or full; then a plain object
// stands in until the page is left.

const HISTORY = "zhuce.history.2";
const CONVERSATIONS = "zhuce.conversations";
const MAX_ENTRIES = 200;

const standIn = new Map();

function read(name) {
  try {
    return localStorage.getItem(name) ?? standIn.get(name) ?? null;
  } catch {
    return standIn.get(name) ?? null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, value);
    standIn.delete(name);
    return true;
  } catch {
    standIn.set(name, value);
    return false;
  }
}

function list(name) {
  try {
    const found = JSON.parse(read(name) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

export const conversations = {
  all: () => list(CONVERSATIONS),
  current: () => list(CONVERSATIONS).at(-1) || null,
  add: (id) => write(CONVERSATIONS, JSON.stringify([...list(CONVERSATIONS), id])),
  // The next message gets a new id; the old ones are remembered, to be deleted with the rest.
  leave: () => conversations.current() && conversations.add(""),
  drop: () => write(CONVERSATIONS, "[]"),
};

export const history = {
  load: () => list(HISTORY),
  // Another tab may have written meanwhile, so what is there now is changed, never a copy.
  change(how) {
    const entries = how(list(HISTORY)).slice(-MAX_ENTRIES);
    if (!write(HISTORY, JSON.stringify(entries))) write(HISTORY, JSON.stringify(entries.slice(-20)));
    return history.load();
  },
  onChange(react) {
    addEventListener("storage", (event) => {
      if (event.key === HISTORY || event.key === null) react();
    });
  },
};

// crypto.randomUUID exists only on https and localhost; the page is also opened as http://192.168…
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
