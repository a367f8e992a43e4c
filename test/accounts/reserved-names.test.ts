import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
      world.app.users.create(operator, { username, password: PASSWORD });

    test.each([
      ["alice", "is taken"],
      ["ALICE", "is taken"],
      ["oil_1", "is taken"],
      ["OlI_1", "looks like that of Oil_1"],
      ["0iI-l", "looks like that of Oil_1"],
      ["a1ice", "looks like that of alice"],
      ["adm1n", "looks like that of admin"],
      ["root", "is kept for the site itself"],
      ["R00T", "is kept for the site itself"],
      ["Administrator", "is kept for the site itself"],
      ["admlnistrator", "is kept for the site itself"],
    ])("%s is refused: it %s", async (username, why) => {
      expect(await failureOf(create(username))).toMatchObject({
        code: "invalid",
        fields: { username: `This user name ${why}.` },
      });
    });

    test.each(["rooted", "alice2", "oil", "users", "delete", "con"])("%s is free", async (name) => {
      expect((await create(name)).username).toBe(name);
    });

    test("files of an earlier account keep its name, empty folders do not", async () => {
      const folder = (name: string) => join(world.dataFolder, "users", name, "assets", ".drafts");
      mkdirSync(folder("former"), { recursive: true });
      expect((await create("former")).username).toBe("former");
      mkdirSync(folder("Earlier"), { recursive: true });
      writeFileSync(join(world.dataFolder, "users", "Earlier", "assets", "a.txt"), "bytes");
      expect(await failureOf(create("EARLIER"))).toMatchObject({
        fields: { username: "This user name still has files of an earlier account." },
      });
    });
  });
}
