import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { User } from "../../src/accounts/user.ts";
import { operator } from "../../src/policy.ts";
import { backUpUser } from "../../src/user-backup/back-up-user.ts";
import { planRestore } from "../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../src/user-backup/restore-user.ts";
import { as, databases, openTestApp, type World } from "../world.ts";
import { type Account, accounts, fill, lookAt, newUser } from "./account.ts";

/** Makes a user's archive, as a file in the world's folder. */
async function archiveOf(world: World, user: User): Promise<string> {
  const fresh = (await world.app.accounts.users.findById(user.id)) ?? user;
  const { name, bytes } = await backUpUser(world.app, as(user), fresh);
  const path = join(world.dataFolder, name);
  writeFileSync(path, Buffer.concat(await Array.fromAsync(bytes)));
  return path;
}

async function restore(world: World, user: User, path: string): Promise<void> {
  using plan = await planRestore(world.app, as(user), { owner: user, path, mode: "merge" });
  expect(plan.skipped).toEqual([]);
  await restoreUser(world.app, as(user), plan);
}

for (const kind of databases) {
  describe(`a user's archive on ${kind}`, () => {
    let source: World;
    let target: World;
    beforeAll(async () => {
      const settings = { "files.allowed_extensions": ["*"] };
      source = await openTestApp({ database: kind, settings });
      target = await openTestApp({ database: kind, settings });
    });
    afterAll(async () => {
      await source.close();
      await target.close();
    });

    test("restores any account completely, and once when restored twice", async () => {
      const isSame = fc.asyncProperty(accounts, async (account) => {
        const [from, to] = [await newUser(source), await newUser(target)];
        await fill(source, from, account);
        const before = await lookAt(source, from);
        const path = await archiveOf(source, from);
        await restore(target, to, path);
        expect(await lookAt(target, to)).toEqual(before);
        await restore(target, to, path);
        expect(await lookAt(target, to)).toEqual(before);
        await removeAll(source, account);
        await removeAll(target, account);
      });
      await fc.assert(isSame, { numRuns: 15, interruptAfterTimeLimit: 20_000, endOnFailure: true });
    });
  });
}

async function removeAll({ app }: World, { links }: Account): Promise<void> {
  const codes = links.map(({ code }) => code);
  await app.links.many.run(operator, codes, { deletes: true });
}
