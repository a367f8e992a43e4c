import { catalogue } from "../../text/catalogue.ts";

/** Texts of the parts that pages are made of, and words that many pages share. */
export const text = catalogue({
  actions: {
    cancel: "Cancel",
    close: "Close",
    copy: "Copy",
    create: "Create",
    delete: "Delete",
    disable: "Disable",
    download: "Download",
    edit: "Edit",
    enable: "Enable",
    open: "Open",
    preview: "Preview",
    save: "Save",
    search: "Search",
    signIn: "Sign in",
    signOut: "Sign out",
    transfer: "Transfer",
    view: "View",
  },
  labels: {
    actions: "Actions",
    created: "Created",
    name: "Name",
    newOwner: "New owner",
    never: "Never",
    owner: "Owner",
    size: "Size",
    status: "Status",
    username: "Username",
    visits: "Visits",
  },
  errors: {
    unknownAction: "Unknown action.",
  },
  copying: {
    copied: "Copied",
    failed: "Could not copy",
    label: (what: string) => `Copy ${what}`,
  },
  pager: {
    label: "Pages",
    previous: "Previous",
    next: "Next",
  },
  chart: {
    time: "Time",
    highest: (value: string, label: string) => `Most: ${value} (${label})`,
    bar: (label: string, value: string, unit: string) => `${label}: ${value} ${unit}`,
    range: (sum: string, unit: string, from: string, to: string) =>
      `${sum} ${unit} from ${from} to ${to}.`,
  },
  time: {
    soon: "in a moment",
    now: "just now",
  },
});
