// The page: what was said, in order, and how it came to be. An entry is one of
//   {kind: "said", message: {id, text | press}, label, isAnswered}
//   {kind: "reply", parts}
//   {kind: "note", text}
// Entries survive a reload; something said but not answered then offers to be sent again.

import { composer } from "./composer.js";
import { history, newId } from "./memory.js";
import * as render from "./render.js";
import { ask, forget } from "./server.js";

const CONFIRM_MS = 4000;

const at = (id) => document.getElementById(id);
const [scroller, log, welcome, typing, clear] = ["scroll", "log", "welcome", "typing", "clear"].map(at);
const input = composer(at("composer"), at("words"), at("send"), (text) => say({ text }, text));

let entries = history.load();
let isWaiting = false;
let underWay = Promise.resolve(); // the delivery that runs now; it never rejects
let era = 0; // counts clearings: a reply from before one is no longer wanted

function keep(entry) {
  entries.push(entry);
  history.save(entries);
}

function show(element) {
  log.append(element);
  welcome.hidden = true;
  clear.hidden = false;
  return element;
}

function showEntry(entry) {
  if (entry.kind === "said") {
    show(render.said(entry.label));
    if (!entry.isAnswered) showFailure(entry, "这条消息还没有收到回答。");
  } else if (entry.kind === "reply") {
    showReply(entry.parts);
  } else {
    show(render.note(entry.text));
  }
}

function showReply(parts) {
  return show(render.reply(parts, (choice) => say({ press: choice.value }, choice.label)));
}

function showFailure(entry, sentence) {
  const element = render.failure(sentence, () => {
    if (isWaiting) return;
    element.remove();
    underWay = deliver(entry);
  });
  reveal(show(element));
}

// Bring an element to the end of the view, but never push its own beginning out at the top.
function reveal(element) {
  const bottom = scroller.scrollHeight - scroller.clientHeight;
  scroller.scrollTop = Math.min(bottom, element.offsetTop - 12);
}

// When the field grows or a phone's keyboard comes up, the last line read stays in view.
function holdTheLastLine() {
  let height = scroller.clientHeight;
  new ResizeObserver(() => {
    if (welcome.hidden) scroller.scrollTop += height - scroller.clientHeight;
    height = scroller.clientHeight;
  }).observe(scroller);
}

function wait(now) {
  isWaiting = now;
  typing.hidden = !now;
  document.body.classList.toggle("waiting", now);
  input.wait(now);
}

function say(what, label) {
  if (isWaiting) return;
  const entry = { kind: "said", message: { id: newId(), ...what }, label, isAnswered: false };
  keep(entry);
  show(render.said(label));
  underWay = deliver(entry);
}

async function deliver(entry) {
  const started = era;
  wait(true);
  scroller.scrollTop = scroller.scrollHeight;
  try {
    const reply = await ask(entry.message);
    if (started === era) accept(entry, reply);
  } catch (failure) {
    if (started === era) refuse(entry, failure);
  } finally {
    if (started === era) wait(false);
  }
}

function accept(entry, reply) {
  entry.isAnswered = true;
  keep({ kind: "reply", parts: reply.parts });
  typing.hidden = true;
  reveal(showReply(reply.parts));
}

function refuse(entry, failure) {
  typing.hidden = true;
  if (failure.canRetry) return showFailure(entry, failure.message);
  entry.isAnswered = true;
  inform(failure.message ?? "出错了。");
}

function inform(text) {
  keep({ kind: "note", text });
  reveal(show(render.note(text)));
}

async function startOver() {
  era += 1;
  entries = [];
  history.save(entries);
  log.replaceChildren();
  wait(false);
  welcome.hidden = false;
  clear.hidden = true;
  scroller.scrollTop = 0;
  input.focus();
  try {
    await forget(underWay);
  } catch {
    inform("页面已清空。服务器上的会话没有删成，会在最后一次对话 7 天后自动删除。");
  }
}

function askBeforeClearing() {
  const label = clear.textContent;
  let timer;
  clear.addEventListener("click", () => {
    clearTimeout(timer);
    const isSure = clear.classList.toggle("sure");
    clear.textContent = isSure ? "确认清空？" : label;
    if (!isSure) return startOver();
    timer = setTimeout(() => {
      clear.classList.remove("sure");
      clear.textContent = label;
    }, CONFIRM_MS);
  });
}

function start() {
  log.setAttribute("aria-live", "off"); // a reload is not news
  entries.forEach(showEntry);
  if (log.lastElementChild) reveal(log.lastElementChild);
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
  askBeforeClearing();
  holdTheLastLine();
  for (const chip of welcome.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => say({ text: chip.textContent }, chip.textContent));
  }
  if (matchMedia("(hover: hover)").matches) input.focus(); // on a phone it would raise the keyboard
}

start();
