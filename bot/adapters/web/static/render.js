// Turns entries into elements. Text goes in as textContent only, so nothing in a reply can be markup.

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function bubble(kind, speaker, ...children) {
  return make("li", `message ${kind}`, make("span", "unseen", speaker), make("div", "bubble", ...children));
}

export function said(text) {
  return bubble("mine", "您：", make("p", "words", text));
}

export function note(text) {
  return make("li", "note", text);
}

// `press(choice)` is called when one of the reply's buttons is used.
export function reply(parts, press) {
  return bubble("bot", "回答：", ...parts.map((part) => (PARTS[part.type] ?? unknown)(part, press)));
}

export function failure(sentence, retry) {
  const again = make("button", "retry", "重试");
  again.type = "button";
  again.addEventListener("click", retry);
  return bubble("failed", "没有收到回答：", make("p", "words", sentence), again);
}

const PARTS = { text, list, link, picture, document: file, path, sources, choices };

function text(part) {
  return make("p", "words", ...withAnchors(part.text));
}

function list(part) {
  const items = part.items.map((item) => make("li", "words", ...withAnchors(item)));
  const body = make(part.numbered ? "ol" : "ul", "items", ...items);
  return part.title ? make("div", "", make("p", "words title", part.title), body) : body;
}

function link(part) {
  const line = make("p", "link", anchor(part.label, part.url));
  if (part.label !== part.url) line.append(make("span", "address", part.url));
  if (part.note) line.append(make("span", "aside", part.note));
  return line;
}

// The text says the same as the picture: a screen reader reads it, and it stands in where none can be drawn.
function picture(part) {
  const words = make("pre", "drawing", part.alt);
  words.tabIndex = 0;
  const image = make("img", "chart");
  image.alt = part.alt;
  image.src = `/api/v1/pictures/${encodeURIComponent(part.name)}`;
  const figure = make("figure", "picture", image, make("details", "", make("summary", "", "用文字看"), words));
  image.addEventListener("error", () => figure.replaceWith(words));
  return figure;
}

// The file is in the reply itself, so it can be saved without asking the server again.
function file(part) {
  const element = make("a", "", `保存 ${part.name}`);
  element.href = URL.createObjectURL(new Blob([part.content], { type: part.media_type }));
  element.download = part.name;
  return make("div", "", make("p", "words", part.alt), make("p", "link", element));
}

// A line may break before an arrow and nowhere inside a step, as long as the step fits on it.
function path(part) {
  const steps = part.steps.map((step, index) => make("span", "step", ...(index ? ["→ "] : []), ...withAnchors(step)));
  return make("p", "words path", ...steps.flatMap((step, index) => (index ? [" ", step] : [step])));
}

function sources(part) {
  return make("p", "sources", ...withAnchors(part.line));
}

function choices(part, press) {
  const group = make("div", "choices", ...part.choices.map((choice, index) => button(choice, index + 1, press)));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "可选的回答");
  return group;
}

function button(choice, number, press) {
  const element = make("button", "choice", make("span", "number", `${number}`), make("span", "", choice.label));
  element.type = "button";
  element.addEventListener("click", () => press(choice));
  return element;
}

function unknown(part) {
  return make("p", "words", part.text ?? part.label ?? part.title ?? "");
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
