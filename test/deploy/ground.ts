import type { Nginx } from "./nginx.ts";
import type { Report } from "./report.ts";
import type { Site } from "./site.ts";
import type { Visitor } from "./visitor.ts";

export const MAIN_FILE = "nginx/nginx.conf";
export const SITE_FILE = "nginx/site.conf";
export const CACHED_FILE = "nginx/site.cached.conf";

/** A site with a few links behind a real nginx. */
export interface Ground {
  readonly report: Report;
  readonly folder: string;
  readonly site: Site;
  readonly nginx: Nginx;
  readonly visitor: Visitor;
}
