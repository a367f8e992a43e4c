import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import { readPage } from "../../../src/links/list/list-page.ts";
import { foldText } from "../../../src/text/fold-text.ts";
import { newLink } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

/** As few as possible, so that the index is used for these few links, too. */
const indexed = { maxCounted: 1, maxScanned: 1, frequencySample: 5, maxOfStatus: 1 };

/** Short codes, and what is searched of their links. */
const links: Readonly<Record<string, NewLinkInput>> = {
  report: { title: "Report of May" },
  plan: { title: "Q3 plan" },
  product: { title: "Produkt 42" },
  tokyo: { title: "\u6771\u4eac\u90fd\u306e\u5730\u56f3" },
  beijing: { title: "\u5317\u4eac" },
  istanbul: { title: "\u0130stanbul" },
  cafe: { title: "Caf\u00e9 cr\u00e8me" },
  zurich: { title: "Z\u00fcrich" },
  nguyen: { title: "Nguy\u1ec5n" },
  lodz: { title: "\u0141\u00f3d\u017a" },
  strasse: { title: "Stra\u00dfe" },
  width: { title: "\uff34\uff4f\uff4b\uff59\uff4f \uff12\uff10" },
  ligature: { title: "o\ufb03ce \ufb01le" },
  hidden: { title: "soft\u00adhyphen" },
  noted: { note: "Ask \u00c9milie\nbefore v2" },
  odd: { title: "a|b ~ C#" },
  renamed: { aliases: ["Former-Name", "by-hand"] },
  decoy: { note: "was former-name, and not by-hand" },
};

/** Each with the short codes that it finds. */
const searches: Readonly<Record<string, readonly string[]>> = {
  "Report of May": ["report"],
  "of may": ["report"],
  "Q3 plan": ["plan"],
  q3: ["plan"],
  "Produkt 42": ["product"],
  "42": ["product"],
  "\u6771\u4eac": ["tokyo"],
  "\u5317\u4eac": ["beijing"],
  "\u4eac": ["tokyo", "beijing"],
  "\u306e\u5730": ["tokyo"],
  istanbul: ["istanbul"],
  "\u0130STANBUL": ["istanbul"],
  creme: ["cafe"],
  "CR\u00c8ME caf\u00e9": ["cafe"],
  zurich: ["zurich"],
  "Zu\u0308rich": ["zurich"],
  nguyen: ["nguyen"],
  "\u0142\u00f3d\u017a": ["lodz"],
  lodz: ["lodz"],
  STRASSE: ["strasse"],
  "tokyo 20": ["width"],
  office: ["ligature"],
  "\ufb01le": ["ligature"],
  softhyphen: ["hidden"],
  emilie: ["noted"],
  "before v2": ["noted"],
  v2: ["noted"],
  "c#": ["odd"],
  "|": ["odd"],
  "~": ["odd"],
  "https://trunk8.test/plan": ["plan"],
  "trunk8.test/plan": ["plan"],
  "HTTPS://TRUNK8.TEST/PLAN?x=1": ["plan"],
  "https://trunk8.test/nothing": [],
  "former-name": ["renamed", "decoy"],
  "https://trunk8.test/Former-Name": ["renamed"],
  "trunk8.test/by-hand": ["renamed"],
  "https://elsewhere.example/plan": [],
  zz: [],
};

for (const kind of databases) {
  describe(`search on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const { app, people } = world;
      for (const [shortCode, fields] of Object.entries(links)) {
        const link = newLink({ target: "https://x.test/", ...fields, shortCode });
        await app.links.create(as(people.alice), { ownerId: people.alice.id }, link);
      }
    });
    afterAll(() => world.close());

    for (const [text, expected] of Object.entries(searches)) {
      test(`finds ${expected.join(" and ") || "nothing"} by ${text}`, async () => {
        const { app, clock } = world;
        const query = { text, ownOrigins: ["https://trunk8.test"], limit: 50 };
        for (const limits of [undefined, indexed]) {
          const page = await readPage(app.database, query, clock.now(), limits);
          expect(page.links.map(({ shortCode }) => String(shortCode)).toReversed()).toEqual([
            ...expected,
          ]);
        }
      });
    }
  });
}

test("folding a folded text again changes nothing", () => {
  for (const { title, note } of Object.values(links)) {
    const folded = foldText(`${title ?? ""}${note ?? ""}`);
    expect(foldText(folded)).toBe(folded);
  }
});
