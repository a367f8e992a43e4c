/** Language and campaign of a visit: text that anybody may send. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { campaignOf } from "../../src/visits/campaign.ts";
import { firstLanguage } from "../../src/visits/language.ts";

test.each([
  ["de-AT,de;q=0.9,en;q=0.5", "de-AT"],
  ["pt_br", "pt-BR"],
  ["ZH-hans-cn;q=0.8", "zh-Hans-CN"],
  ["es-419", "es-419"],
  [" EN ", "en"],
  ["*", ""],
  ["", ""],
  ["en-US-x-private", "en-US"],
  ["<script>", ""],
  ["d", ""],
  ["english", ""],
])("the first language of %j is %j", (header, language) => {
  expect(firstLanguage(header)).toBe(language);
});

test.each([
  ["utm_source=mail&utm_medium=news&utm_campaign=spring", ["mail", "news", "spring"]],
  ["a=1&utm_campaign=+Fr%C3%BChling%0A2026+", ["", "", "Frühling 2026"]],
  ["utm_source=&utm_medium=%00", null],
  ["source=mail", null],
  ["utm_source=%ff", ["\ufffd", "", ""]],
  ["utm_source=first&utm_source=second", ["first", "", ""]],
  [`utm_source=${"%F0%9F%98%80".repeat(40)}`, ["😀".repeat(32), "", ""]],
])("the campaign of %j is %j", (query, campaign) => {
  expect(campaignOf(query)).toEqual(campaign as never);
});

test("values are short lines, whatever is sent", () => {
  const property = fc.property(fc.string({ unit: "binary", maxLength: 300 }), (value) => {
    const query = `utm_campaign=${encodeURIComponent(value.toWellFormed())}`;
    const text = campaignOf(query)?.[2] ?? "";
    expect(text.length).toBeLessThanOrEqual(64);
    expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(firstLanguage(value).length).toBeLessThanOrEqual(11);
  });
  fc.assert(property, { numRuns: 200 });
});
