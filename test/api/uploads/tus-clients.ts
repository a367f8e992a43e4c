/**
 * tus-js-client and Uppy, with the types of what the tests use: their own ones bring those of the DOM, which then hold
 * for all of our code.
 */
import type { Readable } from "node:stream";

interface TusRequest {
  getMethod(): string;
  getHeader(name: string): string | undefined;
}

export interface TusResponse {
  getHeader(name: string): string | undefined;
}

export type TusFile = Buffer | Readable;

export interface TusOptions {
  readonly endpoint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly chunkSize?: number;
  readonly retryDelays?: readonly number[];
  readonly uploadLengthDeferred?: boolean;
  readonly overridePatchMethod?: boolean;
  readonly uploadDataDuringCreation?: boolean;
  readonly parallelUploads?: number;
  readonly uploadUrl?: string | null;
  readonly onBeforeRequest?: (request: TusRequest) => void;
  readonly onSuccess?: (payload: { readonly lastResponse: TusResponse }) => void;
  readonly onError?: (error: Error) => void;
  onChunkComplete?: (size: number, accepted: number) => void;
}

export interface TusUpload {
  readonly url: string | null;
  readonly options: TusOptions;
  start(): void;
  abort(isTerminated?: boolean): Promise<void>;
}

interface UppyFile {
  readonly name: string;
  readonly uploadURL?: string;
  readonly error?: string;
}

export interface UppyInstance {
  use(
    plugin: unknown,
    options: TusOptions & { readonly allowedMetaFields?: readonly string[] },
  ): UppyInstance;
  addFile(file: { readonly name: string; readonly type: string; readonly data: Buffer }): void;
  upload(): Promise<{ readonly successful: UppyFile[]; readonly failed: UppyFile[] }>;
  destroy(): void;
}

/** Not known to the compiler. */
const load = async (name: string) => await import(name);

export const Upload: new (file: TusFile, options: TusOptions) => TusUpload = (
  await load("tus-js-client")
).Upload;
export const Uppy: new () => UppyInstance = (await load("@uppy/core")).default;
export const Tus: unknown = (await load("@uppy/tus")).default;
