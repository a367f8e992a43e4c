/** Contents of a page, entities decoded. */
export interface ReadPage {
  readonly html: string;
  /** All text, with runs of blanks as one. */
  readonly text: string;
  /** Values of the fields by name; an unticked checkbox has "". Of several, the first. */
  readonly values: Readonly<Record<string, string>>;
  /** The message beside each refused field, by its name. */
  readonly problems: Readonly<Record<string, string>>;
  /** Addresses of all links. */
  readonly links: readonly string[];
  /** Code of the notice about what was just done; null if there is none. */
  readonly notice: string | null;
}

/** Reads a response as a page. */
export async function readPage(response: Response): Promise<ReadPage> {
  const html = await response.text();
  const values: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const links: string[] = [];
  let notice: string | null = null;
  let text = "";
  let textarea = "";
  let problem = "";
  new HTMLRewriter()
    .on("input", {
      element(input) {
        const isChecked = input.hasAttribute("checked");
        if (input.getAttribute("type") === "radio" && !isChecked) return;
        const isEmptyBox = input.getAttribute("type") === "checkbox" && !isChecked;
        values[input.getAttribute("name") ?? ""] ??= isEmptyBox
          ? ""
          : decode(input.getAttribute("value") ?? "");
      },
    })
    .on("option[selected]", {
      element(option) {
        values.redirect_status = option.getAttribute("value") ?? "";
      },
    })
    .on("textarea", {
      element(area) {
        const name = area.getAttribute("name") ?? "";
        textarea = name;
        values[name] = "";
        // As browsers do with the first line break of a text area.
        area.onEndTag(() => {
          values[name] = (values[name] ?? "").replace(/^\n/, "");
        });
      },
      text(piece) {
        values[textarea] += decode(piece.text);
      },
    })
    .on('[id$="-problem"]', {
      element(remark) {
        problem = (remark.getAttribute("id") ?? "").replace(/-problem$/, "");
        problems[problem] = "";
      },
      text(piece) {
        problems[problem] += decode(piece.text);
      },
    })
    .on("a", {
      element(anchor) {
        links.push(decode(anchor.getAttribute("href") ?? ""));
      },
    })
    .on("[data-notice]", {
      element(box) {
        notice = box.getAttribute("data-notice");
      },
    })
    .on("body *", {
      element() {
        text += " ";
      },
    })
    .on("body", {
      text(piece) {
        text += decode(piece.text);
      },
    })
    .transform(html);
  return { html, text: text.replace(/\s+/g, " "), values, problems, links, notice };
}

/** Attributes of all elements that a CSS selector finds, in order. */
export function elementsOn(
  { html }: Pick<ReadPage, "html">,
  selector: string,
): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  new HTMLRewriter()
    .on(selector, {
      element({ attributes }) {
        found.push(
          Object.fromEntries([...attributes].map(([name, value]) => [name, decode(value)])),
        );
      },
    })
    .transform(html);
  return found;
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

function decode(text: string): string {
  return text.replace(/&[^;]+;/g, (entity) => entities[entity] ?? entity);
}

/** The cookies an answer sets, as the browser sends them back. */
export function cookiesFrom(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
}
