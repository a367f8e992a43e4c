import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { text as linkText } from "../../../../src/links/text.en.ts";
import { text } from "../../../../src/web/links/form/text.en.ts";
import { newLink } from "../../../share.ts";
import { as, databases, form, openTestApp, type World } from "../../../world.ts";
import { readPage } from "../../read-page.ts";

for (const kind of databases) {
  describe(`an edit on ${kind}`, () => {
    let world: World;
    let alice: string;
    let code: string;
    let count = 0;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      alice = await world.signIn(world.people.alice);
    });
    afterAll(() => world.close());

    beforeEach(async () => {
      code = `edited-${count++}`;
      const link = newLink({ shortCode: code, target: "https://example.com/", title: "First" });
      const { alice: owner } = world.people;
      await world.app.links.create(as(owner), { ownerId: owner.id }, link);
    });

    const stored = () => world.app.links.get(as(world.people.alice), code);
    const openForm = async (query = "") => {
      const headers = { cookie: alice };
      return await readPage(await world.request(`/edit_link/${code}${query}`, { headers }));
    };
    const save = (fields: Record<string, string | undefined>) => {
      const sent = Object.entries(fields).filter(([name, value]) => name !== "" && value);
      return world.request(`/edit_link/${code}`, form(Object.fromEntries(sent) as never, alice));
    };
    const json = (body: object) =>
      world.request(`/edit_link/${code}`, {
        method: "POST",
        headers: { cookie: alice, "content-type": "application/json" },
        body: JSON.stringify(body),
      });

    test("does not overwrite a change that was saved meanwhile, and shows both versions", async () => {
      const { values } = await openForm();
      const note = "Of the other tab";
      await world.app.links.edit(as(world.people.alice), code, { title: "Second", note });
      const answer = await save({ ...values, title: "Third" });
      expect(answer.status).toBe(409);
      const page = await readPage(answer);
      expect(page.text).toContain(linkText.changedMeanwhile.link);
      expect(page.text).toContain(text.conflict.help);
      expect(page.text).toContain("Second");
      expect(page.text).toContain(note);
      expect(page.values.title).toBe("Third");
      expect((await stored()).title).toBe("Second");

      const again = await save({ ...page.values, title: "Third" });
      expect(again.status).toBe(303);
      expect((await stored()).title).toBe("Third");
    });

    test.each([
      ["password", { password: "correct horse" }],
      ["short code", { short_code: "other-code" }],
      ["aliases", { aliases: "one-more and-another" }],
      ["limit", { visits: "limited", visit_limit: "3" }],
      ["tags", { tags: "B, a" }],
    ])("saves a new %s that is sent twice, once", async (_, changed) => {
      const { values } = await openForm();
      const sent = { ...values, ...changed };
      const statuses = [(await save(sent)).status, (await save(sent)).status];
      expect(statuses).toEqual([303, 303]);
      expect((await stored()).revision).toBe(2);
      const other = await save({ ...sent, title: "Of the other tab" });
      expect(other.status).toBe(409);
      await world.app.links.discard(as(world.people.alice), (await stored()).shortCode);
    });

    test("does not take another new password for one that was saved", async () => {
      const { values } = await openForm();
      expect((await save({ ...values, password: "correct horse" })).status).toBe(303);
      expect((await save({ ...values, password: "battery staple" })).status).toBe(409);
      expect((await save({ ...values, password: "correct horse" })).status).toBe(303);
    });

    test("does not delete a link that was changed since the question, and asks again", async () => {
      const address = `/delete_link/${code}`;
      const { values } = await readPage(
        await world.request(address, { headers: { cookie: alice } }),
      );
      expect(values.revision).toBe("1");
      await world.app.links.edit(as(world.people.alice), code, { title: "Second" });
      const answer = await world.request(address, form(values, alice));
      expect(answer.status).toBe(409);
      const page = await readPage(answer);
      expect(page.text).toContain(linkText.changedMeanwhile.link);
      expect((await stored()).title).toBe("Second");

      expect((await world.request(address, form(page.values, alice))).status).toBe(303);
      await expect(stored()).rejects.toThrow();
    });

    test("deletes by JSON with the revision, or without one", async () => {
      const remove = (body: object) =>
        world.request(`/delete_link/${code}`, {
          method: "POST",
          headers: { cookie: alice, "content-type": "application/json" },
          body: JSON.stringify(body),
        });
      const refused = await remove({ revision: 7 });
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({ current: { revision: 1, short_code: code } });
      for (const revision of ["one", 1.5, -1])
        expect((await remove({ revision })).status).toBe(422);
      expect((await remove({ revisions: 1 })).status).toBe(422);
      const deleted = await remove({ revision: 1 });
      expect(deleted.status).toBe(200);
      expect(await deleted.json()).toEqual({ short_code: code });
      expect((await remove({})).status).toBe(404);
    });

    test("refuses a revision that is no number before it deletes", async () => {
      const answer = await world.request(`/delete_link/${code}`, form({ revision: "x" }, alice));
      expect(answer.status).toBe(422);
      expect((await stored()).revision).toBe(1);
    });

    test("accepts a form that is sent twice", async () => {
      const { values } = await openForm();
      for (let time = 0; time < 2; time++)
        expect((await save({ ...values, title: "Twice" })).status).toBe(303);
      expect((await stored()).revision).toBe(2);
    });

    test("replaces whatever is stored if no revision was sent", async () => {
      await world.app.links.edit(as(world.people.alice), code, { title: "Second" });
      expect((await save({ title: "Third" })).status).toBe(303);
      expect((await stored()).title).toBe("Third");
    });

    test("by JSON refuses an outdated revision with what is stored", async () => {
      await world.app.links.edit(as(world.people.alice), code, { title: "Second" });
      const answer = await json({ title: "Third", revision: 1 });
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({
        code: "conflict",
        current: { short_code: code, title: "Second", revision: 2 },
      });
      expect((await json({ title: "Third", revision: 2 })).status).toBe(200);
      const unreadable = await json({ title: "Fourth", revision: "x" });
      expect(await unreadable.json()).toMatchObject({
        errors: { revision: linkText.input.noRevision },
      });
    });

    test("leads back to the filtered, sorted list that it was opened from", async () => {
      const view = "/links?q=edited&sort=code";
      const query = `?view=${encodeURIComponent(view)}`;
      const list = await world.request(view, { headers: { cookie: alice } });
      const { links } = await readPage(list);
      expect(links).toContain(`/edit_link/~code~${query}`);
      expect(links).toContain(`/delete_link/~code~${query}`);
      const { values, links: back } = await openForm(query);
      expect(back).toContain(view);
      const saved = await save({ ...values, title: "Saved" });
      expect(saved.headers.get("location")).toBe(view);
      const { values: asked } = await readPage(
        await world.request(`/delete_link/${code}${query}`, { headers: { cookie: alice } }),
      );
      const deleted = await world.request(
        `/delete_link/${code}`,
        form({ view: asked.view ?? "" }, alice),
      );
      expect(deleted.headers.get("location")).toBe(view);
    });

    test.each(["https://evil.example/", "//evil.example", "/auth/logout"])(
      "leads back to no other page: %s",
      async (view) => {
        const saved = await save({ title: "Saved", view });
        expect(saved.headers.get("location")).toBe("/links");
      },
    );

    test("judges nothing that is unchanged", async () => {
      const { app, people, clock } = world;
      const old = {
        title: `${"t".repeat(300)}\u0007`,
        note: "n".repeat(20_000),
        target: "gopher://old.example/" as never,
        expiresAt: clock.now() - 1000,
      };
      await app.links.edit(as(people.alice), code, old);
      const { values } = await openForm();
      expect((await save({ ...values, disabled: "on" })).status).toBe(303);
      expect(await stored()).toMatchObject({ ...old, disabled: true });
      const { title, note, target } = old;
      const expires_at = new Date(old.expiresAt).toISOString();
      expect((await json({ title, note, target, expires_at, disabled: false })).status).toBe(200);
      expect(await stored()).toMatchObject({ ...old, disabled: false });
      const refused = await json({ title: `${title}!` });
      expect(refused.status).toBe(422);
    });
  });
}
