import { describe, expect, test } from "bun:test";
import { secretKeyWeakness } from "../../../src/accounts/auth/secret-key.ts";
import { text } from "../../../src/accounts/text.en.ts";
import { openTestApp } from "../../world.ts";

const { keyTooShort } = text.password;

describe("the secret key", () => {
  test.each([
    ["", null],
    ["x", keyTooShort],
    ["fifteen letters", keyTooShort],
    ["sixteen letters!", null],
  ])("%p is judged by its length", (key, weakness) => {
    expect(secretKeyWeakness(key)).toBe(weakness);
  });

  test("starts the site with a warning if it is short, as the Python Trunk8 accepted", async () => {
    const world = await openTestApp({ settings: { "secret.key": "dev" } });
    expect([...world.app.warnings]).toContain(keyTooShort);
    const cookie = await world.signIn(world.people.alice);
    const { status } = await world.request("/profile", { headers: { cookie } });
    expect(status).toBe(200);
    await world.close();
  });
});
