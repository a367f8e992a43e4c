import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Call } from "../../../../src/http/call.ts";
import { statusOf } from "../../../../src/http/response/response.ts";
import { href } from "../../../../src/http/urls.ts";
import { visitor } from "../../../../src/policy.ts";
import { Problem, type ProblemCode, type ProblemDetails } from "../../../../src/problem.ts";
import { problemPage } from "../../../../src/web/ui/layout/problem-page.tsx";
import { ORIGIN, openTestApp, type World } from "../../../world.ts";
import { readPage } from "../../read-page.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.theme": "darkly" } });
});
afterAll(() => world.close());

function strangersCall(): Call {
  return {
    app: world.app,
    request: new Request(ORIGIN),
    requestId: "request-1",
    url: new URL(ORIGIN),
    params: {},
    client: { address: "203.0.113.7", isHttps: false, isProxied: false, origin: ORIGIN },
    connection: { address: () => null, allowSilence: () => {} },
    settings: world.app.live.current,
    actor: visitor,
    user: null,
    session: null,
  };
}

const show = async (code: ProblemCode, details: ProblemDetails = {}) => {
  const problem = new Problem(code, `What <happened> to ${code}.`, details);
  const response = await problemPage(strangersCall(), problem);
  return { response, page: await readPage(response) };
};

const titles: Readonly<Record<ProblemCode, string>> = {
  bad_request: "That request makes no sense",
  usage: "That request makes no sense",
  unauthenticated: "You are not signed in",
  forbidden: "That is not allowed",
  not_found: "Nothing is here",
  method_not_allowed: "That does not work here",
  gone: "This link no longer works",
  too_large: "That is too large",
  uri_too_long: "That address is too long",
  unsupported_type: "That cannot be read here",
  invalid: "Something was filled in wrongly",
  too_many: "Slow down",
  internal: "Something broke",
  not_implemented: "That is not known here",
  busy: "Busy right now",
  over_quota: "Your room is full",
  storage_full: "No room left",
};

describe.each(Object.keys(titles) as ProblemCode[])("%s", (code) => {
  const status = statusOf[code];

  test("is a page in the site's theme: what happened, what to do, and a way on", async () => {
    const { response, page } = await show(code, { cause: new Error("secret of the house") });
    expect(response.status).toBe(status);
    expect(page.html).toContain("/static/darkly.");
    expect(page.text).toContain(` ${status} ${titles[code]} `);
    expect(page.text).toContain(`What <happened> to ${code}.`);
    const way = code === "unauthenticated" ? href("signIn") : href("home");
    expect(page.html).toContain(`<a class="btn btn-primary" href="${way}">`);
  });

  test("tells a stranger nothing of its cause", async () => {
    const { response, page } = await show(code, { cause: new Error("secret of the house") });
    expect(page.html).not.toContain("secret of the house");
    expect(JSON.stringify([...response.headers])).not.toContain("secret");
  });
});

describe("what passes by itself says when to come back", () => {
  test.each<[ProblemCode, number | undefined, string, string | null]>([
    ["too_many", 30, "Try again in 30 seconds.", "30"],
    ["too_many", 0.2, "Try again in 1 second.", "1"],
    ["too_many", 91, "Try again in 2 minutes.", "91"],
    ["too_many", undefined, "Try again in a moment.", null],
    ["busy", 5, "Try again in 5 seconds.", "5"],
    ["busy", undefined, "Try again in a moment.", null],
  ])("%s, %p seconds", async (code, seconds, words, header) => {
    const details = seconds === undefined ? {} : { retryAfterSeconds: seconds };
    const { response, page } = await show(code, details);
    expect(page.text).toContain(words);
    expect(response.headers.get("retry-after")).toBe(header);
  });
});

test("a page that is gone for a while is not promised back", async () => {
  expect((await show("gone")).page.text).not.toContain("Try again");
});
