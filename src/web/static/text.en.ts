import { catalogue } from "../../text/catalogue.ts";

/** Texts that browser scripts show: pages pass them on in data attributes. */
export const text = catalogue({
  notFound: "File not found.",
  shortcuts: { newLink: "New link", links: "Links" },
  codeEditor: {
    tabHelp: "Tab indents. To leave the editor, press Escape, then Tab.",
  },
  attaching: "Uploading {name}...",
  zone: "Use this browser's time zone ({zone})",
  upload: {
    connectionLost: "The connection was lost before the upload finished. Try again.",
    refusedByProxy:
      "A server in front of this site rejects files of this size. Contact the administrator of this site.",
    oneFile: "One file per link. For several files, choose the type Collection.",
    chosen: "Selected: {name}, {size}.",
    sending: "Uploading {name}, {size}.",
    cancelled: "Upload cancelled.",
    pause: "Pause",
    resume: "Resume",
    paused: "Paused at {percent}%. You can also choose the file again later: it goes on here.",
    waiting: "The connection was lost. Trying again...",
    saving: "Saving...",
    share: "{percent}% of {total}",
    pace: "{percent}% of {total}, {speed} per second, {left} left",
  },
});
