// The console works without this file; it checks while somebody types, shows replies as the chat
// page does, and says when a change answers. Nothing is evaluated, nothing is loaded from elsewhere.

import { reply } from "../../static/render.js";

const CHECK_AFTER_MS = 600;
const SLOW_MS = 1500;
const PRESENT_MS = 30000;
const LOOK_MS = 1000;
// What the buttons of a reply would do; they are shown and not meant to be pressed.
const NOTHING = new Proxy({}, { get: () => () => {} });

// The very bubble of the chat page, with its own style and apart from ours.
class ChatReply extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = this.dataset.style;
    const list = document.createElement("ol");
    list.id = "log";
    list.append(reply(JSON.parse(this.dataset.parts), NOTHING));
    for (const tools of list.querySelectorAll(".tools")) tools.remove();
    for (const button of list.querySelectorAll("button")) button.disabled = true;
    root.append(style, list);
  }
}
customElements.define("chat-reply", ChatReply);

function make(tag, words, className) {
  const element = document.createElement(tag);
  if (words) element.textContent = words;
  if (className) element.className = className;
  return element;
}

function later(act, ms) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
}

const editor = document.querySelector("#editor");
if (editor) edit(editor);

function edit(form) {
  const text = form.querySelector("#text");
  const gutter = form.querySelector("#gutter");
  const problems = form.querySelector("#problems");
  let checking = false;
  let again = false;
  let isDirty = Boolean(document.querySelector("main > .bad")); // refused, and not saved yet

  function number() {
    const count = text.value.split("\n").length;
    if (gutter.dataset.count !== `${count}`) {
      gutter.dataset.count = count;
      gutter.textContent = Array.from({ length: count }, (_, index) => index + 1).join("\n");
    }
    gutter.scrollTop = text.scrollTop;
  }

  function go(line) {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length;
    const start = line > 1 ? before + 1 : 0;
    const end = text.value.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
  }

  function show(found) {
    tellOthers(found.others);
    problems.replaceChildren();
    if (found.said) problems.append(make("p", found.said));
    else if (!found.problems.length) problems.append(make("p", "没有问题。", "good"));
    const list = make("ul", "", "plainlist");
    for (const problem of found.problems) {
      const item = make("li");
      if (problem.line) {
        const jump = make("button", `第 ${problem.line} 行`, "link");
        jump.type = "button";
        jump.addEventListener("click", () => go(problem.line));
        item.append(jump, " ");
      }
      item.append(make("b", problem.path), " ", problem.message);
      list.append(item);
    }
    if (found.problems.length) problems.append(list);
  }

  function tellOthers(names) {
    const others = document.querySelector("#others");
    others.hidden = !names.length;
    others.textContent = names.length ? `${names.join("、")} 也开着这一段。` : "";
  }

  async function check() {
    if (checking) {
      again = true;
      return;
    }
    checking = true;
    const slow = setTimeout(() => problems.replaceChildren(make("p", "正在检查……", "soft")), SLOW_MS);
    try {
      const fields = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.check, {
        method: "POST",
        headers: { "X-Form-Token": fields.get("token") },
        body: fields,
      });
      const found = await answer.json();
      clearTimeout(slow);
      if (answer.ok) show(found);
      else problems.replaceChildren(make("p", found.said));
    } catch {
      problems.replaceChildren(make("p", "没有连上服务器，还没有检查。"));
    }
    clearTimeout(slow);
    checking = false;
    if (again) {
      again = false;
      check();
    }
  }

  async function attempt(event) {
    if (event.submitter?.value !== "try") {
      isDirty = event.submitter?.value === "patch" && isDirty;
      return;
    }
    event.preventDefault();
    const fields = new FormData(form);
    fields.set("do", "try");
    const outcome = document.querySelector("#outcome");
    outcome.replaceChildren(make("p", "正在试……", "note"));
    event.submitter.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields) });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = [...found.querySelectorAll("main > .bad, main > section.bad")];
      outcome.replaceChildren(...said, ...(found.querySelector("#outcome")?.childNodes ?? []));
      outcome.focus();
    } catch {
      outcome.replaceChildren(make("p", "没有连上服务器，请再试一次。", "note bad"));
    }
    event.submitter.disabled = false;
  }

  const soon = later(check, CHECK_AFTER_MS);
  text.addEventListener("input", () => {
    isDirty = true;
    number();
    soon();
  });
  text.addEventListener("scroll", number);
  form.addEventListener("submit", attempt);
  window.addEventListener("beforeunload", (event) => {
    if (isDirty) event.preventDefault();
  });
  setInterval(check, PRESENT_MS);
  number();
}

const state = document.querySelector("#state[data-state]");
if (state) setTimeout(look, LOOK_MS);

async function look() {
  try {
    const found = await (await fetch(state.dataset.state)).json();
    if (found.settled) return tell(found);
  } catch {
    // the server is away for a moment; look again
  }
  setTimeout(look, LOOK_MS);
}

function tell(found) {
  state.classList.toggle("bad", found.refused.length > 0);
  state.replaceChildren(
    found.refused.length ? `没有采用，还按原来的回答：${found.refused.join("；")}` : `已经生效，版本 ${found.version}。`,
  );
  if (found.slid.length && !found.refused.length) {
    state.append(make("br"), `离改动很远、把握刚好落到门槛下的题：${found.slid.join("；")}`);
  }
}
