import { ADMIN_USERNAME } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { type ListenAddress, parseListen } from "../../config/values/listen-address.ts";
import { version } from "../../version.ts";
import { reachableOrigins } from "../site-origin.ts";

/** What is printed when the site runs: where, and how to sign in the first time. */
export function describeSite(
  places: readonly string[],
  port: number | null,
  signIn: string,
): string {
  const [first, ...others] = places.flatMap((place) => addressesOf(parseListen(place), port));
  return [
    `Trunk8 ${version} is running.`,
    "",
    `  On this machine:  ${first}`,
    ...others.map((place) => `  On your network:  ${place}`),
    "",
    signIn,
    "",
  ].join("\n");
}

function addressesOf(listen: ListenAddress, port: number | null): readonly string[] {
  if ("unix" in listen) return [`unix:${listen.unix}`];
  return reachableOrigins(listen.hostname, port ?? listen.port);
}

/** How to sign in, with the first password where there is one to tell. */
export async function describeSignIn(app: App): Promise<string> {
  const firstPassword = await app.users.createFirstPassword();
  if (firstPassword !== null) {
    return [
      `Sign in with the user name left empty (or "${ADMIN_USERNAME}") and this password:`,
      "",
      `  ${firstPassword}`,
      "",
      "It is shown only this once; change it on the profile page.",
    ].join("\n");
  }
  if (app.users.passwordIsFromEnvironment({ username: ADMIN_USERNAME })) {
    return "Sign in with the user name left empty and the password in TRUNK8_ADMIN_PASSWORD.";
  }
  return "Sign in with the user name left empty. Password forgotten? trunk8 user passwd admin";
}
