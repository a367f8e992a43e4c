/** Requests that the document allows and their broken neighbours: never a fault, never an answer that it lacks. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import { href } from "../../../src/http/urls.ts";
import { runBulk } from "../../../src/jobs/run-bulk.ts";
import { operator, scopeNames } from "../../../src/policy.ts";
import { runRestores } from "../../../src/user-backup/restores/restore-queue.ts";
import { countInThisRun } from "../../nightly/nightly.ts";
import { openTestApp, PASSWORD, type World } from "../../world.ts";
import { DocumentCheck } from "../document-check.ts";
import { Fuzz, type FuzzDocument, type FuzzRequest } from "./fuzz.ts";

/** More of them, and others: `FUZZ_REQUESTS=20000 FUZZ_SEED=7 bun test test/api/fuzz`. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? countInThisRun("fuzz", 20_000));
const SEED = Number(process.env.FUZZ_SEED ?? 23);

/** A backup of the whole site is a process of its own. */
const without = ["startSiteBackup"];

/** Changes of many links that wait would at last be refused (503). */
const runChanges = () => runRestores(world.app, { changeLinks: runBulk });

const known = {
  short_code: ["one", "two", "three", "four", ...Array.from({ length: 30 }, (_, n) => `fuzz-${n}`)],
  username: ["bob", "carol", "fuzz-1", "fuzz-2", "fuzz-3"],
  id: ["1", "2", "3", "4", "5"],
  job: ["rank-links", "delete-old-visits", "count-visits"],
  alias: ["fuzz-1", "fuzz-2"],
  tag: ["one", "two"],
  trashed_code: ["one", "fuzz-1"],
  key: ["app.title"],
};

let world: World;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

/** Headers of the callers: in person, by keys, and nobody. */
async function callers(): Promise<readonly Record<string, string>[]> {
  const { alice, admin } = world.people;
  const { sessions, keys } = world.app.accounts;
  const inPerson = async (user: User) => {
    const { token } = await sessions.start(user, { remember: false, device: "a test" });
    return { cookie: `sessionid=${token}` };
  };
  const byKey = async (user: User) => {
    // The requests may have revoked it, and an account has so many at most.
    for (const { id } of await keys.list(operator, user.id)) await keys.revoke(operator, id);
    const scopes =
      user.role === "administrator"
        ? scopeNames
        : scopeNames.filter((scope) => !/^(users|settings|audit)/.test(scope));
    const { secret } = await keys.create(operator, user, { name: "fuzz", scopes });
    return { authorization: `Bearer ${secret}` };
  };
  return [
    await inPerson(admin),
    await inPerson(alice),
    await byKey(admin),
    await byKey(alice),
    { authorization: "Bearer t8wrong" },
    {},
  ];
}

async function ask({ method, path, headers, body }: FuzzRequest, caller: Record<string, string>) {
  const init = { method, headers: { ...headers, ...caller } };
  return await world.request(path, body === undefined ? init : { ...init, body });
}

test(
  `${REQUESTS} requests of seed ${SEED}`,
  async () => {
    const document: unknown = await (await world.request(href("apiDocument"))).json();
    const check = DocumentCheck.of(document);
    const fuzz = new Fuzz(document as FuzzDocument, { seed: SEED, without, known });
    await world.app.accounts.users.create(operator, { username: "carol", password: PASSWORD });
    const faults: string[] = [];
    let asking = await callers();
    for (let sent = 0; sent < REQUESTS; sent++) {
      if (sent % 200 === 199) asking = await callers();
      if (sent % 50 === 49) await runChanges();
      const request = fuzz.next();
      const response = await ask(
        request,
        fuzz.choices.of(asking.slice(0, fuzz.choices.chance(0.9) ? 4 : 6)),
      );
      const text = await response.text();
      const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
      try {
        if (response.status >= 500) throw new Error(`${response.status} ${text}`);
        const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : null;
        check.require({ ...request, response, body: parsed });
      } catch (thrown) {
        faults.push(`${request.method} ${request.path} ${request.body?.slice(0, 500)}: ${thrown}`);
      }
    }
    expect(faults).toEqual([]);
    expect(check.seen.size).toBeGreaterThan(100);
  },
  REQUESTS * 200,
);
