import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Archive } from "../../../src/archive/archive.ts";
import { operator } from "../../../src/policy.ts";
import { text as userText } from "../../../src/user-backup/text.en.ts";
import { sweepArchives } from "../../../src/user-backup/uploaded-archives.ts";
import { text } from "../../../src/web/backup/text.en.ts";
import { text as layout } from "../../../src/web/ui/layout/text.en.ts";
import { oddZip } from "../../archive/zips.ts";
import { share } from "../../share.ts";
import { bytesOf, makeBackup, sendBackup } from "../../user-backup/send-archive.ts";
import { as, form, openTestApp, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

let world: World;
let alice: string;
let bob: string;
let admin: string;
beforeAll(async () => {
  world = await openTestApp({ settings: { "app.timezone": "UTC" } });
  const { people } = world;
  alice = await world.signIn(people.alice);
  bob = await world.signIn(people.bob);
  admin = await world.signIn(people.admin);
  await share(world, people.alice, {
    code: "paper",
    name: "a.txt",
    bytes: "hello",
    title: "A paper",
  });
});
afterAll(() => world.close());

const sha256 = (bytes: string) => createHash("sha256").update(bytes).digest("hex");

const links = async (cookie: string) => {
  const user = cookie === alice ? world.people.alice : world.people.bob;
  const page = await world.app.links.list(as(user), { ownerId: user.id, limit: 500, sort: "code" });
  return page.links.map(({ shortCode }) => String(shortCode));
};

function uploads(): string[] {
  const folder = join(world.dataFolder, "backups/sent");
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe("/backup/create", () => {
  test("returns a zip of the user's own data, named after user and time", async () => {
    const response = await makeBackup(world, alice);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/zip");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-disposition")).toBe(
      "attachment; filename=trunk8_backup_alice_20260317_120000.zip",
    );
    const path = join(world.dataFolder, "mine.zip");
    await Bun.write(path, response);
    using archive = await Archive.open(path);
    expect([...archive.entries.keys()]).toEqual([
      "links.toml",
      "config.toml",
      expect.stringMatching(/^assets\/[0-9a-f-]{36}\.txt$/),
      "visits.jsonl",
      "backup_metadata.toml",
      "manifest.json",
    ]);
    expect(await archive.readText("links.toml", 10_000)).toMatch(
      /^\[links\]\n\n\[links\.paper\]\ntype = "file"\npath = "[0-9a-f-]{36}\.txt"\noriginal_filename = "a\.txt"\nfile_size = 5\n/,
    );
    expect(await archive.readText("backup_metadata.toml", 10_000)).toContain(
      'created_by = "alice"\ntarget_user = "alice"\ncreated_at = "2026-03-17T12:00:00"',
    );
    const manifest = JSON.parse((await archive.readText("manifest.json", 10_000)) ?? "");
    expect(manifest.entries[2]).toMatchObject({ size: 5, sha256: sha256("hello") });
    expect(manifest.links).toMatchObject([{ short_code: "paper", title: "A paper", visits: 0 }]);
    expect(JSON.stringify(manifest)).not.toContain("argon2");
    rmSync(path);
  });

  test("returns other users' data to administrators only, without the site's themes", async () => {
    const others = await makeBackup(world, admin, { target_user: "alice" });
    expect(others.headers.get("content-disposition")).toContain("trunk8_backup_alice_");
    const own = await (await makeBackup(world, admin)).arrayBuffer();
    const zip = Buffer.from(own).toString("latin1");
    expect(zip).toContain("links.toml");
    expect(zip).not.toContain("config.toml");
    const refused = await makeBackup(world, bob, { target_user: "alice" });
    expect(refused.status).toBe(422);
    expect(await refused.text()).not.toContain("PK");
    expect((await world.request("/backup/create", form({}))).status).toBe(401);
  });

  test("marks a file that is damaged on disk, whose link is then skipped", async () => {
    const { carol, cookie } = await newcomer("carol");
    const link = await share(world, carol, { code: "torn", name: "t.txt", bytes: "12345678" });
    truncateSync(join(world.dataFolder, "users", link.content?.path ?? ""), 4);
    const zip = await bytesOf(await makeBackup(world, cookie));
    const page = await (await sendBackup(world, cookie, zip, { preview: "1" })).text();
    expect(page).toContain(userText.links.fileDamaged);
    await world.app.links.remove(as(carol), "torn");
  });
});

async function newcomer(username: string) {
  const carol = await world.app.accounts.users.create(operator, {
    username,
    password: "a quiet Tuesday",
  });
  return { carol, cookie: await world.signIn(carol) };
}

describe("/backup/restore", () => {
  test("shows a preview, and then restores without a second upload", async () => {
    const zip = await bytesOf(await makeBackup(world, alice));
    await world.app.links.remove(as(world.people.alice), "paper");
    const preview = await sendBackup(world, alice, zip, { preview: "1" });
    expect(preview.status).toBe(200);
    const page = await preview.text();
    expect(page).toContain(text.preview.section(text.preview.added, 1));
    expect(await links(alice)).toEqual([]);
    const token = /name="sent" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const stolen = await world.request("/backup/restore", form({ sent: token }, bob));
    expect(stolen.status).toBe(422);
    const done = await world.request("/backup/restore", form({ sent: token }, alice));
    expect([done.status, done.headers.get("location")]).toEqual([303, "/links"]);
    expect(await links(alice)).toEqual(["paper"]);
    expect(await (await world.request("/paper")).text()).toBe("hello");
    expect(uploads()).not.toContain(`${token}.zip`);
    const again = await world.request("/backup/restore", form({ sent: token }, alice));
    expect(await again.text()).toContain(text.restore.fileGone);
  });

  test("skips links that belong to others, and says so", async () => {
    const zip = await bytesOf(await makeBackup(world, alice));
    const preview = await (await sendBackup(world, bob, zip, { preview: "1" })).text();
    expect(preview).toContain(userText.links.taken);
    expect(preview).not.toContain(`>${text.preview.restore}</button>`);
    expect((await sendBackup(world, bob, zip, {})).status).toBe(303);
    expect(await links(bob)).toEqual([]);
    expect(await links(alice)).toEqual(["paper"]);
  });

  test.each(["merge", "replace"])(
    "names skipped links also without a preview, with %s",
    async (mode) => {
      const zip = await bytesOf(await makeBackup(world, alice));
      const done = await sendBackup(world, bob, zip, { restore_mode: mode });
      const notice = done.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
      const headers = { cookie: [bob, ...notice].join("; ") };
      const page = await readPage(await world.request("/links", { headers }));
      expect(page.notice).toBe("links_restored");
      expect(page.text).toContain(layout.notice.linksRestoredPartly(0, ["paper"]));
    },
  );

  test("keeps or deletes other links, by its mode", async () => {
    const zip = await bytesOf(await makeBackup(world, alice));
    await share(world, world.people.alice, { code: "newer", name: "n.txt", bytes: "new" });
    await sendBackup(world, alice, zip, { restore_mode: "merge" });
    expect(await links(alice)).toEqual(["newer", "paper"]);
    expect(
      await (await sendBackup(world, alice, zip, { restore_mode: "replace", preview: "1" })).text(),
    ).toContain(text.preview.section(text.preview.removed, 1));
    await sendBackup(world, alice, zip, { restore_mode: "replace" });
    expect(await links(alice)).toEqual(["paper"]);
    expect((await sendBackup(world, alice, zip, { restore_mode: "burn" })).status).toBe(422);
  });

  test("restores to other users for administrators only", async () => {
    const zip = await bytesOf(await makeBackup(world, alice));
    expect((await sendBackup(world, bob, zip, { target_user: "alice" })).status).toBe(422);
    expect((await sendBackup(world, admin, zip, { target_user: "alice" })).status).toBe(303);
    expect(await links(alice)).toEqual(["paper"]);
  });

  test("offers the user's own archives in the server's backups folder", async () => {
    const zip = await bytesOf(await makeBackup(world, alice));
    const name = "trunk8_backup_alice_20260101_000000.zip";
    mkdirSync(join(world.dataFolder, "backups"), { recursive: true });
    writeFileSync(join(world.dataFolder, "backups", name), zip);
    const pick = (cookie: string) =>
      world.request("/backup/restore", form({ backup_name: name }, cookie));
    expect(
      await (await world.request("/backup/restore", { headers: { cookie: alice } })).text(),
    ).toContain(name);
    expect((await pick(alice)).status).toBe(303);
    expect((await pick(bob)).status).toBe(422);
    const astray = form({ backup_name: `../backups/${name}` }, admin);
    expect((await world.request("/backup/restore", astray)).status).toBe(422);
    rmSync(join(world.dataFolder, "backups", name));
  });

  test("deletes an archive an hour after its preview", async () => {
    const zip = await bytesOf(await makeBackup(world, alice));
    await sendBackup(world, alice, zip, { preview: "1" });
    const count = uploads().length;
    const now = world.clock.now();
    world.clock.set(Date.now() + 3_600_001);
    expect(await sweepArchives(world.app)).toBe(count);
    world.clock.set(now);
    expect(uploads()).toEqual([]);
  });
});

describe("an archive of the Python Trunk8", () => {
  const toml = `[links.go]
type = "redirect"
url = "https://example.com/"
expiration_date = "2030-01-02T03:04:05.123456"

[links.notes]
type = "markdown"
content = "# Notes"

[links.photo]
type = "file"
path = "0a1b2c3d4e5f_my photo.jpg"

[links.bad]
type = "redirect"
url = "javascript:alert(1)"

[links."\u00fcber"]
type = "redirect"
url = "https://example.com/u"
expiration_date = "soon"
`;

  test("is restored with its links, dates, texts and files", async () => {
    const zip = oddZip([
      { name: "links.toml", bytes: toml, isPacked: true },
      { name: "config.toml", bytes: '[app]\ntheme = "darkly"\n' },
      { name: "assets/0a1b2c3d4e5f_my photo.jpg", bytes: "not really" },
      { name: "assets/forgotten.txt", bytes: "unused" },
      { name: "backup_metadata.toml", bytes: "[backup_info]\n" },
    ]);
    const preview = await (
      await sendBackup(world, bob, new Uint8Array(zip), { preview: "1" })
    ).text();
    expect(preview).toContain(text.preview.section(text.preview.skipped, 1));
    expect(preview).toContain(Bun.escapeHTML(userText.links.unreadableExpiry("\u00fcber", "soon")));
    expect((await sendBackup(world, bob, new Uint8Array(zip), {})).status).toBe(303);
    expect(await links(bob)).toEqual(["go", "notes", "photo", "\u00fcber"]);
    const get = (code: string) => world.app.links.get(as(world.people.bob), code);
    expect((await get("go")).expiresAt).toBe(Date.UTC(2030, 0, 2, 3, 4, 5, 123));
    expect((await get("notes")).content).toMatchObject({ name: "notes.md", size: 7 });
    expect((await get("photo")).content).toMatchObject({ name: "my photo.jpg", size: 10 });
    expect((await get("\u00fcber")).expiresAt).toBeNull();
    expect((await world.app.accounts.users.findById(world.people.bob.id))?.theme).toBe("darkly");
  });
});
