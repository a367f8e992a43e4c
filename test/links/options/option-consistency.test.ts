/** Options of links that contradict what repeats them, as `trunk8 doctor` finds and repairs them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import type { Fault } from "../../../src/fault.ts";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import { newLink } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

for (const kind of databases) {
  describe(`doctor and options of links on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const make = async (shortCode: string, input: NewLinkInput = {}) => {
      const { alice } = world.people;
      const link = newLink({ target: "https://example.com/", shortCode, ...input });
      return await world.app.links.create(as(alice), { ownerId: alice.id }, link);
    };
    const get = (code: string) => world.app.links.get(as(world.people.alice), code);
    const run = (statement: string) =>
      world.app.database.write((trx) => sql.raw(statement).execute(trx));
    const fixAll = async (find: () => AsyncGenerator<Fault>) => {
      const faults = await Array.fromAsync(find());
      for (const { fix } of faults) await fix?.();
      expect(await Array.fromAsync(find())).toEqual([]);
      return faults.map(({ what }) => what);
    };
    const aliases = () => world.app.links.optionConsistency.findWrongAliases();
    const visits = () => world.app.links.optionConsistency.findWrongVisits();

    test("codes that open a link and those that it lists become the same", async () => {
      const sound = await make("sound", { aliases: ["sound-too"] });
      const { id } = await make("lost", { aliases: ["lost-too", "lost-more"] });
      await make("unlisted", { aliases: ["unlisted-too"] });
      expect(await Array.fromAsync(aliases())).toEqual([]);
      await run(`delete from link_alias where short_code = 'lost-too'`);
      await run(`insert into link_alias (short_code, link_id) values ('lost-other', ${id})`);
      await run(`update link set aliases = '' where short_code = 'unlisted'`);
      const found = await fixAll(aliases);
      expect(found).toEqual([
        "/lost is opened by other short codes than it lists: lost-too, lost-other",
        "/unlisted is opened by other short codes than it lists: unlisted-too",
      ]);
      expect((await get("lost")).aliases.map(String).sort()).toEqual([
        "lost-more",
        "lost-other",
        "lost-too",
      ]);
      expect((await get("unlisted")).aliases.map(String)).toEqual(["unlisted-too"]);
      for (const code of ["lost-too", "lost-other", "unlisted-too", "sound-too"])
        expect((await world.request(`/${code}`)).status).toBe(302);
      expect((await get("sound")).revision).toBe(sound.revision);
    });

    test("an alias that is another link's short code is given up", async () => {
      await make("taken");
      const { id } = await make("taker", { aliases: ["taker-too"] });
      await run(`insert into link_alias (short_code, link_id) values ('taken', ${id})`);
      await run(`update link set aliases = 'taker-too taken' where short_code = 'taker'`);
      expect(await fixAll(aliases)).toEqual([
        "/taker lists taken, which is the short code of another link",
      ]);
      expect((await get("taker")).aliases.map(String)).toEqual(["taker-too"]);
    });

    test("visits left go with the visit limit", async () => {
      const wrong: readonly [string, NewLinkInput, string, number | null][] = [
        ["no-limit", {}, "visits_left = 3", null],
        ["no-left", { visitLimit: 5 }, "visits_left = null", 5],
        ["below", { visitLimit: 5 }, "visits_left = -1", 0],
        ["above", { visitLimit: 5 }, "visits_left = 9", 5],
      ];
      for (const [code, input] of wrong) await make(code, input);
      expect(await Array.fromAsync(visits())).toEqual([]);
      for (const [code, , set] of wrong)
        await run(`update link set ${set} where short_code = '${code}'`);
      const found = await fixAll(visits);
      expect(found).toEqual(
        wrong.map(([code]) => `The visits left of /${code} do not match its visit limit`),
      );
      for (const [code, , , left] of wrong) expect((await get(code)).visitsLeft).toBe(left);
      expect(await Array.fromAsync(world.app.links.consistency.findUnlisted())).toEqual([]);
    });
  });
}
