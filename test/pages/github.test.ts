/** What GitHub's specification adds to CommonMark, rule by rule, in examples of our own. */
import { describe, expect, test } from "bun:test";
import { documentParser } from "../../src/pages/markdown/parser.ts";
import { TrustedHtml } from "../../src/pages/sanitize/trusted-html.ts";

const md = documentParser();

type Rows = Readonly<Record<string, readonly [markdown: string, html: string]>>;

function check(rows: Rows): void {
  for (const [name, [markdown, html]] of Object.entries(rows)) {
    test(name, () =>
      expect(md.render(markdown, { trusted: new TrustedHtml() }).trim()).toBe(html.trim()),
    );
  }
}

const head = (...cells: string[]) => `<thead>\n<tr>\n${cells.join("\n")}\n</tr>\n</thead>`;
const body = (...rows: string[][]) =>
  `<tbody>\n${rows.map((cells) => `<tr>\n${cells.join("\n")}\n</tr>`).join("\n")}\n</tbody>`;
const table = (...parts: string[]) => `<table>\n${parts.join("\n")}\n</table>`;
const th = (text: string) => `<th>${text}</th>`;
const td = (text: string) => `<td>${text}</td>`;

describe("tables (GFM 4.10)", () => {
  check({
    "a header, a line of dashes, and rows": [
      "| tea | water |\n| --- | --- |\n| green | 70 |",
      table(head(th("tea"), th("water")), body([td("green"), td("70")])),
    ],
    "colons align, and outer pipes may be missing": [
      "| tea | water |\n| :-: | -----------: |\ngreen | 70",
      table(
        head('<th align="center">tea</th>', '<th align="right">water</th>'),
        body(['<td align="center">green</td>', '<td align="right">70</td>']),
      ),
    ],
    "a pipe that is escaped is text, in code too": [
      "| p\\|q |\n| ---- |\n| a `\\|` b |\n| c **\\|** d |",
      table(head(th("p|q")), body([td("a <code>|</code> b")], [td("c <strong>|</strong> d")])),
    ],
    "another block ends it": [
      "| tea | water |\n| --- | --- |\n| green | 70 |\n> quote",
      `${table(head(th("tea"), th("water")), body([td("green"), td("70")]))}\n<blockquote>\n<p>quote</p>\n</blockquote>`,
    ],
    "an empty line ends it, a line of text does not": [
      "| tea | water |\n| --- | --- |\n| green | 70 |\nblack\n\nblack",
      `${table(head(th("tea"), th("water")), body([td("green"), td("70")], [td("black"), td("")]))}\n<p>black</p>`,
    ],
    "with as many cells in the header as dashes, or it is none": [
      "| tea | water |\n| --- |\n| green |",
      "<p>| tea | water |\n| --- |\n| green |</p>",
    ],
    "rows are filled up, or cut": [
      "| tea | water |\n| --- | --- |\n| green |\n| black | 95 | hot |",
      table(head(th("tea"), th("water")), body([td("green"), td("")], [td("black"), td("95")])),
    ],
    "without rows there is no body": [
      "| tea | water |\n| --- | --- |",
      table(head(th("tea"), th("water"))),
    ],
    "a paragraph before it needs no empty line": [
      "Our teas\n| tea |\n| --- |\n| green |",
      `<p>Our teas</p>\n${table(head(th("tea")), body([td("green")]))}`,
    ],
  });
});

const list = (...items: string[]) => `<ul class="contains-task-list">\n${items.join("\n")}\n</ul>`;
const task = (text: string) =>
  `<li class="task-list-item"><input disabled="" type="checkbox"> ${text}</li>`;
const done = (text: string) =>
  `<li class="task-list-item"><input checked="" disabled="" type="checkbox"> ${text}</li>`;

describe("task lists (GFM 5.3)", () => {
  check({
    "open and done": [
      "- [ ] pot\n- [x] cup\n- [X] spoon",
      list(task("pot"), done("cup"), done("spoon")),
    ],
    "within one another, and with any bullet": [
      "* [x] pot\n  + [ ] lid\n  + [x] spout\n* [ ] cup",
      list(
        `<li class="task-list-item"><input checked="" disabled="" type="checkbox"> pot\n${list(task("lid"), done("spout"))}\n</li>`,
        task("cup"),
      ),
    ],
    "a box needs a space after it, and a sign or a space in it": [
      "- [x]cup\n- [y] cup\n- [] cup",
      "<ul>\n<li>[x]cup</li>\n<li>[y] cup</li>\n<li>[] cup</li>\n</ul>",
    ],
    "a box is for an item of a list": ["[ ] cup", "<p>[ ] cup</p>"],
    "it wins over a link of that name": ["- [x] cup\n\n[x]: /elsewhere", list(done("cup"))],
  });
});

describe("strikethrough (GFM 6.5)", () => {
  check({
    "one tilde or two": ["~~Hot~~ warm ~tea~!", "<p><del>Hot</del> warm <del>tea</del>!</p>"],
    "ends with its paragraph": [
      "This ~~goes on\n\nand on~~.",
      "<p>This ~~goes on</p>\n<p>and on~~.</p>",
    ],
    "three are none": ["No ~~~tea~~~ here", "<p>No ~~~tea~~~ here</p>"],
    "two do not close one": ["~tea~~\n\n~~tea~", "<p>~tea~~</p>\n<p>~~tea~</p>"],
    "with emphasis within and around": [
      "*~~a **b**~~*",
      "<p><em><del>a <strong>b</strong></del></em></p>",
    ],
    "within a link": ["[~~a~~](/b)", '<p><a href="/b"><del>a</del></a></p>'],
  });
});

const link = (href: string, text = href) => `<a href="${href}">${text}</a>`;
const www = (text: string) => link(`http://${text}`, text);
const mail = (text: string) => link(`mailto:${text}`, text);
const p = (html: string) => `<p>${html}</p>`;

describe("autolinks (GFM 6.9)", () => {
  check({
    www: ["www.tea.example", p(www("www.tea.example"))],
    "with a path, in a sentence": [
      "See www.tea.example/green for more.",
      p(`See ${www("www.tea.example/green")} for more.`),
    ],
    "without the point that ends the sentence": [
      "See www.tea.example.\n\nSee www.tea.example/a.b.",
      `${p(`See ${www("www.tea.example")}.`)}\n${p(`See ${www("www.tea.example/a.b")}.`)}`,
    ],
    "without any of the signs that end one": [
      "www.tea.example/a?!.,:*_~",
      p(`${www("www.tea.example/a")}?!.,:*_~`),
    ],
    "with brackets that are its own": ["www.tea.example/a_(b)", p(www("www.tea.example/a_(b)"))],
    "without brackets that are not": [
      "www.tea.example/a_(b)))\n\n(www.tea.example/a_(b))\n\n(www.tea.example/a_(b)",
      [
        p(`${www("www.tea.example/a_(b)")}))`),
        p(`(${www("www.tea.example/a_(b)")})`),
        p(`(${www("www.tea.example/a_(b)")}`),
      ].join("\n"),
    ],
    "with brackets in its midst": ["www.tea.example/a(b))+c", p(www("www.tea.example/a(b))+c"))],
    "without what looks like an entity at its end": [
      "www.tea.example/?a=b&copy=c\n\nwww.tea.example/?a=b&unknown;",
      `${p('<a href="http://www.tea.example/?a=b&amp;copy=c">www.tea.example/?a=b&amp;copy=c</a>')}\n${p(`${www("www.tea.example/?a=b")}&amp;unknown;`)}`,
    ],
    "up to a less-than sign": ["www.tea.example/a<b", p(`${www("www.tea.example/a")}&lt;b`)],
    "http, https and ftp, also where no domain has a dot": [
      "http://tea.example (https://tea.example/a_(b)) ftp://tea.example. http://localhost",
      p(
        `${link("http://tea.example")} (${link("https://tea.example/a_(b)")}) ${link("ftp://tea.example")}. ${link("http://localhost")}`,
      ),
    ],
    "no other scheme": [
      "gopher://tea.example javascript://a.b",
      p("gopher://tea.example javascript://a.b"),
    ],
    "no underscore in the last two parts of a domain": [
      "www.tea_x.example www.a_b.tea.example",
      p(`www.tea_x.example ${www("www.a_b.tea.example")}`),
    ],
    "only at the beginning of a word": [
      "xwww.tea.example xhttp://tea.example *www.tea.example* _www.tea.example/_ ~www.tea.example~",
      p(
        `xwww.tea.example xhttp://tea.example <em>${www("www.tea.example")}</em> <em>${www("www.tea.example/")}</em> <del>${www("www.tea.example")}</del>`,
      ),
    ],
    "emphasis does not break one": [
      "http://tea.example/a*b*c",
      p(link("http://tea.example/a*b*c")),
    ],
    "mail addresses": ["leaf@tea.example", p(mail("leaf@tea.example"))],
    "a plus before the at sign, none after": [
      "leaf@tea+x.example is none, leaf+x@tea.example is one.",
      p(`leaf@tea+x.example is none, ${mail("leaf+x@tea.example")} is one.`),
    ],
    "dots, hyphens and underscores, with a letter at the end": [
      "a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_",
      [
        p(mail("a.b-c_d@a.b")),
        p(`${mail("a.b-c_d@a.b")}.`),
        p("a.b-c_d@a.b-"),
        p("a.b-c_d@a.b_"),
      ].join("\n"),
    ],
    "none where no host can be such": [
      "http://256.256.256.256/ https://tea.example:99999 http://a..b/ www.a..b",
      p("http://256.256.256.256/ https://tea.example:99999 http://a..b/ www.a..b"),
    ],
    "none in a link, in code, or in raw HTML": [
      '[www.a.b x@a.b](/c) `www.a.b` <a href="/d">http://a.b x@a.b</a>',
      p('<a href="/c">www.a.b x@a.b</a> <code>www.a.b</code> <a href="/d">http://a.b x@a.b</a>'),
    ],
    "none that breaks the link around it": ["[see www.a.b](/c)", p(link("/c", "see www.a.b"))],
  });
});

const alert = (kind: string, title: string, html: string) =>
  `<div class="callout callout-${kind}" role="note">\n<p class="callout-title">${title}</p>\n${html}\n</div>`;

describe("alerts", () => {
  check({
    "each of the five": [
      ["note", "tip", "important", "warning", "caution"]
        .map((kind) => `> [!${kind.toUpperCase()}]\n> Hot.`)
        .join("\n\n"),
      ["note", "tip", "important", "warning", "caution"]
        .map((kind) =>
          alert(
            kind,
            kind.replace(/^./, (c) => c.toUpperCase()),
            p("Hot."),
          ),
        )
        .join("\n"),
    ],
    "with any blocks, within a quote": [
      "> > [!TIP]\n> > - a",
      `<blockquote>\n${"<blockquote>\n<p>[!TIP]</p>\n<ul>\n<li>a</li>\n</ul>\n</blockquote>"}\n</blockquote>`,
    ],
    "no other word, nothing beside it, nothing without a text": [
      "> [!TEA]\n> a\n\n> [!NOTE] a\n\n> [!NOTE]\n\n> [!constructor]\n> a",
      [
        "<blockquote>\n<p>[!TEA]\na</p>\n</blockquote>",
        "<blockquote>\n<p>[!NOTE] a</p>\n</blockquote>",
        "<blockquote>\n<p>[!NOTE]</p>\n</blockquote>",
        "<blockquote>\n<p>[!constructor]\na</p>\n</blockquote>",
      ].join("\n"),
    ],
  });
});

describe("footnotes", () => {
  test("are numbered in order of use, linked both ways, and can be used twice", () => {
    const html = md.render("a[^x] b[^y] c[^x]\n\n[^y]: why\n[^x]: *so*\n[^z]: unused", {
      trusted: new TrustedHtml(),
    });
    expect(html.match(/id="fn\d"/g)).toEqual(['id="fn1"', 'id="fn2"']);
    expect(html).toContain('<a href="#fn1" id="fnref1:1">[1:1]</a>');
    expect(html.match(/aria-label="Back to the text" href="#fnref1(:1)?"/g)).toHaveLength(2);
    expect(html).not.toContain("unused");
  });

  check({
    "without a definition there is none": ["a[^x]", p("a[^x]")],
    "none is written in place": ["a^[b]", p("a^[b]")],
  });
});
