import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** The forms that create, edit and delete a link. */
export const text = catalogue({
  titles: {
    add: "Add link",
    edit: (code: string) => `Edit ${code}`,
    editing: "Edit {code}",
    remove: (code: string) => `Delete ${code}`,
  },
  tabs: {
    redirect: "Link",
    file: "File",
    markdown: "Markdown",
    html: "HTML page",
  },
  target: "Destination",
  redirectType: "Redirect type",
  shortCode: "Short code",
  shortCodeHelp: "Letters, digits, - and _. Leave empty for an automatic one.",
  codeIsFree: (code: string) => `"${code}" is available.`,
  title: "Title",
  titleHelp: {
    redirect: "Shown in your list. Visitors do not see it.",
    file: "Shown in your list, and to visitors on the viewer page and in link previews.",
    markdown: "Shown in your list, and to visitors as the title of the page.",
    html: "Shown in your list. Visitors see the title that the page itself has.",
  },
  tags: "Tags",
  tagsHelp: "For your own lists, with commas between them.",
  note: "Note",
  moreOptions: "More options",
  inline: "Open in the browser",
  inlineHelp: "For images, audio, video, PDF and plain text. Other files are downloaded.",
  disabled: "Disabled",
  disabledHelp: "Visitors get an error until you enable the link.",
  expiry: {
    label: "Expires",
    never: "Never",
    hour: "In 1 hour",
    day: "In 1 day",
    week: "In 7 days",
    month: "In 30 days",
    year: "In 1 year",
    span: "In\u2026",
    date: "On\u2026",
    spanLabel: "Expires in",
    spanHelp: "Such as 2h or 7d, counted from now.",
    dateLabel: "Date and time",
    dateHelp: (zone: string) => `Time zone: ${zone}`,
  },
  startsAt: "Starts",
  startsAtHelp: (zone: string) =>
    `Until then, visitors find no link here. Leave empty to start now. Time zone: ${zone}`,
  fallback: "Fallback",
  fallbackHelp: "Where visitors are sent when the link has expired or is disabled.",
  forwardQuery: "Query parameters of visitors",
  conflict: {
    help: "Your version is in the form. The version saved in the meantime, where it differs, is here. Save again to replace it.",
    file: "File",
    yes: "Yes",
    no: "No",
  },
  source: {
    label: "Source",
    text: "Write here",
    file: "Upload a file",
    chooseAgain: "Choose the file again.",
    keep: "Leave empty to keep {file} ({size}).",
    quota: (used: string, quota: string) => `${used} of ${quota} used.`,
    atMost: (size: string) => `At most ${size}.`,
    otherKind: "A link of this kind takes no file here.",
    drop: "Drop it anywhere on this page, or paste an image.",
    labels: {
      file: { text: "Text", file: "File" },
      markdown: { text: "Markdown", file: "Markdown file" },
      html: { text: "HTML", file: "HTML file" },
    },
  },
  limits: {
    tooLarge: (size: string) => `A file can have at most ${size}.`,
    notAllowed: (extensions: string) => `Only these file types are allowed: ${extensions}.`,
  },
  upload: {
    label: "Upload",
    progress: "Upload progress",
    cancel: "Cancel upload",
    signedOut:
      "You are signed out. {signIn} in another tab, then send the form again: nothing is lost.",
    signIn: "Sign in",
  },
  editor: {
    view: "View",
    write: "Write",
    preview: "Preview",
    attach: "Drop or paste a file here to share it and insert its link.",
    previewInTab: "Preview in a new tab",
    draft: "You have an unsaved draft.",
    restoreDraft: "Restore draft",
    discardDraft: "Discard draft",
  },
  remove: {
    heading: (code: string) => `Delete ${code}?`,
    redirectsTo: (target: string) => `Destination: ${target}`,
    contains: (file: string) => `File: ${file}`,
    toTrash: (days: number) =>
      plural(days, {
        one: "It can be restored from the trash for a day.",
        other: `It can be restored from the trash for ${formatCount(days)} days.`,
      }),
    consequence: (visits: number) =>
      plural(visits, {
        one: "The link and the record of its 1 visit are deleted. This cannot be undone.",
        other: `The link and the record of its ${formatCount(visits)} visits are deleted. This cannot be undone.`,
      }),
  },
});
