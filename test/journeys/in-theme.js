/** What tests measure inside a page that wears a theme, as `inTheme`. */
globalThis.inTheme = {
  /** What a reader cannot use: contents beyond the edge, squeezed columns, checkboxes without a size, wrapped buttons. */
  layoutFaults: () => [...overflowFaults(), ...columnFaults(), ...boxFaults(), ...wrappingFaults()],

  /** Fields and focus marks paler than WCAG 2.2, 1.4.11 allows. */
  contrastFaults: () => {
    for (const animation of document.getAnimations()) animation.finish();
    return [...fieldFaults(), ...focusMarkFaults()];
  },

  /** Contrast of what stands out most in a picture with its corner, which shows the page. */
  contrastIn: async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = picture;
    const canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    const { data } = canvas.getImageData(0, 0, width, height);
    const colours = Array.from({ length: width * height }, (_, at) => [
      ...data.slice(at * 4, at * 4 + 3),
    ]);
    return Math.max(...colours.map((colour) => contrast(colour, colours[0])));
  },

  /** Keeps the computed styles of each kind of element, and of what is before and after it. */
  keepLooks: () => {
    looks = new Map(
      kindsOf(document.body.querySelectorAll("*")).map((kind) => [kind, looksOf(kind)]),
    );
    return looks.size;
  },

  /** What is different from the computed styles that were kept. */
  changedLooks: () =>
    [...looks]
      .filter(([element]) => element.isConnected)
      .flatMap(([element, before]) => looksOf(element).filter((look, at) => look !== before[at])),

  /** Whether the focus is on something that a sticky bar covers. */
  isFocusCovered: () => {
    const focused = document.activeElement;
    const { left, right, top, bottom } = focused.getBoundingClientRect();
    const middle = Math.min((left + right) / 2, innerWidth - 1);
    const found = document.elementFromPoint(middle, (top + bottom) / 2);
    const bar = found?.closest(STICKY);
    return bar != null && !bar.contains(focused);
  },
};

let looks;

/** One of each name and class in each kind of parent. */
function kindsOf(elements) {
  const nameOf = ({ localName, attributes }) => `${localName}.${attributes.class?.value}`;
  const kinds = new Map(
    Array.from(elements, (element) => [
      `${nameOf(element)} in ${nameOf(element.parentElement)}`,
      element,
    ]),
  );
  return [...kinds.values()];
}

function looksOf(element) {
  for (const animation of document.getAnimations()) animation.finish();
  return [undefined, "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(element, part);
    if (part !== undefined && style.content === "none") return [];
    const name = `${element.localName}.${element.className}${part ?? ""}`;
    return Array.from(
      style,
      (property) => `${name} ${property}: ${style.getPropertyValue(property)}`,
    );
  });
}

const STICKY = ".bulk, .save-bar, .sample-frame";

/** Least width of the column with the link, in a table and as a share of a card's. */
const LEAST_COLUMN = 200;
const LEAST_SHARE = 0.6;

/** Least side of a checkbox. */
const LEAST_BOX = 12;

/** WCAG 2.2, 1.4.11. */
const LEAST_CONTRAST = 3;

function overflowFaults() {
  const beyond = document.scrollingElement.scrollWidth - innerWidth;
  return beyond > 0 ? [`${beyond} px wider than the screen`] : [];
}

function columnFaults() {
  return [...document.querySelectorAll("td.link-name")]
    .filter((cell) => {
      const { width } = cell.getBoundingClientRect();
      const isCard = getComputedStyle(cell).display === "flex";
      return width < (isCard ? innerWidth * LEAST_SHARE : LEAST_COLUMN);
    })
    .slice(0, 1)
    .map((cell) => `the link has ${Math.round(cell.getBoundingClientRect().width)} px`);
}

function boxFaults() {
  return [...document.querySelectorAll("main input:is([type=checkbox], [type=radio])")]
    .filter((box) => box.checkVisibility())
    .map((box) => box.getBoundingClientRect())
    .filter(({ width, height }) => Math.min(width, height) < LEAST_BOX)
    .slice(0, 1)
    .map(({ width, height }) => `a box of ${width} by ${height} px`);
}

/** The buttons of a row stand side by side. */
function wrappingFaults() {
  return [...document.querySelectorAll(".row-actions")]
    .filter((row) => {
      const tops = [...row.children].map((button) => button.getBoundingClientRect().top);
      return Math.max(...tops) - Math.min(...tops) > 4;
    })
    .slice(0, 1)
    .map(() => "the buttons of a row stand one below another");
}

const FIELDS = "main :is(.form-control, .form-select, .form-check-input)";

function fieldFaults() {
  return [...document.querySelectorAll(FIELDS)]
    .filter((field) => field.checkVisibility() && !field.disabled)
    .map((field) => [field, edgeOf(field)])
    .filter(([, ratio]) => ratio < LEAST_CONTRAST)
    .map(([field, ratio]) => `edge of ${field.type} ${field.name}: ${ratio.toFixed(2)}`);
}

/** Contrast of a field with the page: of its border, of the line that stands for one, or of the whole. */
function edgeOf(field) {
  const page = backgroundOf(field.parentElement);
  const { backgroundColor, boxShadow } = getComputedStyle(field);
  const edges = [backgroundColor, ...(boxShadow.includes("inset") ? [boxShadow] : [])];
  for (const part of [undefined, "::before"]) {
    const { borderBottomStyle, borderBottomWidth, borderBottomColor } = getComputedStyle(
      field,
      part,
    );
    if (borderBottomStyle !== "none" && borderBottomWidth !== "0px") edges.push(borderBottomColor);
  }
  return Math.max(...edges.map((edge) => contrast(over(readColour(edge), page), page)));
}

/** Every kind of control once, with the focus; a card may show it for the radio button in it. */
function focusMarkFaults() {
  const controls = [
    ...document.querySelectorAll("a[href], button, input, select, textarea, summary"),
  ].filter((control) => !control.disabled && control.checkVisibility({ visibilityProperty: true }));
  const kinds = new Map(
    controls.map((control) => [
      `${control.localName} ${control.type ?? ""} ${control.className}`,
      control,
    ]),
  );
  return [...kinds].flatMap(([kind, control]) => {
    control.focus({ focusVisible: true, preventScroll: true });
    for (const animation of document.getAnimations()) animation.finish();
    const marked = [control, control.closest(".theme-card")].filter(Boolean);
    const ratio = Math.max(...marked.map(outlineOf));
    return ratio < LEAST_CONTRAST ? [`focus on ${kind}: ${ratio.toFixed(2)}`] : [];
  });
}

/** Contrast of an element's outline with the page; 0 without one. */
function outlineOf(element) {
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
  if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 2) return 0;
  const page = backgroundOf(element.parentElement);
  return contrast(over(readColour(outlineColor), page), page);
}

/** The colour behind an element, from its nearest opaque ancestor on. */
function backgroundOf(element) {
  if (element === null) return [255, 255, 255, 1];
  const colour = readColour(getComputedStyle(element).backgroundColor);
  return colour[3] === 1 ? colour : over(colour, backgroundOf(element.parentElement));
}

function readColour(css) {
  const [red = 0, green = 0, blue = 0, alpha = 1] =
    /rgba?\(([^)]*)\)/
      .exec(css)?.[1]
      .split(/[\s,/]+/)
      .map(Number) ?? [];
  return [red, green, blue, alpha];
}

function over([red, green, blue, alpha], behind) {
  const mixed = [red, green, blue].map((part, at) => part * alpha + behind[at] * (1 - alpha));
  return [...mixed, 1];
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.slice(0, 3).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
