import { describe, expect, test } from "bun:test";
import { type Kind, kinds } from "../src/links/link.ts";
import {
  type Actor,
  creationOf,
  may,
  operator,
  type ResourceAction,
  type Scope,
  scopeNames,
  scopes,
  scopesOf,
  type UserActor,
  visitor,
} from "../src/policy.ts";
import { type Problem, toProblem } from "../src/problem.ts";

const user: UserActor = { is: "user", userId: 7, username: "alice", role: "user" };
const administrator: UserActor = {
  is: "user",
  userId: 1,
  username: "admin",
  role: "administrator",
};
const impersonated: UserActor = { ...user, impersonator: { userId: 1, username: "admin" } };

const own = { ownerId: user.userId };

describe("may", () => {
  const onTheSite: [string, Actor, boolean][] = [
    ["a visitor", visitor, false],
    ["a user", user, false],
    ["an administrator who impersonates a user", impersonated, false],
    ["an administrator", administrator, true],
    ["the operator", operator, true],
  ];

  test.each(onTheSite)("answers %s who changes the site", (_, actor, isAllowed) => {
    expect(may(actor, "settings.change")).toBe(isAllowed);
    expect(may(actor, "link.list_all")).toBe(isAllowed);
  });

  const onTheirLink: [string, Actor, boolean][] = [
    ["a visitor", visitor, false],
    ["the owner", user, true],
    ["another user", { ...user, userId: 8 }, false],
    ["an administrator who impersonates the owner", impersonated, true],
    ["an administrator", administrator, true],
    ["the operator", operator, true],
  ];

  test.each(onTheirLink)("answers %s who edits a link", (_, actor, isAllowed) => {
    expect(may(actor, "link.edit", { ownerId: user.userId })).toBe(isAllowed);
  });

  test("keeps a password and preferences to the owner in person", () => {
    const own = { ownerId: user.userId };
    for (const action of ["user.change_password", "user.change_preferences"] as const) {
      expect(may(user, action, own)).toBe(true);
      expect(may(impersonated, action, own)).toBe(false);
      expect(may(administrator, action, own)).toBe(false);
    }
  });

  test("allows a key only what both its owner's role and a scope allow", () => {
    const scoped = withKey(user, ["links:create", "settings:admin"]);
    expect(may(scoped, "link.create", own)).toBe(true);
    expect(lackedScope(() => may(scoped, "link.edit", own))).toBe("links:write");
    expect(may(scoped, "settings.change")).toBe(false);
    expect(may(withKey(administrator, ["links:read"]), "link.list_all")).toBe(true);
    expect(lackedScope(() => may(withKey(administrator, []), "audit.list"))).toBe("audit:read");
  });

  test("does not say of another user's link which scope a key lacks", () => {
    expect(may(withKey(user, []), "link.edit", { ownerId: 8 })).toBe(false);
  });

  test("keeps what needs a person from every key", () => {
    for (const action of ["user.change_password", "key.create"] as const)
      expect(failureOf(() => may(withKey(user, scopeNames), action, own))).toBe("person_required");
    for (const action of ["user.impersonate", "user.delete", "user.set_password"] as const)
      expect(failureOf(() => may(withKey(administrator, scopeNames), action))).toBe(
        "person_required",
      );
  });

  test("keeps a key for some kinds to links of these", () => {
    const pages = withKey(administrator, scopeNames, ["markdown", "html"]);
    expect(may(pages, "link.edit", { ...own, kind: "html" })).toBe(true);
    expect(may(pages, "link.edit", { ...own, kind: "redirect" })).toBe(false);
    expect(may(pages, "link.list", own)).toBe(false);
    expect(may(pages, "link.list_all")).toBe(false);
    expect(may(pages, "backup.make", own)).toBe(false);
  });
});

describe("scopes", () => {
  test("each covers an action, and that of administrators one that only these may do", () => {
    for (const scope of scopeNames) {
      const actions = Object.entries(scopesOf).flatMap(([action, some]) =>
        some.includes(scope) ? (action as ResourceAction) : [],
      );
      expect([scope, actions.length]).not.toEqual([scope, 0]);
      const isForUsers = actions.some((action) => may(user, action, own));
      if (scopes[scope] === "user") expect([scope, isForUsers]).toEqual([scope, true]);
      else expect(actions.every((action) => may(user, action, { ownerId: 8 }))).toBe(false);
    }
  });

  test("those that create links are told apart by whether these have content", () => {
    expect(kinds.map((kind) => scopesOf[creationOf(kind)])).toEqual([
      ["links:create"],
      ["files:create"],
      ["files:create"],
      ["files:create"],
      ["files:create"],
    ]);
  });
});

function withKey(actor: UserActor, some: readonly Scope[], of: readonly Kind[] | null = null) {
  return { ...actor, key: { id: 1, beginning: "t8AAAAAA", scopes: some, kinds: of } };
}

function lackedScope(work: () => unknown): string | undefined {
  return problemOf(work)?.scope;
}

function failureOf(work: () => unknown): string | undefined {
  return problemOf(work)?.code;
}

function problemOf(work: () => unknown): Problem | null {
  try {
    work();
    return null;
  } catch (thrown) {
    return toProblem(thrown);
  }
}
