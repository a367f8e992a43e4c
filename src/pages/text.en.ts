import { catalogue } from "../text/catalogue.ts";

/** Why a document is not shown, and texts that are added to documents. */
export const text = catalogue({
  tooComplex: "This document is too complex to render.",
  tooSlow: "This document takes too long to render. Make it shorter or simpler.",
  tooLong: (most: string) => `This document is too long. The maximum is ${most} characters.`,
  tooMany: "Too many documents are being rendered right now. Try again in a moment.",
  stopping: "Trunk8 is shutting down. Try again in a moment.",
  alerts: {
    note: "Note",
    tip: "Tip",
    important: "Important",
    warning: "Warning",
    caution: "Caution",
  },
  backToText: "Back to the text",
  task: { open: "To do", done: "Done" },
});
