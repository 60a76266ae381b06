// The text field: grows with its text, sends on Enter, and knows when Enter belongs to the input
// method. Chromium and Firefox mark such a keydown (isComposing, keyCode 229); Safari ends the
// composition first and sends an ordinary-looking keydown right after, hence the short memory.

const AFTER_COMPOSITION_MS = 100;

export function composer(form, field, send, submit) {
  let isWaiting = false;
  let composedAt = -Infinity;

  function refresh() {
    send.disabled = isWaiting || !field.value.trim();
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  const isForInputMethod = (event) => event.isComposing || event.keyCode === 229;

  field.addEventListener("input", refresh);
  field.addEventListener("compositionend", (event) => {
    composedAt = event.timeStamp;
  });
  field.addEventListener("keyup", () => {
    composedAt = -Infinity; // the key that ended the composition is up: the next Enter is meant
  });
  field.addEventListener("keydown", (event) => {
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
    field.value = "";
    submit(words);
    refresh();
  });
  refresh();

  return {
    focus: () => field.focus(),
    wait(now) {
      isWaiting = now;
      refresh();
    },
  };
}
