import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountSorts } from "../../../src/accounts/user-admin.ts";
import { share } from "../../share.ts";
import { openTestApp, type World } from "../../world.ts";
import { type ReadPage, readPage } from "../read-page.ts";

const DAY = 86_400_000;

describe("a thousand users", () => {
  let world: World;
  let admin: string;

  beforeAll(async () => {
    world = await openTestApp();
    admin = await world.signIn(world.people.admin);
    await share(world, world.people.alice, { code: "first", name: "a.txt", bytes: "abc" });
    const now = world.clock.now();
    await world.app.database.write(async (trx) => {
      for (let n = 0; n < 1000; n++) {
        const name = `person-${n}`;
        const columns = { username: name, display_name: `Person ${n}`, created_at: now - n * DAY };
        const rest = { role: "user", password_hash: null, disabled: 0 } as const;
        await trx
          .insertInto("user")
          .values({ ...columns, ...rest })
          .execute();
      }
    });
  });
  afterAll(() => world.close());

  const pageAt = async (path: string) =>
    await readPage(await world.request(path, { headers: { cookie: admin } }));
  const namesOn = ({ links }: ReadPage) =>
    links.flatMap((link) => /^\/users\/([^/?]+)$/.exec(link)?.[1] ?? []);

  test("are paged fifty at a time, numbers in their order", async () => {
    const first = await pageAt("/users");
    expect(first.text).toContain("1-50 of 1,003 users");
    expect(namesOn(first).slice(3, 6)).toEqual(["person-0", "person-1", "person-2"]);
    expect(first.links).toContain("/users?page=2");
    const last = await pageAt("/users?page=999");
    expect(last.text).toContain("1,001-1,003 of 1,003 users");
    expect(namesOn(last)).toEqual(["person-997", "person-998", "person-999"]);
    expect(last.links).toContain("/users?page=20");
  });

  test("are found by user name and by name, in any case", async () => {
    expect((await pageAt("/users?q=PERSON+99")).text).toContain("11 users");
    expect((await pageAt("/users?q=person-99&sort=created")).text).toContain("11 users");
    const none = await pageAt("/users?q=zzz");
    expect(none.text).toContain("Nobody is called that.");
    expect(none.links).toContain("/users");
  });

  test.each([...accountSorts])("are sorted by %s, and back to front", async (sort) => {
    const usual = await pageAt(`/users?sort=${sort}`);
    expect(usual.html).toMatch(/aria-sort="(a|de)scending"/);
    const turned = usual.links.find((link) => link.includes("direction="));
    expect(turned).toBeDefined();
    expect(namesOn(await pageAt(turned ?? ""))[0]).not.toBe(namesOn(usual)[0]);
  });

  test("whatever else the address says", async () => {
    const odd = await pageAt("/users?sort=shoe_size&direction=up&page=-1&limit=1000000");
    expect(odd.text).toContain("1-50 of 1,003 users");
  });

  test("are listed quickly", async () => {
    await pageAt("/users");
    const begin = performance.now();
    for (let n = 0; n < 5; n++) await pageAt("/users?q=person&sort=links");
    expect((performance.now() - begin) / 5).toBeLessThan(1000);
  });
});
