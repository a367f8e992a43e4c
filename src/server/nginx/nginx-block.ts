import type { Settings } from "../../config/settings.ts";
import { hstsOf } from "../../http/response/security-headers.ts";

/** What the site file of nginx depends on. */
export interface NginxFacts {
  readonly settings: Settings;
  /** The site's host name, and that of users' pages where they have one. */
  readonly hosts: readonly string[];
  /** Folder with `fullchain.pem` and `privkey.pem`. */
  readonly certificates: string;
  /** Folder in which `static/` lies, as `trunk8 assets` wrote it. */
  readonly staticRoot: string;
  readonly dataFolder: string;
  /** Where Trunk8 listens, as nginx writes it: `127.0.0.1:5001`, `unix:/run/trunk8/trunk8-1.sock`. */
  readonly servers: readonly string[];
  /** The machines of a cluster, in place of `servers`; empty: one machine. */
  readonly nodes: readonly NginxNode[];
  /** The largest file and the largest backup that can be sent, in MB; 0: any. */
  readonly maxFileMb: number;
  readonly maxBackupMb: number;
  /** Whether links may be kept (`links.max_age_seconds`). */
  readonly isCached: boolean;
}

export interface NginxNode {
  /** As nginx writes it: `10.0.1.10:5001`. */
  readonly address: string;
  readonly weight: number;
}

/** A block of nginx's, its lines indented. */
export function block(head: string, lines: readonly string[]): string {
  const inner = lines
    .flatMap((line) => line.split("\n"))
    .map((line) => (line === "" ? "" : `    ${line}`));
  return `${head} {\n${inner.join("\n")}\n}`;
}

/** The value as nginx reads it: quoted where it holds more than a variable or a word. */
export function addHeader(name: string, value: string): string {
  return `add_header ${name} ${value} always;`;
}

/** For blocks that add headers, which forget those of the server; each answer by https asks for https. */
export function hstsLines(settings: Settings): string[] {
  return hstsOf(settings) === "" ? [] : [addHeader("strict-transport-security", "$trunk8_hsts")];
}
