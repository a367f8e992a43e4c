import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { authenticate } from "../../src/http/authenticate.ts";
import { sessionCookieName } from "../../src/http/request/cookies.ts";
import { visitor } from "../../src/policy.ts";
import { databases, openTestApp, type World } from "../world.ts";
import { plainClient, secureClient } from "./asked-call.ts";

for (const database of databases) {
  describe(`who is calling, on ${database}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database });
    });
    afterAll(() => world.close());

    async function callerWith(cookie: string | null, client = plainClient) {
      const request = new Request("http://x.example/", {
        headers: cookie === null ? {} : { cookie },
      });
      return await authenticate({ app: world.app, request, client });
    }

    async function signIn(): Promise<string> {
      const terms = { remember: false, device: "Firefox on Linux" };
      return (await world.app.accounts.sessions.start(world.people.alice, terms)).token;
    }

    test("the holder of a living session is its user", async () => {
      const { alice } = world.people;
      const caller = await callerWith(`sessionid=${await signIn()}`);
      expect(caller.actor).toEqual({
        is: "user",
        userId: alice.id,
        username: "alice",
        role: "user",
        address: plainClient.address,
      });
      expect(caller.user).toEqual(alice);
      expect(caller.session?.userId).toBe(alice.id);
    });

    test("a session cookie counts only under the name of its scheme", async () => {
      const token = await signIn();
      expect((await callerWith(`sessionid=${token}`, secureClient)).actor).toEqual(visitor);
      const cookie = `${sessionCookieName(true)}=${token}`;
      expect((await callerWith(cookie, secureClient)).user).toEqual(world.people.alice);
    });

    test.each([
      ["no cookie", null],
      ["another cookie", "other=1"],
      ["an empty token", "sessionid="],
      ["a short token", "sessionid=short"],
      ["an unknown token", `sessionid=${"A".repeat(43)}`],
      ["a very long token", `sessionid=${"A".repeat(4000)}`],
      ["a token of SQL", "sessionid='OR''='"],
    ])("%s makes a visitor", async (_, cookie) => {
      expect(await callerWith(cookie)).toEqual({ actor: visitor, user: null, session: null });
    });

    test("an ended session makes a visitor", async () => {
      const token = await signIn();
      await world.app.accounts.sessions.end(token);
      expect((await callerWith(`sessionid=${token}`)).actor).toEqual(visitor);
    });
  });
}
