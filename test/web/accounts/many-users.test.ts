import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountSorts } from "../../../src/accounts/user-schema.ts";
import { text } from "../../../src/web/accounts/text.en.ts";
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

  test("are shown fifty at a time, sorted with numbers in order", async () => {
    const first = await pageAt("/users");
    expect(first.text).toContain(text.list.range(1, 50, 1003));
    expect(namesOn(first).slice(3, 6)).toEqual(["person-0", "person-1", "person-2"]);
    expect(first.links).toContain("/users?page=2");
    const last = await pageAt("/users?page=999");
    expect(last.text).toContain(text.list.range(1001, 1003, 1003));
    expect(namesOn(last)).toEqual(["person-997", "person-998", "person-999"]);
    expect(last.links).toContain("/users?page=20");
  });

  test("are counted with all that they have", async () => {
    const have = { users: 1003, links: 1, files: 1, size: "3 bytes" };
    expect((await pageAt("/users?page=2")).text).toContain(text.list.inTotal(have));
  });

  test("are found by username and name in any case", async () => {
    expect((await pageAt("/users?q=PERSON+99")).text).toContain(text.list.found(11));
    expect((await pageAt("/users?q=person-99&sort=created")).text).toContain(text.list.found(11));
    const none = await pageAt("/users?q=zzz");
    expect(none.text).toContain(text.list.noneFound);
    expect(none.links).toContain("/users");
  });

  test.each([...accountSorts])("are sorted by %s in both directions", async (sort) => {
    const usual = await pageAt(`/users?sort=${sort}`);
    expect(usual.html).toMatch(/aria-sort="(a|de)scending"/);
    const turned = usual.links.find((link) => link.includes("direction="));
    expect(turned).toBeDefined();
    expect(namesOn(await pageAt(turned ?? ""))[0]).not.toBe(namesOn(usual)[0]);
  });

  test("are listed for invalid query values", async () => {
    const odd = await pageAt("/users?sort=shoe_size&direction=up&page=-1&limit=1000000");
    expect(odd.text).toContain(text.list.range(1, 50, 1003));
  });
});
