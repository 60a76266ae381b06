// The page: what was said, in order, and how it came to be. An entry is one of
//   {kind: "said", id, message: {text | press}, label, at, isAnswered, over}
//   {kind: "reply", id, to, parts, link, asked, version}
//   {kind: "note", id, text}
// `over` names the reply that is to be replaced by the answer: such a press is not shown itself.
// Entries live in storage and all tabs show the same; `draw` makes the page agree with them.

import { composer } from "./composer.js";
import { fold } from "./fold.js";
import { conversations, history, newId } from "./memory.js";
import * as render from "./render.js";
import { ask, forget, linked } from "./server.js";
import { switchLanguage, t, translate } from "./words.js";

const CONFIRM_MS = 4000;
const ELSEWHERE_MS = 35_000; // another tab has its answer or its failure by then
const RETRY_MS = [3000, 8000, 20_000, 60_000];
const PLACE_MS = 600_000; // the server forgets a region ten minutes after it was last spoken of
const NEAR = 48;

const at = (id) => document.getElementById(id);
const [scroller, feed, log, welcome, typing, clear, newest, place, places, menu] = [
  "scroll", "feed", "log", "welcome", "typing", "clear", "newest", "place", "places", "menu",
].map(at);
const [address, isEmbedded] = [new URL(location.href), window.top !== window];
const input = composer(at("composer"), at("words"), at("send"), at("suggestions"), say);
const actions = () => import("./actions.js");

let entries = history.load();
let failures = new Map(); // sentences by the id of what was said, in this tab
let isWaiting = false;
let underWay = Promise.resolve(); // the delivery that runs now; it never rejects
let era = 0; // counts clearings: a reply from before one is no longer wanted
let attempts = 0;
let retryTimer;

// Drawing

function draw() {
  const shown = new Map([...log.children].map((element) => [element.dataset.key, element]));
  const wanted = entries.flatMap(keysOf);
  const elements = wanted.map(([key, build]) => {
    const element = shown.get(key) ?? build();
    element.dataset.key = key;
    return element;
  });
  elements.forEach((element, index) => {
    if (log.children[index] !== element) log.insertBefore(element, log.children[index] ?? null);
  });
  while (log.children.length > elements.length) log.lastElementChild.remove();
  welcome.hidden = entries.length > 0;
  elements.filter((element) => !shown.has(element.dataset.key)).forEach((element) => fold(element, scroller.clientHeight));
  showPlace();
  watchTheEnd();
}

function keysOf(entry) {
  if (entry.kind === "reply") return [[`${entry.id} ${entry.version}`, () => replyOf(entry)]];
  if (entry.kind === "note") return [[entry.id, () => render.note(entry.text)]];
  const words = entry.over ? [] : [[entry.id, () => render.said(entry.label)]];
  const sentence = entry.isAnswered ? null : failureOf(entry);
  return sentence ? [...words, [`${entry.id} ${sentence}`, () => failed(entry, sentence)]] : words;
}

function failureOf(entry) {
  if (failures.has(entry.id)) return failures.get(entry.id);
  return Date.now() - entry.at > ELSEWHERE_MS && !isWaiting ? t("unanswered") : null;
}

function failed(entry, sentence) {
  return render.failure(sentence, () => {
    if (!isWaiting) deliver(entry, true);
  });
}

function replyOf(entry) {
  const act = {
    press: (choice) => press(choice, entry),
    copy: (text) => actions().then((all) => all.copy(text)),
    copyAnswer: () => actions().then((all) => all.copy(`${render.asText(entry.parts)}\n${linkTo(entry)}`)),
    share: () => actions().then((all) => all.share(document.title, linkTo(entry))),
    print: () => actions().then((all) => all.print(elementOf(entry))),
    enlarge: (source, words) => actions().then((all) => all.enlarge(source, words)),
    rate: (choice, row) => rate(choice, row, entry, act),
  };
  return render.reply(entry.parts, act, entry.rated);
}

// What is said about an answer is no message: it changes the row that asked.
function rate(choice, row, entry, act) {
  if (isWaiting) return;
  const keep = (rated) => history.change((all) => all.map((one) => (one.id === entry.id ? { ...one, rated } : one)));
  underWay = actions().then((all) => all.rate(choice, row, act, (rated) => (entries = keep(rated))));
}

// The answer itself where it has a name, else its question.
function linkTo(entry) {
  const query = entry.link ? { open: entry.link } : entry.asked ? { q: entry.asked } : {};
  return `${address.origin}${address.pathname}?${new URLSearchParams(query)}`.replace(/\?$/, "");
}

const elementOf = (entry) => [...log.children].find((element) => element.dataset.key.startsWith(entry.id));

function change(how) {
  entries = history.change(how);
  draw();
}

// Scrolling

const distance = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;

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
    watchTheEnd();
  }).observe(scroller);
  scroller.addEventListener("scroll", watchTheEnd, { passive: true });
}

// What lies below the view is announced: choices first, since they wait for an answer.
function watchTheEnd() {
  const isAway = entries.length > 0 && distance() > NEAR;
  newest.hidden = !isAway;
  if (!isAway) {
    delete newest.dataset.isNew;
    return;
  }
  const ways = [...(log.lastElementChild?.querySelectorAll(".choice:not(.over)") ?? [])];
  const end = scroller.getBoundingClientRect().bottom;
  const below = ways.filter((way) => way.getBoundingClientRect().top > end - 24).length;
  const words = below ? t("choicesBelow", { count: below }) : t(newest.dataset.isNew ? "newAnswer" : "newest");
  if (newest.textContent !== words) newest.textContent = words;
}

// Saying and hearing

function wait(now) {
  isWaiting = now;
  typing.hidden = !now;
  document.body.classList.toggle("waiting", now);
  input.wait(now);
}

function press(choice, entry) {
  const isLast = entry.id === entries.findLast((one) => one.kind === "reply")?.id;
  say({ press: choice.value }, choice.label, choice.replaces && isLast ? entry.id : undefined);
}

function say(what, label, over) {
  if (isWaiting) return;
  const entry = { kind: "said", id: newId(), message: what, label, at: Date.now(), isAnswered: false, over };
  change((all) => [...all, entry]);
  deliver(entry, !over);
}

function deliver(entry, doesScroll) {
  underWay = send(entry, doesScroll);
}

async function send(entry, doesScroll) {
  const started = era;
  clearTimeout(retryTimer);
  leaveFocus(entry);
  failures.delete(entry.id);
  wait(true);
  draw();
  if (doesScroll) scroller.scrollTop = scroller.scrollHeight;
  try {
    const reply = await ask({ id: entry.id, ...entry.message });
    if (started === era) accept(entry, reply);
  } catch (failure) {
    if (started === era) refuse(entry, failure);
  } finally {
    if (started === era) wait(false);
  }
}

// A button that goes away hands the focus to the message it belongs to.
function leaveFocus(entry) {
  if (document.activeElement?.matches(".retry")) (elementOf(entry)?.querySelector(".bubble") ?? scroller).focus();
}

function accept(entry, reply) {
  attempts = 0;
  const isReading = distance() > NEAR * 2;
  const focused = document.activeElement;
  const kept = { kind: "reply", to: entry.id, parts: reply.parts, link: reply.link, version: 0 };
  kept.asked = entry.message.text;
  if (reply.ratings?.length) kept.rated = { text: t("helped"), choices: reply.ratings };
  if (places.dataset.slot in (reply.slots ?? {})) Object.assign(kept, { place: reply.slots[places.dataset.slot], at: Date.now() });
  typing.hidden = true;
  if (entry.over && entries.some((one) => one.id === entry.over)) return replace(entry, kept, focused);
  change((all) => {
    if (all.some((one) => one.to === entry.id)) return all; // another tab was told as well
    const answered = all.map((one) => (one.id === entry.id ? { ...one, isAnswered: true } : one));
    return [...answered, { ...kept, id: newId() }];
  });
  if (isReading) newest.dataset.isNew = "yes";
  else reveal(log.lastElementChild);
  watchTheEnd();
  if (isIn(focused, ".message.mine")) log.lastElementChild.querySelector(".bubble").focus({ preventScroll: true });
}

// A card goes on in its place: the reader stays where they were, and so does the focus.
function replace(entry, kept, focused) {
  const value = focused?.dataset?.value;
  const label = focused?.textContent;
  const hadFocus = isIn(focused, ".message");
  if (value) feed.setAttribute("aria-live", "off"); // the focus says what changed
  change((all) =>
    all
      .filter((one) => one.id !== entry.id)
      .map((one) => (one.id === entry.over ? { ...kept, id: one.id, version: one.version + 1 } : one)),
  );
  const element = elementOf({ id: entry.over });
  if (hadFocus || focused === document.body) focusIn(element, value, label);
  const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (top < 0 || distance() > 0) reveal(element);
  watchTheEnd();
  requestAnimationFrame(() => feed.setAttribute("aria-live", "polite"));
}

const isIn = (element, selector) => Boolean(element?.closest?.(selector));

function focusIn(element, value, label) {
  const ways = [...element.querySelectorAll(".choice")];
  const same = ways.find((way) => way.dataset.value === value) ?? ways.find((way) => way.textContent === label);
  (same ?? element.querySelector(".bubble")).focus({ preventScroll: true });
}

function refuse(entry, failure) {
  typing.hidden = true;
  if (!failure.canRetry) {
    change((all) => all.map((one) => (one.id === entry.id ? { ...one, isAnswered: true } : one)));
    return inform(failure.message ?? t("wrong"));
  }
  failures.set(entry.id, failure.isOnTheWay ? `${failure.message}${t("retrying")}` : failure.message);
  draw();
  reveal(log.lastElementChild);
  if (failure.isOnTheWay) retryTimer = setTimeout(retry, RETRY_MS[attempts++] ?? RETRY_MS.at(-1));
}

function retry() {
  const entry = entries.find((one) => failures.has(one.id) && !one.isAnswered);
  if (entry && !isWaiting) deliver(entry, false);
}

function inform(text) {
  change((all) => [...all, { kind: "note", id: newId(), text }]);
  reveal(log.lastElementChild);
}

// Where the person is

function showPlace() {
  const known = entries.findLast((entry) => entry.kind === "reply" && entry.place);
  const isLive = known && Date.now() - known.at < PLACE_MS && !isForgotten(known);
  place.hidden = !places.querySelector(".region");
  place.textContent = isLive ? t("here", { place: known.place }) : t("nowhere");
}

const isForgotten = (known) => entries.slice(entries.indexOf(known)).some((entry) => entry.isFresh);

function choosePlace() {
  places.showModal();
}

// Beginning anew

function startFresh() {
  menu.open = false;
  if (!entries.length || entries.at(-1).isFresh) return input.focus();
  conversations.leave();
  change((all) => [...all, { kind: "note", id: newId(), text: t("fresh"), isFresh: true }]);
  reveal(log.lastElementChild);
  input.focus();
}

async function startOver() {
  era += 1;
  menu.open = false;
  failures = new Map();
  clearTimeout(retryTimer);
  wait(false);
  change(() => []);
  scroller.scrollTop = 0;
  input.focus();
  try {
    await forget(underWay);
  } catch {
    inform(t("notCleared"));
  }
}

function askBeforeClearing() {
  let timer;
  clear.addEventListener("click", () => {
    clearTimeout(timer);
    const isSure = clear.classList.toggle("sure");
    clear.textContent = t(isSure ? "sure" : "clear");
    if (!isSure) return startOver();
    timer = setTimeout(() => {
      clear.classList.remove("sure");
      clear.textContent = t("clear");
    }, CONFIRM_MS);
  });
}

// Starting

// A link asks its question, or opens its answer, once: a reload must not ask again. What looks like
// a command only fills the field, since a link of somebody else's must not delete anything.
async function follow() {
  const [question, payload] = ["q", "open"].map((name) => address.searchParams.get(name));
  if (!question && !payload) return;
  const rest = new URL(address);
  ["q", "open"].forEach((name) => rest.searchParams.delete(name));
  window.history.replaceState(null, "", rest);
  if (payload) return open(payload);
  if (/^\s*[/／]/.test(question)) input.fill(question);
  else say({ text: question }, question);
}

async function open(payload) {
  try {
    const value = await linked(payload);
    if (value) say({ press: value }, t("opened"));
    else inform(t("oldLink"));
  } catch (failure) {
    inform(failure.message);
  }
}

function dress() {
  translate();
  document.body.classList.toggle("embedded", isEmbedded);
  if (!isEmbedded) return;
  const title = address.searchParams.get("title");
  if (title) document.querySelector("h1").textContent = document.title = title;
  const colour = address.searchParams.get("color");
  if (colour) actions().then((all) => all.paint(colour));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !menu.open && !document.querySelector("dialog[open]")) parent.postMessage("zhuce:close", "*");
  });
}

// Installable, and readable without a network; in a frame of another site there is nothing to install.
function install() {
  const manifest = document.createElement("link");
  Object.assign(manifest, { rel: "manifest", href: "manifest.json" });
  document.head.append(manifest);
  navigator.serviceWorker?.register("worker.js").catch(() => {}); // http://192.168… has none
}

function listen() {
  askBeforeClearing();
  holdTheLastLine();
  at("fresh").addEventListener("click", startFresh);
  at("language").addEventListener("click", switchLanguage);
  at("print").addEventListener("click", () => actions().then((all) => all.print()));
  newest.addEventListener("click", () => {
    scroller.scrollTop = scroller.scrollHeight;
    log.lastElementChild?.querySelector(".bubble")?.focus({ preventScroll: true });
  });
  place.addEventListener("click", choosePlace);
  places.addEventListener("click", (event) => {
    const chosen = event.target.closest(".region")?.textContent;
    if (chosen || event.target === places) places.close();
    if (chosen) say({ press: `r:${chosen}` }, t("here", { place: chosen }));
  });
  addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  for (const chip of welcome.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => say({ text: chip.textContent }, chip.textContent));
  }
  addEventListener("online", retry);
  addEventListener("visibilitychange", () => document.hidden || retry());
  history.onChange(() => {
    entries = history.load();
    const isReading = distance() > NEAR * 2;
    draw();
    if (!isReading && log.lastElementChild) reveal(log.lastElementChild);
    setTimeout(draw, ELSEWHERE_MS + 1000);
  });
}

function start() {
  dress();
  feed.setAttribute("aria-live", "off"); // a reload is not news
  draw();
  if (log.lastElementChild) reveal(log.lastElementChild);
  requestAnimationFrame(() => feed.setAttribute("aria-live", "polite"));
  listen();
  const unanswered = entries.findLast((entry) => entry.kind === "said" && !entry.isAnswered);
  if (unanswered) deliver(unanswered, true);
  else follow();
  if (matchMedia("(hover: hover)").matches && !isEmbedded) input.focus(); // on a phone it would raise the keyboard
  if (!isEmbedded) addEventListener("load", install);
}

start();
