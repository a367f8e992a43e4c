import { expect, test } from "bun:test";
import { mapNames } from "../../../src/import/python/user-names.ts";

test("keeps allowed user names, and maps others to the nearest free ones", () => {
  const names = ["admin", "carla", "Carla", "jörg", "jorg", "al", "李明", "王", "a.b c/d", "Admin"];
  expect([...mapNames(names)]).toEqual([
    ["admin", "admin"],
    ["carla", "carla"],
    ["jorg", "jorg"],
    ["Carla", "Carla-2"],
    ["jörg", "jorg-2"],
    ["al", "user-al"],
    ["李明", "user"],
    ["王", "user-2"],
    ["a.b c/d", "a-b-c-d"],
    ["Admin", "Admin-2"],
  ]);
});

test("reserves the administrator's name in any case", () => {
  expect([...mapNames(["ADMIN"])]).toEqual([["ADMIN", "ADMIN-2"]]);
});

test("shortens long names to different ones", () => {
  const long = `${"x".repeat(60)}`;
  const names = mapNames([`${long}1`, `${long}2`]);
  expect([...names.values()]).toEqual(["x".repeat(50), `${"x".repeat(48)}-2`]);
});
