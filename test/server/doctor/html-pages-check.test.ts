import { describe, expect, test } from "bun:test";
import { checksOfApp } from "../../../src/server/doctor/site-checks.ts";
import { text } from "../../../src/server/doctor/text.en.ts";
import { databases, openTestApp } from "../../world.ts";

describe.each([...databases])("on %s", (database) => {
  test.each([
    ["several accounts", "", true],
    ["several accounts and a content origin", "https://x-content.example", false],
    ["several accounts and a content origin of the same host", "http://go.example.com:81", true],
    ["one account", "", false],
  ])(
    "says how HTML pages are separated with %s, and finds no fault",
    async (name, origin, says) => {
      const settings = {
        "server.public_url": "http://go.example.com",
        "server.content_origin": origin,
      };
      const site = await openTestApp({ database, settings });
      if (name === "one account")
        await site.app.database.write((trx) =>
          trx.deleteFrom("user").where("username", "!=", "admin").execute(),
        );
      const checks = checksOfApp(site.app, { isDeep: false, isFixing: false });
      const check = checks.find((each) => each.name === "html-pages");
      expect(await check?.seen?.()).toBe(says ? text.htmlPages.framed : "");
      expect(await Array.fromAsync(check?.find() ?? [])).toEqual([]);
      await site.close();
    },
  );
});
