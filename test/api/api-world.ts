/** A site whose API answers are each checked against its own OpenAPI document. */
import type { User } from "../../src/accounts/user.ts";
import { isApiPath } from "../../src/http/urls/api-urls.ts";
import { href } from "../../src/http/urls.ts";
import { openTestApp, type World, type WorldOptions } from "../world.ts";
import { DocumentCheck } from "./document-check.ts";

export interface ApiWorld extends World {
  /** Sends a request of a user, with the body as JSON; throws where the document lacks the answer. */
  ask(method: string, path: string, asked?: Asked): Promise<Answered>;
}

export interface Asked {
  /** Default: alice; null: a visitor. */
  readonly by?: User | null;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any JSON, of which a test says what it has. */
export interface Json {
  readonly [key: string]: unknown;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly parameter: string }[];
  readonly items: readonly Json[];
  readonly next: string | null;
  readonly current: Json;
  readonly short_code: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Pick<Headers, "get" | "has" | "keys">;
  /** Parsed JSON; without keys for any other body. */
  readonly body: Json;
  readonly response: Pick<Response, "text" | "bytes">;
}

export async function openApiWorld(options: WorldOptions = {}): Promise<ApiWorld> {
  const world = await openTestApp(options);
  const cookies = new Map<User, string>();
  const document = await (await world.request(href("apiDocument"))).json();
  const check = DocumentCheck.of(document);
  const cookieOf = async (user: User) => {
    const known = cookies.get(user) ?? (await world.signIn(user));
    cookies.set(user, known);
    return known;
  };
  const ask = async (method: string, path: string, asked: Asked = {}): Promise<Answered> => {
    const { by = world.people.alice, json, body = JSON.stringify(json), headers } = asked;
    const response = await world.request(path, {
      method,
      headers: {
        ...(by !== null && { cookie: await cookieOf(by) }),
        ...(json !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const copy = response.clone();
    const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
    const parsed = isJson ? ((await response.json()) as Json) : null;
    if (isApiPath(new URL(path, "http://x").pathname))
      check.require({ method, path, response, body: parsed });
    return {
      status: response.status,
      headers: response.headers,
      body: parsed ?? NO_JSON,
      response: copy,
    };
  };
  return { ...world, ask };
}

const NO_JSON = {} as Json;
