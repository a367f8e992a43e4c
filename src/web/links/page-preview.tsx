/** @jsxImportSource #markup */
import type { Link } from "../../links/link.ts";
import { text } from "./text.en.ts";

/** Sandbox of each kind, beside the headers of its page: scripts for an HTML page, our fonts for Markdown. */
const allowed = { html: "allow-scripts", markdown: "allow-same-origin" } as const;

/** Preview of a Markdown or HTML page on its link's page; nothing for other kinds. Does not count as a visit. */
export function PagePreview({ link: { kind, shortCode }, source }: { link: Link; source: string }) {
  if (kind !== "markdown" && kind !== "html") return null;
  return (
    <iframe
      class="page-preview"
      title={text.preview(shortCode)}
      src={source}
      sandbox={allowed[kind]}
      loading="lazy"
    />
  );
}
