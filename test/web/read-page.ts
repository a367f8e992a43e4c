/** What stands on a page, entities decoded. */
export interface ReadPage {
  readonly html: string;
  /** All text, runs of blanks made one. */
  readonly text: string;
  /** What the fields hold, by name; a box that is not ticked has "". Of several, the first. */
  readonly values: Readonly<Record<string, string>>;
  /** The message beside each refused field, by its name. */
  readonly problems: Readonly<Record<string, string>>;
  /** Where all links lead. */
  readonly links: readonly string[];
}

/** Reads an answer as a page. */
export async function readPage(response: Response): Promise<ReadPage> {
  const html = await response.text();
  const values: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const links: string[] = [];
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
  return { html, text: text.replace(/\s+/g, " "), values, problems, links };
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
