/* Previews themes before they are saved: on the page itself, and on a sample document. */

const sample = document.querySelector("[data-sample]");
const form = sample.closest("form");
const rootOf = { theme: document, markdown_theme: sample.shadowRoot };

form.addEventListener("change", ({ target }) => preview(target));
// A browser may keep what was chosen over a reload, and a refused form keeps it too.
for (const choice of form.querySelectorAll("[data-sheet]:checked")) preview(choice);
for (const sheet of sample.shadowRoot.styleSheets) lendFonts(sheet);

function preview({ name, dataset: { sheet } }) {
  if (sheet) show(rootOf[name], sheet);
}

/** Replaces a stylesheet once the next one is loaded, so that the page is never without one. */
function show(root, sheet) {
  const before = [...root.querySelectorAll("link[data-theme]")];
  const last = before.at(-1);
  if (last.getAttribute("href") === sheet) return;
  const next = last.cloneNode();
  next.href = sheet;
  next.addEventListener("load", () => {
    for (const link of before) link.remove();
    if (root !== document) lendFonts(next.sheet);
  });
  last.after(next);
}

/** A shadow root cannot declare fonts: only those of the document count. */
function lendFonts({ cssRules, href }) {
  for (const { style, type } of cssRules) {
    if (type !== CSSRule.FONT_FACE_RULE) continue;
    const source = style.src.replace(
      /url\("([^"]+)"\)/,
      (_, path) => `url("${new URL(path, href)}")`,
    );
    const { fontWeight: weight, unicodeRange } = style;
    document.fonts.add(new FontFace(style.fontFamily, source, { weight, unicodeRange }));
  }
}
