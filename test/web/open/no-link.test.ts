import { afterAll, beforeAll, expect, test } from "bun:test";
import { openTestApp, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

const pageAt = async (path: string, cookie = "") => {
  const response = await world.request(path, { headers: { cookie } });
  expect(response.status).toBe(404);
  return await readPage(response);
};

test("where no link is, a stranger is offered to sign in, and nobody who is signed in", async () => {
  const cookie = await world.signIn(world.people.alice);
  for (const path of ["/nowhere", "/no/such/place"]) {
    expect((await pageAt(path)).links).toContain("/auth/login");
    const page = await pageAt(path, cookie);
    expect(page.links).not.toContain("/auth/login");
    expect(page.links).toContain("/profile");
  }
});

test("a cookie that opens nothing makes nobody known there", async () => {
  for (const value of ["", "x", "A".repeat(43)])
    expect((await pageAt("/nowhere", `sessionid=${value}`)).links).toContain("/auth/login");
});
