/** What tests do inside a page; it is there before the page's own scripts, as `inPage`. */
const jumps = [];

new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) jumps.push(value);
}).observe({ type: "layout-shift", buffered: true });

globalThis.inPage = {
  /** Texts of the page, also in attributes and templates, that stand outside of the brackets of the test language. */
  untranslated: (values) => {
    const page = document.documentElement.cloneNode(true);
    for (const template of page.querySelectorAll("template"))
      template.replaceWith(template.content.cloneNode(true));
    const shown = [...attributesOf(page, values), ...textsOf(page, values)];
    return [...new Set(shown.map(outsideBrackets).filter((text) => /\p{L}{2}/u.test(text)))];
  },

  /** How far the page's parts have moved by themselves, as cumulative layout shift. */
  sumOfJumps: () => jumps.reduce((sum, jump) => sum + jump, 0),

  /** Comes when the page is drawn with its fonts. */
  isDrawn: async () => {
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  },

  /** How the browser reads a page: each element, attribute, text and comment, in order. */
  outlineOf: (html) => {
    const walker = document.createTreeWalker(new DOMParser().parseFromString(html, "text/html"));
    const outline = [];
    for (let node = walker.currentNode; node !== null; node = walker.nextNode()) {
      outline.push(`${node.nodeName} ${node.nodeValue ?? ""}`);
      for (const { name, value } of node.attributes ?? []) outline.push(`${name}=${value}`);
    }
    return outline;
  },

  /** Swaps the style sheet whose address contains `from` for the one at `to`. */
  dress: (from, to) =>
    new Promise((dressed) => {
      const link = document.querySelector(`link[rel=stylesheet][href*="${from}"]`);
      link.onload = dressed;
      link.href = to;
    }),

  /** Notes from now on what the focus comes to, from the page's beginning. Gives how often Tab has to be pressed. */
  watchFocus: () => {
    document.activeElement?.blur();
    const waiting = focusable();
    const before = new Map(waiting.map((element) => [element, lookOf(element)]));
    focus = { waiting: new Set(waiting), unseen: [] };
    document.addEventListener("focusin", ({ target }) => {
      focus.waiting.delete(target);
      if (before.get(target) === lookOf(target)) focus.unseen.push(tagOf(target));
    });
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    const dates = waiting.filter(({ type }) => type === "datetime-local");
    return waiting.length + dates.length * PARTS_OF_A_DATE + OTHER_STOPS;
  },

  /** Controls that the focus did not come to, and those that looked the same when it did. */
  focusFaults: () => [
    ...[...focus.waiting].map((element) => `never reached: ${tagOf(element)}`),
    ...focus.unseen.map((tag) => `looks the same with the focus: ${tag}`),
  ],
};

const LABELS = [
  "title",
  "aria-label",
  "placeholder",
  "alt",
  "data-copied",
  "data-copy-failed",
  "data-text",
  "data-tab-help",
  "data-too-large",
  "data-not-allowed",
];

function attributesOf(page, values) {
  return LABELS.flatMap((name) =>
    [...page.querySelectorAll(`[${name}]`)]
      .filter((element) => !element.closest(values))
      .map((element) => element.getAttribute(name)),
  );
}

/** Texts of the page, each ending where a line does. */
function textsOf(page, values) {
  for (const value of page.querySelectorAll(`script, style, head > :not(title), ${values}`))
    value.replaceWith(" ");
  for (const block of page.querySelectorAll(BLOCKS)) {
    block.before("\n");
    block.after("\n");
  }
  return page.textContent.split("\n");
}

const BLOCKS =
  "head, div, p, section, h1, h2, h3, li, dt, dd, td, th, tr, caption, option, legend, label, button, summary, a.btn, a.place, a.nav-link, text, desc, title, pre";

/** What is left of a text without what stands in brackets; brackets may stand within brackets. */
function outsideBrackets(text) {
  let rest = text;
  for (let before = ""; rest !== before; ) {
    before = rest;
    rest = rest.replace(/\u27e6[^\u27e6\u27e7]*\u27e7/gu, "");
  }
  return rest.trim();
}

let focus;

/** Day, month, year, hour, minute, half of the day, and the calendar. */
const PARTS_OF_A_DATE = 7;

/** Parts that scroll, and what stands in a frame. */
const OTHER_STOPS = 12;

const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";

/** What Tab should come to; of radio buttons, the one of each group that is chosen, or its first. */
function focusable() {
  const controls = [...document.querySelectorAll(CONTROLS)].filter(
    (control) =>
      control.checkVisibility({ visibilityProperty: true }) &&
      !control.disabled &&
      control.tabIndex >= 0,
  );
  return controls.filter((control) => control.type !== "radio" || isStop(control, controls));
}

function isStop(radio, controls) {
  const group = controls.filter(({ type, name }) => type === "radio" && name === radio.name);
  return radio === (group.find(({ checked }) => checked) ?? group[0]);
}

const TOLD_BY = [
  "outline",
  "boxShadow",
  "borderColor",
  "backgroundColor",
  "textDecoration",
  "clipPath",
  "position",
];

/** How a control looks, with its label: a card may show the focus for the radio button in it. */
function lookOf(control) {
  const parts = [control, ...(control.labels ?? [])];
  return parts.map((part) => TOLD_BY.map((name) => getComputedStyle(part)[name]).join()).join();
}

function tagOf({ outerHTML }) {
  return outerHTML.slice(0, outerHTML.indexOf(">") + 1);
}
