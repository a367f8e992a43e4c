/** What `trunk8 serve` prints about where the site is reached. */
import { expect, test } from "bun:test";
import { describeSite } from "../../../src/cli/serve/announcement.ts";
import { text } from "../../../src/cli/serve/text.en.ts";

const rowsOf = (...args: Parameters<typeof describeSite>) =>
  describeSite(...args)
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim().split(/ {2,}/));

test("names the public URL first, and sockets as sockets", () => {
  const listens = ["unix:/run/trunk8/trunk8-1.sock", "unix:/run/trunk8/trunk8-2.sock"];
  expect(rowsOf({ publicUrl: "https://x.example", listens, port: null }, "")).toEqual([
    [text.publicUrl, "https://x.example"],
    [text.socket, listens[0] ?? ""],
    [text.socket, listens[1] ?? ""],
  ]);
});

test("names the addresses of this machine, with the port that was chosen", () => {
  expect(rowsOf({ publicUrl: "", listens: ["127.0.0.1:0"], port: 8123 }, "")).toEqual([
    [text.thisMachine, "http://127.0.0.1:8123"],
  ]);
  const [first, ...others] = rowsOf({ publicUrl: "", listens: ["0.0.0.0:5001"], port: null }, "");
  expect(first).toEqual([text.thisMachine, "http://localhost:5001"]);
  expect(others.every(([label]) => label === text.network)).toBe(true);
});
