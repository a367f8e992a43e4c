import { describe, expect, test } from "bun:test";
import type { Role } from "../../src/accounts/user.ts";
import { refuseCrossSite, requireAccess } from "../../src/http/guard.ts";
import type { Access } from "../../src/http/url-row.ts";
import { type Actor, operator, visitor } from "../../src/policy.ts";
import { Problem } from "../../src/problem.ts";
import { plainClient, secureClient } from "./asked-call.ts";

function outcomeOf(act: () => void): string {
  try {
    act();
    return "allowed";
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.code;
    throw thrown;
  }
}

describe("a post from elsewhere", () => {
  const cases: [why: string, headers: Record<string, string>, outcome: string][] = [
    ["neither header: curl, wrk", {}, "allowed"],
    ["a form of ours", { "sec-fetch-site": "same-origin", origin: "http://x.example" }, "allowed"],
    ["typed by the person", { "sec-fetch-site": "none" }, "allowed"],
    [
      "another site",
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      "forbidden",
    ],
    [
      "a sibling host",
      { "sec-fetch-site": "same-site", origin: "http://a.x.example" },
      "forbidden",
    ],
    [
      "another site that lies about Origin",
      { "sec-fetch-site": "cross-site", origin: "http://x.example" },
      "forbidden",
    ],
    ["a word we do not know", { "sec-fetch-site": "Same-Origin" }, "forbidden"],
    ["an empty word", { "sec-fetch-site": "" }, "forbidden"],
    ["two words", { "sec-fetch-site": "same-origin, cross-site" }, "forbidden"],
    ["an older browser, our form", { origin: "http://x.example" }, "allowed"],
    ["an older browser, another site", { origin: "https://evil.example" }, "forbidden"],
    ["an opaque origin", { origin: "null" }, "forbidden"],
    ["an empty origin", { origin: "" }, "forbidden"],
    ["our host as a part of theirs", { origin: "http://x.example.evil.example" }, "forbidden"],
    ["their host ending in ours", { origin: "http://evil-x.example" }, "forbidden"],
    ["our host, another port", { origin: "http://x.example:8080" }, "forbidden"],
    ["our host with a path", { origin: "http://x.example/" }, "forbidden"],
    ["our host as a user name", { origin: "http://x.example@evil.example" }, "forbidden"],
    ["our host by another scheme", { origin: "ftp://x.example" }, "forbidden"],
    ["https before a proxy we do not trust", { origin: "https://x.example" }, "allowed"],
    ["a malformed host of theirs", { origin: "http://a, b", host: "a, b" }, "forbidden"],
  ];

  test.each(cases)("%s", (_, headers, outcome) => {
    const request = new Request("http://x.example/add", {
      method: "POST",
      headers: { host: "x.example", ...headers },
    });
    expect(outcomeOf(() => refuseCrossSite({ request, client: plainClient, actor: visitor }))).toBe(
      outcome,
    );
  });

  test("may come by the public address or by the one asked", () => {
    const post = (origin: string) =>
      new Request("http://192.168.1.5:5001/add", {
        method: "POST",
        headers: { host: "192.168.1.5:5001", origin },
      });
    for (const origin of [secureClient.origin, "http://192.168.1.5:5001"]) {
      expect(
        outcomeOf(() =>
          refuseCrossSite({ request: post(origin), client: secureClient, actor: visitor }),
        ),
      ).toBe("allowed");
    }
  });

  test.each([
    ["GET", "allowed"],
    ["HEAD", "allowed"],
    ["OPTIONS", "allowed"],
    ["POST", "forbidden"],
    ["PUT", "forbidden"],
    ["PATCH", "forbidden"],
    ["DELETE", "forbidden"],
  ])("%s from another site is %s", (method, outcome) => {
    const request = new Request("http://x.example/", {
      method,
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(outcomeOf(() => refuseCrossSite({ request, client: plainClient, actor: visitor }))).toBe(
      outcome,
    );
  });
});

describe("access", () => {
  const person = (role: Role): Actor => ({ is: "user", userId: 1, username: "alice", role });
  const acting: Actor = {
    is: "user",
    userId: 1,
    username: "alice",
    role: "user",
    impersonator: { userId: 2, username: "admin" },
  };
  const levels: readonly Access[] = ["visitor", "signed_in", "in_person", "administrator"];
  const cases: [who: string, actor: Actor, outcomes: string[]][] = [
    ["a visitor", visitor, ["allowed", "unauthenticated", "unauthenticated", "unauthenticated"]],
    ["a user", person("user"), ["allowed", "allowed", "allowed", "forbidden"]],
    [
      "an administrator in a user's place",
      acting,
      ["allowed", "allowed", "forbidden", "forbidden"],
    ],
    ["an administrator", person("administrator"), ["allowed", "allowed", "allowed", "allowed"]],
    ["the operator", operator, ["allowed", "allowed", "allowed", "allowed"]],
  ];

  test.each(cases)("of %s", (_, actor, outcomes) => {
    const found = levels.map((access) => outcomeOf(() => requireAccess({ actor }, access)));
    expect(found).toEqual(outcomes);
  });
});
