/** @jsxImportSource #markup */
import type { Dimensions } from "../../../files/media/image-dimensions.ts";
import { isDrawable } from "../../../files/media/thumbnails.ts";
import type { Call } from "../../../http/call.ts";
import type { Content } from "../../../links/link.ts";
import { formatBytes } from "../../../text/format.ts";
import { text } from "../text.en.ts";
import { playerOf } from "./player-of.ts";
import { typeName } from "./type-name.ts";

interface OpenGraphProps {
  readonly call: Call;
  readonly type: "website" | "video.other";
  readonly title: string;
  readonly description: string;
}

/** What chats and other sites show of the page that was asked for: https://ogp.me */
export function OpenGraph({ call, type, title, description }: OpenGraphProps) {
  return (
    <>
      <meta name="description" content={description} />
      <meta property="og:type" content={type} />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:site_name" content={call.settings["app.title"]} />
      <meta property="og:url" content={call.client.origin + call.url.pathname} />
    </>
  );
}

interface FileOpenGraphProps {
  readonly call: Call;
  readonly content: Content;
  readonly title: string;
  /** Path of the bytes. */
  readonly path: string;
  /** Of an image, where they are known. */
  readonly dimensions: Dimensions | null;
}

/** The same of the page of a file. */
export function FileOpenGraph({ call, content, title, path, dimensions }: FileOpenGraphProps) {
  const { origin } = call.client;
  const { type, size } = content;
  const description = text.viewer.summary(typeName(content), formatBytes(size));
  const part = partOf(content);
  return (
    <>
      <OpenGraph
        call={call}
        type={part === "video" ? "video.other" : "website"}
        title={title}
        description={description}
      />
      <meta name="twitter:card" content={part === "image" ? "summary_large_image" : "summary"} />
      {part && <meta property={`og:${part}`} content={origin + path} />}
      {part && <meta property={`og:${part}:type`} content={type} />}
      {part === "image" && <Size dimensions={dimensions} />}
    </>
  );
}

function Size({ dimensions }: Pick<FileOpenGraphProps, "dimensions">) {
  if (dimensions === null) return null;
  return (
    <>
      <meta property="og:image:width" content={String(dimensions.width)} />
      <meta property="og:image:height" content={String(dimensions.height)} />
    </>
  );
}

/** Null for what chats show nothing of. */
function partOf(content: Content): "image" | "audio" | "video" | null {
  return isDrawable(content) ? "image" : playerOf(content.type);
}
