import type { Content, Link } from "../../../links/link.ts";
import { formatBytes } from "../../../text/format.ts";
import { rfc3339 } from "../../../text/rfc3339.ts";

/** The destination of a redirect, or name and size of a file. */
export function describeContent({ target, content }: Pick<Link, "target" | "content">): string {
  return content === null ? target : `${content.name} (${formatBytes(content.size)})`;
}

export function describeBytes({ name, type, size, sha256, modifiedAt }: Content) {
  return { name, type, size, sha256, modifiedAt: rfc3339(modifiedAt) };
}
