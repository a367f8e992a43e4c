import { openApp } from "../../src/app.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { operator } from "../../src/policy.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { newLink } from "../../test/share.ts";
import { signIn } from "../load/sign-in.ts";
import { ADMIN_PASSWORD } from "../sides/ours.ts";

/** The link that visitors open meanwhile. */
export const OPENED = "opened";

/** `cramped` has a quota; `alice` looks at her home page, `bob` creates links. */
const names = ["mallory", "cramped", "alice", "bob"] as const;
type Name = (typeof names)[number];

const PASSWORD = "hostile-bench-4f0c";
const QUOTA_BYTES = 1_000_000;
const ALICES_LINKS = 200;

export interface Prepared {
  readonly ids: Readonly<Record<Name, number>>;
}

/** Creates the accounts and links of a site on which nothing else happens. */
export async function prepareSite(dataFolder: string): Promise<Prepared> {
  const live = LiveSettings.fixed({ "admin.password": ADMIN_PASSWORD }, dataFolder);
  const app = await openApp({ live, log: silentLog() });
  const ids = { mallory: 0, cramped: 0, alice: 0, bob: 0 };
  for (const username of names) {
    const user = await app.accounts.users.create(operator, { username, password: PASSWORD });
    ids[username] = user.id;
  }
  await app.accounts.admin.change(operator, ids.cramped, { quota: QUOTA_BYTES });
  const ofAlice = { ownerId: ids.alice };
  for (let at = 0; at < ALICES_LINKS; at++) {
    const shortCode = at === 0 ? OPENED : `alice-${at}`;
    const link = newLink({ shortCode, target: "https://example.com/" });
    await app.links.create(operator, ofAlice, link, null);
  }
  await app.close();
  return { ids };
}

/** The `Cookie` header of each account. */
export async function signInAll(port: number) {
  const cookies: Record<string, string> = { admin: await signIn(port, ADMIN_PASSWORD) };
  for (const username of names) cookies[username] = await signIn(port, PASSWORD, username);
  return { cookies };
}

/** A running server, with the sessions of its accounts. */
export interface Site extends Prepared {
  readonly port: number;
  readonly pid: number;
  readonly cookies: Readonly<Record<string, string>>;
}
