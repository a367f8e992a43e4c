import { afterAll, beforeAll, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { csvLine, textOfCell } from "../../../src/text/csv-line.ts";
import { newLink } from "../../share.ts";
import { openTestApp, type World } from "../../world.ts";

let world: World;
beforeAll(async () => {
  world = await openTestApp();
  const { alice, bob } = world.people;
  const make = (ownerId: number, shortCode: string, title: string) =>
    world.app.links.create(
      operator,
      { ownerId },
      newLink({ shortCode, target: "https://example.com/", title }),
    );
  await make(alice.id, "one", '=HYPERLINK("x")');
  await make(alice.id, "two", 'a "quoted", title');
  await make(bob.id, "his", "Bob's");
  for (let at = 0; at < 501; at++) await make(bob.id, `many-${at}`, "");
});
afterAll(() => world.close());

async function read(query = ""): Promise<string> {
  const cookie = await world.signIn(world.people.alice);
  const answer = await world.request(`/-/links.csv${query}`, { headers: { cookie } });
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  return await answer.text();
}

test("has the reader's links, quoted, and no formula", async () => {
  const lines = (await read()).split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toStartWith("short_code,destination,title,note,tags,kind,status,");
  expect(lines[1]).toStartWith('two,https://example.com/,"a ""quoted"", title",');
  expect(lines[2]).toStartWith('one,https://example.com/,"\'=HYPERLINK(""x"")",');
});

test("has the filters of the list", async () => {
  expect((await read("?q=quoted")).split("\r\n")).toHaveLength(3);
  expect((await read("?status=disabled")).split("\r\n")).toHaveLength(2);
});

test("has all links over several portions", async () => {
  const pieces = await Array.fromAsync(world.app.links.exportCsv(operator, {}));
  expect(pieces.join("").trimEnd().split("\r\n")).toHaveLength(505);
});

test.each(["", "a", "=1", "+1", "-1", "@x", "\tx", "'", "'=1", "''=1", "'a", "1'"])(
  "%j comes back from a cell",
  (text) => {
    const cell = csvLine([text]).slice(0, -2);
    expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(textOfCell(cell)).toBe(text);
  },
);
