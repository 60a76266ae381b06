// What few people need at once, loaded when it is: copy, share, rate, print, enlarge, paint.

import { newId } from "./memory.js";
import { button, make, rating } from "./render.js";
import { ask } from "./server.js";
import { t } from "./words.js";

const TOAST_MS = 3000;
const toast = document.getElementById("toast");
let timer;

function tell(words) {
  clearTimeout(timer);
  toast.textContent = words;
  timer = setTimeout(() => toast.replaceChildren(), TOAST_MS);
}

export async function copy(text, words = t("copied")) {
  tell((await write(text)) ? words : t("copyFailed"));
}

// The clipboard is there only on https and localhost; the old way works elsewhere.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const holder = make("textarea", "unseen");
    holder.value = text;
    const focused = document.activeElement;
    document.body.append(holder);
    holder.select();
    const isDone = document.execCommand("copy");
    holder.remove();
    focused?.focus({ preventScroll: true });
    return isDone;
  }
}

export async function share(title, url) {
  if (!navigator.share) return copy(url, t("linkCopied"));
  try {
    await navigator.share({ title, url });
  } catch (error) {
    if (error.name !== "AbortError") await copy(url, t("linkCopied"));
  }
}

// Say whether an answer helped, or what was wrong with it; the row shows what was said to that.
export async function rate(choice, row, act, keep) {
  row.inert = true;
  try {
    const { parts } = await ask({ id: newId(), press: choice.value });
    const of = (type) => parts.filter((part) => part.type === type);
    const rated = { text: of("text")[0]?.text ?? "", choices: of("choices").flatMap((part) => part.choices) };
    keep(rated);
    const next = rating(rated, act);
    row.replaceWith(next);
    (next.querySelector("button") ?? next.closest(".bubble")).focus({ preventScroll: true });
  } catch (failure) {
    row.inert = false;
    tell(failure.message);
  }
}

// One message, or all of them. Folded sources are unfolded on paper.
export function print(message) {
  const closed = [...document.querySelectorAll(".sources:not([open])")];
  closed.forEach((details) => (details.open = true));
  document.body.classList.toggle("one", Boolean(message));
  message?.classList.add("printed");
  addEventListener(
    "afterprint",
    () => {
      closed.forEach((details) => (details.open = false));
      document.body.classList.remove("one");
      message?.classList.remove("printed");
    },
    { once: true },
  );
  window.print();
}

export function enlarge(source, words) {
  const image = make("img", "chart");
  image.src = source;
  image.alt = words;
  const save = make("a", "", t("save"));
  save.href = `${source}?form=png`;
  save.download = "";
  const close = button("", t("close"), () => dialog.close());
  const frame = make("div", "frame", image);
  frame.tabIndex = 0;
  const dialog = make("dialog", "viewer", make("div", "bar", save, close), frame);
  dialog.setAttribute("aria-label", t("enlarge"));
  image.addEventListener("click", () => image.classList.toggle("whole"));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// The colour of the site that embeds the page, with letters that stand out from it.
export function paint(colour) {
  if (!/^#?[0-9a-f]{6}$/i.test(colour)) return;
  const hex = colour.replace("#", "");
  const [r, g, b] = [0, 2, 4].map((from) => parseInt(hex.slice(from, from + 2), 16) / 255);
  const [x, y, z] = [r, g, b].map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const isDark = 0.2126 * x + 0.7152 * y + 0.0722 * z < 0.179; // white and black stand out alike here
  const root = document.documentElement.style;
  for (const name of ["--mine", "--brand"]) root.setProperty(name, `#${hex}`);
  for (const name of ["--mine-ink", "--brand-ink"]) root.setProperty(name, isDark ? "#ffffff" : "#000000");
}
