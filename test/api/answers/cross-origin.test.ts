/** Scripts of other sites: which origins may call the API, and what they may send and read. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { operator } from "../../../src/policy.ts";
import { type ApiWorld, type Asked, openApiWorld } from "../api-world.ts";

const APP = "https://app.example";
const links = href("apiLinks");

let world: ApiWorld;
let closed: ApiWorld;
let key: string;
beforeAll(async () => {
  world = await openApiWorld({
    settings: { "api.allowed_origins": [APP, "http://localhost:3000"] },
  });
  closed = await openApiWorld();
  const input = { name: "app", scopes: ["links:read", "links:create", "files:create"] } as const;
  const { alice } = world.people;
  key = (await world.app.accounts.keys.create(operator, alice, input)).secret;
});
afterAll(async () => {
  await world.close();
  await closed.close();
});

const from = (origin: string, more: Record<string, string> = {}): Asked => ({
  by: null,
  headers: { origin, "sec-fetch-site": "cross-site", ...more },
});
const bearer = () => ({ authorization: `Bearer ${key}` });

function cors(headers: Pick<Headers, "get" | "keys">) {
  const names = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
  return Object.fromEntries(
    names.sort().map((name) => [name.slice("access-control-".length), headers.get(name)]),
  );
}

describe("an allowed origin", () => {
  test("may read answers, and their headers", async () => {
    const { status, headers } = await world.ask("GET", links, from(APP, bearer()));
    expect(status).toBe(200);
    const { "allow-origin": origin, "expose-headers": exposed, ...rest } = cors(headers);
    expect([origin, rest]).toEqual([APP, {}]);
    for (const name of ["etag", "link", "location", "ratelimit", "ratelimit-policy", "retry-after"])
      expect(exposed?.split(", ")).toContain(name);
    expect(headers.get("vary")?.split(/, */)).toContain("origin");
  });

  test("may create a link by a key alone", async () => {
    const asked = { ...from(APP, bearer()), json: { target: "https://a.example/" } };
    const { status, headers } = await world.ask("POST", links, asked);
    expect([status, cors(headers)["allow-origin"]]).toEqual([201, APP]);
  });

  test.each([401, 404, 422])("may read a problem: %p", async (status) => {
    const path = status === 404 ? "/api/v1/none" : status === 422 ? `${links}?x=1` : links;
    const got = await world.ask("GET", path, from(APP, status === 401 ? {} : bearer()));
    expect([got.status, cors(got.headers)["allow-origin"]]).toEqual([status, APP]);
  });

  test("may ask beforehand", async () => {
    const asked = from(APP, { "access-control-request-method": "PATCH" });
    const { status, headers } = await world.ask("OPTIONS", `${links}/a`, asked);
    expect(status).toBe(204);
    expect(cors(headers)).toEqual({
      "allow-origin": APP,
      "allow-methods": "GET, HEAD, PUT, PATCH, DELETE",
      "allow-headers":
        "authorization, content-type, if-match, if-none-match, idempotency-key, tus-resumable, upload-checksum, upload-concat, upload-defer-length, upload-length, upload-metadata, upload-offset, x-api-key, x-http-method-override, x-request-id, x-requested-with",
      "max-age": "7200",
    });
  });

  test("cannot write with the cookie of a visitor of its site", async () => {
    const { origin = "", "sec-fetch-site": site = "" } = from(APP).headers ?? {};
    const headers = { origin, "sec-fetch-site": site };
    const json = { target: "https://a.example/" };
    const got = await world.ask("POST", links, { json, headers });
    expect([got.status, got.body.code]).toEqual([403, "forbidden"]);
    expect(got.headers.has("access-control-allow-credentials")).toBe(false);
  });

  test("cannot read pages", async () => {
    const got = await world.request("/", from(APP));
    expect(cors(got.headers)).toEqual({});
  });
});

test.each([
  "https://elsewhere.example",
  "http://app.example",
  "https://app.example:8443",
  "https://app.example.evil.example",
  "https://APP.example",
  "null",
])("another origin gets no CORS, but Vary: %p", async (origin) => {
  for (const method of ["GET", "OPTIONS"]) {
    const { headers } = await world.ask(method, links, from(origin, bearer()));
    expect(cors(headers)).toEqual({});
    expect(headers.get("vary")?.split(/, */)).toContain("origin");
  }
});

test("without allowed origins, no answer mentions CORS", async () => {
  for (const method of ["GET", "OPTIONS"]) {
    const { headers } = await closed.ask(method, links, from(APP));
    expect(cors(headers)).toEqual({});
    expect(headers.get("vary") ?? "").not.toContain("origin");
  }
});

test.each([
  ["an origin that is allowed", APP, APP],
  ["another", "https://elsewhere.example", undefined],
])("images are read by %s as other answers are", async (_, origin, allowed) => {
  const image = { headers: { "content-type": "image/png" }, body: PNG };
  const uploaded = await world.ask("POST", `${href("apiFiles")}?name=a.png`, image);
  expect(uploaded.status).toBe(201);
  const path = href("apiContent", { shortCode: uploaded.body.short_code });
  const got = await world.ask("GET", path, from(origin, bearer()));
  expect([got.status, cors(got.headers)["allow-origin"]]).toEqual([200, allowed]);
});

const PNG = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "base64",
  ),
);
