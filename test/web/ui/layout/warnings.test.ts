import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PROBE_PASS } from "../../../../src/http/proxy-check/proxy-probe.ts";
import { text } from "../../../../src/web/ui/layout/text.en.ts";
import { form, openTestApp, type World } from "../../../world.ts";
import { cookiesFrom } from "../../read-page.ts";

describe("a warning to administrators", () => {
  let world: World;
  let admin: string;

  beforeAll(async () => {
    world = await openTestApp();
    admin = await world.signIn(world.people.admin);
  });
  afterAll(() => world.close());

  const page = async (cookie: string) =>
    await (await world.request("/profile?a=1", { headers: { cookie } })).text();
  const keyIn = (html: string) => /name="warning" value="([^"]*)"/.exec(html)?.[1] ?? "";
  const behindProxy = (headers: Record<string, string> = {}) =>
    world.request("/health", {
      peer: "127.0.0.1",
      headers: { "x-forwarded-for": "192.0.2.7", ...headers },
    });

  test("is not caused by the probe of doctor --proxy", async () => {
    await behindProxy({ [PROBE_PASS]: world.app.accounts.probePass.issue() });
    expect([...world.app.warnings]).toEqual([]);
  });

  test("is caused by a probe without its token", async () => {
    await behindProxy({ [PROBE_PASS]: "1.forged" });
    expect(world.app.warnings.size).toBe(1);
  });

  test("is dismissed in this browser alone, and leads back to the page", async () => {
    await behindProxy();
    const key = keyIn(await page(admin));
    const fields = { warning: key, back: "/profile?a=1" };
    const answer = await world.request("/-/warnings/dismiss", form(fields, admin));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/profile?a=1"]);
    expect(keyIn(await page(`${admin}; ${cookiesFrom(answer)}`))).toBe("");
    expect(keyIn(await page(admin))).toBe(key);
  });

  test("is shown again when it says something else", async () => {
    world.app.warnings.add("Another warning.");
    const key = keyIn(await page(admin));
    const dismissed = await world.request("/-/warnings/dismiss", form({ warning: key }, admin));
    expect(await page(`${admin}; ${cookiesFrom(dismissed)}`)).toContain("Another warning.");
  });

  test("is dismissed by a key alone, and leads to no other site", async () => {
    const refused = await world.request(
      "/-/warnings/dismiss",
      form({ warning: "a;b", back: "/" }, admin),
    );
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain(text.warnings.unknown);
    const away = await world.request(
      "/-/warnings/dismiss",
      form({ warning: "a1", back: "//evil.example" }, admin),
    );
    expect(away.headers.get("location")).toBe("/");
  });
});
