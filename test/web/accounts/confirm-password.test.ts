/** Sensitive actions of administrators ask for their password again where they signed in more than 15 minutes ago. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { text } from "../../../src/web/accounts/text.en.ts";
import { databases, form, openTestApp, PASSWORD, START, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const QUARTER = 15 * 60_000;
const BROWSER = "text/html,*/*;q=0.8";

for (const kind of databases) {
  describe(`a sensitive action on ${kind}`, () => {
    let world: World;
    let cookie: string;
    let made = 0;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      world.clock.set(START);
      cookie = await world.signIn(world.people.admin);
    });

    const post = (path: string, fields: Record<string, string>, accept = BROWSER) => {
      const init = form(fields, cookie);
      return world.request(path, { ...init, headers: { ...init.headers, accept } });
    };
    const join = async () => {
      const username = `person${made++}`;
      await world.app.accounts.users.create({ is: "operator" }, { username, password: PASSWORD });
      return username;
    };
    const find = (username: string) => world.app.accounts.users.findByUsername(username);

    type Row = [
      what: string,
      ask: (name: string) => [path: string, fields: Record<string, string>],
      isDone: (name: string, response: Response) => Promise<boolean>,
    ];
    const rows: Row[] = [
      [
        "a one-time password",
        (name) => [`/users/${name}`, { action: "one_time_password" }],
        async (name) => (await find(name))?.mustChangePassword === true,
      ],
      [
        "a change of role",
        (name) => [`/users/${name}`, { action: "change", role: "administrator" }],
        async (name) => (await find(name))?.role === "administrator",
      ],
      [
        "deleting an account",
        (name) => [`/users/${name}/delete`, { links: "delete", to: "" }],
        async (name) => (await find(name)) === null,
      ],
      [
        "a new administrator",
        (name) => [
          "/auth/register",
          {
            username: `new${name}`,
            password: PASSWORD,
            confirm_password: PASSWORD,
            display_name: "Ada & Co",
            is_admin: "on",
          },
        ],
        async (name) => (await find(`new${name}`))?.displayName === "Ada & Co",
      ],
      [
        "impersonation",
        (name) => [`/auth/switch-user/${name}`, {}],
        async (_, response) => response.headers.get("location") === "/",
      ],
      [
        "another user's backup",
        (name) => ["/backup/create", { target_user: name }],
        async (_, response) => response.headers.get("content-type") === "application/zip",
      ],
    ];

    test.each(rows)("%s is carried out within 15 minutes", async (_, ask, isDone) => {
      world.clock.advance(QUARTER);
      const name = await join();
      expect(await isDone(name, await post(...ask(name)))).toBe(true);
    });

    test.each(rows)(
      "%s asks for the password later, and keeps the input",
      async (_, ask, isDone) => {
        world.clock.advance(QUARTER + 1);
        const name = await join();
        const [path, fields] = ask(name);
        const asked = await post(path, fields);
        expect(await isDone(name, asked)).toBe(false);
        const page = await readPage(asked);
        expect(page.text).toContain(text.confirm.title);
        expect(page.values).toMatchObject(fields);

        const wrong = await post(path, { ...fields, your_password: "not this one" });
        expect([wrong.status, await isDone(name, wrong)]).toEqual([422, false]);
        expect((await readPage(wrong)).text).toContain(text.confirm.wrong);

        const right = await post(path, { ...fields, your_password: PASSWORD });
        expect(await isDone(name, right)).toBe(true);
      },
    );

    test.each(rows)("%s is refused to a program with a code", async (_, ask, isDone) => {
      world.clock.advance(QUARTER + 1);
      const name = await join();
      const [path, fields] = ask(name);
      const refused = await post(path, fields, "application/json");
      expect(await isDone(name, refused)).toBe(false);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ code: "recent_sign_in_required" });
      const right = await post(path, { ...fields, your_password: PASSWORD }, "application/json");
      expect(await isDone(name, right)).toBe(true);
    });

    test("asks once for 15 minutes, in this session alone", async () => {
      const other = await world.signIn(world.people.admin);
      world.clock.advance(QUARTER + 1);
      const action = { action: "one_time_password" };
      await post(`/users/${await join()}`, { ...action, your_password: PASSWORD });
      const name = await join();
      await post(`/users/${name}`, action);
      expect((await find(name))?.mustChangePassword).toBe(true);
      cookie = other;
      const unasked = await join();
      await post(`/users/${unasked}`, action);
      expect((await find(unasked))?.mustChangePassword).toBe(false);
    });

    test("limits wrong passwords", async () => {
      world.clock.advance(QUARTER + 1);
      const name = await join();
      const fields = { action: "one_time_password", your_password: "wrong" };
      let status = 422;
      for (let tries = 0; tries < 11 && status === 422; tries++)
        status = (await post(`/users/${name}`, fields)).status;
      expect(status).toBe(429);
      world.clock.advance(QUARTER);
    });

    test("leaves other actions alone", async () => {
      world.clock.advance(QUARTER + 1);
      const name = await join();
      const fields = { action: "change", display_name: "Renamed", role: "user" };
      expect((await post(`/users/${name}`, fields)).status).toBe(303);
      expect((await post("/backup/create", { target_user: "" })).status).toBe(200);
      const plain = { username: `plain${name}`, password: PASSWORD, confirm_password: PASSWORD };
      expect((await post("/auth/register", plain)).status).toBe(303);
    });

    type JsonRow = [
      what: string,
      ask: (name: string) => [path: string, body: object],
      isDone: (name: string) => Promise<boolean>,
    ];
    const jsonRows: JsonRow[] = [
      [
        "a change of role",
        (name) => [`/users/${name}`, { role: "administrator" }],
        async (name) => (await find(name))?.role === "administrator",
      ],
      [
        "deleting an account",
        (name) => [`/users/${name}/delete`, { links: "delete" }],
        async (name) => (await find(name)) === null,
      ],
      [
        "a new administrator",
        (name) => [
          "/auth/register",
          { username: `new${name}`, password: PASSWORD, role: "administrator" },
        ],
        async (name) => (await find(`new${name}`)) !== null,
      ],
    ];
    const send = (path: string, body: object) =>
      world.request(path, {
        method: "POST",
        headers: { cookie, "content-type": "application/json" },
        body: JSON.stringify(body),
      });

    test.each(jsonRows)("%s by JSON is refused without the password", async (_, ask, isDone) => {
      world.clock.advance(QUARTER + 1);
      const name = await join();
      const [path, body] = ask(name);
      const refused = await send(path, body);
      expect(await isDone(name)).toBe(false);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ code: "recent_sign_in_required" });

      const wrong = await send(path, { ...body, your_password: "not this one" });
      expect([wrong.status, await isDone(name)]).toEqual([422, false]);
      const right = await send(path, { ...body, your_password: PASSWORD });
      expect([right.ok, await isDone(name)]).toEqual([true, true]);
    });

    test.each(jsonRows)("%s by JSON is carried out within 15 minutes", async (_, ask, isDone) => {
      world.clock.advance(QUARTER);
      const name = await join();
      expect((await send(...ask(name))).ok).toBe(true);
      expect(await isDone(name)).toBe(true);
    });

    test("leaves other actions by JSON alone", async () => {
      world.clock.advance(QUARTER + 1);
      const name = await join();
      const changed = await send(`/users/${name}`, { display_name: "Renamed", role: "user" });
      expect(changed.status).toBe(200);
      const plain = { username: `json${name}`, password: PASSWORD };
      expect((await send("/auth/register", plain)).status).toBe(201);
    });
  });
}
