/** A restore that deletes links asks for the password where the sign-in is older than 15 minutes, and loses no archive. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { text as accounts } from "../../../src/web/accounts/text.en.ts";
import { share } from "../../share.ts";
import { bytesOf, makeBackup, sendBackup } from "../../user-backup/send-archive.ts";
import { as, databases, form, openTestApp, PASSWORD, START, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const LATE = 15 * 60_000 + 1;
const BROWSER = "text/html,*/*;q=0.8";
const REPLACE = { restore_mode: "replace" };

describe.each([...databases])("a restore with replace on %s", (database) => {
  let world: World;
  let cookie: string;
  let zip: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    world = await openTestApp({ database });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.clock.set(START);
    const { alice } = world.people;
    cookie = await world.signIn(alice);
    for (const shortCode of await links()) await world.app.links.remove(as(alice), shortCode);
    await share(world, alice, { code: "paper", name: "a.txt", bytes: "hello" });
    zip = await bytesOf(await makeBackup(world, cookie));
    await share(world, alice, { code: "newer", name: "n.txt", bytes: "new" });
  });

  const links = async () => {
    const { alice } = world.people;
    const page = await world.app.links.list(as(alice), {
      ownerId: alice.id,
      limit: 9,
      sort: "code",
    });
    return page.links.map(({ shortCode }) => String(shortCode));
  };
  const send = (fields: Record<string, string>, accept = BROWSER) =>
    sendBackup(world, cookie, zip, fields, { accept });
  const post = (fields: Record<string, unknown>) => {
    const init = form(fields as Record<string, string>, cookie);
    return world.request("/backup/restore", {
      ...init,
      headers: { ...init.headers, accept: BROWSER },
    });
  };

  test("is carried out within 15 minutes, and with merge at any time", async () => {
    world.clock.advance(LATE);
    expect((await send({ restore_mode: "merge" })).status).toBe(303);
    expect(await links()).toEqual(["newer", "paper"]);
    world.clock.set(START);
    expect((await send(REPLACE)).status).toBe(303);
    expect(await links()).toEqual(["paper"]);
  });

  test("asks for the password later, and finds the uploaded archive again", async () => {
    world.clock.advance(LATE);
    const asked = await readPage(await send(REPLACE));
    expect(asked.text).toContain(accounts.confirm.title);
    expect(asked.values).toMatchObject(REPLACE);
    expect(asked.values.sent).toMatch(/^\d+-/);
    expect(await links()).toEqual(["newer", "paper"]);
    const wrong = await post({ ...asked.values, your_password: "not this one" });
    expect(wrong.status).toBe(422);
    const again = await readPage(wrong);
    expect(again.problems.your_password).toBe(accounts.confirm.wrong);
    const done = await post({ ...again.values, your_password: PASSWORD });
    expect(done.status).toBe(303);
    expect(await links()).toEqual(["paper"]);
  });

  test("asks after a preview, which changes nothing and asks for none", async () => {
    world.clock.advance(LATE);
    const preview = await readPage(await send({ ...REPLACE, preview: "1" }));
    expect(preview.values).toMatchObject(REPLACE);
    const asked = await readPage(await post(preview.values));
    expect(asked.text).toContain(accounts.confirm.title);
    expect((await post({ ...asked.values, your_password: PASSWORD })).status).toBe(303);
    expect(await links()).toEqual(["paper"]);
  });

  test("takes the password from the form, which has a field for it where it is needed", async () => {
    const field = 'name="your_password"';
    const page = () => world.request("/backup/restore", { headers: { cookie } });
    expect(await (await page()).text()).not.toContain(field);
    world.clock.advance(LATE);
    expect(await (await page()).text()).toContain(field);
    const wrong = await readPage(await send({ ...REPLACE, your_password: "not this one" }));
    expect(wrong.values.sent).toEqual(expect.any(String));
    expect((await send({ ...REPLACE, your_password: PASSWORD })).status).toBe(303);
    expect(await links()).toEqual(["paper"]);
  });

  test("is refused to a program with a code", async () => {
    world.clock.advance(LATE);
    const refused = await send(REPLACE, "application/json");
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: "recent_sign_in_required" },
    ]);
    expect(await links()).toEqual(["newer", "paper"]);
    const done = await send({ ...REPLACE, your_password: PASSWORD }, "application/json");
    expect(done.status).toBeLessThan(400);
    expect(await links()).toEqual(["paper"]);
  });

  test("asks an administrator who impersonates for their own password", async () => {
    const { admin } = world.people;
    cookie = await world.signIn(admin);
    await world.request("/auth/switch-user/alice", form({}, cookie));
    world.clock.advance(LATE);
    await world.app.accounts.users.setPassword({ is: "operator" }, "alice", "another quiet phrase");
    const asked = await readPage(await send(REPLACE));
    expect((await post({ ...asked.values, your_password: "another quiet phrase" })).status).toBe(
      422,
    );
    expect((await post({ ...asked.values, your_password: PASSWORD })).status).toBe(303);
    await world.app.accounts.users.setPassword({ is: "operator" }, "alice", PASSWORD);
    expect(await links()).toEqual(["paper"]);
  });
});
