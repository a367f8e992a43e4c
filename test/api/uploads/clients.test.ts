/** tus-js-client and Uppy as they are, in Bun, on a real server that is killed in between. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Site, signIn, startSite } from "../../server/site.ts";
import { bytesOf } from "./tus.ts";
import {
  Tus,
  type TusFile,
  type TusOptions,
  type TusResponse,
  type TusUpload,
  Upload,
  Uppy,
} from "./tus-clients.ts";

setDefaultTimeout(60_000);

const CHUNK = 65_536;

let folder: string;
let site: Site;
let headers: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-tus-"));
  site = await startSite({ dataFolder: folder, workers: "" });
  headers = { authorization: `Bearer ${await createKey()}` };
});
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

async function createKey(): Promise<string> {
  const cookie = await signIn(site.origin);
  const answer = await fetch(`${site.origin}/api/v1/keys`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ name: "tus", scopes: ["files:create", "links:read"] }),
  });
  return ((await answer.json()) as { secret: string }).secret;
}

/** What each request of an upload was. */
interface Sent {
  readonly requests: string[];
  readonly answer: TusResponse;
}

interface Chosen extends TusOptions {
  readonly onUpload?: (upload: TusUpload) => void;
}

/** Uploads a file to the end. */
async function send(code: string, file: TusFile, { onUpload, ...options }: Chosen = {}) {
  const requests: string[] = [];
  return await new Promise<Sent>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: `${site.origin}/api/v1/uploads`,
      headers,
      chunkSize: CHUNK,
      metadata: { filename: "a.bin", short_code: code },
      retryDelays: [100, 100, 100, 200, 500, 1000, 3000],
      ...options,
      onBeforeRequest: (request) => {
        const offset = request.getHeader("Upload-Offset");
        requests.push(request.getMethod() + (offset === undefined ? "" : ` ${offset}`));
      },
      onSuccess: ({ lastResponse: answer }) => resolve({ requests, answer }),
      onError: reject,
    });
    onUpload?.(upload);
    upload.start();
  });
}

async function expectStored(code: string, bytes: Uint8Array, { answer }: Sent): Promise<void> {
  expect(answer.getHeader("trunk8-url")).toBe(`${site.origin}/${code}`);
  await expectBytes(code, bytes);
}

async function expectBytes(code: string, bytes: Uint8Array): Promise<void> {
  const stored = await (await fetch(`${site.origin}/${code}?download=1`)).bytes();
  expect(Bun.hash(stored)).toBe(Bun.hash(bytes));
}

/** A stream whose length is not known before its end. */
function streamOf(bytes: Uint8Array): Readable {
  const at = (part: number) => bytes.slice(part * 50_000, (part + 1) * 50_000);
  return Readable.from(Array.from({ length: bytes.length / 50_000 }, (_, part) => at(part)));
}

describe("tus-js-client sends", () => {
  const bytes = bytesOf(300_000);
  const file = Buffer.from(bytes);

  test.each<
    [what: string, code: string, file: () => TusFile, options: TusOptions, requests: string[]]
  >([
    [
      "a file in chunks",
      "chunks",
      () => file,
      {},
      ["POST", "PATCH 0", "PATCH 65536", "PATCH 131072", "PATCH 196608", "PATCH 262144"],
    ],
    [
      "a stream whose length is known at its end",
      "deferred",
      () => streamOf(bytes),
      { uploadLengthDeferred: true },
      [
        "POST",
        ...["0", "50000", "100000", "150000", "200000", "250000"].map((at) => `PATCH ${at}`),
      ],
    ],
    [
      "its chunks by POST, where PATCH is not let through",
      "override",
      () => file,
      { overridePatchMethod: true, chunkSize: 200_000 },
      ["POST", "POST 0", "POST 200000"],
    ],
    [
      "the first chunk with the creation",
      "with-creation",
      () => file,
      { uploadDataDuringCreation: true, chunkSize: 200_000 },
      ["POST", "PATCH 200000"],
    ],
    [
      "all bytes with the creation",
      "at-once",
      () => file,
      { uploadDataDuringCreation: true, chunkSize: 400_000 },
      ["POST"],
    ],
  ])("%s", async (_, code, content, options, requests) => {
    const sent = await send(code, content(), options);
    expect(sent.requests).toEqual(requests);
    await expectStored(code, bytes, sent);
  });

  test("several parts at the same time, which are joined", async () => {
    const sent = await send("parallel", file, { parallelUploads: 3 });
    expect(sent.requests.filter((request) => request === "POST")).toHaveLength(4);
    await expectStored("parallel", bytes, sent);
  });

  test("the rest after it was stopped", async () => {
    const { promise: stopped, resolve } = Promise.withResolvers<string | null>();
    void send("stopped", file, {
      onUpload: (upload) => {
        upload.options.onChunkComplete = async (_, accepted) => {
          if (accepted < 2 * CHUNK) return;
          await upload.abort();
          resolve(upload.url);
        };
      },
    });
    const uploadUrl = await stopped;
    const sent = await send("stopped", file, { uploadUrl });
    expect(sent.requests[0]).toBe("HEAD");
    expect(sent.requests).not.toContain("PATCH 0");
    await expectStored("stopped", bytes, sent);
  });

  test("an upload away", async () => {
    const { promise: begun, resolve } = Promise.withResolvers<TusUpload>();
    const onUpload = (upload: TusUpload) => {
      upload.options.onChunkComplete = () => resolve(upload);
    };
    void send("away", file, { onUpload });
    const upload = await begun;
    await upload.abort(true);
    const asked = { method: "HEAD", headers: { ...headers, "tus-resumable": "1.0.0" } };
    expect((await fetch(upload.url ?? "", asked)).status).toBe(404);
  });

  test("all of it although the server is killed in the middle", async () => {
    const restarted = Promise.withResolvers<void>();
    let kills = 0;
    const restart = async () => {
      const { host } = new URL(site.origin);
      site.kill("SIGKILL");
      await site.exited;
      site = await startSite({ dataFolder: folder, workers: "", listen: host });
    };
    const sent = await send("killed", file, {
      onUpload: (upload) => {
        upload.options.onChunkComplete = (_, accepted) => {
          if (accepted === 2 * CHUNK && kills++ === 0)
            restart().then(restarted.resolve, restarted.reject);
        };
      },
    });
    await restarted.promise;
    expect(sent.requests).toContain("HEAD");
    expect(sent.requests.filter((request) => request === "PATCH 0")).toHaveLength(1);
    await expectStored("killed", bytes, sent);
  });
});

describe("Uppy sends", () => {
  test.each([
    ["several files", {}],
    ["files in parts at the same time", { parallelUploads: 2 }],
  ])("%s", async (_, options) => {
    const uppy = new Uppy().use(Tus, {
      endpoint: `${site.origin}/api/v1/uploads`,
      headers,
      chunkSize: CHUNK,
      ...options,
      allowedMetaFields: ["name"],
    });
    const contents = [bytesOf(150_000), bytesOf(70_000)];
    for (const [at, content] of contents.entries())
      uppy.addFile({
        name: `${at}.bin`,
        type: "application/x-a",
        data: Buffer.from(content),
      });
    const { successful, failed } = await uppy.upload();
    expect(failed.map(({ error }) => error)).toEqual([]);
    expect(successful).toHaveLength(2);
    for (const { name, uploadURL = "" } of successful) {
      const asked = await fetch(uploadURL, { headers: { ...headers } });
      const { short_code: code } = (await asked.json()) as { short_code: string };
      await expectBytes(code, contents[Number.parseInt(name, 10)] ?? new Uint8Array());
    }
    uppy.destroy();
  });
});
