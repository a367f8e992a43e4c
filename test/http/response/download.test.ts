/** Files that are generated while they are sent leave turns of the event loop for other requests. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download } from "../../../src/http/response/download.ts";
import { openTestApp } from "../../world.ts";

const CHUNKS = 50;

async function withCall<Done>(
  work: (call: Parameters<typeof download>[1]["call"]) => Promise<Done>,
): Promise<Done> {
  const world = await openTestApp();
  try {
    const client = { isHttps: false, address: "203.0.113.7", origin: "http://x.example" };
    return await work({ client, settings: world.app.live.current } as never);
  } finally {
    await world.close();
  }
}

/** Reads a response to its end; returns its bytes and the turns of the event loop meanwhile. */
async function read(response: Response): Promise<{ bytes: number; turns: number }> {
  let turns = 0;
  let turn: NodeJS.Immediate;
  const count = () => {
    turns++;
    turn = setImmediate(count);
  };
  turn = setImmediate(count);
  const { byteLength: bytes } = await response.arrayBuffer();
  clearImmediate(turn);
  return { bytes, turns };
}

describe("a download leaves others a turn for each chunk", () => {
  test("that is made without waiting", async () => {
    await withCall(async (call) => {
      async function* made() {
        for (let at = 0; at < CHUNKS; at++) yield new Uint8Array(1000);
      }
      const response = download(made(), { call, name: "a.zip", type: "application/zip" });
      const { bytes, turns } = await read(response);
      expect(bytes).toBe(CHUNKS * 1000);
      expect(turns).toBeGreaterThanOrEqual(CHUNKS);
    });
  });

  test("of a file that is in memory", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trunk8-download-"));
    const path = join(folder, "large.bin");
    await Bun.write(path, new Uint8Array(16_000_000));
    await withCall(async (call) => {
      let chunks = 0;
      async function* made() {
        for await (const chunk of Bun.file(path).stream()) {
          chunks++;
          yield chunk;
        }
      }
      const response = download(made(), { call, name: "a.zip", type: "application/zip" });
      const { bytes, turns } = await read(response);
      expect(bytes).toBe(16_000_000);
      expect(turns).toBeGreaterThanOrEqual(chunks);
    });
    rmSync(folder, { recursive: true });
  });

  test("and ends its generator when nobody reads on", async () => {
    await withCall(async (call) => {
      let isEnded = false;
      async function* made() {
        try {
          for (;;) yield new Uint8Array(1000);
        } finally {
          isEnded = true;
        }
      }
      const response = download(made(), { call, name: "a.zip", type: "application/zip" });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      expect(isEnded).toBe(true);
    });
  });
});
