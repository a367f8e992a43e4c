import { catalogue } from "../../../text/catalogue.ts";
import { formatCount } from "../../../text/format.ts";

/** `trunk8 show`, `edit` and `history`, and options that `add` has as well. */
export const text = catalogue({
  alias: "further short codes, with commas between them",
  note: "note",
  embed: "websites that may show it in a frame, with commas between them; *: any",
  redirectStatus: "301, 302, 307 or 308 (default: 302)",
  findIfExists:
    "print the short URL of a live link to the same URL that is as the options say, if any",
  uploading: (name: string) => `Uploading ${name}`,
  sentOf: (sent: string, size: string) => `${sent} of ${size}`,
  put: "Create links of files, and print their short URLs.",
  qr: {
    summary: "Print the QR code of a link: on a terminal as characters, else as SVG.",
    out: "file to write, such as code.svg or code.png",
    format: "svg or png",
    size: "pixels along a side (default: 512)",
    margin: "width of the white border, in modules (default: 4)",
    written: (path: string) => `Written: ${path}`,
    cannotWrite: (path: string, code: string) => `Cannot write ${path} (${code}).`,
  },
  open: {
    summary: "Open a short URL in the browser; not on a terminal, print it.",
    print: "print it anyway",
  },
  show: {
    summary: "Show all facts of a link.",
    json: "print them as JSON",
    unknown: "unknown",
  },
  edit: {
    summary:
      "Change a link. What is not named stays; none clears an expiry, a start, a fallback, embedding, a visit limit, tags or aliases, and an empty text a title or a note.",
    url: "the new destination; a Markdown or HTML link becomes a redirect",
    code: "another short code; the old one stays as an alias",
    freeCode: "free the old short code instead",
    noForwardQuery: "do not pass query parameters on",
    noPassword: "ask for no password",
    enable: "enable the link",
    disable: "disable the link",
    both: (one: string, other: string) => `Choose either --${one} or --${other}.`,
    nothing: "Name what to change. Options are listed by: trunk8 edit --help",
    json: "print {short_code, url, revision} as JSON",
    changed: (code: string) => `Changed ${code}.`,
  },
  history: {
    summary: "List what a link was before: destinations, and texts of Markdown and HTML.",
    restore: "make it version N again",
    view: "print the text or the destination of version N",
    json: "print the list as JSON",
    noNumber: "Enter the number of a version.",
    restored: (code: string, number: number) =>
      `Restored version ${formatCount(number)} of ${code}.`,
    heads: { version: "Version", since: "Since", by: "By", content: "Content" },
    current: (number: number) => `${formatCount(number)} (current)`,
    unknown: "unknown",
  },
});
