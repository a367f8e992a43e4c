import { hstsOf } from "../../http/response/security-headers.ts";
import { accelHeader, accelPrefix } from "../../http/urls.ts";
import { block, hstsLines, type NginxFacts } from "./nginx-block.ts";
import { locationsOf } from "./nginx-locations.ts";

/** The file for nginx's `sites-enabled`, which stands inside its `http` block. */
export function nginxSite(facts: NginxFacts): string {
  const parts = [
    introduction(facts),
    zones(),
    ...hsts(facts),
    ...cachePath(facts),
    upstream(facts),
  ];
  return `${[...parts, plainServer(facts), server(facts)].join("\n\n")}\n`;
}

function introduction({ hosts, nodes }: NginxFacts): string {
  const list = nodes.map(({ address, weight }) => `${address}=${weight}`).join(",");
  const words = nodes.length > 0 ? `--domain ${hosts[0]} --nodes ${list}` : `--domain ${hosts[0]}`;
  return `# Trunk8 behind nginx 1.22 or newer. Written by \`trunk8 config nginx ${words}\` from the settings;
# write it again after changing server.*, app.max_file_size_mb, links.max_age_seconds or the number of workers.`;
}

/** An IPv6 customer has 2^64 addresses, so a network counts as one. Those signed in, and API keys, have a limit of their own. */
function zones(): string {
  return `${block("map $binary_remote_addr $trunk8_address", [
    "default $binary_remote_addr;",
    `"~(?s)^(?<trunk8_network>.{8}).{8}$" $trunk8_network;`,
  ])}
${block('map "$http_authorization;$http_x_api_key;$http_cookie" $trunk8_session', [
  'default "";',
  '"~; ?(__Host-)?sessionid=." 1;',
  '"~*^bearer +t8[0-9a-z]{38};" 1;',
  '"~^[^;]*;t8[0-9A-Za-z]{38};" 1;',
])}
${block("map $trunk8_session $trunk8_stranger", ["default $trunk8_address;", '1 "";'])}
${block("map $trunk8_session $trunk8_account", ['default "";', "1 $trunk8_address;"])}
${block("map $request_method $trunk8_signing_in", ['default "";', "POST $trunk8_address;"])}
limit_req_zone $trunk8_stranger zone=trunk8_general:10m rate=100r/m;
limit_req_zone $trunk8_account zone=trunk8_accounts:10m rate=6000r/m;
limit_req_zone $trunk8_signing_in zone=trunk8_auth:10m rate=5r/m;`;
}

/** What nginx answers by itself says it too; what Trunk8 answers has it already. */
function hsts({ settings }: NginxFacts): string[] {
  const value = hstsOf(settings);
  if (value === "") return [];
  const head = "map $upstream_http_strict_transport_security $trunk8_hsts";
  return [block(head, ['default "";', `"" "${value}";`])];
}

const conditions = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since"];

const askedFor = (name: string): string => `$http_${name.toLowerCase().replaceAll("-", "_")}`;

function cachePath({ isCached }: NginxFacts): string[] {
  if (!isCached) return [];
  return [
    `proxy_cache_path /var/cache/trunk8/nginx levels=1:2 keys_zone=trunk8:10m max_size=1g inactive=60m use_temp_path=off;
# Partial and 304 responses must not be cached.
${block(`map "${conditions.map(askedFor).join("")}" $trunk8_conditions`, ['"" "";', "default 1;"])}`,
  ];
}

/** A connection that Trunk8 is about to close must not be used again, so ours are closed sooner. */
function upstream({ servers, nodes, settings }: NginxFacts): string {
  return block("upstream trunk8", [
    ...(nodes.length > 0 ? ["least_conn;"] : []),
    ...servers.map((server) => `server ${server} max_fails=3 fail_timeout=1s;`),
    ...nodes.map(
      ({ address, weight }) => `server ${address} weight=${weight} max_fails=3 fail_timeout=2s;`,
    ),
    "keepalive 32;",
    `keepalive_timeout ${Math.max(1, settings["server.keep_alive"] - 1)}s;`,
  ]);
}

function plainServer({ hosts }: NginxFacts): string {
  return block("server", [
    "listen 80;",
    "listen [::]:80;",
    `server_name ${hosts.join(" ")};`,
    block("location /.well-known/acme-challenge/", ["root /var/www/letsencrypt;"]),
    block("location /", ["return 301 https://$host$request_uri;"]),
  ]);
}

function server(facts: NginxFacts): string {
  return block("server", [
    "listen 443 ssl http2;",
    "listen [::]:443 ssl http2;",
    `server_name ${facts.hosts.join(" ")};`,
    "",
    ...tls(facts),
    "",
    ...proxying,
    ...(facts.nodes.length > 0 ? betweenMachines : betweenProcesses),
    ...(facts.isCached ? conditionLines : []),
    "",
    ...failing,
    ...hstsLines(facts.settings),
    "",
    "# Trunk8 would take a backslash for a slash, and the path would pass the limits of its location.",
    block('if ($request_uri ~ "^[^?]*\\x5c")', ["return 400;"]),
    "",
    ...locationsOf(facts).join("\n\n").split("\n"),
  ]);
}

function tls({ certificates }: NginxFacts): string[] {
  return [
    `ssl_certificate ${certificates}/fullchain.pem;`,
    `ssl_certificate_key ${certificates}/privkey.pem;`,
    "ssl_session_cache shared:SSL:10m;",
    "ssl_session_timeout 10m;",
    "ssl_session_tickets off;",
    "ssl_protocols TLSv1.2 TLSv1.3;",
    "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;",
    "ssl_prefer_server_ciphers off;",
  ];
}

/** 16 KB are for a Location of 8,192 bytes, and for the address `GET /add?url=` has with one. */
const proxying = [
  "client_max_body_size 16m;",
  "client_body_buffer_size 128k;",
  "client_header_timeout 15s;",
  "client_body_timeout 30s;",
  "send_timeout 60s;",
  "large_client_header_buffers 4 16k;",
  "",
  "proxy_http_version 1.1;",
  'proxy_set_header Connection "";',
  "proxy_set_header Host $host;",
  "proxy_set_header X-Real-IP $remote_addr;",
  "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
  "proxy_set_header X-Forwarded-Proto $scheme;",
  "proxy_set_header X-Request-Id $request_id;",
  `proxy_set_header ${accelHeader} ${accelPrefix};`,
  "proxy_send_timeout 30s;",
  "proxy_read_timeout 30s;",
  "# For a Location of 24 KB: a destination of 8 KB that was stored before its encoded form was limited.",
  "proxy_buffer_size 32k;",
  "proxy_buffers 8 32k;",
  "proxy_busy_buffers_size 64k;",
];

const betweenProcesses = ["proxy_connect_timeout 30s;"];

/** A request is sent to another machine where nothing of it was sent, or where it can be repeated (GET). */
const betweenMachines = [
  "proxy_connect_timeout 2s;",
  "# 503: the node has lost its database or its share of files.",
  "proxy_next_upstream error timeout http_503;",
];

/** A cache would else keep them to itself. */
const conditionLines = conditions.map((name) => `proxy_set_header ${name} ${askedFor(name)};`);

const failing = [
  "limit_req_status 429;",
  "error_page 418 = @programs;",
  "error_page 429 = @too_many;",
  "error_page 502 504 = @away;",
];
