import { ADMIN_USERNAME } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { type ListenAddress, parseListen } from "../../config/values/listen-address.ts";
import { version } from "../../version.ts";
import { reachableOrigins } from "../site-origin.ts";
import { text } from "./text.en.ts";

/** Returns what is printed when the site runs: its URLs, and how to sign in the first time. */
export function describeSite(
  places: readonly string[],
  port: number | null,
  signIn: string,
): string {
  const labels = [text.thisMachine, text.network];
  const width = Math.max(...labels.map((label) => label.length));
  const urls = places.flatMap((place) => urlsOf(parseListen(place), port));
  const lines = urls.map((url, at) => `  ${(labels[Math.min(at, 1)] ?? "").padEnd(width)}  ${url}`);
  return [text.running(version), "", ...lines, "", signIn, ""].join("\n");
}

function urlsOf(listen: ListenAddress, port: number | null): readonly string[] {
  if ("unix" in listen) return [`unix:${listen.unix}`];
  return reachableOrigins(listen.hostname, port ?? listen.port);
}

/** Returns how to sign in, with the first password on the first start. */
export async function describeSignIn(app: App): Promise<string> {
  const { firstPassword, shownOnce, environment, known } = text.signIn;
  const password = await app.accounts.users.createFirstPassword();
  if (password !== null)
    return [firstPassword(ADMIN_USERNAME), "", `  ${password}`, "", shownOnce].join("\n");
  return app.accounts.users.passwordIsFromEnvironment({ username: ADMIN_USERNAME })
    ? environment
    : known;
}
