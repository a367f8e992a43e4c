import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PasswordCost } from "../src/accounts/auth/passwords.ts";
import type { User } from "../src/accounts/user.ts";
import { type App, openApp } from "../src/app.ts";
import { type Random, systemRandom } from "../src/clock.ts";
import { LiveSettings } from "../src/config/live-settings.ts";
import type { Settings } from "../src/config/settings.ts";
import { type Actor, operator } from "../src/policy.ts";
import { respond } from "../src/server/http-server.ts";
import { type Logger, silentLog } from "../src/telemetry/log.ts";
import { addMigratedSqlite } from "./migrated/migrated-database.ts";
import { openPostgres, postgresIsAvailable } from "./postgres.ts";
import { FIREFOX } from "./user-agents.ts";

export type DatabaseKind = "sqlite" | "postgres";

/** The databases that every database test runs on. */
export const databases: readonly DatabaseKind[] = postgresIsAvailable
  ? ["sqlite", "postgres"]
  : ["sqlite"];

/** When every test begins: a Tuesday in spring. */
export const START = Date.UTC(2026, 2, 17, 12, 0, 0);

export const PASSWORD = "a quiet Tuesday";

/** Origin of the site in tests. */
export const ORIGIN = "http://trunk8.test";

export interface TestClock {
  now(): number;
  /** Milliseconds that passed: a clock that is set back does not move it. */
  steady(): number;
  advance(ms: number): void;
  set(ms: number): void;
}

/** A real app on a new data folder, with a fixed clock and three users. */
export interface World {
  readonly app: App;
  readonly clock: TestClock;
  readonly people: { readonly admin: User; readonly alice: User; readonly bob: User };
  readonly dataFolder: string;
  /** Sends a request to the real router and handlers, without a socket. */
  request(path: string, init?: RequestInit & { peer?: string }): Promise<Response>;
  /** Signs in through the form; returns the cookie header for later requests. */
  signIn(user: User): Promise<string>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly database?: DatabaseKind;
  readonly settings?: Partial<Settings>;
  /** Default: a new temporary folder, deleted by `close`. */
  readonly dataFolder?: string;
  /** Default: nothing is logged. */
  readonly log?: Logger;
  readonly random?: Random;
  /** Default: far less than people's passwords have. */
  readonly passwordCost?: PasswordCost;
}

/** A test sends many requests while its clock stands still. */
const UNLIMITED = {
  "limits.stranger_per_minute": 0,
  "limits.account_per_minute": 0,
  "limits.key_per_minute": 0,
  "limits.stranger_cpu_ms": 0,
  "limits.account_cpu_ms": 0,
};

/** A test signs in many times. */
const QUICK_PASSWORDS = { memoryKib: 64, passes: 1 };

/** Without a trash, so that what is deleted is gone; a test of the trash sets its days. */
const NO_TRASH = { "links.trash_days": 0 };

/** Opens an app; the password of its users is PASSWORD. */
export async function openTestApp({
  database = "sqlite",
  settings = {},
  dataFolder = mkdtempSync(join(tmpdir(), "trunk8-test-")),
  log = silentLog(),
  random = systemRandom,
  passwordCost = QUICK_PASSWORDS,
}: WorldOptions = {}): Promise<World> {
  const server = database === "postgres" ? await (await openPostgres()).migratedDatabase() : null;
  if (server === null) await addMigratedSqlite(dataFolder);
  const clock = makeClock();
  const live = LiveSettings.fixed(
    {
      "admin.password": PASSWORD,
      ...UNLIMITED,
      ...NO_TRASH,
      ...(server && { "database.url": server.url }),
      ...settings,
    },
    dataFolder,
  );
  const app = await openApp({
    live,
    log,
    clock: clock.now,
    steadyClock: clock.steady,
    random,
    passwordCost,
  });
  const request: World["request"] = (path, init) => sendRequest(app, path, init);
  return {
    app,
    clock,
    dataFolder,
    request,
    people: {
      admin: await find(app, "admin"),
      alice: await app.accounts.users.create(operator, { username: "alice", password: PASSWORD }),
      bob: await app.accounts.users.create(operator, { username: "bob", password: PASSWORD }),
    },
    signIn: (user) => signIn(request, user),
    close: async () => {
      await app.close();
      await server?.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** The actor that `user` is when signed in. */
export function as(user: User): Actor {
  return { is: "user", userId: user.id, username: user.username, role: user.role };
}

/** Headers of a response without the request id, which cached redirects do not have. */
export function headersOf({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => name !== "x-request-id");
}

/** A form post as a browser sends it. */
export function form(fields: Readonly<Record<string, string>>, cookie?: string): RequestInit {
  return {
    method: "POST",
    body: new URLSearchParams(fields),
    ...(cookie !== undefined && { headers: { cookie } }),
  };
}

/** A clock that stands until it is moved. */
export function makeClock(start = START): TestClock {
  let time = start;
  let passed = 0;
  const set = (ms: number) => {
    passed += Math.max(0, ms - time);
    time = ms;
  };
  return { now: () => time, steady: () => passed, advance: (ms) => set(time + ms), set };
}

async function find(app: App, username: string): Promise<User> {
  const user = await app.accounts.users.findByUsername(username);
  if (user === null) throw new Error(`There is no user ${username}.`);
  return user;
}

/** Sends one request to the real router and handlers, without a socket; unless it says otherwise, as a person's browser. */
export async function sendRequest(
  app: App,
  path: string,
  { peer = "203.0.113.7", ...init }: RequestInit & { peer?: string } = {},
) {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", new URL(ORIGIN).host);
  if (!headers.has("user-agent")) headers.set("user-agent", FIREFOX);
  const incoming = new Request(`${ORIGIN}${path}`, { redirect: "manual", ...init, headers });
  const connection = { address: () => peer, allowSilence: () => {} };
  return await respond(app, incoming, connection, false);
}

async function signIn(request: World["request"], user: User): Promise<string> {
  const response = await request(
    "/auth/login",
    form({ username: user.username, password: PASSWORD }),
  );
  const cookie = response.headers.getSetCookie().find((line) => line.includes("sessionid="));
  if (response.status !== 303 || cookie === undefined) {
    throw new Error(`${user.username} could not sign in: ${response.status}`);
  }
  return cookie.split(";", 1)[0] ?? "";
}
