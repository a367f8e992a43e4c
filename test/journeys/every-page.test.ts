/** The list of pages that all journeys go through leaves none out. */
import { expect, test } from "bun:test";
import { type UrlName, urls } from "../../src/http/urls.ts";
import { everyPage } from "./every-page.ts";

/** What a GET answers with something else than a page of ours, or with one that another URL has too; besides the API. */
const noPages: ReadonlySet<UrlName> = new Set<UrlName>([
  "deleteLinkShort",
  "qr",
  "thumbnail",
  "zip",
  "part",
  "linkPreview",
  "page",
  "pageOnce",
  "framedSite",
  "checkCode",
  "brand",
  "asset",
  "favicon",
  "manifest",
  "robots",
  "health",
  "ready",
  "switchBack",
  "auditCsv",
  "linksCsv",
  "importRefused",
  "proxyProbe",
]);

test("every URL that answers with a page is among them", () => {
  const paths = everyPage.map(({ path }) => path.replace(/\?.*/, ""));
  const leftOut = Object.entries(urls).filter(([name, { pattern, methods }]) => {
    const answersGet = (methods as readonly string[]).includes("GET");
    if (!answersGet || pattern.startsWith("/api/") || noPages.has(name as UrlName)) return false;
    const shape = new RegExp(`^${pattern.replaceAll(/:\w+/g, "[^/]+")}$`);
    return !paths.some((path) => shape.test(path));
  });
  expect(leftOut.map(([name]) => name)).toEqual([]);
});
