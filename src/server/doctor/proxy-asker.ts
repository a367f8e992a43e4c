import type { App } from "../../app.ts";
import type { Chain } from "../../http/proxy-check/proxy-chain.ts";
import { PROBE_PASS, type Swallowed } from "../../http/proxy-check/proxy-probe.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import { text } from "./text.en.ts";

/** Of a documentation network (RFC 5737): what a client may pretend to be. */
export const FORGED = "192.0.2.77";

/** Stands for the status of a connection that was closed without an answer. */
export const CUT_OFF = 0;

/** Sends requests to the site through its proxy. */
export class ProxyAsker {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  #chain: Promise<Chain> | null = null;

  constructor({ accounts: { probePass } }: App, origin: string) {
    this.#origin = origin;
    this.#headers = { [PROBE_PASS]: probePass.issue(), "x-forwarded-for": FORGED };
  }

  /**
   * Returns how requests through the proxy arrive. Requested once.
   * @throws Problem that says what answers instead
   */
  chain(): Promise<Chain> {
    this.#chain ??= this.#readChain();
    return this.#chain;
  }

  async #readChain(): Promise<Chain> {
    const response = await this.get(href("proxyProbe"), this.#headers);
    const isTrunk8 = response.headers.get("content-type")?.startsWith("application/json");
    if (response.ok && isTrunk8) return (await response.json()) as Chain;
    throw new Problem("invalid", describeAnswer(this.#origin, response.status));
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#ask(path, { headers });
  }

  /** Returns how a body arrived; if it was refused, the status, or CUT_OFF. */
  async send(body: Blob | ReadableStream<Uint8Array>): Promise<Swallowed | number> {
    const init = { method: "POST", headers: this.#headers, body };
    try {
      const response = await fetch(this.#origin + href("proxyProbe"), {
        ...init,
        redirect: "manual",
      });
      return response.ok ? ((await response.json()) as Swallowed) : response.status;
    } catch {
      return CUT_OFF;
    }
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#origin + path, { ...init, redirect: "manual" });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Problem("invalid", text.proxy.cannotConnect(this.#origin, why), { cause });
    }
  }
}

function describeAnswer(origin: string, status: number): string {
  if (status === 403) return text.proxy.otherKey;
  if (status >= 500) return text.proxy.unreachable(status);
  if (status >= 300 && status < 400) return text.proxy.redirects(origin, status);
  return text.proxy.otherSite(origin, status);
}
