/** HTML pages of several files in archives of users. */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { operator } from "../../src/policy.ts";
import { backUpUser } from "../../src/user-backup/back-up-user.ts";
import { planRestore } from "../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../src/user-backup/restore-user.ts";
import { contentsOf } from "../links/files/collection.ts";
import { siteOf } from "../links/files/site.ts";
import { as, openTestApp } from "../world.ts";

test("a site is restored from its owner's archive with all its files", async () => {
  const source = await openTestApp();
  const target = await openTestApp();
  const { alice } = source.people;
  const texts = { "index.html": "page", "css/a.css": "style", "404.html": "lost" };
  await siteOf(source, alice, "site", texts, { title: "A site" });
  const { name, bytes } = await backUpUser(source.app, as(alice), alice);
  const path = join(target.dataFolder, name);
  writeFileSync(path, Buffer.concat(await Array.fromAsync(bytes)));
  for (let time = 1; time <= 2; time++) {
    const owner = target.people.alice;
    using plan = await planRestore(target.app, as(owner), { owner, path, mode: "replace" });
    await restoreUser(target.app, as(owner), plan);
    expect(await contentsOf(target, "site")).toEqual([
      ["css/a.css", "style"],
      ["404.html", "lost"],
    ]);
    expect(await target.app.links.get(operator, "site")).toMatchObject({
      kind: "html",
      title: "A site",
      content: { name: "index.html", size: 4 },
    });
    expect((await target.app.files.blobs.usageOf(owner.id)).bytes).toBe("pagestylelost".length);
    expect(await (await target.request("/site/css/a.css")).text()).toBe("style");
  }
  expect(await Array.fromAsync(target.app.files.consistency.findWrongUses())).toEqual([]);
  await source.close();
  await target.close();
});
