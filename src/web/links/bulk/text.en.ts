import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

export const text = catalogue({
  title: "Change of many links",
  running: "The links are being changed. You can close this page and return later.",
  waiting: "The change begins in a moment.",
  queued:
    "The change begins when your other change of many links has ended. You can close this page and return later.",
  cancelling: "The change stops after the links under way.",
  done: "All links changed",
  failed: "Not completed",
  cancelled: "Cancelled",
  label: "Links done",
  count: (done: number, total: number) =>
    `${formatCount(done)} of ${plural(total, { one: "1 link", other: `${formatCount(total)} links` })}`,
  partly: "The links changed until then stay so.",
  cancel: "Cancel",
  links: "Show links",
  undo: "Undo",
  changed: "Changed",
  leftOut: "Left in the trash",
  notFound: "No such change.",
  chooseAction: "Choose an action: cancel or undo.",
  mayNotUndo: "This cannot be undone.",
});
