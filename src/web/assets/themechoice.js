/* Shows themes before they are saved: the page takes on the one, a sample document the other. */

const pageRoot = document;
const sampleRoot = document.querySelector("[data-sample]").shadowRoot;
const form = document.querySelector("[data-sample]").closest("form");

const rootOf = { theme: pageRoot, markdown_theme: sampleRoot };

form.addEventListener("change", ({ target }) => preview(target));
// The boxes are put back only after the event.
form.addEventListener("reset", () => setTimeout(previewAll));
// A browser may keep what was chosen over a reload.
previewAll();
for (const sheet of sampleRoot.styleSheets) lendFonts(sheet);

function previewAll() {
  for (const choice of form.querySelectorAll("[data-sheet]:checked")) preview(choice);
}

function preview({ name, dataset: { sheet } }) {
  const root = rootOf[name];
  if (root && sheet) show(root, sheet);
}

/** Puts a stylesheet in the place of the one before as soon as it is there, so nothing is ever without one. */
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

/** A sample has no fonts of its own: only a document's count. */
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
