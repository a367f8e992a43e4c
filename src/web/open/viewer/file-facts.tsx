/** @jsxImportSource #markup */

import { isDrawable } from "../../../files/media/thumbnails.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { LinkFile } from "../../../links/files/link-file.ts";
import type { Content, Link } from "../../../links/link.ts";
import { formatBytes } from "../../../text/format.ts";
import type { IconName } from "../../static/assets/icons.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Fact } from "../../ui/fact.tsx";
import { Icon } from "../../ui/icon.tsx";
import { type Child, html } from "../../ui/markup/markup.ts";
import { text as shared } from "../../ui/text.en.ts";
import { text } from "../text.en.ts";
import { typeName } from "./type-name.ts";

interface FileFactsProps {
  readonly content: Content;
  /** SHA-256 of the file that was sent, where metadata were removed from it. */
  readonly original?: string | null;
}

/** Properties of a file, as rows of a `<dl class="facts">`. */
export function FileFacts({ content, original = null }: FileFactsProps) {
  const { name, size, type, sha256 } = content;
  return (
    <>
      <Fact name={text.facts.file}>
        <span class="name">{name}</span>
      </Fact>
      <Fact name={shared.labels.size}>{formatBytes(size)}</Fact>
      <Fact name={text.facts.type}>
        {typeName(content)}
        <details>
          <summary>{text.facts.details}</summary>
          {text.facts.mediaType}: <code>{type}</code>
          <br />
          {text.facts.sha256}: <code class="name">{sha256}</code>{" "}
          <CopyButton text={sha256} what={text.facts.checksum} isIconOnly />
        </details>
      </Fact>
      {original !== null && (
        <Fact name={text.facts.metadata}>
          {text.facts.removed}
          <details>
            <summary>{text.facts.details}</summary>
            {text.facts.sentSha256}: <code class="name">{original}</code>
          </details>
        </Fact>
      )}
    </>
  );
}

interface PictureProps {
  readonly link: Pick<Link, "shortCode" | "kind">;
  readonly content: Content;
}

/** The thumbnail of a link's content, or an icon of its kind. */
export function Picture({ link: { shortCode, kind }, content }: PictureProps): Child {
  const hasThumbnail = kind === "file" && isDrawable(content);
  const thumbnail = hasThumbnail ? href("thumbnail", { shortCode }) : null;
  return pictureOf(thumbnail, iconOf(kind, content.type));
}

/** The thumbnail of one of the files of a link, or an icon of its type. */
export function FilePicture({ shortCode, file }: { shortCode: string; file: LinkFile }): Child {
  const { id, content } = file;
  const path = withQuery(href("thumbnail", { shortCode }), { file: String(id) });
  return pictureOf(isDrawable(content) ? path : null, fileIconOf(content.type));
}

function pictureOf(thumbnail: string | null, icon: IconName): Child {
  const picture =
    thumbnail === null
      ? Icon({ name: icon })
      : html`<img src="${thumbnail}" alt="" loading="lazy" decoding="async">`;
  return html`<span class="picture">${picture}</span>`;
}

function iconOf(kind: Link["kind"], type: string): IconName {
  switch (kind) {
    case "redirect":
      return "link";
    case "file":
      return fileIconOf(type);
    case "markdown":
    case "html":
    case "collection":
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
