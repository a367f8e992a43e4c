/** Uploads that are not valid backups. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Archive, SITE_ENTRIES, USER_ENTRIES } from "../../src/archive/archive.ts";
import { MAX_TEXT_BYTES } from "../../src/archive/manifest.ts";
import { text } from "../../src/archive/text.en.ts";
import { WAITED_BYTES } from "../../src/user-backup/restores/is-small.ts";
import { runRestores } from "../../src/user-backup/restores/restore-queue.ts";
import { text as userText } from "../../src/user-backup/text.en.ts";
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

const sha256 = (bytes: string) => createHash("sha256").update(bytes).digest("hex");

const outside = (name: string) => text.pathOutside(name);

const links = async (cookie: string) => {
  const user = cookie === alice ? world.people.alice : world.people.bob;
  const page = await world.app.links.list(as(user), { ownerId: user.id, limit: 500, sort: "code" });
  return page.links.map(({ shortCode }) => String(shortCode));
};

/** Waits for the end of a restore; returns the page that says why it failed. */
async function failureOfRestore(path: string): Promise<string> {
  await runRestores(world.app);
  const response = await world.request(path, { headers: { cookie: bob } });
  return await response.text();
}

/** Lists the files in the data folder, without the database. */
function filesThere(): string[] {
  const entries = readdirSync(world.dataFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => !/trunk8\.db|\/(run|config)\//.test(path)).sort();
}

describe("restoring what is not a backup", () => {
  const LINKS = {
    name: "links.toml",
    bytes: '[links.x]\ntype = "redirect"\nurl = "https://example.com/"\n',
  };
  const zip = (...entries: readonly OddEntry[]) => oddZip([LINKS, ...entries]);
  const file = (path: string) => `[links.x]\ntype = "file"\npath = "${path}"\n`;
  const zeros = Buffer.alloc(150_000_000);

  const refusals: readonly (readonly [what: string, make: () => Buffer, message: string])[] = [
    ["a text", () => Buffer.from("hello"), text.notZip],
    ["an empty file", () => Buffer.alloc(0), text.notZip],
    ["a truncated zip", () => zip().subarray(0, -30), text.notZip],
    ["a zip without links", () => oddZip([{ name: "a.txt" }]), text.noBackup("links.toml")],
    ["a path that climbs", () => zip({ name: "assets/../../evil" }), outside("assets/../../evil")],
    ["an absolute path", () => zip({ name: "/etc/passwd" }), outside("/etc/passwd")],
    ["a drive letter", () => zip({ name: "C:/evil" }), outside("C:/evil")],
    ["backslashes", () => zip({ name: "assets\\..\\evil" }), outside("assets\\..\\evil")],
    [
      "a symbolic link",
      () => zip({ name: "assets/a", bytes: "/etc/passwd", attributes: asSymlink }),
      text.notFile("assets/a"),
    ],
    ["a duplicate name", () => zip({ name: "links.toml" }), text.duplicate("links.toml")],
    [
      "overlapping entries",
      () => zip({ name: "a" }, { name: "b", bytes: "x", at: 20 }),
      text.overlap,
    ],
    [
      "a bomb",
      () => zip({ name: "assets/a", bytes: zeros, isPacked: true }),
      text.bomb(zeros.length + LINKS.bytes.length),
    ],
    [
      "a password",
      () => zip({ name: "assets/a", flags: 0x801, bytes: "twelve bytes", size: 0 }),
      text.encrypted,
    ],
    [
      "an unknown compression method",
      () => zip({ name: "assets/a", method: 12 }),
      text.unknownCompression("assets/a"),
    ],
    ["2,000 files that no link names", () => zip(...strays(2000)), userText.archive.strays(2000)],
    [
      "a links.toml of 50 MB",
      () => oddZip([{ name: "links.toml", bytes: Buffer.alloc(52_428_800, "#") }]),
      text.tooLarge("links.toml", MAX_TEXT_BYTES),
    ],
    [
      "a broken links.toml",
      () => oddZip([{ name: "links.toml", bytes: "[links.x]\ntype = \n" }]),
      userText.archive.syntaxError("links.toml", 2, 8, ""),
    ],
    [
      "a links.toml that is not text",
      () => oddZip([{ name: "links.toml", bytes: Buffer.from([0xff, 0xfe]) }]),
      text.notUtf8("links.toml"),
    ],
    ["a wrong checksum", () => oddZip([{ ...LINKS, crc: 1 }]), text.damaged("links.toml")],
    [
      "a damaged file",
      () =>
        oddZip([
          { name: "links.toml", bytes: file("a.txt") },
          { name: "assets/a.txt", bytes: "x", crc: 1 },
        ]),
      text.damaged("assets/a.txt"),
    ],
    [
      "an invalid manifest",
      () => zip({ name: "manifest.json", bytes: "{}" }),
      text.badJson("manifest.json", "format"),
    ],
  ];

  test.each(refusals)("refuses %s, and leaves nothing of it", async (_, make, message) => {
    const before = filesThere();
    const bytes = new Uint8Array(make());
    for (const fields of [{ preview: "1" }, {}]) {
      const response = await sendBackup(world, bob, bytes, fields);
      const isInBackground = bytes.length > WAITED_BYTES && !("preview" in fields);
      expect(response.status).toBe(isInBackground ? 303 : 422);
      const refusal = isInBackground
        ? await failureOfRestore(response.headers.get("location") ?? "")
        : await response.text();
      expect(refusal).toContain(Bun.escapeHTML(message));
    }
    expect(filesThere()).toEqual(before);
    expect(await links(bob)).not.toContain("x");
  });

  test.each([["../alice/assets/secret.txt"], ["/etc/passwd"], ["..\\\\x"], ["missing.txt"]])(
    "skips a link whose file, %s, is not in the archive",
    async (path) => {
      const bytes = new Uint8Array(oddZip([{ name: "links.toml", bytes: file(path) }]));
      const page = await (await sendBackup(world, bob, bytes, { preview: "1" })).text();
      expect(page).toContain(userText.links.fileMissing);
      await sendBackup(world, bob, bytes, {});
      expect(await links(bob)).not.toContain("x");
    },
  );

  test("refuses entries that differ from the manifest", async () => {
    const { entries, ...manifest } = await manifestOf(
      await bytesOf(await makeBackup(world, alice)),
    );
    const lie = { ...manifest, entries: [{ name: "links.toml", size: 3, sha256: sha256("abc") }] };
    for (const [toml, message] of [
      ["abd", text.wrongHash("links.toml")],
      ["abcd", text.wrongSize("links.toml")],
    ] as const) {
      const bytes = oddZip([
        { name: "links.toml", bytes: toml },
        { name: "manifest.json", bytes: JSON.stringify({ ...lie, links: [] }) },
      ]);
      const response = await sendBackup(world, alice, new Uint8Array(bytes), {});
      expect(response.status).toBe(422);
      expect(await response.text()).toContain(Bun.escapeHTML(message));
    }
    expect(await links(alice)).toEqual(["paper"]);
  });
});

test("opens the archive of a site that has more files than a user may have links", async () => {
  const path = join(world.dataFolder, "many.zip");
  writeFileSync(path, oddZip(strays(USER_ENTRIES + 1)));
  await expect(Archive.open(path)).rejects.toThrow(text.tooManyEntries);
  using archive = await Archive.open(path, SITE_ENTRIES);
  expect(archive.entries.size).toBe(USER_ENTRIES + 1);
  rmSync(path);
});

function strays(count: number): OddEntry[] {
  return Array.from({ length: count }, (_, at) => ({ name: `assets/${at}` }));
}

async function manifestOf(zip: Uint8Array): Promise<Record<string, unknown>> {
  const path = join(world.dataFolder, "m.zip");
  writeFileSync(path, zip);
  using archive = await Archive.open(path);
  const json = await archive.readText("manifest.json", 100_000);
  rmSync(path);
  return JSON.parse(json ?? "{}");
}
