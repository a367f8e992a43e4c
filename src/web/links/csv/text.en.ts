import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** The pages of `/-/import`. */
export const text = catalogue({
  title: "Import links",
  about:
    "Create many links at once from a list of addresses, or from a CSV file. You get a preview first.",
  form: {
    pasted: "Addresses or CSV",
    pastedHelp:
      "One address on each line. Or CSV whose first line names the columns: destination, short_code, title, tags, expires_at and others.",
    columns: "All columns",
    file: "Or a file",
    fileHelp: (size: string, rows: number) =>
      `CSV or text, UTF-8 or UTF-16, up to ${size} and ${formatCount(rows)} lines.`,
    nothing: "Paste addresses, or choose a file.",
    fileGone: "The file is no longer available. Choose it again.",
    inProgress: "An import of your account is in progress.",
    show: "Show progress",
  },
  columnsRead: {
    destination: "where the link leads; url also works",
    short_code: "empty: an automatic one",
    title: "",
    tags: "with commas between them",
    note: "",
    expires_at: "a date and time, or 30m, 12h, 7d, 2w",
    starts_at: "the same",
    aliases: "further short codes",
    visit_limit: "a number",
    password: "",
    redirect_status: "301, 302, 307 or 308",
    fallback_url: "where visitors are sent when the link has ended",
    forward_query: "true or false",
    disabled: "true or false",
  },
  preview: {
    title: "Preview",
    links: (count: number) =>
      plural(count, {
        one: "1 link can be created.",
        other: `${formatCount(count)} links can be created.`,
      }),
    none: "No link can be created.",
    faults: (count: number) =>
      plural(count, {
        one: "1 line cannot be imported.",
        other: `${formatCount(count)} lines cannot be imported.`,
      }),
    ignored: (names: string) => `Columns that are not imported: ${names}`,
    faultsTitle: "Lines with errors",
    linksTitle: "Links",
    firstOf: (shown: number, count: number) =>
      `The first ${formatCount(shown)} of ${formatCount(count)}`,
    importAll: (count: number) =>
      plural(count, { one: "Import 1 link", other: `Import all ${formatCount(count)} links` }),
    importGood: (count: number) =>
      plural(count, {
        one: "Import the good one",
        other: `Import the ${formatCount(count)} good ones`,
      }),
    change: "Change the list",
    chooseAnother: "Choose another file",
  },
  heads: {
    line: "Line",
    field: "Column",
    reason: "Reason",
    code: "Short code",
    destination: "Destination",
    linkTitle: "Title",
  },
  automatic: "automatic",
  wholeLine: "whole line",
  progress: {
    running: "The links are being created. You can close this page and return later.",
    waiting: "The import begins in a moment.",
    cancelling: "The import stops after the links under way.",
    done: "Import completed",
    failed: "Not completed",
    cancelled: "Cancelled",
    label: "Lines imported",
    count: (done: number, total: number) =>
      `${formatCount(done)} of ${plural(total, { one: "1 line", other: `${formatCount(total)} lines` })}`,
    created: "Created",
    refused: "Refused",
    partly: "The links created until then stay.",
    download: "Download the refused lines",
    downloadHelp: "A CSV file with the reasons. Correct it and import it again.",
    cancel: "Cancel",
    links: "Show links",
    again: "Import more",
    fault: (line: number, reason: string) => `Line ${formatCount(line)}: ${reason}`,
    notFound: "No such import.",
    noList: "The list of refused lines is no longer available.",
    chooseAction: "Choose an action: cancel.",
  },
});
