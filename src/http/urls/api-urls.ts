import { READ, type UrlRow } from "../url-row.ts";
import { apiAdminUrls } from "./api-admin-urls.ts";
import { API } from "./api-prefix.ts";

/** The URLs of the API. What each of their methods reads and answers is in `api/operations.ts`. */
export const apiUrls = {
  api: {
    pattern: API,
    methods: READ,
    access: "visitor",
    tongue: "api",
    doc: "Version of the program, and limits of the API.",
  },
  apiDocument: {
    pattern: `${API}/openapi.json`,
    methods: READ,
    access: "visitor",
    tongue: "api",
    doc: "The API as an OpenAPI 3.1 document.",
  },
  apiLinks: {
    pattern: `${API}/links`,
    methods: [...READ, "POST"],
    access: "signed_in",
    tongue: "api",
    doc: "List links, and create one.",
  },
  apiLink: {
    pattern: `${API}/links/:shortCode`,
    methods: [...READ, "PUT", "PATCH", "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Read, replace or create, change and delete a link.",
  },
  ...apiAdminUrls,
} as const satisfies Record<string, UrlRow>;

export type ApiUrlName = keyof typeof apiUrls;

/** Whether a path is of the API, also where nothing is there. */
export function isApiPath(path: string): boolean {
  return path === API || path.startsWith(`${API}/`);
}
