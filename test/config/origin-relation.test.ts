import { expect, test } from "bun:test";
import { mergeLayers } from "../../src/config/layers.ts";
import { contentOriginRelation } from "../../src/config/origin-relation.ts";
import { defaultSettings, type SettingKey } from "../../src/config/settings.ts";
import { text } from "../../src/config/text.en.ts";
import { contentOrigin } from "../../src/http/content-origin.ts";

test.each([
  ["https://x.example", "https://x.example:8443", "same_host"],
  ["https://x.example", "http://x.example", "same_host"],
  ["https://x.example:8443", "https://x.example.", "same_host"],
  ["https://x.example", "https://c.x.example", "same_site"],
  ["https://go.x.example", "https://x.example:444", "same_site"],
  ["https://x.example", "https://x-content.example", "separate"],
  ["https://x.example", "https://notx.example", "separate"],
  ["", "https://x.example", "separate"],
  ["https://x.example", "", "separate"],
])("of %p, %p is %p", (site, content, relation) => {
  const settings = {
    ...defaultSettings,
    "server.public_url": site,
    "server.content_origin": content,
  };
  expect(contentOriginRelation(settings)).toBe(relation as "separate");
  expect(contentOrigin(settings)).toBe(relation === "same_host" || content === "" ? null : content);
  const layer = {
    given: (["server.public_url", "server.content_origin"] as SettingKey[]).map((key) => ({
      key,
      value: settings[key],
      origin: { from: "flag" } as const,
    })),
    warnings: [],
  };
  const { same_host, same_site } = text.contentOrigin;
  const expected = { same_host: [same_host], same_site: [same_site], separate: [] };
  expect(mergeLayers([layer]).warnings).toEqual(expected[relation as "separate"]);
});
