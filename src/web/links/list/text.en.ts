import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** Texts of the list of links, and of changes to several links. */
export const text = catalogue({
  title: "Links",
  add: "Add link",
  import: "Import",
  downloadCsv: "Download CSV",
  columns: {
    select: "Select",
    link: "Link",
    lastVisit: "Last visit",
    expires: "Expires",
  },
  row: {
    select: (shortCode: string) => `Select ${shortCode}`,
    declared: "Declared in links.toml",
    actions: (shortCode: string) => `Actions for ${shortCode}`,
    open: (shortCode: string) => `Open ${shortCode}`,
    shortLink: (shortCode: string) => `short link ${shortCode}`,
    qrCode: (shortCode: string) => `QR code of ${shortCode}`,
    qrCodeShort: "QR code",
    edit: (shortCode: string) => `Edit ${shortCode}`,
    delete: (shortCode: string) => `Delete ${shortCode}`,
  },
  filter: {
    search: "Code, title, destination, note",
    kind: "Type",
    anyKind: "All types",
    anyStatus: "All statuses",
    tags: "Tags",
    anyTags: "Any",
    tagMode: "Links with",
    tagModes: { all: "All of them", any: "Any of them", none: "None of them" },
    anyOwner: "Anyone",
    sort: "Sort by",
    sorts: {
      created: "Created",
      code: "Short code",
      visits: "Visits",
      expiry: "Expiry",
      last_visit: "Last visit",
    },
    direction: "Order",
    directions: {
      usual: "Default",
      asc: "Ascending",
      desc: "Descending",
    },
  },
  found: {
    all: (count: number) => plural(count, { one: "1 link", other: `${formatCount(count)} links` }),
    moreThan: (count: number) =>
      plural(count, {
        one: "More than 1 link",
        other: `More than ${formatCount(count)} links`,
      }),
    range: (first: string, last: string) => `${first}-${last}`,
    ofAll: (range: string, count: number) =>
      plural(count, {
        one: `${range} of 1 link`,
        other: `${range} of ${formatCount(count)} links`,
      }),
    ofMoreThan: (range: string, count: number) =>
      plural(count, {
        one: `${range} of more than 1 link`,
        other: `${range} of more than ${formatCount(count)} links`,
      }),
  },
  inTotal: (kinds: string) => `In total: ${kinds}`,
  none: {
    yet: "No links yet",
    firstHint: "Paste a long URL to get a short link of your own.",
    addFirst: "Add your first link",
    found: "No links found",
    anyText: "Clear the search text",
    anyKind: "Show all types",
    anyStatus: "Show all statuses",
    anyTags: "Show links with any tags",
    anyOwner: "Show links of all users",
    all: "Show all links",
  },
  bulk: {
    apply: "Apply",
    more: "Expiry and tags",
    moreWithOwner: "Expiry, tags and owner",
    selectAll: "Select all on this page",
    selectNone: "Select none",
    selected: "Selected:",
    clear: "Clear selection",
    allOf: (count: number) => `All ${formatCount(count)} links of this list`,
    allOfMore: (count: number) => `All links of this list (more than ${formatCount(count)})`,
    enable: "Enable",
    disable: "Disable",
    andMore: (count: number) =>
      plural(count, { one: "and 1 more", other: `and ${formatCount(count)} more` }),
    expires: "Expires (7d, 2027-01-31, never)",
    setExpiry: "Set expiry",
    tags: "Tags",
    addTags: "Add tags",
    removeTags: "Remove tags",
    newOwner: "New owner (username)",
    deleteTitle: "Delete links",
    deleteQuestion: (count: number) =>
      plural(count, { one: "Delete 1 link?", other: `Delete ${formatCount(count)} links?` }),
    toTrash: (days: number) =>
      plural(days, {
        one: "They can be restored from the trash for a day.",
        other: `They can be restored from the trash for ${formatCount(days)} days.`,
      }),
    deleteWarning:
      "The links stop working and their statistics are deleted. This cannot be undone.",
    gone: "These links no longer exist.",
    notFound: (codes: string) => `Links not found: ${codes}.`,
  },
  declared: {
    broken: (fault: string) =>
      `{file} has an error, so the links it declares stay unchanged. ${fault}`,
    waiting: (count: number) =>
      plural(count, {
        one: "{file} would delete 1 link, so it has not been applied. If that is intended, run {command} on the server.",
        other: `{file} would delete ${formatCount(count)} links, so it has not been applied. If that is intended, run {command} on the server.`,
      }),
  },
});
