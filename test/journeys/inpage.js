/** What tests do inside a page; it is there before the page's own scripts, as `inPage`. */
const jumps = [];

new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) jumps.push(value);
}).observe({ type: "layout-shift", buffered: true });

globalThis.inPage = {
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
};
