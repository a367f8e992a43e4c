import type { KeyStatus } from "../../../accounts/keys/api-key.ts";
import { catalogue } from "../../../text/catalogue.ts";

const statuses: Readonly<Record<KeyStatus, string>> = {
  active: "active",
  expired: "expired",
  revoked: "revoked",
};

/** The commands for API keys. */
export const text = catalogue({
  addSummary: "Create an API key, and print it: it is not shown again",
  listSummary: "List API keys",
  revokeSummary: "Revoke an API key, by its first characters as `key ls` shows them",
  addUser: "owner of the key",
  listUser: "only keys of this account (default: of all)",
  scopes: (names: string) => `what it can do, with commas between them: ${names}`,
  kinds: (names: string) => `only for links of these types, with commas between them: ${names}`,
  expires: "when it expires: 30d, 52w, or a date and time (default: never)",
  json: "print an array of all details as JSON",
  revokedJson: "print {key, name} as JSON",
  userMissing: "Name the owner of the key: --user NAME.",
  scopesMissing: "Say what the key can do: --scopes links:read,links:create.",
  created: (name: string, username: string) => `API key ${name} of ${username} created.`,
  revoked: (beginning: string, name: string) => `API key ${beginning} (${name}) revoked.`,
  notFound: (beginning: string) => `API key not found: ${beginning}`,
  several: (beginning: string) =>
    `Several API keys begin like ${beginning}. Revoke the right one on its owner's page.`,
  empty: "No API keys.",
  statuses,
  never: "never",
  heads: {
    key: "Key",
    user: "User",
    name: "Name",
    status: "Status",
    used: "Last used",
    scopes: "Scopes",
  },
});
