import { catalogue } from "../../../text/catalogue.ts";

/** `trunk8 login` and `logout`. */
export const text = catalogue({
  summary:
    "Store an API key of a site for later commands. It is typed hidden, or read from standard input (-).",
  logoutSummary: "Delete the stored API key.",
  question: (origin: string) => `API key for ${origin} (created on your profile page): `,
  keyInArguments:
    "An API key is no argument: others on this machine can read arguments. Type it, or pass it on standard input with -.",
  noKey: "Enter an API key.",
  stored: (username: string, origin: string, path: string) =>
    `Signed in to ${origin} as ${username}. The key is in ${path}.`,
  removed: "The stored API key is deleted. To revoke it, use the API keys page of the site.",
  notStored: "No API key is stored.",
});
