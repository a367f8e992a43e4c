import { href } from "../../src/http/urls.ts";
import { byApiDelete, byApiUrl, byJson } from "./api-request.ts";
import type { BoundRow } from "./bound-row.ts";
import type { BoundSite } from "./bound-site.ts";

const ofUser = (name: "apiUser" | "apiPassword" | "apiSessions") => () =>
  href(name, { username: "bob" });

/** Operations of the API on accounts and the site, which take small bodies of JSON. */
export const apiAdminRows: readonly BoundRow[] = [
  byApiUrl("apiMe", () => href("apiMe")),
  byJson("apiMe", "PATCH", () => href("apiMe")),
  byApiUrl("apiOwnSessions", () => href("apiOwnSessions")),
  byApiDelete("apiOwnSessions", () => href("apiOwnSessions")),
  byApiDelete("apiOwnSession", () => href("apiOwnSession", { session: "s" })),
  byApiUrl("apiOwnAudit", () => href("apiOwnAudit")),
  byApiUrl("apiUsers", () => href("apiUsers")),
  byJson("apiUsers", "POST", () => href("apiUsers")),
  byApiUrl("apiUser", ofUser("apiUser")),
  byJson("apiUser", "PATCH", ofUser("apiUser")),
  byApiDelete("apiUser", ofUser("apiUser")),
  byJson("apiPassword", "PUT", ofUser("apiPassword")),
  byApiUrl("apiPassword", ofUser("apiPassword"), "POST"),
  byApiDelete("apiSessions", ofUser("apiSessions")),
  byApiUrl("apiKeys", () => href("apiKeys")),
  byJson("apiKeys", "POST", () => href("apiKeys")),
  byApiUrl("apiKey", keyPath),
  byApiDelete("apiKey", keyPath),
  byApiUrl("apiBackup", () => href("apiBackup")),
  byApiUrl("apiRestores", () => href("apiRestores"), "POST"),
  byApiUrl("apiRestore", () => href("apiRestore", { id: "1" })),
  byApiDelete("apiRestore", () => href("apiRestore", { id: "1" })),
  byApiUrl("apiSiteBackups", () => href("apiSiteBackups")),
  byApiUrl("apiSiteBackups", () => href("apiSiteBackups"), "POST"),
  byApiUrl("apiSiteBackup", () => href("apiSiteBackup", { name: "b.zip" })),
  byApiUrl("apiSettings", () => href("apiSettings")),
  byJson("apiSettings", "PATCH", () => href("apiSettings")),
  byApiUrl("apiAudit", () => href("apiAudit")),
  byApiUrl("apiStats", () => href("apiStats")),
  byApiUrl("apiLinkStats", () => href("apiLinkStats", { shortCode: "visited" })),
  byApiUrl("apiVisits", () => href("apiVisits", { shortCode: "visited" })),
  byApiUrl("apiSingleVisits", () => href("apiSingleVisits", { shortCode: "visited" })),
  byApiUrl("apiLinkLines", () => href("apiLinkLines")),
  byApiUrl("apiHealth", () => href("apiHealth")),
  byApiUrl("apiNodes", () => href("apiNodes")),
  byApiDelete("apiNode", () => href("apiNode", { node: "n" })),
  byApiUrl("apiJobs", () => href("apiJobs")),
  byApiUrl("apiJob", () => href("apiJob", { job: "count-visits" })),
  byApiUrl("apiJobRun", () => href("apiJobRun", { job: "count-visits" }), "POST"),
];

function keyPath(_: BoundSite): string {
  return href("apiKey", { id: "1" });
}
