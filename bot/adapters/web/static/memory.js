// What this browser keeps: the conversation id (all tabs) and the messages on this page (this tab).
// Storage may be forbidden or full; then a plain object stands in until the page is left.

const HISTORY = "zhuce.history.1";
const CONVERSATION = "zhuce.conversation";
const MAX_ENTRIES = 200;

const standIn = new Map();

function read(storage, name) {
  try {
    return window[storage].getItem(name) ?? standIn.get(name) ?? null;
  } catch {
    return standIn.get(name) ?? null;
  }
}

function write(storage, name, value) {
  try {
    window[storage].setItem(name, value);
    standIn.delete(name);
  } catch {
    standIn.set(name, value);
  }
}

function drop(storage, name) {
  standIn.delete(name);
  try {
    window[storage].removeItem(name);
  } catch {
    // nothing was stored either
  }
}

export const conversation = {
  get: () => read("localStorage", CONVERSATION),
  set: (id) => write("localStorage", CONVERSATION, id),
  drop: () => drop("localStorage", CONVERSATION),
};

export const history = {
  load() {
    try {
      const entries = JSON.parse(read("sessionStorage", HISTORY) ?? "[]");
      return Array.isArray(entries) ? entries : [];
    } catch {
      return [];
    }
  },
  save: (entries) =>
    write("sessionStorage", HISTORY, JSON.stringify(entries.slice(-MAX_ENTRIES))),
};

// crypto.randomUUID exists only on https and localhost; the page is also opened as http://192.168…
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
