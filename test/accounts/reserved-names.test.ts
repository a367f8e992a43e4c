import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "../../src/accounts/text.en.ts";
import { operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { databases, openTestApp, PASSWORD, type World } from "../world.ts";

for (const kind of databases) {
  describe(`the name of a new account on ${kind}`, () => {
    let world: World;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      await create("Oil_1");
    });
    afterAll(() => world.close());

    const create = (username: string) =>
      world.app.accounts.users.create(operator, { username, password: PASSWORD });

    test.each([
      ["alice", () => text.username.taken],
      ["ALICE", () => text.username.taken],
      ["oil_1", () => text.username.taken],
      ["OlI_1", () => text.username.similar("Oil_1")],
      ["0iI-l", () => text.username.similar("Oil_1")],
      ["a1ice", () => text.username.similar("alice")],
      ["adm1n", () => text.username.similar("admin")],
      ["root", () => text.username.reserved],
      ["R00T", () => text.username.reserved],
      ["Administrator", () => text.username.reserved],
      ["admlnistrator", () => text.username.reserved],
    ])("rejects %s", async (username, message) => {
      expect(await failureOf(create(username))).toMatchObject({
        code: "invalid",
        fields: { username: message() },
      });
    });

    test.each(["rooted", "alice2", "oil", "users", "delete", "con"])("accepts %s", async (name) => {
      expect((await create(name)).username).toBe(name);
    });

    test("rejects the name of a deleted account with files, but not with empty folders", async () => {
      const folder = (name: string) => join(world.dataFolder, "users", name, "assets", ".drafts");
      mkdirSync(folder("former"), { recursive: true });
      expect((await create("former")).username).toBe("former");
      mkdirSync(folder("Earlier"), { recursive: true });
      writeFileSync(join(world.dataFolder, "users", "Earlier", "assets", "a.txt"), "bytes");
      expect(await failureOf(create("EARLIER"))).toMatchObject({
        fields: { username: text.username.hasFiles },
      });
    });
  });
}
