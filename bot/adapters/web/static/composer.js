// The text field: grows with its text, sends on Enter, suggests while one types, and knows when Enter
// belongs to the input method. Chromium and Firefox mark such a keydown (isComposing, keyCode 229);
// Safari ends the composition first and sends an ordinary-looking keydown right after, hence the
// short memory.

import { suggestions } from "./server.js";
import { button, make } from "./render.js";

const AFTER_COMPOSITION_MS = 100;
const SUGGEST_MS = 200;
const MOST_SUGGESTED = 30; // characters: what is longer is a question already

// `say(what, label)` is called with what was typed, or with the suggestion that was taken.
export function composer(form, field, send, list, say) {
  let isWaiting = false;
  let composedAt = -Infinity;

  function refresh() {
    send.disabled = isWaiting || !field.value.trim();
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  const suggester = suggesting(field, list, ({ title, press }) => {
    if (isWaiting) return;
    empty();
    say({ press }, title);
  });

  function empty() {
    field.value = "";
    suggester.stop();
    refresh();
  }

  const isForInputMethod = (event) => event.isComposing || event.keyCode === 229;

  field.addEventListener("input", (event) => {
    refresh();
    if (!event.isComposing) suggester.start();
  });
  field.addEventListener("compositionend", (event) => {
    composedAt = event.timeStamp;
    suggester.start();
  });
  field.addEventListener("keyup", () => {
    composedAt = -Infinity; // the key that ended the composition is up: the next Enter is meant
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") suggester.stop();
    if (event.key !== "Enter" || event.shiftKey || isForInputMethod(event)) return;
    event.preventDefault();
    if (event.timeStamp - composedAt < AFTER_COMPOSITION_MS) return;
    form.requestSubmit(send.disabled ? undefined : send);
  });
  // Keep the focus, and with it a phone's keyboard, in the field.
  send.addEventListener("pointerdown", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send.disabled) return;
    const words = field.value.trim();
    empty();
    say({ text: words }, words);
  });
  refresh();

  return {
    focus: () => field.focus(),
    fill(words) {
      field.value = words;
      refresh();
      field.focus();
    },
    wait(now) {
      isWaiting = now;
      refresh();
    },
  };
}

// The list stands before the field in the order of the page, so Shift+Tab reaches it.
function suggesting(field, list, take) {
  let timer;
  let wanted = 0; // only the newest answer counts

  function stop() {
    clearTimeout(timer);
    wanted += 1;
    list.hidden = true;
    list.replaceChildren();
  }

  async function look() {
    const words = field.value.trim();
    if (words.length < 2 || words.length > MOST_SUGGESTED || /^[/／\d]/.test(words)) return stop();
    const mine = ++wanted;
    try {
      const found = await suggestions(words);
      if (mine === wanted) show(found);
    } catch {
      stop(); // no suggestion is worth a message
    }
  }

  function show(found) {
    list.replaceChildren(...found.map((one) => make("li", "", button("", one.title, () => take(one)))));
    list.hidden = !found.length;
  }

  list.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    stop();
    field.focus();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  return {
    stop,
    start() {
      clearTimeout(timer);
      timer = setTimeout(look, SUGGEST_MS);
    },
  };
}
