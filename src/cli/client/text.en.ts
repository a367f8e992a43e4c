import { catalogue } from "../../text/catalogue.ts";

/** Commands that call a site's API. */
export const text = catalogue({
  localOnly: (name: string) =>
    `trunk8 ${name} runs on the machine of the site only, without --server.`,
  needsPerson: (name: string) =>
    `An API key cannot do that. Sign in to the site in a browser, or run trunk8 ${name} on the machine of the site, without --server.`,
  ownerOfKey: "With --server, new links belong to the owner of the API key: leave out --user.",
  noServer: (given: string) => `Not the URL of a site, such as https://x.example: ${given}`,
  unencrypted: (host: string) =>
    `Use https:// for ${host}: over http:// anyone in between can read the key. To send it all the same, add --insecure.`,
  noKey: (origin: string) =>
    `No API key for ${origin}. Sign in with trunk8 login ${origin}, or set TRUNK8_KEY.`,
  fileChanged: (name: string) =>
    `${name} was changed while it was sent. Nothing was created. Send it again.`,
  stopped: (reason: string) =>
    `${reason} What was sent is kept: the same command goes on from there.`,
  redirects: (origin: string, other: string | null) =>
    other === null || other === origin
      ? `${origin} redirects its API. Check the URL of the site.`
      : `${origin} redirects to ${other}. If that is your site, use its URL.`,
  unreachable: (origin: string, reason: string) => `Cannot reach ${origin}: ${reason}`,
  noTrunk8: (origin: string, status?: number) =>
    status === undefined
      ? `${origin} does not answer as Trunk8. Check the URL of the site.`
      : `${origin} does not answer as Trunk8 (status ${status}). Check the URL of the site.`,

  stored: {
    open: (path: string) =>
      `Others can read the API key in ${path}. Revoke that key, delete the file, and run trunk8 login again.`,
    unreadable: (path: string) => `Cannot read ${path}. Run trunk8 login again.`,
  },
});
