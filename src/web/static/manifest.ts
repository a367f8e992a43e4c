import type { App } from "../../app.ts";
import { imageDimensions } from "../../files/media/image-dimensions.ts";
import type { Handler } from "../../http/call.ts";
import { siteText } from "../../http/response/site-file.ts";
import { href } from "../../http/urls.ts";
import { currentLanguage } from "../../text/language.ts";
import { SHARED_FILES } from "../links/share/receive-share.ts";
import { SHARED_TEXT } from "../links/share/shared-values.ts";
import { paletteOf } from "../site/palette.ts";
import { assetHref } from "./asset.ts";
import { brandHref, brandOf } from "./branding.ts";
import { text } from "./text.en.ts";

/** `GET /-/manifest.webmanifest` (W3C), in the site's theme: browsers ask for it without cookies. */
export const manifest: Handler = (call) => {
  const { background, primary } = paletteOf(call.settings["app.theme"]);
  const name = call.settings["app.title"];
  const body = {
    id: href("home"),
    name,
    short_name: name,
    lang: currentLanguage(),
    start_url: href("home"),
    scope: href("home"),
    display: "standalone",
    theme_color: primary,
    background_color: background,
    icons: iconsOf(call.app),
    share_target: {
      action: href("share"),
      method: "POST",
      enctype: "multipart/form-data",
      params: {
        title: "title",
        text: SHARED_TEXT,
        url: "url",
        files: [{ name: SHARED_FILES, accept: ["*/*"] }],
      },
    },
    shortcuts: [
      { name: text.shortcuts.newLink, url: href("add") },
      { name: text.shortcuts.links, url: href("links") },
    ],
  };
  const type = "application/manifest+json";
  return siteText(JSON.stringify(body), { call, cacheControl: "public, max-age=3600", type });
};

/** The operator's icon where it has a size; browsers install none without. */
function iconsOf(app: App): object[] {
  const { icon } = brandOf(app);
  if (icon === null) return ownIcons();
  const { type, bytes } = icon;
  const size = imageDimensions(type, bytes.plain);
  if (size === null && type !== "image/svg+xml") return ownIcons();
  const sizes = size === null ? "any" : `${size.width}x${size.height}`;
  return [{ src: brandHref(icon), type, sizes }];
}

function ownIcons(): object[] {
  const type = "image/png";
  return [
    { src: assetHref("icon192.png"), type, sizes: "192x192" },
    { src: assetHref("icon512.png"), type, sizes: "512x512" },
    { src: assetHref("iconmask.png"), type, sizes: "512x512", purpose: "maskable" },
  ];
}
