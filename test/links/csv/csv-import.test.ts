import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MAX_CSV_BYTES, MAX_CSV_ROWS, type ReadCsv } from "../../../src/links/csv/csv-import.ts";
import { describeFault } from "../../../src/links/csv/read-row.ts";
import { inputContext } from "../../../src/links/input/link-schema.ts";
import { text } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { databases, openTestApp, type World } from "../../world.ts";
import { chunked } from "./chunked.ts";

describe.each(databases)("links from a CSV file, on %s", (database) => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp({ database });
  });
  afterAll(() => world.close());

  const owner = () => world.people.alice.id;
  const context = () => inputContext(world.app, []);
  const check = (csv: string | Uint8Array) =>
    world.app.links.csv.check(chunked(Buffer.from(csv), 1000), owner(), context());

  async function all({ portions }: ReadCsv) {
    const found = await Array.fromAsync(portions);
    const faults = found.flatMap((portion) => portion.faults);
    return {
      links: found.flatMap(({ links }) => links),
      faults: faults.map((fault) => `${fault.line}: ${describeFault(fault)}`),
    };
  }

  async function add(csv: string) {
    const { portions } = await world.app.links.csv.read(chunked(Buffer.from(csv)), context());
    const added = [];
    for await (const { links } of portions)
      added.push(await world.app.links.csv.add(operator, owner(), links));
    return added;
  }

  test("lead in no circle, also over rows before them and links that are there", async () => {
    const own = inputContext(world.app, ["https://s.example"]);
    const csv = (...rows: string[]) =>
      chunked(Buffer.from(["short_code,url,fallback_url,aliases", ...rows].join("\n")));
    const read = async (...rows: string[]) => {
      const { portions } = await world.app.links.csv.read(csv(...rows), own);
      const found = [];
      for await (const { links, faults } of portions) {
        await world.app.links.csv.add(operator, owner(), links);
        found.push(...faults.map(({ line, fields }) => [line, ...Object.keys(fields)]));
      }
      return found;
    };
    const [to, elsewhere] = ["https://s.example/", "https://example.com/"];
    expect(await read(`r1,${to}r3,,`, `r2,${elsewhere},,r3`, `r4,${to}r1,${to}r2,`)).toEqual([]);
    expect(await read(`s1,${elsewhere},${to}s3,`, `s2,${to}s1,,s3`, `s4,${elsewhere},,`)).toEqual([
      [3, "destination"],
    ]);
    expect(await read(`s2,${elsewhere},${to}s1,s3`)).toEqual([[2, "fallback_url"]]);
    const chain = Array.from({ length: 10 }, (_, at) => `m${at},${to}m${at + 1},,`);
    expect(await read(...chain, `m10,${to}m0,,`)).toEqual([[12, "destination"]]);
  });

  test("have what the columns say", async () => {
    const csv = [
      "tags;Title;URL;Short_Code;aliases;visit_limit;password;forward_query;disabled;unknown;starts_at",
      `x, y;'=1+1;https://example.com/;c1;c1-a c1-b;5;a secret of ours;1;false;?;2030-01-01`,
    ].join("\n");
    expect((await check(csv)).columns.ignored).toEqual(["unknown"]);
    await add(csv);
    const link = await world.app.links.get(operator, "c1-b");
    expect(link).toMatchObject({
      shortCode: "c1",
      title: "=1+1",
      tags: ["x", "y"],
      ownerId: owner(),
      aliases: ["c1-a", "c1-b"],
      visitLimit: 5,
      visitsLeft: 5,
      forwardQuery: true,
      disabled: false,
      startsAt: Date.UTC(2030, 0, 1),
    });
    expect(link.passwordHash).toStartWith("$argon2id$");
  });

  test("a list of addresses needs no heading", async () => {
    const list = 'https://example.com/a\nexample.org/b?x=1,2;"3\n';
    const { links, faults } = await all(await check(list));
    expect(faults).toEqual([]);
    expect(links.map(({ input }) => input.target as string)).toEqual([
      "https://example.com/a",
      'https://example.org/b?x=1,2;"3',
    ]);
  });

  test.each<[what: string, csv: string, refusal: object]>([
    ["no destination", "title,note\nx,y\n", { fields: { file: text.csv.noDestination } }],
    [
      "no known name",
      "Link,Comment\nhttps://example.com/,x\n",
      { fields: { file: text.csv.noDestination } },
    ],
    [
      "a column twice",
      "url,title,URL\n",
      { fields: { file: text.csv.repeatedColumns("url and URL") } },
    ],
    [
      "two columns of one meaning",
      "url,code,short_code\n",
      { fields: { file: text.csv.repeatedColumns("code and short_code") } },
    ],
    ["zeros", "\0\0\0\0", { fields: { file: text.csv.noText } }],
  ])("a file is refused with %s", async (_, csv, refusal) => {
    expect(await failureOf(check(csv))).toMatchObject({ code: "invalid", ...refusal });
  });

  test("a file in another encoding than UTF is refused", async () => {
    const latin = Buffer.from("url,title\nhttps://example.com/,M\xfcnchen\n", "latin1");
    const fields = { file: text.csv.notUnicode };
    expect(await failureOf(check(latin).then(all))).toMatchObject({ fields });
    const unmarked = Buffer.from("url,title\n", "utf16le");
    expect(await failureOf(check(unmarked).then(all))).toMatchObject({
      fields: { file: text.csv.noText },
    });
  });

  test("a file of 100 MB is refused, and read no further", async () => {
    let sent = 0;
    async function* endless() {
      yield Buffer.from("url\n");
      const chunk = Buffer.from(`${"x".repeat(99_999)}\n`);
      for (; sent < 100_000_000; sent += chunk.byteLength) yield chunk;
    }
    const reading = world.app.links.csv.count(endless());
    expect(await failureOf(reading)).toMatchObject({ code: "too_large" });
    expect(sent).toBeLessThan(MAX_CSV_BYTES + 1_000_000);
  });

  test("a file of too many rows is refused", async () => {
    async function* rows() {
      const chunk = Buffer.from("a.b\n".repeat(10_000));
      for (let at = 0; at <= MAX_CSV_ROWS; at += 10_000) yield chunk;
    }
    const fields = { file: text.csv.tooMany(MAX_CSV_ROWS) };
    expect(await failureOf(world.app.links.csv.count(rows()))).toMatchObject({ fields });
  });

  test("wrong rows are named by line and column", async () => {
    await add("url,code\nhttps://example.com/,taken\n");
    const csv = [
      "url,short_code,expires_at,starts_at,kind,aliases,has_password,visit_limit,disabled",
      "https://example.com/,d1",
      "https://example.com/,d1",
      "javascript:alert(1)",
      "https://example.com/,,2001-01-01",
      "https://example.com/,,2w,3w",
      "https://example.com/,,,,file",
      ",,,,",
      "https://example.com/,taken",
      "https://example.com/,login",
      "https://example.com/,d2,,,,d3 d1",
      "https://example.com/,d2,,,,,true",
      "https://example.com/,d4,,,,,,0,perhaps",
      '"https://example.com/,d5',
    ].join("\n");
    const { links, faults } = await all(await check(csv));
    expect(links.map(({ line }) => line)).toEqual([2]);
    expect(faults).toEqual([
      `3: short_code: ${text.csv.repeatedCode("d1")}`,
      expect.stringMatching(/^4: destination: /),
      `5: expires_at: ${text.expiry.inThePast}`,
      `6: starts_at: ${text.start.afterExpiry}`,
      `7: kind: ${text.csv.noFiles}`,
      `8: destination: ${text.target.missing}`,
      `9: short_code: ${text.shortCode.taken("taken")}`,
      `10: short_code: ${text.shortCode.reserved("login")}`,
      `11: aliases: ${text.csv.repeatedCode("d1")}`,
      `12: password: ${text.csv.passwordLeftOut}`,
      `13: visit_limit: ${text.visitLimit.noNumber} disabled: ${text.input.noBoolean}`,
      `14: ${text.csv.unclosed(14)}`,
    ]);
  });

  test("of links with one code, the first is created, and codes in the own trash are free", async () => {
    await add("url,code\nhttps://example.com/1,e1\n");
    await world.app.links.remove(operator, "e1");
    const [added] = await add("url,code\nhttps://example.com/2,e1\nhttps://example.com/3,e1\n");
    expect(added?.created.map(({ target }) => target as string)).toEqual(["https://example.com/2"]);
    expect(added?.faults.map(({ line }) => line)).toEqual([3]);
  });

  test("an export comes back as the same links", async () => {
    const { app, people, clock } = world;
    const make = [
      "url,code,title,note,tags,redirect_status,starts_at,expires_at,fallback_url,forward_query,aliases,visit_limit,disabled",
      `https://example.com/1?a=b,r1,"=cmd|' /C calc'!A0","two\r\nlines, ""quoted""","Ä, =x",301,2020-01-01,1d,https://example.org/,true,r1a r1b,7,true`,
      "https://example.com/2,r2,'quoted',-5,,307,,,,false,,,",
      "https://example.com/3,r3,@x,,,,,1h,,,,,",
    ].join("\n");
    await add(make);
    clock.advance(7_200_000);
    const filter = { ownerId: owner() };
    const exported = (await Array.fromAsync(app.links.exportCsv(operator, filter))).join("");
    expect(exported).not.toMatch(/(^|,|\n)"?[=+\-@]/m);
    const optionsOf = async (code: string) => {
      const {
        id,
        ownerId,
        owner,
        revision,
        createdAt,
        updatedAt,
        visits,
        lastVisitAt,
        ...options
      } = await app.links.get(operator, code);
      return options;
    };
    const codes = ["r1", "r2", "r3"];
    const before = await Promise.all(codes.map(optionsOf));
    const listed = await app.links.list(operator, { ...filter, limit: 100 });
    await app.links.many.run(
      operator,
      listed.links.map(({ shortCode }) => shortCode),
      { deletes: true },
    );
    await app.links.trash.empty(operator, owner());
    const { columns, portions } = await app.links.csv.check(
      chunked(Buffer.from(exported)),
      people.alice.id,
      context(),
    );
    const found = await Array.fromAsync(portions);
    // One had a password.
    expect(found.flatMap(({ faults }) => faults.map(describeFault))).toEqual([
      `password: ${text.csv.passwordLeftOut}`,
    ]);
    expect(columns.ignored).toContain("visits_left");
    for (const { links } of found) await app.links.csv.add(operator, owner(), links);
    expect(await Promise.all(codes.map(optionsOf))).toEqual(before);
  });
});
