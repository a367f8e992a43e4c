import { afterEach, describe, expect, test } from "bun:test";
import { catalogue, translate } from "../../src/text/catalogue.ts";
import { plural } from "../../src/text/format.ts";
import { textDirection, useLanguage } from "../../src/text/language.ts";

const english = () =>
  catalogue({
    saved: "Saved.",
    list: {
      none: "No links found",
      found: (count: number) => plural(count, { one: "1 link", other: `${count} links` }),
      taken: (shortCode: string) => `The short code ${shortCode} is taken.`,
    },
  });

afterEach(() => useLanguage("en"));

describe("a catalogue", () => {
  test("answers in English", () => {
    const text = english();
    expect([text.saved, text.list.none]).toEqual(["Saved.", "No links found"]);
    expect([text.list.found(1), text.list.found(2)]).toEqual(["1 link", "2 links"]);
  });

  test("follows the language of the process", () => {
    const text = english();
    useLanguage("en-xa");
    expect(text.saved).toBe("\u27e6\u0160\u00e1v\u00e9\u0111.\u00b7\u00b7\u27e7");
    expect(text.list.none).toContain("\u00f1\u0137\u0161 \u0192");
    useLanguage("ar-xb");
    expect(text.saved).toBe("\u202eSaved.\u202c");
  });

  test("leaves values as they are in a test language", () => {
    useLanguage("en-xa");
    expect(english().list.taken("report")).toContain(" report ");
  });

  test("takes a translation by its file, and keeps values and groups", () => {
    const text = english();
    translate(text, "ar-xb", {
      saved: "Gespeichert.",
      list: { none: "Nichts", found: (count) => `${count}!`, taken: (code) => `${code}?` },
    });
    useLanguage("ar-xb");
    expect([text.saved, text.list.none, text.list.found(3), text.list.taken("a")]).toEqual([
      "Gespeichert.",
      "Nichts",
      "3!",
      "a?",
    ]);
  });
});

test("a right-to-left language says so", () => {
  expect(textDirection()).toBe("ltr");
  useLanguage("ar-xb");
  expect(textDirection()).toBe("rtl");
});
