import { createHash, pbkdf2Sync } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The passwords of the users of the old folder. */
export const oldPasswords = {
  carla: "pass",
  dave: "a Sunday in May",
  jörg: "Grüße, Welt",
} as const;

/** One link of the old folder: its owner, its table in links.toml, and the answer that a visitor gets. */
export interface OldLinkRow {
  readonly owner: string;
  readonly toml: string;
  readonly answer: OldAnswer;
}

export type OldAnswer =
  | { readonly status: 302; readonly location: string }
  | { readonly status: 200; readonly body: string; readonly name?: string }
  | { readonly status: 200; readonly shows: string }
  | { readonly status: 404 | 410 };

const redirect = (url: string, more = "") => `type = "redirect"\nurl = "${url}"\n${more}`;

/** Every kind, and every oddity that the Python Trunk8 still served. */
export const oldLinks: Readonly<Record<string, OldLinkRow>> = {
  site: {
    owner: "admin",
    toml: redirect("https://example.com/a?b=c#d"),
    answer: { status: 302, location: "https://example.com/a?b=c#d" },
  },
  "2024": {
    owner: "admin",
    toml: redirect("https://example.com/2024"),
    answer: { status: 302, location: "https://example.com/2024" },
  },
  grüße: {
    owner: "admin",
    toml: redirect("https://example.com/de"),
    answer: { status: 302, location: "https://example.com/de" },
  },
  home: {
    owner: "admin",
    toml: redirect("https://example.com/home"),
    answer: { status: 302, location: "https://example.com/home" },
  },
  mail: {
    owner: "admin",
    toml: redirect("mailto:someone@example.com"),
    answer: { status: 302, location: "mailto:someone@example.com" },
  },
  local: {
    owner: "admin",
    toml: redirect("//example.net/x"),
    answer: { status: 302, location: "https://example.net/x" },
  },
  script: {
    owner: "admin",
    toml: redirect("javascript:alert(1)"),
    answer: { status: 404 },
  },
  links: { owner: "admin", toml: redirect("https://example.com/never"), answer: { status: 404 } },
  "with.dot": {
    owner: "admin",
    toml: redirect("https://example.com/dot"),
    answer: { status: 404 },
  },
  forever: {
    owner: "carla",
    toml: redirect("https://example.com/forever", 'expiration_date = "next spring"\n'),
    answer: { status: 302, location: "https://example.com/forever" },
  },
  later: {
    owner: "carla",
    toml: redirect("https://example.com/later", 'expiration_date = "2027-12-31T23:59"\n'),
    answer: { status: 302, location: "https://example.com/later" },
  },
  gone: {
    owner: "carla",
    toml: redirect("https://example.com/gone", "expiration_date = 2020-02-02T02:02:02\n"),
    answer: { status: 410 },
  },
  report: {
    owner: "carla",
    toml: `type = "file"
path = "6f1d2c3b-0000-4000-8000-000000000001.txt"
original_filename = "Report 2024.txt"
file_size = 11
mime_type = "text/plain"
upload_date = "2024-01-15T10:30:00.123456"
`,
    answer: { status: 200, body: "the report\n", name: "Report 2024.txt" },
  },
  legacy: {
    owner: "carla",
    toml: 'type = "file"\npath = "a1b2c3d4e5f60718_summer plan.csv"\n',
    answer: { status: 200, body: "day,plan\n", name: "summer plan.csv" },
  },
  deep: {
    owner: "carla",
    toml: 'type = "file"\npath = "old/deep.txt"\n',
    answer: { status: 200, body: "deep\n", name: "deep.txt" },
  },
  newest: {
    owner: "carla",
    toml: 'type = "file"\npath = "newest.txt"\noriginal_filename = "newest.txt"\n',
    answer: { status: 200, body: "deep\n", name: "newest.txt" },
  },
  lost: {
    owner: "carla",
    toml: 'type = "file"\npath = "nowhere.pdf"\noriginal_filename = "Nowhere.pdf"\n',
    answer: { status: 404 },
  },
  notes: {
    owner: "dave",
    toml: 'type = "markdown"\npath = "notes.md"\noriginal_filename = "notes.md"\n',
    answer: { status: 200, shows: "<h1" },
  },
  inline: {
    owner: "dave",
    toml: 'type = "markdown"\ncontent = """\n# Inline\n\nThis is *inline* Markdown."""\n',
    answer: { status: 200, shows: "<em>inline</em>" },
  },
  page: {
    owner: "dave",
    toml: 'type = "html"\npath = "page.html"\noriginal_filename = "page.html"\n',
    answer: { status: 200, shows: "<p>by hand</p>" },
  },
  passwd: {
    owner: "dave",
    toml: 'type = "file"\npath = "../../../../../../../etc/passwd"\n',
    answer: { status: 404 },
  },
  absolute: {
    owner: "dave",
    toml: 'type = "file"\npath = "/etc/passwd"\n',
    answer: { status: 404 },
  },
  theirs: {
    owner: "dave",
    toml: 'type = "file"\npath = "../../carla/assets/old/deep.txt"\n',
    answer: { status: 404 },
  },
  linked: { owner: "dave", toml: 'type = "file"\npath = "out.txt"\n', answer: { status: 404 } },
  nul: { owner: "dave", toml: 'type = "file"\npath = "a\\u0000b"\n', answer: { status: 404 } },
  odd: { owner: "dave", toml: 'type = "video"\n', answer: { status: 404 } },
  bare: { owner: "dave", toml: 'url = "https://example.com/bare"\n', answer: { status: 404 } },
  wrong: { owner: "dave", toml: 'type = "redirect"\nurl = 5\n', answer: { status: 404 } },
  brezel: {
    owner: "jörg",
    toml: redirect("https://example.com/brezel"),
    answer: { status: 302, location: "https://example.com/brezel" },
  },
};

const assets: Readonly<Record<string, string>> = {
  "carla/assets/6f1d2c3b-0000-4000-8000-000000000001.txt": "the report\n",
  "carla/assets/a1b2c3d4e5f60718_summer plan.csv": "day,plan\n",
  "carla/assets/old/deep.txt": "deep\n",
  "carla/assets/nobody names me.txt": "left\n",
  "dave/assets/notes.md": "# Notes\n",
  "dave/assets/page.html": "<!doctype html><p>by hand</p>",
  "ghost/assets/boo.txt": "boo\n",
};

/** Writes a data folder of the Python Trunk8: several users, and many irregularities. */
export function writeOldFolder(root: string): void {
  write(root, "config/config.toml", CONFIG);
  write(root, "config/themes.toml", '[themes]\ncerulean = { name = "Cerulean" }\nneonpink = {}\n');
  write(root, "users/users.toml", usersToml());
  write(root, "users/carla/config.toml", '[app]\ntheme = "darkly"\nmarkdown_theme = "neonpink"\n');
  write(root, "users/dave/config.toml", "[app]\n");
  for (const [path, text] of Object.entries(assets)) write(root, `users/${path}`, text);
  const owners = Map.groupBy(Object.entries(oldLinks), ([, { owner }]) => owner);
  for (const [owner, rows] of owners) {
    const tables = rows.map(([code, { toml }]) => table(code, toml));
    write(root, `users/${owner}/links.toml`, tables.join("\n") + (doubled[owner] ?? ""));
  }
  symlinkSync("old/deep.txt", join(root, "users/carla/assets/newest.txt"));
  symlinkSync("/etc/hostname", join(root, "users/dave/assets/out.txt"));
  mkdirSync(join(root, "users/admin/assets"), { recursive: true });
  write(root, "users/broken/links.toml", '[links.fine]\ntype = "redirect"\n[links.half\n');
}

const CONFIG = `[app]
theme = "neonpink"
markdown_theme = "solar"
max_file_size_mb = 250

[session]
permanent_lifetime_days = 7
`;

/** Dave has one of Carla's short codes, too. */
const doubled: Readonly<Record<string, string>> = {
  dave: table("report", redirect("https://example.com/second")),
};

function table(code: string, toml: string): string {
  return `[links.${JSON.stringify(code)}]\n${toml}`;
}

function usersToml(): string {
  const { carla, dave } = oldPasswords;
  return `[users.admin]
is_admin = true
display_name = "The Boss"
created_at = "2023-05-05T05:05:05.555555"

[users.carla]
password_hash = "${pbkdf2(carla, 600_000)}"
is_admin = false
display_name = "Carla C."
created_at = "2024-01-01T00:00:00"

[users.dave]
password_hash = "${sha256(dave)}"
is_admin = true
display_name = "Dave"

[users."jörg"]
password_hash = "${pbkdf2(oldPasswords.jörg, 1000)}"
is_admin = false
display_name = "Jörg"

[users.Carla]
password_hash = "pbkdf2$1000000000$00$${"0".repeat(64)}"
display_name = "Another"

[users.broken]
password_hash = "plaintext"
`;
}

export function pbkdf2(password: string, iterations: number): string {
  const salt = createHash("sha256").update(password).digest();
  const digest = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  return `pbkdf2$${iterations}$${salt.toString("hex")}$${digest.toString("hex")}`;
}

export function sha256(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

export function write(root: string, path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
