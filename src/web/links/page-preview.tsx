/** @jsxImportSource hono/jsx */
import { href } from "../../http/urls.ts";
import type { Link } from "../../links/link.ts";

/**
 * What a frame allows beside what its page's own headers say: a web page its scripts, and a document, which has none,
 * our fonts.
 */
const allowed = { html: "allow-scripts", markdown: "allow-same-origin" } as const;

/** How a document or a web page looks, on its link's page; nothing for other kinds. It counts as no visit. */
export function PagePreview({ link: { kind, shortCode } }: { link: Link }) {
  if (kind !== "markdown" && kind !== "html") return null;
  return (
    <iframe
      class="page-preview"
      title={`Preview of ${shortCode}`}
      src={href("linkPreview", { shortCode })}
      sandbox={allowed[kind]}
      loading="lazy"
    />
  );
}
