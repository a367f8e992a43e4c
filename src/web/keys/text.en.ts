import type { KeyStatus } from "../../accounts/keys/api-key.ts";
import type { Scope } from "../../policy.ts";
import { catalogue } from "../../text/catalogue.ts";

const scopes: Readonly<Record<Scope, string>> = {
  "links:read": "See links",
  "links:write": "See, change and delete links",
  "links:create": "Create redirects",
  "files:create": "Create links to files, Markdown documents and HTML pages",
  "stats:read": "See visits",
  "tags:write": "Rename, merge and delete tags",
  "keys:write": "List and revoke API keys",
  "account:write": "Change your preferences, see your activity, and end your sessions",
  "backup:read": "Download backups",
  "backup:admin": "Download and restore backups",
  "users:admin": "List, create and change accounts",
  "settings:admin": "Change the site's settings, and see its nodes",
  "audit:read": "Read the activity log of all users",
};

const statuses: Readonly<Record<KeyStatus, string>> = {
  active: "Active",
  expired: "Expired",
  revoked: "Revoked",
};

/** Texts of the pages of API keys. */
export const text = catalogue({
  title: "API keys",
  reference: "What programs can do is described under {page}.",
  api: "API",
  explanation:
    "An API key lets a program use your account. It can do only what you tick, and never change your password or create other keys.",
  none: "No API keys",
  noneHelp: "Create one below.",
  all: { title: "API keys of all users", of: (username: string) => `API keys of ${username}` },
  scopes,
  statuses,
  columns: {
    key: "Key",
    scopes: "Scopes",
    lastUsed: "Last used",
    expires: "Expires",
    revoke: "Revoke",
  },
  beginning: (characters: string) => `${characters}\u2026`,
  onlyKinds: (kinds: string) => `Only ${kinds}`,
  usedBy: (client: string, network: string) => `${client}, ${network}`,

  form: {
    title: "New API key",
    nameHelp: "What the key is for, such as the name of a program or device.",
    presets: "Presets:",
    scopes: "Scopes",
    kinds: "Types of links",
    kindsHelp: "Tick none for links of every type.",
    expires: "Expires",
    expiries: {
      "30d": "In 30 days",
      "90d": "In 90 days",
      "365d": "In a year",
      never: "Never",
    },
    create: "Create API key",
    chooseExpiry: "Choose when the key expires.",
  },

  presets: {
    links: "Links",
    files: "Links and files",
    sharex: "ShareX",
    read: "Read only",
  },

  created: {
    title: "API key created",
    explanation: "Copy the key of {name} now. It is not shown again.",
    what: "the API key",
    use: "Use it",
    keep: "In a shell, keep the key in a variable. It is typed unseen, and stays out of the history:",
    create: "Create a link with curl:",
    upload: "Upload a file with curl:",
    login: "With Trunk8's own command line, which asks for the key:",
    header: "In programs that ask for a header:",
    sharex: "For ShareX, download a custom uploader with this key, and open it:",
    back: "Back to API keys",
    lines: {
      keep: "read -rs TRUNK8_KEY && export TRUNK8_KEY",
      // curl reads the header from standard input, so that no list of processes shows the key.
      create: (url: string) =>
        `echo "Authorization: Bearer $TRUNK8_KEY" | curl -H @- --json '{"target": "https://example.com/"}' ${url}`,
      upload: (url: string) =>
        `echo "Authorization: Bearer $TRUNK8_KEY" | curl -H @- -F file=@photo.jpg ${url}`,
      login: (origin: string) => `trunk8 login ${origin}`,
      header: (key: string) => `Authorization: Bearer ${key}`,
    },
  },

  sharex: {
    noKey: "The form has no API key. Create one, and download the file from its page.",
    names: {
      files: (host: string) => `${host} (files)`,
      links: (host: string) => `${host} (links)`,
    },
    downloads: { files: "Files (.sxcu)", links: "Links (.sxcu)" },
  },

  revoke: {
    title: "Revoke API key",
    question: "Revoke the API key {name}?",
    explanation: "Programs that use it are refused from their next request on. This is permanent.",
    action: "Revoke",
    label: (name: string) => `Revoke ${name}`,
    already: "This API key has already been revoked.",
  },
});
