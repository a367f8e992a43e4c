import type { Session } from "../accounts/auth/sessions.ts";
import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import type { Settings } from "../config/settings.ts";
import type { Actor } from "../policy.ts";

/** Who is at the other end of the connection, as far as it can be believed. */
export interface Client {
  /** Textual IP address, v4-mapped IPv6 written as IPv4; "local" for a unix socket with no proxy's word. */
  readonly address: string;
  readonly isHttps: boolean;
  /** Whether the request arrived through a trusted proxy. */
  readonly isProxied: boolean;
  /** `https://x.example`: what absolute links to this site begin with. */
  readonly origin: string;
}

/** The connection of a request. */
export interface Connection {
  /** Who is at its other end, null on a unix socket; asked only where it matters, since asking takes time. */
  address(request: Request): string | null;
  /** Lets client and handler take so long from now: a large body may come slowly. 0: without limit. */
  allowSilence(request: Request, seconds: number): void;
}

/** A request with everything that a handler needs to answer it. */
export interface Call {
  readonly app: App;
  readonly request: Request;
  /** Identifies the request to the client and in the log. */
  readonly requestId: string;
  /** The one canonical form of the address: what was routed is what is read. */
  readonly url: URL;
  /** The decoded parts of the path that the URL's pattern names. */
  readonly params: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly connection: Connection;
  /** The settings when the request arrived. */
  readonly settings: Settings;
  readonly actor: Actor;
  readonly user: User | null;
  readonly session: Session | null;
}

export type Handler = (call: Call) => Response | Promise<Response>;
