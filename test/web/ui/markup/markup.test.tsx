/** @jsxImportSource #markup */
import { describe, expect, test } from "bun:test";
import { type Child, html, raw, write } from "../../../../src/web/ui/markup/markup.ts";

const hostile = `<b> & "c" 'd'`;
const escaped = "&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;";

describe("a template", () => {
  test("escapes texts, and leaves markup as it is", () => {
    expect(
      `${html`<p title="${hostile}">${hostile}${raw("<br>")}${html`<i>${"<"}</i>`}</p>`}`,
    ).toBe(`<p title="${escaped}">${escaped}<br><i>&lt;</i></p>`);
  });

  test("leaves out what says nothing, and writes zero", () => {
    expect(`${html`a${null}${undefined}${false}${true}${""}${0}${[1, [null, "<"]]}b`}`).toBe(
      "a01&lt;b",
    );
  });

  test("escapes an entity once more, and keeps lone surrogates", () => {
    expect(write("&#x27;&amp;\ud800")).toBe("&amp;#x27;&amp;amp;\ud800");
  });
});

describe("an element", () => {
  test("escapes its attributes and its children", () => {
    expect(write(<p title={hostile}>{hostile}</p>)).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  test("writes attributes that are there or not, and words for those of ARIA", () => {
    const input = <input disabled required={false} aria-invalid={true} maxlength={5} value="" />;
    expect(write(input)).toBe('<input disabled="" aria-invalid="true" maxlength="5" value=""/>');
  });

  test("leaves out attributes and children without a value", () => {
    const absent: { readonly is: string | undefined } = { is: undefined };
    expect(
      write(
        <p id={absent.is}>
          {absent.is}
          {absent.is === "" && "never"}
        </p>,
      ),
    ).toBe("<p></p>");
  });

  test("refuses an attribute that is an object", () => {
    const props = { "data-a": ["a"] };
    expect(() => <p {...props} />).toThrow("data-a is of type object");
  });

  test("calls components with their children, and writes what they return", () => {
    const Twice = ({ children }: { readonly children?: Child }) => (
      <>
        {children}
        {children}
      </>
    );
    const Text = () => "<";
    const None = () => null;
    expect(
      write(
        <Twice>
          <Text />
          <None />
          {["a", <b>c</b>]}
        </Twice>,
      ),
    ).toBe("&lt;a<b>c</b>&lt;a<b>c</b>");
  });
});
