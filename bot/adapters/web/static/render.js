// Turns entries into elements. Text goes in as textContent only, so nothing in a reply can be markup.
// What can be folded (`fold.js`) has the class `unit`: a line, an item, a picture.

import { t } from "./words.js";

const HAVE = "✓ ";
const LACK = "□ ";

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function button(className, label, act) {
  const element = make("button", className, label);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

function message(kind, speaker, ...children) {
  const bubble = make("div", "bubble", ...children);
  bubble.tabIndex = -1;
  return make("li", `message ${kind}`, make("span", "unseen", t(speaker)), bubble);
}

export function said(text) {
  return message("mine", "you", make("div", "body", lines(text)));
}

export function note(text) {
  return make("li", "note", text);
}

export function failure(sentence, retry) {
  return message("failed", "failed", make("p", "words", sentence), button("retry", t("retry"), retry));
}

// `act` has what the buttons do: press(choice), copy(text), copyAnswer(), share(), print(), enlarge(picture), rate(choice, row).
// `rated` is what is asked about the answer, or was said to it: {text, choices}.
export function reply(parts, act, rated) {
  const offered = parts.filter((part) => part.type === "choices").flatMap((part) => part.choices);
  const cited = parts.filter((part) => part.type === "sources");
  const isCheckList = offered.some(isTick);
  const last = cited.length === 1 ? cited[0] : null; // with several, each stays under its answer
  const body = parts
    .filter((part) => part.type !== "choices" && part !== last)
    .map((part) => (isCheckList && part.type === "list" ? heading(part) : show(part, act)));
  const foot = make("div", "foot", ...(last ? [sources(last)] : []), tools(act), ...(rated ? [rating(rated, act)] : []));
  const papers = isCheckList ? parts.find((part) => part.type === "list") : null;
  const ways = offered.length ? [choices(offered, papers, act)] : [];
  return message("bot", "answer", make("div", "body", ...body), foot, ...ways);
}

// The words of an answer, for the clipboard.
export function asText(parts) {
  return parts
    .map((part) => (TEXTS[part.type] ?? unknownText)(part))
    .filter(Boolean)
    .join("\n\n");
}

const unknownText = (part) => part.text ?? part.alt ?? part.label ?? part.title ?? "";
const TEXTS = {
  text: (part) => part.text,
  list: (part) =>
    [part.title, ...part.items.map((item, index) => `${part.numbered ? `${index + 1}.` : "·"} ${item}`)]
      .filter(Boolean)
      .join("\n"),
  link: (part) => `${part.label}：${part.url}` + (part.note ? `（${part.note}）` : ""),
  path: (part) => part.steps.join(" → "),
  sources: (part) => part.line,
  choices: () => "",
};

const PARTS = { text, list, link, picture, document: file, path, sources };

function show(part, act) {
  return (PARTS[part.type] ?? unknown)(part, act);
}

function text(part) {
  return lines(part.text);
}

function lines(words) {
  return make("div", "words", ...words.split("\n").map(line));
}

// A numbered line hangs; a way to click, written with arrows, breaks between its steps.
function line(words) {
  const steps = words.split(/ *(?:-->|→) */);
  const isNumbered = /^\d{1,2}[.、] ?/.test(words);
  const content = steps.length > 2 ? stepped(steps) : withAnchors(words);
  return make("p", isNumbered ? "unit numbered" : "unit", ...content);
}

function stepped(steps) {
  return steps.flatMap((step, index) => {
    const shown = make("span", "step", ...(index ? [make("span", "arrow", "› ")] : []), ...withAnchors(step));
    return index ? [" ", shown] : [shown];
  });
}

function heading(part) {
  return make("p", "unit title", part.title ?? "");
}

function list(part) {
  const items = part.items.map((item) => make("li", "unit", ...withAnchors(item)));
  const body = make(part.numbered ? "ol" : "ul", "items", ...items);
  return part.title ? make("div", "words", heading(part), body) : body;
}

function link(part, act) {
  const address = anchor(part.label, part.url);
  const copy = button("tool", t("copyAddress"), () => act.copy(part.url));
  const element = make("div", "link unit", address, copy);
  if (part.label !== part.url) element.append(make("span", "address", part.url));
  if (part.note) element.append(make("span", "aside", part.note));
  return element;
}

// The text says the same as the picture: a screen reader reads it, and it stands in where none can be drawn.
function picture(part, act) {
  const words = make("pre", "drawing", part.alt);
  words.tabIndex = 0;
  const image = make("img", "chart");
  image.alt = part.alt;
  image.src = `api/v1/pictures/${encodeURIComponent(part.name)}`;
  const open = button("enlarge", image, () => act.enlarge(image.src, part.alt));
  open.title = t("enlarge");
  const figure = make("figure", "picture unit", open, make("details", "", make("summary", "", t("inWords")), words));
  image.addEventListener("error", () => {
    words.classList.add("unit");
    figure.replaceWith(words);
  });
  return figure;
}

// The file is in the reply itself, so it can be saved without asking the server again.
function file(part) {
  const element = make("a", "", t("saveFile", { name: part.name }));
  element.href = URL.createObjectURL(new Blob([part.content], { type: part.media_type }));
  element.download = part.name;
  return make("div", "unit", make("p", "words", part.alt), make("p", "link", element));
}

function path(part) {
  return make("p", "path unit", ...stepped(part.steps));
}

// Folded to where it comes from and how old that is; every source with its day when unfolded.
function sources(part) {
  const first = part.sources[0];
  const brief = `${part.label}${first?.short ?? first?.title ?? ""}`;
  const summary = make("summary", "", brief, ...(part.mark ? [make("span", "mark", part.mark)] : []));
  const all = part.sources.map((source) => make("li", "", ...cite(source, part.checked)));
  return make("details", "sources unit", summary, make("p", "", ...withAnchors(part.line)), make("ul", "", ...all));
}

function cite(source, checked) {
  const name = [source.title, source.article].filter(Boolean).join(" ");
  const day = `（${checked.replace("{date}", source.checked_on)}）`;
  return source.url ? [name, day, " ", anchor(source.url, source.url)] : [name, day];
}

export function rating({ text, choices }, act) {
  const row = make("div", "rating", make("span", "", text), ...choices.map((one) => button("tool", one.label, () => act.rate(one, row))));
  row.setAttribute("role", "group");
  return row;
}

function tools(act) {
  return make(
    "div",
    "tools",
    button("tool", t("copy"), act.copyAnswer),
    button("tool", t("share"), act.share),
    button("tool", t("print"), act.print),
  );
}

const isTick = (choice) => /^[✓□] /.test(choice.label);

function choices(offered, papers, act) {
  const group = make("div", "choices", ...offered.map((choice, index) => way(choice, index + 1, papers, act)));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", t("choices"));
  return group;
}

function way(choice, number, papers, act) {
  const element = isTick(choice) ? tick(choice, papers) : make("button", "choice", numbered(number), make("span", "", choice.label));
  element.type = "button";
  element.dataset.value = choice.value;
  element.addEventListener("click", () => act.press(choice));
  return element;
}

function numbered(number) {
  return make("span", "number", `${number}`);
}

// The label of a paper is cut short for narrow platforms; the list beside it has all of it.
function tick(choice, papers) {
  const stem = choice.label.slice(HAVE.length).replace(/…$/, "");
  const whole = papers?.items.find((item) => item.includes(stem));
  const element = make("button", "choice tick", make("span", "box"), make("span", "", whole?.slice(whole.indexOf(stem)) ?? stem));
  element.setAttribute("role", "checkbox");
  element.setAttribute("aria-checked", `${!choice.label.startsWith(LACK)}`);
  return element;
}

function unknown(part) {
  return make("p", "words unit", unknownText(part));
}

// Addresses in running text can be followed too. An address is ASCII and does not end in punctuation.
function withAnchors(words) {
  return words
    .split(/(https?:\/\/[\x21-\x7e]*[\w/=&#-])/)
    .map((piece, index) => (index % 2 ? anchor(piece, piece) : piece));
}

function anchor(label, address) {
  if (!/^https?:\/\//i.test(address)) return `${label}（${address}）`;
  const element = make("a", "", label);
  element.href = address;
  element.target = "_blank";
  element.rel = "noopener noreferrer";
  return element;
}
