import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Call } from "../../../../src/http/call.ts";
import { statusOf } from "../../../../src/http/response/problem-response.ts";
import { href } from "../../../../src/http/urls.ts";
import { visitor } from "../../../../src/policy.ts";
import { Problem, type ProblemCode, type ProblemDetails } from "../../../../src/problem.ts";
import { problemPage } from "../../../../src/web/ui/layout/problem-page.tsx";
import { text } from "../../../../src/web/ui/layout/text.en.ts";
import { ORIGIN, openTestApp, type World } from "../../../world.ts";
import { readPage } from "../../read-page.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.theme": "darkly" } });
});
afterAll(() => world.close());

function visitorsCall(): Call {
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
  const response = await problemPage(visitorsCall(), problem);
  return { response, page: await readPage(response) };
};

describe.each(Object.keys(statusOf) as ProblemCode[])("%s", (code) => {
  const status = statusOf[code];

  test("shows a page in the site's theme with what happened and a link onwards", async () => {
    const { response, page } = await show(code, { cause: new Error("a secret") });
    expect(response.status).toBe(status);
    expect(page.html).toContain("/static/darkly-page.");
    expect(page.text).toContain(` ${status} ${text.problems[code].title} `);
    expect(page.text).toContain(`What <happened> to ${code}.`);
    expect(page.links.at(-1)).toBe(code === "unauthenticated" ? href("signIn") : href("home"));
  });

  test("keeps its cause to itself", async () => {
    const { response, page } = await show(code, { cause: new Error("a secret") });
    expect(page.html).not.toContain("a secret");
    expect(JSON.stringify([...response.headers])).not.toContain("secret");
  });
});

describe("a temporary problem says when to try again", () => {
  const { retrySeconds, retryMinutes, retrySoon } = text.problem;
  test.each<[ProblemCode, number | undefined, string, string | null]>([
    ["too_many", 30, retrySeconds(30), "30"],
    ["too_many", 0.2, retrySeconds(1), "1"],
    ["too_many", 91, retryMinutes(2), "91"],
    ["too_many", undefined, retrySoon, null],
    ["busy", 5, retrySeconds(5), "5"],
    ["busy", undefined, retrySoon, null],
  ])("%s, %p seconds", async (code, seconds, advice, header) => {
    const details = seconds === undefined ? {} : { retryAfterSeconds: seconds };
    const { response, page } = await show(code, details);
    expect(page.text).toContain(advice);
    expect(response.headers.get("retry-after")).toBe(header);
  });
});

test("a link that is gone does not advise to try again", async () => {
  const { page } = await show("gone");
  expect(page.text).toContain(text.problems.gone.advice);
  expect(page.text).not.toContain(text.problem.retrySoon);
});
