/** Requests of tus as a client sends them. */
import { expect } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import type { Answered, ApiWorld, Asked } from "../api-world.ts";

export const TUS = { "tus-resumable": "1.0.0" };
export const BYTES = { ...TUS, "content-type": "application/offset+octet-stream" };

/** `Upload-Metadata`. */
export function metadata(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`,
  );
  return pairs.join(",");
}

/** Begins an upload; returns its path. */
export async function begin(
  world: ApiWorld,
  length: number,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = { ...TUS, "upload-length": String(length), "upload-metadata": metadata(fields) };
  const { status, headers: answered } = await world.ask("POST", href("apiUploads"), { headers });
  expect(status).toBe(201);
  return answered.get("location") ?? "";
}

export interface TusAnswer {
  readonly status: number;
  readonly offset: number | null;
  readonly length: number | null;
  readonly url: string | null;
  readonly answer: Answered;
}

export async function patch(
  world: ApiWorld,
  path: string,
  offset: number,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Asked["headers"] = {},
): Promise<TusAnswer> {
  const all = { ...BYTES, "upload-offset": String(offset), ...headers };
  return read(await world.ask("PATCH", path, { body, headers: all }));
}

export async function head(world: ApiWorld, path: string): Promise<TusAnswer> {
  return read(await world.ask("HEAD", path, { headers: TUS }));
}

function read(answer: Answered): TusAnswer {
  const number = (name: string) => {
    const given = answer.headers.get(name);
    return given === null ? null : Number(given);
  };
  expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
  return {
    status: answer.status,
    offset: number("upload-offset"),
    length: number("upload-length"),
    url: answer.headers.get("trunk8-url"),
    answer,
  };
}

/** Bytes that differ from place to place. */
export function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255);
}
