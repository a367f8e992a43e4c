/** @jsxImportSource #markup */

import type { Call } from "../../../http/call.ts";
import { BREAK_OUT } from "../../../http/response/break-out.ts";
import { respondWith } from "../../../http/response/response.ts";
import { FRAMED_FLAGS } from "../../../http/response/security-headers.ts";
import { href } from "../../../http/urls.ts";
import type { Opening } from "../../../links/cached-link.ts";
import { currentLanguage } from "../../../text/language.ts";
import { assetHref } from "../../static/asset.ts";
import { siteIcon } from "../../static/branding.ts";
import { raw } from "../../ui/markup/markup.ts";
import { text } from "../text.en.ts";
import { passFor } from "./navigation.ts";

/** The address of an HTML page that is alone, for the frame around it. */
export function pageSource(call: Call): string {
  const shortCode = call.params.shortCode ?? "";
  const pass = passFor(call, shortCode);
  return pass === "" ? href("page", { shortCode }) : href("pageOnce", { pass, shortCode });
}

/**
 * Answers a browser's navigation to an HTML page of a user: a page of ours, with a frame for the user's at `source`.
 * @param address for the address bar, where the page is asked for under another one
 */
export async function frameAround(
  call: Call,
  { title: given }: Opening,
  source: string,
  address?: string,
): Promise<Response> {
  const title = given || (call.params.shortCode ?? "").replace(/\/$/, "");
  const { search } = call.url;
  const shown = { call, title, source: source + search, address: address && address + search };
  const html = await (<Around {...shown} />);
  const response = respondWith(
    `<!DOCTYPE html>\n${html}`,
    "page_frame",
    "text/html; charset=utf-8",
    { call },
  );
  // Going back must not use a pass again.
  if (call.request.headers.has("sec-fetch-dest"))
    response.headers.set("cache-control", "private, no-cache");
  return response;
}

interface Shown {
  readonly call: Call;
  readonly title: string;
  readonly source: string;
  readonly address: string | undefined;
}

function Around({ call, title, source, address }: Shown) {
  const frame = <Frame title={title} source={source} />;
  return (
    <html lang={currentLanguage()} data-address={address}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href={siteIcon(call.app).href} />
        <script>{raw(BREAK_OUT)}</script>
        <link rel="stylesheet" href={assetHref("pageframe.css")} />
        <script type="module" src={assetHref("pageframe.js")} />
      </head>
      <body>
        <p data-continue="" hidden>
          {text.frame.continues} <span />
        </p>
        <template>{frame}</template>
        <noscript>{frame}</noscript>
      </body>
    </html>
  );
}

/** What a page may do, as when it was opened by itself: `*`, since in its sandbox it has no origin of its own. */
const ALLOWED = [
  "autoplay",
  "clipboard-write",
  "encrypted-media",
  "fullscreen",
  "gamepad",
  "picture-in-picture",
  "screen-wake-lock",
  "web-share",
]
  .map((power) => `${power} *`)
  .join("; ");

function Frame({ title, source }: { title: string; source: string }) {
  return <iframe title={title} src={source} sandbox={FRAMED_FLAGS} allow={ALLOWED} />;
}
