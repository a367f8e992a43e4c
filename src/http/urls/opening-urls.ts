import { READ, type UrlRow } from "../url-row.ts";

/** What shows a link to visitors, beside the short link itself. */
export const openingUrls = {
  qr: {
    pattern: "/-/qr/:shortCode.:format",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Short URL as a QR code, `svg` or `png`: `?size=` pixels (64-2048, default 512) `?margin=` modules (0-16, default 4) `?download=1`. If the link is not live, only for its owner.",
  },
  view: {
    pattern: "/-/view/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Page of a file: the image, audio, video or text, its details, and a download button.",
  },
  thumbnail: {
    pattern: "/-/thumb/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Thumbnail of an image, 160 pixels, WebP; 404 with an icon if there is none. `?file=` (an id) is one of the files of a collection. If the link is not live, only for its owner.",
  },
  zip: {
    pattern: "/-/zip/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The files of a collection as a zip, which is written while it is sent and not compressed: those of `?file=` (an id, repeated), or all.",
  },
  page: {
    pattern: "/-/page/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "HTML page for the frame that `/<code>` shows to browsers where there are several accounts and no `server.content_origin`. Redirects to `/<code>` unless a frame of this site loads it (`Sec-Fetch-Dest`).",
  },
  pageOnce: {
    pattern: "/-/page/:pass/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The same for browsers that send no `Sec-Fetch-Dest`, as over http: `pass` works once.",
  },
  framedSite: {
    pattern: "/-/site/:pass/:shortCode/*",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The same for an HTML page of several files, with what its pages load, by the paths of these. `pass` is `-`, or one that works once, and for a gated link after a `~` one that its page around issued: for an hour, for that browser.",
  },
  removeByToken: {
    pattern: "/-/remove/:shortCode/:token",
    methods: [...READ, "POST", "DELETE"],
    access: "visitor",
    tongue: "program",
    doc: "Delete a link by its deletion link, which the response to its creation contains (`deletion_url`, `X-Url-Delete`): a GET asks, a POST or DELETE puts it into the trash. The token ends when the link is deleted, or gets another short code or owner; a wrong one is 404.",
  },
  unlock: {
    pattern: "/-/unlock/:shortCode",
    methods: ["POST"],
    access: "visitor",
    tongue: "page",
    doc: "Unlock a link that asks for a password: `password`, and `page` (`open` or `view`), the page to go on to, with the parameters in `query`. The right one sets a cookie for this link, for an hour, and redirects to `/<code>`; a browser gets a page that goes on there. Programs send the password with each request instead, by Basic authentication (any user name) or in the header `X-Link-Password`.",
  },
} as const satisfies Record<string, UrlRow>;
