import { securityHeaders } from "../../http/response/security-headers.ts";
import { FOR_EVER } from "../../http/response/site-file.ts";
import { accelPrefix, type UrlName, urls } from "../../http/urls.ts";
import { reservedWords } from "../../links/short-code.ts";
import { everyAsset } from "../../web/static/asset.ts";
import { addHeader, block, hstsLines, type NginxFacts } from "./nginx-block.ts";

/** Where files come in, or what `trunk8 doctor` sends to see how large they may be. */
const uploads: readonly UrlName[] = [
  "add",
  "share",
  "editLink",
  "linkFiles",
  "proxyProbe",
  "apiLinks",
  "apiLink",
  "apiContent",
  "apiFiles",
  "apiLinkFiles",
  "apiUploads",
  "apiUpload",
  "sendFiles",
  "putFileThere",
  "uploadFileThere",
];

const healthUrls: readonly UrlName[] = ["health", "ready"];

/** Where the body may be larger still, or the answer long in the making. */
const backups: readonly UrlName[] = [
  "restore",
  "backup",
  "importLinks",
  "apiRestores",
  "apiBackup",
];

/** Each `location` of the site, in the order in which nginx tries them. */
export function locationsOf(facts: NginxFacts): string[] {
  return [
    staticFiles(facts),
    usersFiles(facts),
    signingIn(),
    largeBodies(uploads, facts.maxFileMb),
    largeBodies(backups, facts.maxBackupMb),
    health(),
    ownPages(),
    openings(facts),
    parts(facts),
    sentToNames(facts),
    everythingElse(),
    unlimited(),
    tooMany(facts),
    away(facts),
  ];
}

/** A name that is not there goes to Trunk8: a logo of the site's own, or a file of another release. */
function staticFiles({ staticRoot, settings }: NginxFacts): string {
  const headers = securityHeaders("static", { isHttps: true, settings });
  const lines = Object.entries(headers).map(([name, value]) =>
    addHeader(name, JSON.stringify(value)),
  );
  return block(`location ^~ ${firstSegment("asset")}`, [
    `root ${staticRoot};`,
    "gzip_static on;",
    `types { ${typesOf().join(" ")} }`,
    "try_files $uri @trunk8;",
    addHeader("cache-control", JSON.stringify(FOR_EVER)),
    ...lines,
  ]);
}

function typesOf(): string[] {
  const types = new Map<string, string>();
  for (const { type, hashedName } of everyAsset())
    types.set(hashedName.slice(hashedName.lastIndexOf(".") + 1), type);
  return [...types].map(([extension, type]) => `${JSON.stringify(type)} ${extension};`);
}

/** nginx drops what it does not know of the answer that led here, so all that protects is said again. */
function usersFiles({ dataFolder, settings }: NginxFacts): string {
  const kinds = ["file", "pdf"] as const;
  const names = kinds.flatMap((kind) =>
    Object.keys(securityHeaders(kind, { isHttps: true, settings })),
  );
  const repeated = [...new Set([...names, "x-robots-tag", "access-control-allow-origin"])];
  return block(`location ^~ ${accelPrefix}/`, [
    "# Only by X-Accel-Redirect.",
    "internal;",
    `alias ${dataFolder}/users/;`,
    ...repeated.map((name) => addHeader(name, `$upstream_http_${name.replaceAll("-", "_")}`)),
  ]);
}

function signingIn(): string {
  return block(`location ^~ ${firstSegment("signIn")}`, [
    ...limits,
    "limit_req zone=trunk8_auth burst=10 nodelay;",
    "proxy_pass http://trunk8;",
  ]);
}

/** For the other fields of a form. */
const FORM_MB = 1;

/** @param mostMb of one file; 0: any */
function largeBodies(names: readonly UrlName[], mostMb: number): string {
  return block(`location ~ ${patternOf(names)}`, largeBody(mostMb));
}

function largeBody(mostMb: number): string[] {
  return [
    ...limits,
    mostBytes(mostMb),
    "proxy_request_buffering off;",
    "proxy_send_timeout 1h;",
    "proxy_read_timeout 1h;",
    "proxy_pass http://trunk8;",
  ];
}

function mostBytes(mostMb: number): string {
  return `client_max_body_size ${mostMb === 0 ? "0" : `${mostMb + FORM_MB}m`};`;
}

/** A load balancer asks often; its answer is never kept. */
function health(): string {
  return block(`location ~ ${patternOf(healthUrls)}`, [
    "access_log off;",
    "proxy_pass http://trunk8;",
  ]);
}

/** Pages with an address that looks like a link's. */
function ownPages(): string {
  const names = (Object.keys(urls) as UrlName[]).filter((name) => {
    const { pattern } = urls[name];
    return /^\/[a-z]+$/.test(pattern) && ![...uploads, ...healthUrls].includes(name);
  });
  return block(`location ~ ${patternOf(names)}`, [...limits, "proxy_pass http://trunk8;"]);
}

function openings({ isCached, nodes, settings, maxFileMb }: NginxFacts): string {
  return block("location ~ ^/[^/]+$", [
    "# Short links have no limit here; Trunk8 limits requests for unknown codes.",
    "# What is sent here goes on to @programs, whose own refusals then have their words, too.",
    "if ($request_method !~ ^(GET|HEAD)$) { return 418; }",
    "recursive_error_pages on;",
    mostBytes(maxFileMb),
    ...(nodes.length > 0 ? [HUNG_NODE] : []),
    ...(isCached ? [...cacheLines, ...hstsLines(settings)] : []),
    "proxy_pass http://trunk8;",
  ]);
}

/** The files of a link that has several. Below a word of ours, no link has one. */
function parts({ nodes }: NginxFacts): string {
  const words = [...reservedWords].filter((word) => !word.includes(".")).join("|");
  return block(`location ~ ^/(-/site/|(?!(${words})/)[^/]+/)`, [
    "# A page loads many of them at once.",
    ...(nodes.length > 0 ? [HUNG_NODE] : []),
    "proxy_pass http://trunk8;",
  ]);
}

/** A program sends a file to `/<name>`: the status goes on to it from where links are opened. */
function sentToNames({ maxFileMb }: NginxFacts): string {
  return block("location @programs", largeBody(maxFileMb));
}

/** Longer than a node waits for its database. */
const HUNG_NODE = "proxy_read_timeout 7s;";

const cacheLines = [
  "proxy_cache trunk8;",
  "proxy_cache_key $scheme$request_method$host$request_uri;",
  "proxy_cache_convert_head off;",
  "# For responses without Cache-Control; Trunk8 sends one.",
  "proxy_cache_valid 200 5m;",
  "proxy_cache_valid 404 1m;",
  "proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;",
  "proxy_cache_lock on;",
  "# Uncacheable responses would otherwise be fetched one after another.",
  "proxy_cache_lock_timeout 100ms;",
  "proxy_cache_bypass $trunk8_session $trunk8_conditions;",
  "proxy_no_cache $trunk8_session $trunk8_conditions;",
  "add_header x-cache-status $upstream_cache_status always;",
];

function everythingElse(): string {
  return block("location /", [...limits, "proxy_pass http://trunk8;"]);
}

const limits = [
  "limit_req zone=trunk8_general burst=20 nodelay;",
  "limit_req zone=trunk8_accounts burst=200 nodelay;",
];

function unlimited(): string {
  return block("location @trunk8", ["proxy_pass http://trunk8;"]);
}

function tooMany({ settings }: NginxFacts): string {
  return block("location @too_many", [
    "default_type text/plain;",
    addHeader("retry-after", "60"),
    addHeader("x-content-type-options", "nosniff"),
    ...hstsLines(settings),
    'return 429 "Too many requests from your IP address. Try again in a minute.\\n";',
  ]);
}

function away({ settings }: NginxFacts): string {
  return block("location @away", [
    "default_type text/plain;",
    addHeader("retry-after", "5"),
    addHeader("x-content-type-options", "nosniff"),
    ...hstsLines(settings),
    'return 503 "This site is temporarily unavailable. Try again in a moment.\\n";',
  ]);
}

/** `^/(add|edit_link/[^/]+)$` of the addresses with these names. */
function patternOf(names: readonly UrlName[]): string {
  const paths = names.map((name) =>
    urls[name].pattern.slice(1).replace(/:\w+/g, "[^/]+").replaceAll(".", "\\."),
  );
  return `^/(${paths.join("|")})$`;
}

/** `/static/` of `/static/*`. */
function firstSegment(name: UrlName): string {
  const [, segment = ""] = urls[name].pattern.split("/");
  return `/${segment}/`;
}
