import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callProgram } from "../program.ts";

const folder = mkdtempSync(join(tmpdir(), "trunk8-health-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Asks a server of this answer, as it would listen. */
async function askOf(status: number, listen: { port: 0; hostname: string } | { unix: string }) {
  const asked: string[] = [];
  using server = Bun.serve({
    ...listen,
    fetch: ({ url }) => {
      asked.push(new URL(url).pathname);
      return new Response("", { status });
    },
  } as Parameters<typeof Bun.serve>[0]);
  const address = "unix" in listen ? `unix:${listen.unix}` : `${listen.hostname}:${server.port}`;
  const env = { TRUNK8_SERVER_LISTEN: address };
  return { ...(await callProgram(folder, ["health"], { env })), asked };
}

const everywhere = { port: 0, hostname: "0.0.0.0" } as const;

test("succeeds if the server can answer links", async () => {
  const { exitCode, stdout, asked } = await askOf(200, everywhere);
  expect([exitCode, stdout, asked]).toEqual([0, "Ready.\n", ["/health/ready"]]);
});

test("fails if the server is not ready", async () => {
  const { exitCode, stderr } = await askOf(503, everywhere);
  expect([exitCode, stderr.includes("answers 503")]).toEqual([1, true]);
});

test("asks at a Unix socket", async () => {
  const { exitCode, stderr } = await askOf(200, { unix: join(folder, "server.sock") });
  expect([exitCode, stderr]).toEqual([0, ""]);
});

test("fails if nothing listens", async () => {
  const env = { TRUNK8_SERVER_LISTEN: `unix:${join(folder, "nothing.sock")}` };
  const { exitCode, stderr } = await callProgram(folder, ["health"], { env });
  expect([exitCode, stderr.includes("does not answer")]).toEqual([1, true]);
});
