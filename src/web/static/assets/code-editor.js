/* The editor of an HTML page: line numbers and highlighting behind the text, and Tab indents. */

/** Escape before Tab leaves the text as Tab does elsewhere (WCAG 2.1.2). */
function indentByTab(area) {
  let leaves = false;
  area.addEventListener("keydown", (event) => {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const isTab = key === "Tab" && !shiftKey && !ctrlKey && !altKey && !metaKey;
    if (isTab && !leaves) {
      event.preventDefault();
      // The one way of typing that the browser's own undo knows of.
      document.execCommand("insertText", false, "  ");
    }
    leaves = key === "Escape";
  });
  area.addEventListener("focus", () => {
    leaves = false;
  });
  describe(area, area.closest("[data-editor]").dataset.tabHelp);
}

function describe(area, text) {
  const help = document.createElement("div");
  help.className = "form-text";
  help.id = `${area.name}-keys`;
  help.textContent = text;
  area.after(help);
  area.setAttribute(
    "aria-describedby",
    `${area.getAttribute("aria-describedby") ?? ""} ${help.id}`,
  );
}

/** Longest text that is highlighted, in characters; with more, typing would lag. */
const MOST_COLOURED = 200_000;

/** Line numbers and highlighting on a sheet behind the text, which itself is transparent. */
class Colours {
  #area;
  #numbers = sheet("code-numbers");
  #code = sheet("code-colours");
  #isPlanned = false;

  constructor(area) {
    this.#area = area;
    const box = document.createElement("div");
    box.className = "code-editor";
    area.before(box);
    box.append(this.#numbers, this.#code, area);
    area.wrap = "off";
    area.addEventListener("input", () => this.#plan());
    area.addEventListener("scroll", () => this.#follow());
    this.#draw();
  }

  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isPlanned = false;
    const { value, parentElement } = this.#area;
    const isColoured = value.length <= MOST_COLOURED;
    parentElement.classList.toggle("coloured", isColoured);
    const lines = value.split("\n").length;
    this.#numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
    this.#code.replaceChildren(...(isColoured ? colour(value) : []), "\n");
    this.#follow();
  }

  #follow() {
    const { scrollLeft, scrollTop } = this.#area;
    this.#numbers.scrollTop = scrollTop;
    this.#code.scrollTo(scrollLeft, scrollTop);
  }
}

function sheet(name) {
  const box = document.createElement("pre");
  box.className = name;
  box.setAttribute("aria-hidden", "true");
  return box;
}

const MARKUP =
  /(?<comment><!--[\s\S]*?(?:-->|$))|(?<name><[/!]?[a-z][^\s/>]*)|(?<string>(?<==\s*)(?:"[^"]*"|'[^']*'))|(?<attr>[^\s"'<>/=]+(?=\s*=))|(?<close>\/?>)/gi;
const SCRIPT =
  /(?<comment>\/\/.*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\[\s\S]|[^`\\])*`?)|(?<keyword>\b(?:async|await|break|case|catch|class|const|continue|default|do|else|export|extends|finally|for|from|function|if|import|in|let|new|of|return|static|switch|this|throw|try|typeof|var|void|while|yield)\b)|(?<number>\b\d[\w.]*)/g;
const STYLE =
  /(?<comment>\/\*[\s\S]*?(?:\*\/|$))|(?<string>"[^"\n]*"?|'[^'\n]*'?)|(?<keyword>@[\w-]+)|(?<attr>[\w-]+(?=\s*:))|(?<number>#[\da-f]{3,8}\b|\b\d[\w.%]*)/gi;

/** An HTML page as pieces, highlighted with the classes that code has elsewhere on the site. */
function* colour(text) {
  // Where a script or a style begins, and where it ends.
  const INSIDE = /(<(script|style)\b[^>]*>)([\s\S]*?)(?=<\/\2|$)/gi;
  let from = 0;
  for (const { index, 0: whole, 1: tag, 2: name, 3: inner } of text.matchAll(INSIDE)) {
    yield* markup(text.slice(from, index) + tag);
    yield* pieces(inner, name.toLowerCase() === "style" ? STYLE : SCRIPT);
    from = index + whole.length;
  }
  yield* markup(text.slice(from));
}

const TAG = /<!--[\s\S]*?(?:-->|$)|<[/!]?[a-z](?:"[^"]*"|'[^']*'|[^'">])*>?/gi;

/** Text between tags is not markup, whatever it looks like. */
function* markup(text) {
  let from = 0;
  for (const { index, 0: tag } of text.matchAll(TAG)) {
    yield text.slice(from, index);
    yield* pieces(tag, MARKUP);
    from = index + tag.length;
  }
  yield text.slice(from);
}

function* pieces(text, pattern) {
  let from = 0;
  for (const { index, 0: found, groups } of text.matchAll(pattern)) {
    yield text.slice(from, index);
    yield coloured(found, groups);
    from = index + found.length;
  }
  yield text.slice(from);
}

function coloured(text, groups) {
  const [name] = Object.keys(groups).filter((key) => groups[key] !== undefined);
  const piece = document.createElement("span");
  piece.className = `hljs-${name === "close" ? "name" : name}`;
  piece.textContent = text;
  return piece;
}

const area = document.querySelector('[data-editor="html"] textarea');

if (area) {
  area.spellcheck = false;
  indentByTab(area);
  new Colours(area);
}
