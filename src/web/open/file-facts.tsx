/** @jsxImportSource hono/jsx */

import { isDrawable } from "../../files/media/thumbnails.ts";
import { href } from "../../http/urls.ts";
import type { Content, Link } from "../../links/link.ts";
import { formatBytes } from "../../text/format.ts";
import type { IconName } from "../static/assets/icons.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Fact } from "../ui/fact.tsx";
import { Icon } from "../ui/icon.tsx";

/** What is known of a file, as rows of a `<dl class="facts">`. */
export function FileFacts({ content: { name, size, type, sha256 } }: { content: Content }) {
  return (
    <>
      <Fact name="File">
        <span class="name">{name}</span>
      </Fact>
      <Fact name="Size">{formatBytes(size)}</Fact>
      <Fact name="Type">{type}</Fact>
      <Fact name="SHA-256">
        <code class="name">{sha256}</code>{" "}
        <CopyButton text={sha256} what="the SHA-256" isIconOnly />
      </Fact>
    </>
  );
}

interface PictureProps {
  readonly link: Pick<Link, "shortCode" | "kind">;
  readonly content: Content;
}

/** A link's content at a glance: its thumbnail, or an icon of what it is. */
export function Picture({ link: { shortCode, kind }, content }: PictureProps) {
  const hasThumbnail = kind === "file" && isDrawable(content);
  return (
    <span class="picture">
      {hasThumbnail ? (
        <img src={href("thumbnail", { shortCode })} alt="" loading="lazy" decoding="async" />
      ) : (
        <Icon name={iconOf(kind, content.type)} />
      )}
    </span>
  );
}

function iconOf(kind: Link["kind"], type: string): IconName {
  switch (kind) {
    case "redirect":
      return "link";
    case "file":
      return fileIconOf(type);
    case "markdown":
    case "html":
      return kind;
  }
}

function fileIconOf(type: string): IconName {
  switch (type.split("/", 1)[0]) {
    case "image":
      return "image";
    case "audio":
      return "music";
    case "video":
      return "film";
    default:
      return "file";
  }
}
