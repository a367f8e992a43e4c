import type { App } from "../../app.ts";
import type { Chain } from "../../http/proxy-check/proxy-chain.ts";
import { PROBE_PASS, type Swallowed } from "../../http/proxy-check/proxy-probe.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";

/** Of a network that is nobody's (RFC 5737): what a stranger may pretend to be. */
export const FORGED = "192.0.2.77";

/** Instead of a status, where none came. */
export const CUT_OFF = 0;

/** Asks at the site's own addresses, by way of a proxy. */
export class ProxyAsker {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  #chain: Promise<Chain> | null = null;

  constructor({ probePass }: App, origin: string) {
    this.#origin = origin;
    this.#headers = { [PROBE_PASS]: probePass.issue(), "x-forwarded-for": FORGED };
  }

  /**
   * How the proxy's requests look there. Asked once.
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
    throw new Problem("invalid", describeStranger(this.#origin, response.status));
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#ask(path, { headers });
  }

  /** How a body was taken; where it was refused, the status of that, or CUT_OFF. */
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
      throw new Problem("invalid", `${this.#origin} cannot be asked: ${why}`, { cause });
    }
  }
}

function describeStranger(origin: string, status: number): string {
  if (status === 403)
    return "The site there has another key than this data folder: call trunk8 with its settings (TRUNK8_SECRET_KEY), or give another URL.";
  if (status >= 500)
    return `The proxy answers ${status}: it does not reach Trunk8. Compare server.listen with its upstream.`;
  if (status >= 300 && status < 400)
    return `${origin} leads elsewhere (${status}). Give the address that it leads to.`;
  return `Trunk8 does not answer at ${origin} (${status}): another site does.`;
}
