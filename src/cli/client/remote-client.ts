import { codeOf } from "../../os/system-error.ts";
import { Problem, type ProblemCode } from "../../problem.ts";
import { apiRequest, readAnswer } from "./api-request.ts";
import type { Client } from "./client.ts";
import type { Given, OperationName, Outputs } from "./client-operations.ts";
import type { Server } from "./server.ts";
import { text } from "./text.en.ts";

/** The API of a site, called with a key. */
export class RemoteClient implements Client {
  readonly site: string;
  readonly assumedOrigin = null;
  readonly #key: string;

  constructor({ origin, key }: Server) {
    this.site = origin;
    this.#key = key;
  }

  async call<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Outputs[Name]> {
    const response = await this.open(name, given);
    const isAnswer = response.status === 204 || isJson(response);
    if (!isAnswer) throw this.#noTrunk8();
    return (await readAnswer(response)) as Outputs[Name];
  }

  async open<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Response> {
    const { method, path, body } = apiRequest(name, given);
    if (body === null) return await this.request(method, path, given.bytes);
    return await this.request(method, path, { type: "application/json", body });
  }

  /**
   * Calls a URL of the API, or one of the pages that keys can call.
   * @throws Problem
   */
  async request(
    method: string,
    path: string,
    sent?: { readonly type: string; readonly body: RequestInit["body"] },
  ): Promise<Response> {
    const headers = sent && { "content-type": sent.type };
    const response = await this.send(method, path, { headers, body: sent?.body });
    if (response.ok) return response;
    throw await this.refusal(response);
  }

  /**
   * Sends a request; returns its answer, whatever it says.
   * @throws Problem `busy` where the site cannot be reached
   */
  async send(
    method: string,
    path: string,
    sent: {
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: RequestInit["body"];
    },
  ): Promise<Response> {
    try {
      return await fetch(this.site + path, {
        method,
        body: sent.body ?? null,
        // The key goes to no other site.
        redirect: "manual",
        headers: {
          authorization: `Bearer ${this.#key}`,
          accept: "application/json, */*;q=0.5",
          ...sent.headers,
        },
      });
    } catch (cause) {
      const reason = codeOf(cause) || (cause instanceof Error ? cause.message : "");
      throw new Problem("busy", text.unreachable(this.site, reason), { cause });
    }
  }

  /** The problem that the API answers, as it is thrown where the operation runs. */
  async refusal(response: Response): Promise<Problem> {
    const target = response.headers.get("location");
    if (target !== null)
      return new Problem("bad_request", text.redirects(this.site, originOf(target)));
    if (!isJson(response)) return this.#noTrunk8(response.status);
    const { code, detail, errors = [], ...more } = (await response.json()) as ProblemJson;
    if (typeof code !== "string" || typeof detail !== "string")
      return this.#noTrunk8(response.status);
    const fields = errors.map(({ pointer, parameter, detail: fault }) => [
      fieldOf(pointer) ?? parameter ?? "",
      fault,
    ]);
    return new Problem(code, detail, { fields: Object.fromEntries(fields), ...more });
  }

  #noTrunk8(status?: number): Problem {
    return new Problem("bad_request", text.noTrunk8(this.site, status));
  }
}

interface ProblemJson {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly scope?: string;
  readonly current?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly {
    readonly pointer?: string;
    readonly parameter?: string;
    readonly detail: string;
  }[];
}

/** The name of a field of the body; a deeper pointer stays one. */
function fieldOf(pointer: string | undefined): string | undefined {
  return pointer?.replace(/^#\/([^/]+)$/, "$1");
}

function isJson({ headers }: Response): boolean {
  return /[/+]json\b/.test(headers.get("content-type") ?? "");
}

function originOf(location: string): string | null {
  return URL.parse(location)?.origin ?? null;
}
