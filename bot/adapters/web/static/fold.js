// Folds what does not fit on one screen: the end of an answer, and choices beyond the first.
// Folded units have the class `over`; when printed they are shown all the same.

import { button } from "./render.js";
import { t } from "./words.js";

const LEAST = 96; // px of an answer that stay, whatever the room
const BUTTON = 44;
const MARGINS = 28 + BUTTON; // px round a message, and of the button that unfolds it
const WORTH = BUTTON; // px that are not worth a button
const MOST_CHOICES = 6;
const OWN_LINES = 168; // px of one's own message

// `room` is the height of the view in px. A message that was unfolded stays so.
export function fold(message, room) {
  const body = message.querySelector(".body");
  if (!body || message.dataset.isOpen) return;
  foldChoices(message, room);
  const beside = message.offsetHeight - body.offsetHeight;
  const limit = message.matches(".mine") ? OWN_LINES : Math.max(LEAST, Math.min(room - beside - MARGINS, room * 0.6));
  if (body.offsetHeight <= limit + WORTH) return;
  const top = body.getBoundingClientRect().top;
  const units = [...body.querySelectorAll(".unit")];
  const over = units.filter((unit, index) => index && unit.getBoundingClientRect().bottom - top > limit);
  if (over.length) addButton(message, body, over);
  else if (message.matches(".mine")) clamp(message, body);
}

function addButton(message, body, over) {
  over.forEach((unit) => unit.classList.add("over"));
  body.after(toggle(message, (isOpen) => over.forEach((unit) => unit.classList.toggle("over", !isOpen))));
}

// One long line of one's own: cut, since it has no units to leave out.
function clamp(message, body) {
  body.classList.add("clamped");
  body.after(toggle(message, (isOpen) => body.classList.toggle("clamped", !isOpen)));
}

function toggle(message, show) {
  const more = button("unfold", t("more"), () => {
    const isOpen = more.getAttribute("aria-expanded") === "false";
    more.setAttribute("aria-expanded", `${isOpen}`);
    more.textContent = t(isOpen ? "less" : "more");
    if (isOpen) message.dataset.isOpen = "yes";
    else delete message.dataset.isOpen;
    show(isOpen);
  });
  more.setAttribute("aria-expanded", "false");
  return more;
}

function foldChoices(message, room) {
  const group = message.querySelector(".choices");
  const ways = [...(group?.querySelectorAll(".choice:not(.tick)") ?? [])];
  const over = ways.slice(MOST_CHOICES);
  if (over.length < 2 || group.offsetHeight < room * 0.4) return;
  over.forEach((way) => way.classList.add("over"));
  const more = button("choice", t("moreChoices", { count: over.length }), () => {
    over.forEach((way) => way.classList.remove("over"));
    more.remove();
    over[0].focus();
  });
  group.append(more);
}
