import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { kinds, redirectStatuses } from "../../src/links/link.ts";
import type { ListedLink } from "../../src/links/links.ts";
import { fileLinkFrom } from "../../src/links-file/export-link.ts";
import { readLinksFile, writeLinksFile } from "../../src/links-file/links-file.ts";
import { applyPlan, planLinks } from "../../src/links-file/links-plan.ts";
import { operator } from "../../src/policy.ts";
import { importWithoutFile } from "../imported-links.ts";
import { newLink } from "../share.ts";
import { databases, openTestApp, START, type World } from "../world.ts";

const line = fc.string({ unit: "grapheme", maxLength: 30 }).map((text) =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, "")
    .trim(),
);

const generated = fc.record({
  kind: fc.constantFrom(...kinds.filter((kind) => kind !== "collection")),
  url: fc.webUrl({ withQueryParameters: true, withFragments: true }),
  title: line,
  note: fc.array(line, { maxLength: 3 }).map((lines) => lines.join("\n").trim()),
  redirectStatus: fc.constantFrom(...redirectStatuses),
  expiresAt: fc.option(fc.integer({ min: START + 1, max: Date.UTC(2900, 0) })),
  disabled: fc.boolean(),
  inline: fc.boolean(),
  fileName: line.map((name) => `${name}.txt`),
  text: line,
});

type Generated = typeof generated extends fc.Arbitrary<infer Value> ? Value : never;

describe.each(databases)("an export on %s", (database) => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp({ database });
  });
  afterAll(() => world.close());

  async function make({ kind, url, fileName, text, ...wanted }: Generated): Promise<void> {
    const { alice } = world.people;
    const { redirectStatus, expiresAt, title, note, disabled, inline } = wanted;
    const input = newLink({ target: url, title, note });
    const changed = { ...input, kind, redirectStatus, expiresAt, disabled, inline };
    const target = kind === "redirect" ? input.target : ("" as const);
    const incoming = { name: fileName, bytes: new Blob([text]).stream() };
    await using file =
      kind === "redirect" ? null : await world.app.files.blobs.receive(alice, incoming, Infinity);
    await world.app.links.create(operator, { ownerId: alice.id }, { ...changed, target }, file);
  }

  async function links(): Promise<readonly ListedLink[]> {
    const { id } = world.people.alice;
    return (await world.app.links.list(operator, { ownerId: id, limit: 500 })).links;
  }

  async function exported() {
    const described = (await links()).map((link) => fileLinkFrom(link, "alice"));
    return readLinksFile(writeLinksFile(described.filter((link) => link !== null)), {
      strict: true,
    });
  }

  test("changes nothing when applied, whatever the links are", async () => {
    const work = async (several: Generated[]) => {
      const before = (await links()).map(({ shortCode }) => shortCode);
      await world.app.links.many.run(operator, before, { deletes: true });
      for (const each of several) await make(each);
      const asked = { declares: false, removes: "others" } as const;
      const plan = await planLinks(world.app, world.people.alice, await exported(), asked);
      const nothing = { added: [], changed: [], removed: [], errors: [] };
      expect(plan).toMatchObject({ ...nothing, unchanged: several.length });
    };
    const property = fc.asyncProperty(fc.array(generated, { maxLength: 5 }), work);
    await fc.assert(property, { numRuns: 20 });
  });

  test("leaves out links whose file is missing, which could not be applied", async () => {
    for (const kind of ["file", "markdown", "html"] as const)
      await importWithoutFile(world, world.people.alice, { code: `no-${kind}`, kind });
    const { errors, ...file } = await exported();
    expect(errors).toEqual([]);
    expect(file.links.filter(({ shortCode }) => shortCode.startsWith("no-"))).toEqual([]);
    const asked = { declares: false, removes: "none" } as const;
    const plan = await planLinks(world.app, world.people.alice, { errors, ...file }, asked);
    expect(plan).toMatchObject({ added: [], changed: [], errors: [] });
    await world.app.links.many.run(operator, ["no-file", "no-markdown", "no-html"], {
      deletes: true,
    });
  });

  test("as the user's own links.toml declares the links, and changes nothing else", async () => {
    for (const each of fc.sample(generated, 5)) await make(each);
    const before = await links();
    const asked = { declares: true, removes: "declared" } as const;
    const file = await exported();
    const plan = await planLinks(world.app, world.people.alice, file, asked);
    expect(plan.changed).toHaveLength(before.length);
    await applyPlan(world.app, plan);
    const declared = before.map((link) => ({ ...link, declared: true }));
    expect((await links()).map(withoutTime)).toEqual(declared.map(withoutTime));
    const again = await planLinks(world.app, world.people.alice, file, asked);
    expect(again).toMatchObject({ added: [], changed: [], removed: [], errors: [] });
  });
});

function withoutTime({ updatedAt: _, revision: __, ...link }: ListedLink) {
  return link;
}
