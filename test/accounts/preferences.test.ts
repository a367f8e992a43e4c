import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../src/accounts/user.ts";
import type { Preferences } from "../../src/accounts/user-schema.ts";
import { operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { as, databases, openTestApp, type World } from "../world.ts";

for (const kind of databases) {
  describe(`preferences on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const change = (actor: User, user: User, preferences: Preferences) =>
      world.app.accounts.users.changePreferences(as(actor), user.id, preferences);

    const chosenBy = async ({ id }: User): Promise<Preferences> => {
      const { theme, markdownTheme, timeZone } =
        (await world.app.accounts.users.findById(id)) ?? {};
      return { theme, markdownTheme, timeZone } as Preferences;
    };

    test("keep what a change does not name", async () => {
      const { alice } = world.people;
      await change(alice, alice, { theme: "darkly", timeZone: "Europe/Berlin" });
      await change(alice, alice, { markdownTheme: "lux" });
      await change(alice, alice, {});
      const all = { theme: "darkly", markdownTheme: "lux", timeZone: "Europe/Berlin" } as const;
      expect(await chosenBy(alice)).toEqual(all);
      await change(alice, alice, { theme: null, timeZone: null });
      expect(await chosenBy(alice)).toEqual({ ...all, theme: null, timeZone: null });
    });

    test("cannot be changed by others, administrators included", async () => {
      const { admin, alice, bob } = world.people;
      const before = await chosenBy(bob);
      for (const actor of [as(alice), as(admin), operator]) {
        const change = world.app.accounts.users.changePreferences(actor, bob.id, {
          theme: "vapor",
        });
        expect(await failureOf(change)).toMatchObject({ code: "not_found" });
      }
      expect(await chosenBy(bob)).toEqual(before);
    });

    test("hold no themes for the account admin, whose choice is the site's", async () => {
      const { admin } = world.people;
      for (const preferences of [{ theme: "lux" }, { theme: null, markdownTheme: "lux" }] as const)
        expect(await failureOf(change(admin, admin, preferences))).toMatchObject({
          code: "forbidden",
        });
      await change(admin, admin, { timeZone: "Asia/Tokyo" });
      const none = { theme: null, markdownTheme: null };
      expect(await chosenBy(admin)).toEqual({ ...none, timeZone: "Asia/Tokyo" });
    });

    test("are rejected for an unknown account", async () => {
      const { alice } = world.people;
      const change = world.app.accounts.users.changePreferences(as({ ...alice, id: 999 }), 999, {});
      expect(await failureOf(change)).toMatchObject({ code: "not_found" });
    });
  });
}
