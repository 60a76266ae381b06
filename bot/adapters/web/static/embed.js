// Puts the chat on another site, as a button and a frame that is loaded when it is first opened:
//   <script src="https://chat.example.cn/static/embed.js" data-title="有问题？" data-color="#0f6e63" async></script>
// data-title, data-color (#rrggbb), data-lang (zh, en), data-side (right, left). Everything is in a
// shadow root and styled by script, so neither the site's styles nor its policy get in the way.

(() => {
  const { src, dataset } = document.currentScript;
  const chat = new URL("../", src);
  const isEnglish = /^en/i.test(dataset.lang ?? "");
  const title = dataset.title || (isEnglish ? "Ask" : "问一问");
  const side = dataset.side === "left" ? "left" : "right";
  const colour = /^#[0-9a-f]{6}$/i.test(dataset.color ?? "") ? dataset.color : "#0f6e63";
  const MAY = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals";

  const STYLES = `
    button { position: fixed; z-index: 2147483646; bottom: 20px; ${side}: 20px; min-height: 48px; max-width: 70vw;
      padding: 0 20px; border: 2px solid #ffffff; border-radius: 26px; background: ${colour}; color: ${inkOn(colour)};
      font: 600 16px/1.3 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; cursor: pointer;
      box-shadow: 0 4px 16px rgb(0 0 0 / 30%); }
    button:focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px; }
    iframe { position: fixed; z-index: 2147483646; bottom: 80px; ${side}: 20px; width: 400px;
      height: min(640px, calc(100vh - 100px)); border: 1px solid #7f8c88; border-radius: 16px; background: #ffffff;
      box-shadow: 0 8px 32px rgb(0 0 0 / 30%); }
    [hidden] { display: none; }
    @media (max-width: 480px) {
      iframe { inset: 0 0 64px; width: 100%; height: calc(100% - 64px); border-radius: 0; border-width: 0 0 1px; }
      button[aria-expanded="true"] { bottom: 8px; }
    }
    @media print { button, iframe { display: none; } }`;

  function inkOn(hex) {
    const [x, y, z] = [1, 3, 5]
      .map((from) => parseInt(hex.slice(from, from + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z < 0.179 ? "#ffffff" : "#000000";
  }

  const opener = document.createElement("button");
  opener.type = "button";
  opener.setAttribute("aria-expanded", "false");
  opener.textContent = title;
  let frame;

  function load() {
    const address = new URL(chat);
    const wishes = { title: dataset.title, color: dataset.color, lang: dataset.lang };
    for (const [name, value] of Object.entries(wishes)) if (value) address.searchParams.set(name, value);
    frame = document.createElement("iframe");
    frame.title = title;
    frame.setAttribute("sandbox", MAY);
    frame.allow = "clipboard-write";
    frame.src = address;
    opener.before(frame); // before its button, as the one that closes it comes last
  }

  function toggle(isOpen) {
    if (isOpen && !frame) load();
    frame.hidden = !isOpen;
    opener.setAttribute("aria-expanded", `${isOpen}`);
    opener.textContent = isOpen ? (isEnglish ? "Close" : "关闭") : title;
    (isOpen ? frame : opener).focus();
  }

  opener.addEventListener("click", () => toggle(opener.getAttribute("aria-expanded") === "false"));
  addEventListener("message", (event) => {
    if (event.source === frame?.contentWindow && event.data === "zhuce:close") toggle(false);
  });

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];
  root.append(opener);
  const show = () => document.body.append(host);
  if (document.body) show();
  else addEventListener("DOMContentLoaded", show);
})();
