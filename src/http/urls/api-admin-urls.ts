import { READ, type UrlRow } from "../url-row.ts";
import { API } from "./api-prefix.ts";

/** The URLs of the API about accounts and the site. */
export const apiAdminUrls = {
  apiMe: {
    pattern: `${API}/me`,
    methods: READ,
    access: "signed_in",
    tongue: "api",
    doc: "The account and the API key of the caller.",
  },
  apiUsers: {
    pattern: `${API}/users`,
    methods: [...READ, "POST"],
    access: "signed_in",
    tongue: "api",
    doc: "List accounts, and create one.",
  },
  apiUser: {
    pattern: `${API}/users/:username`,
    methods: [...READ, "PATCH", "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Read, change and delete an account.",
  },
  apiPassword: {
    pattern: `${API}/users/:username/password`,
    methods: ["PUT", "POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Set the password of an account, or create a one-time password.",
  },
  apiSessions: {
    pattern: `${API}/users/:username/sessions`,
    methods: ["DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "End all sessions of an account.",
  },
  apiKeys: {
    pattern: `${API}/keys`,
    methods: [...READ, "POST"],
    access: "signed_in",
    tongue: "api",
    doc: "List API keys, and create one.",
  },
  apiKey: {
    pattern: `${API}/keys/:id`,
    methods: [...READ, "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Read and revoke an API key.",
  },
} as const satisfies Record<string, UrlRow>;
