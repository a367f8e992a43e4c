import { ADMIN_USERNAME } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { type ListenAddress, parseListen } from "../../config/values/listen-address.ts";
import { version } from "../../version.ts";
import { printIfOpen, printResult } from "../command.ts";
import { reachableOrigins } from "../site-origin.ts";
import { text } from "./text.en.ts";

/** Prints that the site runs, if a reader is there: the site runs without one as well. */
export function announce(description: string): void {
  printIfOpen(() => printResult(description));
}

/** Where the site is reached. */
interface SitePlaces {
  /** `server.public_url`, or "". */
  readonly publicUrl: string;
  /** Addresses that the processes listen at. */
  readonly listens: readonly string[];
  /** The port that was chosen, where a port of 0 asked for any. */
  readonly port: number | null;
}

/** Returns what is printed when the site runs: its URLs, and how to sign in the first time. */
export function describeSite({ publicUrl, listens, port }: SitePlaces, signIn: string): string {
  const addresses = listens.map(parseListen);
  const origins = addresses.flatMap((address) => originsOf(address, port));
  const rows = [
    ...(publicUrl === "" ? [] : [[text.publicUrl, publicUrl] as const]),
    ...origins.map((url, at) => [at === 0 ? text.thisMachine : text.network, url] as const),
    ...addresses.flatMap((address) =>
      "unix" in address ? [[text.socket, `unix:${address.unix}`] as const] : [],
    ),
  ];
  return [text.running(version), "", ...alignLabels(rows), "", signIn, ""].join("\n");
}

function originsOf(address: ListenAddress, port: number | null): readonly string[] {
  return "unix" in address ? [] : reachableOrigins(address.hostname, port ?? address.port);
}

function alignLabels(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, url]) => `  ${label.padEnd(width)}  ${url}`);
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
