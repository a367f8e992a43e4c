/** What is sent to be restored and is no backup: it is refused with a reason, and nothing is left of it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Archive } from "../../src/archive/archive.ts";
import { share } from "../share.ts";
import { bytesOf, makeBackup, sendBackup } from "../user-backup/send-archive.ts";
import { as, openTestApp, type World } from "../world.ts";
import { asSymlink, type OddEntry, oddZip } from "./zips.ts";

let world: World;
let alice: string;
let bob: string;
beforeAll(async () => {
  world = await openTestApp();
  const { people } = world;
  alice = await world.signIn(people.alice);
  bob = await world.signIn(people.bob);
  await share(world, people.alice, { code: "paper", name: "a.txt", bytes: "hello" });
});
afterAll(() => world.close());

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const links = async (cookie: string) => {
  const user = cookie === alice ? world.people.alice : world.people.bob;
  const page = await world.app.links.list(as(user), { ownerId: user.id, limit: 500, sort: "code" });
  return page.links.map(({ shortCode }) => String(shortCode));
};

/** The files in the data folder, without the database. */
function filesThere(): string[] {
  const entries = readdirSync(world.dataFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => !/trunk8\.db|\/(run|config)\//.test(path)).sort();
}

describe("what is no backup", () => {
  const LINKS = {
    name: "links.toml",
    bytes: '[links.x]\ntype = "redirect"\nurl = "https://example.com/"\n',
  };
  const zip = (...entries: readonly OddEntry[]) => oddZip([LINKS, ...entries]);
  const file = (path: string) => `[links.x]\ntype = "file"\npath = "${path}"\n`;
  const zeros = Buffer.alloc(150_000_000);

  const refusals: readonly (readonly [what: string, make: () => Buffer, says: string])[] = [
    ["no zip", () => Buffer.from("hello"), "This is no zip file, or its end is missing."],
    ["an empty file", () => Buffer.alloc(0), "This is no zip file, or its end is missing."],
    [
      "a zip cut short",
      () => zip().subarray(0, -30),
      "This is no zip file, or its end is missing.",
    ],
    [
      "a zip without links",
      () => oddZip([{ name: "a.txt" }]),
      "This is no backup: it has no &quot;links.toml&quot;.",
    ],
    ["a path that climbs", () => zip({ name: "assets/../../evil" }), "path leads outside"],
    ["an absolute path", () => zip({ name: "/etc/passwd" }), "path leads outside"],
    ["a drive letter", () => zip({ name: "C:/evil" }), "path leads outside"],
    ["backslashes", () => zip({ name: "assets\\..\\evil" }), "path leads outside"],
    [
      "a symbolic link",
      () => zip({ name: "assets/a", bytes: "/etc/passwd", attributes: asSymlink }),
      "symbolic link",
    ],
    ["the same name twice", () => zip({ name: "links.toml" }), "&quot;links.toml&quot; twice"],
    [
      "entries that lie over each other",
      () => zip({ name: "a" }, { name: "b", bytes: "x", at: 20 }),
      "lie over each other",
    ],
    [
      "a bomb",
      () => zip({ name: "assets/a", bytes: zeros, isPacked: true }),
      "far more than it has",
    ],
    [
      "a password",
      () => zip({ name: "assets/a", flags: 0x801, bytes: "twelve bytes", size: 0 }),
      "encrypted",
    ],
    [
      "an unknown way of packing",
      () => zip({ name: "assets/a", method: 12 }),
      "packed in a way that is not known",
    ],
    [
      "100,000 files that nobody named",
      () => zip(...strays(100_000)),
      "100000 files that no link of it names",
    ],
    [
      "links.toml of 50 MB",
      () => oddZip([{ name: "links.toml", bytes: Buffer.alloc(52_428_800, "#") }]),
      "more than 32 MB",
    ],
    [
      "links.toml that is broken",
      () => oddZip([{ name: "links.toml", bytes: "[links.x]\ntype = \n" }]),
      "line 2, column",
    ],
    [
      "links.toml that is no text",
      () => oddZip([{ name: "links.toml", bytes: Buffer.from([0xff, 0xfe]) }]),
      "is no text",
    ],
    [
      "a wrong checksum",
      () => oddZip([{ ...LINKS, crc: 1 }]),
      "&quot;links.toml&quot; in the archive is damaged.",
    ],
    [
      "a damaged file",
      () =>
        oddZip([
          { name: "links.toml", bytes: file("a.txt") },
          { name: "assets/a.txt", bytes: "x", crc: 1 },
        ]),
      "&quot;assets/a.txt&quot; in the archive is damaged.",
    ],
    [
      "a manifest that is none",
      () => zip({ name: "manifest.json", bytes: "{}" }),
      "not as we write it",
    ],
  ];

  test.each(refusals)("%s is refused, and nothing is left of it", async (_, make, says) => {
    const before = filesThere();
    const bytes = new Uint8Array(make());
    for (const fields of [{ preview: "1" }, {}]) {
      const response = await sendBackup(world, bob, bytes, fields);
      expect(response.status).toBe(422);
      expect(await response.text()).toContain(says);
    }
    expect(filesThere()).toEqual(before);
    expect(await links(bob)).not.toContain("x");
  });

  test.each([["../alice/assets/secret.txt"], ["/etc/passwd"], ["..\\\\x"], ["missing.txt"]])(
    "a path of links.toml that is not in the archive (%s) leaves its link out",
    async (path) => {
      const bytes = new Uint8Array(oddZip([{ name: "links.toml", bytes: file(path) }]));
      const page = await (await sendBackup(world, bob, bytes, { preview: "1" })).text();
      expect(page).toContain("Its file is not in the archive.");
      await sendBackup(world, bob, bytes, {});
      expect(await links(bob)).not.toContain("x");
    },
  );

  test("what its manifest does not bear out is refused", async () => {
    const { entries, ...manifest } = await manifestOf(
      await bytesOf(await makeBackup(world, alice)),
    );
    const lie = { ...manifest, entries: [{ name: "links.toml", size: 3, sha256: sha256("abc") }] };
    for (const [text, says] of [
      ["abd", "is not what the archive says of it"],
      ["abcd", "has another size"],
    ] as const) {
      const bytes = oddZip([
        { name: "links.toml", bytes: text },
        { name: "manifest.json", bytes: JSON.stringify({ ...lie, links: [] }) },
      ]);
      const response = await sendBackup(world, alice, new Uint8Array(bytes), {});
      expect(response.status).toBe(422);
      expect(await response.text()).toContain(says);
    }
    expect(await links(alice)).toEqual(["paper"]);
  });
});

function strays(count: number): OddEntry[] {
  return Array.from({ length: count }, (_, at) => ({ name: `assets/${at}` }));
}

async function manifestOf(zip: Uint8Array): Promise<Record<string, unknown>> {
  const path = join(world.dataFolder, "m.zip");
  writeFileSync(path, zip);
  using archive = await Archive.open(path);
  rmSync(path);
  return JSON.parse((await archive.readText("manifest.json", 100_000)) ?? "{}");
}
