// The interface in Chinese and English; answers are in the language of the knowledge.
// The page itself is written in Chinese: `translate` replaces what is marked with data-words.

const WORDS = {
  zh: {
    you: "您：",
    answer: "回答：",
    failed: "没有收到回答：",
    retry: "重试",
    retrying: "连上以后会自动重发。",
    unanswered: "这条消息还没有收到回答。",
    more: "展开全文",
    less: "收起",
    moreChoices: "更多选项（{count}）",
    choices: "可选的回答",
    helped: "这个回答：",
    copy: "复制",
    copied: "已复制",
    copyFailed: "没能复制，请长按文字复制。",
    share: "分享",
    linkCopied: "链接已复制",
    print: "打印",
    copyAddress: "复制网址",
    inWords: "用文字看",
    enlarge: "放大图片",
    save: "保存图片",
    saveFile: "保存 {name}",
    close: "关闭",
    newest: "回到最新",
    newAnswer: "有新回答",
    choicesBelow: "下面有 {count} 个选项",
    here: "我在{place}",
    nowhere: "我在哪里？",
    fresh: "新的对话，前面说过的不再算数",
    clear: "清空对话",
    sure: "确认清空？",
    notCleared: "页面已清空。服务器上的会话没有删成，会在最后一次对话 7 天后自动删除。",
    opened: "打开分享的回答",
    oldLink: "这个链接打不开：可能不完整，或者内容已经更新。请直接提问。",
    offline: "没有网络：可以看以前的回答，连上以后再问。",
    noLine: "没有连上服务器，请检查网络。",
    tooLong: "等了 30 秒没有回应。",
    noAnswer: "服务器没有给出回答（HTTP {status}）。",
    wrong: "出错了。",
  },
  en: {
    you: "You:",
    answer: "Answer:",
    failed: "No answer:",
    retry: "Try again",
    retrying: "It will be sent by itself when the connection is back.",
    unanswered: "This message has not been answered yet.",
    more: "Show all",
    less: "Show less",
    moreChoices: "More choices ({count})",
    choices: "Choices",
    helped: "This answer:",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Could not copy; please select the text.",
    share: "Share",
    linkCopied: "Link copied",
    print: "Print",
    copyAddress: "Copy address",
    inWords: "In words",
    enlarge: "Enlarge the picture",
    save: "Save the picture",
    saveFile: "Save {name}",
    close: "Close",
    newest: "Back to the newest",
    newAnswer: "New answer",
    choicesBelow: "{count} choices below",
    here: "I am in {place}",
    nowhere: "Where am I?",
    fresh: "New conversation: what was said before no longer counts",
    clear: "Delete everything",
    sure: "Really delete?",
    notCleared: "The page is empty. The server could not delete the conversation; it will 7 days after your last message.",
    opened: "Open a shared answer",
    oldLink: "This link cannot be opened: it may be incomplete, or the content has changed. Please just ask.",
    offline: "No connection: earlier answers can be read; ask again when it is back.",
    noLine: "The server cannot be reached; please check the network.",
    tooLong: "No answer for 30 seconds.",
    noAnswer: "The server gave no answer (HTTP {status}).",
    wrong: "Something went wrong.",
    // what the page says in Chinese
    menu: "Menu",
    freshMenu: "New conversation",
    printAll: "Print everything",
    language: "中文",
    feed: "Conversation",
    ask: "What would you like to know?",
    promise: "Answers name their source and when it was checked; what is not known is said to be so. Answers are in Chinese.",
    examples: "You can ask",
    typing: "Typing",
    compose: "Ask",
    question: "Your question",
    placeholder: "A question or number",
    send: "Send",
    fine: "The authority decides. Please send no ID or phone numbers.",
    where: "Where are you?",
    whereWhy: "Answers are then for this region.",
    suggested: "Suggestions",
  },
};

const LANGUAGE = "zhuce.language";

function chosen() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

const wanted = new URLSearchParams(location.search).get("lang") ?? chosen() ?? navigator.language;
const language = /^en/i.test(wanted) ? "en" : "zh";

export function t(name, values = {}) {
  return WORDS[language][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export function translate() {
  if (language === "zh") return;
  document.documentElement.lang = "en";
  for (const element of document.querySelectorAll("[data-words]")) {
    const [name, attribute] = element.dataset.words.split("@");
    if (attribute) element.setAttribute(attribute, t(name));
    else element.textContent = t(name);
  }
}

export function switchLanguage() {
  try {
    localStorage.setItem(LANGUAGE, language === "zh" ? "en" : "zh");
  } catch {
    // it is switched for this page only by its address
  }
  const address = new URL(location.href);
  address.searchParams.set("lang", language === "zh" ? "en" : "zh");
  location.replace(address);
}
