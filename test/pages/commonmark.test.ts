import { describe, expect, test } from "bun:test";
import { tests } from "commonmark-spec";
import { commonMark } from "../../src/pages/markdown/parser.ts";

const md = commonMark();

/** The specification shows a tab as an arrow. */
const withTabs = (text: string): string => text.replaceAll("\u2192", "\t");

test("has the 652 examples of the specification", () => expect(tests).toHaveLength(652));

describe("renders example of the CommonMark specification", () => {
  for (const { number, section, markdown, html } of tests) {
    test(`${number}, ${section}`, () => {
      expect(md.render(withTabs(markdown))).toBe(withTabs(html));
    });
  }
});
