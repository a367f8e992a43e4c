import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { LinkChanges } from "../../../src/links/input/link-schema.ts";
import { ANY_HOST } from "../../../src/links/options/embed-hosts.ts";
import type { ShortCode } from "../../../src/links/short-code.ts";
import type { Target } from "../../../src/links/target/target.ts";
import { readLinksFile } from "../../../src/links-file/links-file.ts";
import { applyPlan, planLinks } from "../../../src/links-file/links-plan.ts";
import { newLink, share } from "../../share.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

/** Changes, and the fields that the audit log names; several where one follows from another. */
const changes: readonly (readonly [change: LinkChanges, fields: string])[] = [
  [{ startsAt: START + 1000 }, "startsAt"],
  [{ fallbackUrl: "https://example.org/" as Target }, "fallbackUrl"],
  [{ forwardQuery: true }, "forwardQuery"],
  [{ visitLimit: 5 }, "visitLimit visitsLeft"],
  [{ password: "open sesame please" }, "passwordHash"],
  [{ tags: ["a", "B"] }, "tags"],
  [{ aliases: ["audited-2" as ShortCode] }, "aliases"],
  [{ shortCode: "audited-3" as ShortCode, keepAlias: false }, "shortCode"],
  [{ tags: ["A", "b"], title: "t" }, "title"],
];

for (const kind of databases) {
  describe(`the audit log of options on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    const lastChange = async () => {
      const row = await world.app.database.read
        .selectFrom("audit_event")
        .select("details")
        .where("deed", "=", "link.changed")
        .orderBy("id", "desc")
        .limit(1)
        .executeTakeFirstOrThrow();
      return String(JSON.parse(row.details).fields);
    };

    test("names each option that changed, and no other", async () => {
      const { alice } = world.people;
      const input = newLink({ target: "https://example.com/", shortCode: "audited" });
      let link = await world.app.links.create(as(alice), { ownerId: alice.id }, input);
      for (const [change, fields] of changes) {
        link = await world.app.links.edit(as(alice), link.shortCode, change);
        expect((await lastChange()).split(" ").sort()).toEqual(fields.split(" ").sort());
      }
    });

    test("names the websites that may embed a page", async () => {
      const { alice } = world.people;
      await share(world, alice, { code: "framed", name: "a.md", bytes: "text", kind: "markdown" });
      await world.app.links.edit(as(alice), "framed", { embedHosts: ANY_HOST });
      expect(await lastChange()).toBe("embedHosts");
    });

    test("names them for a links.toml", async () => {
      const { app, people } = world;
      const apply = async (title: string) => {
        const toml = `[links.filed]\nurl = "https://example.com/"\naliases = ["filed-2"]\ntags = ["x"]\nvisit_limit = 4\ntitle = "${title}"\n`;
        const asked = { declares: true, removes: "declared" } as const;
        const file = readLinksFile(toml, { strict: true });
        await applyPlan(app, await planLinks(app, people.alice, file, asked));
      };
      await apply("one");
      await apply("two");
      expect(await lastChange()).toBe("title");
    });
  });
}
