import { describe, expect, test } from "bun:test";
import { type Actor, may, operator, type UserActor, visitor } from "../src/policy.ts";

const user: UserActor = { is: "user", userId: 7, username: "alice", role: "user" };
const administrator: UserActor = {
  is: "user",
  userId: 1,
  username: "admin",
  role: "administrator",
};
const impersonated: UserActor = { ...user, impersonator: { userId: 1, username: "admin" } };

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

  test("allows an actor with scopes only what both their role and a scope allow", () => {
    const own = { ownerId: user.userId };
    const scoped: UserActor = { ...user, scopes: ["link.create", "settings.change"] };
    expect(may(scoped, "link.create", own)).toBe(true);
    expect(may(scoped, "link.edit", own)).toBe(false);
    expect(may(scoped, "settings.change")).toBe(false);
    expect(may({ ...administrator, scopes: ["link.list_all"] }, "link.list_all")).toBe(true);
    expect(may({ ...administrator, scopes: [] }, "audit.list")).toBe(false);
  });
});
