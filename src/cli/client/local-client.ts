import type { User } from "../../accounts/user.ts";
import type { ApiOperation } from "../../api/operation.ts";
import { apiOperations } from "../../api/operations.ts";
import type { App } from "../../app.ts";
import type { Call } from "../../http/call.ts";
import { makeRequestId } from "../../http/request/request-id.ts";
import { operator } from "../../policy.ts";
import type { Invocation } from "../command.ts";
import { ownerOf } from "../commands/links/link-owner.ts";
import { siteOrigin } from "../site-origin.ts";
import { withApp } from "../with-app.ts";
import { apiRequest, readAnswer } from "./api-request.ts";
import type { Client } from "./client.ts";
import {
  type AnyGiven,
  clientOperations,
  type Given,
  type OperationName,
  type Outputs,
} from "./client-operations.ts";

/** Opens the data folder, and calls the operations in this process for `work`. */
export async function withLocalClient<T>(
  invocation: Invocation,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return await withApp(invocation, async (app) =>
    work(new LocalClient(app, await ownerOf(app, invocation))),
  );
}

/** The operator at the machine, for an account. */
class LocalClient implements Client {
  readonly site = null;
  readonly assumedOrigin: string | null;
  readonly #app: App;
  readonly #owner: User;

  constructor(app: App, owner: User) {
    const { current } = app.live;
    this.assumedOrigin = current["server.public_url"] === "" ? siteOrigin(current) : null;
    this.#app = app;
    this.#owner = owner;
  }

  async call<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Outputs[Name]> {
    return (await readAnswer(await this.open(name, given))) as Outputs[Name];
  }

  async open<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Response> {
    const { url, method } = clientOperations[name];
    const byMethod: Readonly<Partial<Record<string, ApiOperation>>> = apiOperations[url];
    const operation = byMethod[method];
    if (operation === undefined) throw new TypeError(name);
    return await operation.handler(this.#callOf(name, given));
  }

  #callOf(name: OperationName, given: AnyGiven): Call {
    const app = this.#app;
    const settings = app.live.current;
    const origin = siteOrigin(settings);
    const { method, path, body } = apiRequest(name, given);
    const url = new URL(path, origin);
    const sent = body !== null && {
      body,
      headers: { "content-length": String(Buffer.byteLength(body)) },
    };
    return {
      app,
      request: new Request(url.href, { method, ...sent }),
      requestId: makeRequestId(app.random),
      url,
      params: given.params ?? {},
      client: { address: "local", isHttps: false, isProxied: false, origin },
      connection: { address: () => null, allowSilence: () => {} },
      settings,
      actor: operator,
      user: this.#owner,
      session: null,
    };
  }
}
