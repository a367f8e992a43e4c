import { describe, expect, test } from "bun:test";
import { renderMarkdown } from "../../src/pages/render-markdown.ts";

const render = (source: string) => renderMarkdown(source, { nofollow: true });
/** Without the direction that every block of text has. */
const htmlOf = (source: string) => render(source).html.trim().replaceAll(' dir="auto"', "");

describe("the outline", () => {
  test.each([
    ["the first heading of the first level", "## b\n\n# *a* `c` &amp; [d](/e)\n\n# f", "a c & d"],
    ["else the first heading", "text\n\n## b\n\n### c", "b"],
    ["with formulas as they were written", "# About $x^2$", "About x^2"],
    ["with what stands for a picture", "# ![a cup](/cup.png) of tea", "a cup of tea"],
    ["without raw HTML", "# <b>a</b><script>", "a"],
    ["none without a heading", "text", null],
    ["none without a word in it", "#\n\ntext", null],
  ])("title: %s", (_, source, title) => expect(render(source).title).toBe(title));

  test.each([
    ["the first paragraph", "# a\n\n> quote\n\nSome *text*\nhere.\n\nMore.", "Some text here."],
    ["cut between words", `# a\n\n${"word ".repeat(100)}`, `${"word ".repeat(39).trim()}...`],
    ["cut somewhere if it is one word", "x".repeat(300), `${"x".repeat(197)}...`],
    ["none without a paragraph", "# a\n\n- b", null],
  ])("description: %s", (_, source, description) => {
    expect(render(source).description).toBe(description);
  });

  const long = "text ".repeat(500);

  test("a long document has a nested table of contents", () => {
    const { contents } = render(`# a\n${long}\n### b\n## c\n### d\n> # quoted\n\n# c`);
    expect(contents).toEqual([
      {
        id: "a",
        title: "a",
        within: [
          { id: "b", title: "b", within: [] },
          { id: "c", title: "c", within: [{ id: "d", title: "d", within: [] }] },
        ],
      },
      { id: "c-1", title: "c", within: [] },
    ]);
  });

  test("a short document, or one with two headings, has no table of contents", () => {
    expect(render("# a\n# b\n# c").contents).toEqual([]);
    expect(render(`# a\n# b\n${long}`).contents).toEqual([]);
  });

  test("reports formulas and highlighted code", () => {
    expect(render("$x$")).toMatchObject({ usesMath: true, usesCode: false });
    expect(render("```js\n1\n```")).toMatchObject({ usesMath: false, usesCode: true });
    expect(render("```\n$x$\n```\n\n```unheard-of\n```")).toMatchObject({
      usesMath: false,
      usesCode: false,
    });
  });
});

describe("headings", () => {
  const idsOf = (source: string) =>
    [...htmlOf(source).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

  test("have an id from their text, in any script", () => {
    expect(idsOf("# Tea & Water\n# \u00dcber _die_ Br\u00fccke\n# \u8336\n# a_b-c d!")).toEqual([
      "tea--water",
      "\u00fcber-die-br\u00fccke",
      "\u8336",
      "a_b-c-d",
    ]);
  });

  test("have unique ids", () => {
    const ids = idsOf("# a\n# a-1\n# a\n# a\n#\n# !\n# constructor\n# __proto__\n# __proto__");
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(0, 4)).toEqual(["a", "a-1", "a-2", "a-3"]);
  });

  test("can be linked to by the author", () => {
    expect(htmlOf("[down](#\u00fcber)\n\n# \u00dcber")).toContain('<a href="#%C3%BCber">down</a>');
  });
});

describe("anchors", () => {
  test.each([
    ["of a heading", "# Install", 'id="install"'],
    ["of a heading, as they were formerly", "# Install", 'name="doc-install"'],
    ["by name", '<a name="install"></a>', 'name="install"'],
    ["by id", '<a id="install">here</a>', '<a id="install">here</a>'],
    ["of a block", '<div id="install">a</div>', 'id="install"'],
    ["of a footnote", "a[^1]\n\n[^1]: b", 'id="fn1"'],
  ])("keep their name: %s", (_, source, attribute) => expect(htmlOf(source)).toContain(attribute));
});

describe("front matter", () => {
  const FRONT = "---\ntitle: Tea & water\nlang: DE-at\ndescription: How we\n  brew it\n---\n";

  test("is hidden, and names title, language and description", () => {
    const rendered = render(`${FRONT}# Other\n\nText.`);
    expect(rendered).toMatchObject({
      title: "Tea & water",
      lang: "de-AT",
      description: "How we brew it",
    });
    expect(rendered.html).not.toContain("brew");
  });

  test.each([
    ["of other fields alone", "---\ntags: [a, b]\ndate: 2026-01-01\n...\n# a\n\nb"],
    ["with useless fields", "---\ntitle: [a]\nlang: not a language\n---\n# a\n\nb"],
    ["with an empty title", '---\ntitle: ""\nlang:\n---\n# a\n\nb'],
  ])("%s leaves title and description to the text", (_, source) => {
    expect(render(source)).toMatchObject({ title: "a", lang: null, description: "b" });
  });

  test.each([
    ["between two lines", "---\nSome text\n---\nmore"],
    ["that is no YAML", "---\ntitle: [\n---\nmore"],
    ["without an end", "---\ntitle: a\n"],
    ["not at the beginning", "\n---\ntitle: a\n---\n"],
    ["that is very long", `---\ntitle: a\nb: ${"c".repeat(20_000)}\n---\n`],
  ])("is text %s", (_, source) => expect(render(source).html).toContain("<hr />"));
});

describe("directions", () => {
  const { html } = render("# a\n\ntext\n\n- item\n\n| a |\n|---|\n| b |\n\n    code");

  test.each(["h1", "p", "li", "th", "td", "pre"])("every %s has its own", (tag) => {
    expect(html).toContain(`<${tag} dir="auto"`);
  });

  test.each([
    ["a list", "- \u05e9\u05dc\u05d5\u05dd\n- b", '<ul dir="rtl">'],
    ["a loose list", "1. \u0645\u0631\u062d\u0628\u0627\n\n2. b", '<ol dir="rtl">'],
    ["a quote", "> 1. \u05e9\u05dc\u05d5\u05dd", '<blockquote dir="rtl">'],
    ["a table", "| 1 | \u05e9 |\n|---|---|\n| b | c |", '<table dir="rtl"'],
    ["a list in one", "- \u05e9\n  - b", '<ul dir="ltr">'],
  ])("%s follows its first letter", (_, source, tag) => expect(htmlOf(source)).toContain(tag));

  test("the author's own stay", () => {
    expect(render('<p dir="rtl">a</p>').html).toContain('<p dir="rtl">');
    expect(htmlOf("- a\n- \u05e9\u05dc\u05d5\u05dd")).toContain("<ul>");
  });
});

describe("what is removed", () => {
  test.each([
    ["a text field", '<input type="text" value="b">', ""],
    ["a field without a type", "a <input value=b> c", "<p>a  c</p>"],
    ["a hidden field", "a <input type=hidden> c", "<p>a  c</p>"],
  ])("%s leaves nothing", (_, source, left) => expect(htmlOf(source)).toBe(left));

  test.each([
    ["a form", "<form>a</form><form>b</form>", "<div>a</div><div>b</div>"],
    ["an article", "<article>a</article>b", "<div>a</div>b"],
    ["centred text", "<center>a</center>b", "<div>a</div>b"],
  ])("%s keeps its text apart", (_, source, left) => expect(htmlOf(source)).toBe(left));

  test("a link without a safe URL keeps its text", () => {
    expect(htmlOf("<https://256.256.256.256/>")).toBe("<p>https://256.256.256.256/</p>");
    expect(htmlOf("[a](javascript:b)")).not.toContain("<a");
  });

  test("a line break in a heading is a space in the title", () => {
    expect(render("# a<br>b").title).toBe("a b");
  });
});

describe("links and pictures", () => {
  test.each([
    [
      "elsewhere",
      "[a](https://b.example)",
      '<a href="https://b.example" rel="noopener nofollow">a</a>',
    ],
    ["on this site", "[a](/b)", '<a href="/b" rel="noopener nofollow">a</a>'],
    ["within the document", "[a](#b)", '<a href="#b">a</a>'],
    ["to its top", "[a](#)", '<a href="#">a</a>'],
    [
      "a picture",
      '![a](https://b.example/c.png "d")',
      '<img src="https://b.example/c.png" alt="a" title="d" class="img-fluid" loading="lazy" decoding="async" />',
    ],
    [
      "a picture without words",
      "<img src=/c.png width=10>",
      '<img src="/c.png" width="10" alt="" class="img-fluid" loading="lazy" decoding="async" />',
    ],
    [
      "a film",
      "<video src=/c.mp4 autoplay></video>",
      '<video src="/c.mp4" controls="controls" preload="metadata"></video>',
    ],
  ])("%s", (_, source, html) => expect(htmlOf(source)).toContain(html));

  test("have no nofollow where the setting allows", () => {
    const { html } = renderMarkdown("[a](/b)", { nofollow: false });
    expect(html).toContain('<a href="/b" rel="noopener">a</a>');
  });
});

describe("raw HTML", () => {
  test.each([
    "<details open><summary>More</summary>text</details>",
    "<p>Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, x<sup>2</sup>, <mark>this</mark></p>",
    '<p align="center">a<br />b</p>',
    '<table class="table"><tbody><tr><td colspan="2" align="right">a</td></tr></tbody></table>',
    '<p><picture><source srcset="/a.png, /b.png 2x" media="(width)" /></picture></p>',
    '<ol start="3" reversed><li>a</li></ol>',
    '<p lang="de" dir="ltr" title="b">a</p>',
    "<p><ruby>a<rt>b</rt></ruby></p>",
  ])("%s stays", (html) => expect(htmlOf(html)).toBe(html));

  test("unclosed elements end with the document", () => {
    expect(htmlOf("<div><b>a\n\nb</div></div></article></body>")).toBe(
      "<div><b>a\n<p>b</p></b></div><p></p>",
    );
  });
});

describe("code", () => {
  test("in a known language has classes for highlighting", () => {
    expect(htmlOf("```js title\nlet a;\n```")).toBe(
      '<pre tabindex="0"><code class="language-js"><span class="hljs-keyword">let</span> a;\n</code></pre>',
    );
  });

  test.each([
    ["in an unknown one", "```tea\n<b>\n```", ' class="language-tea"'],
    ["in none", "```\n<b>\n```", ""],
    [
      "that is very long",
      `\`\`\`js\n<b>\n${"let a;\n".repeat(10_000)}\`\`\``,
      ' class="language-js"',
    ],
  ])("%s is plain", (_, source, attributes) => {
    expect(htmlOf(source)).toStartWith(`<pre tabindex="0"><code${attributes}>&lt;b&gt;\n`);
    expect(htmlOf(source)).not.toContain("hljs");
  });
});

describe("formulas", () => {
  const isSet = (source: string) => htmlOf(source).includes("<math ");

  test.each([
    "$x$",
    "a $x + y$, b",
    "($x$)",
    "$\\$5$",
    "$$x$$",
    "- $$\n  x\n  $$",
    "```math\nx\n```",
  ])("%s is one", (source) => expect(isSet(source)).toBe(true));

  test.each([
    "$5 and $6",
    "US$5 and CA$6",
    "$5/$6",
    "$ x$",
    "$x $",
    "\\$x$",
    "`$x$`",
    "$$",
    "$$ x",
    "$x\n\ny$",
  ])("%s is none", (source) => expect(isSet(source)).toBe(false));

  test("are inline or blocks", () => {
    expect(htmlOf("a $x$")).not.toContain('display="block"');
    expect(htmlOf("a $$x$$")).toContain('display="block"');
    expect(htmlOf("text\n$$\n+ x\n= y\n$$\ntext")).toMatch(
      /^<p>text<\/p>\n<p><span class="katex"><math .* display="block">[\s\S]*<\/p>\n<p>text<\/p>$/,
    );
  });

  test("with errors show their source and the error", () => {
    expect(htmlOf("$\\frac{<b>$")).toMatch(
      /^<p><code title="KaTeX [^"]*">\\frac\{&lt;b&gt;<\/code><\/p>$/,
    );
  });

  test("that are endless or very long show their source", () => {
    expect(htmlOf("$\\def\\a{\\a\\a}\\a$")).toContain("Too many expansions");
    expect(htmlOf(`$$${"x".repeat(6_000)}$$`)).toContain("longer than 5000 characters");
  });

  test("contain no style, link or image", () => {
    const html = htmlOf(
      "$\\fcolorbox{red}{blue}{x}$ $\\href{javascript:alert(1)}{x}$ $\\includegraphics{/x.png}$ $\\htmlStyle{color:red}{x}$",
    );
    expect(html).toContain("<math ");
    expect(html).not.toMatch(/ (style|href|src)="/);
  });

  test("in an attribute are removed", () => {
    const html = htmlOf('<div title="\n\n$x$ and text\n\n">');
    expect(html).not.toContain("\0");
    expect(html).not.toContain("<math");
  });
});

test("NUL, CR and a forged placeholder are text", () => {
  expect(htmlOf("a\0" + "0\0b\rc $x$")).toStartWith("<p>a\ufffd0\ufffdb\nc <span");
});
