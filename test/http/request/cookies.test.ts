import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  clearSessionCookie,
  readCookie,
  sessionCookieName,
  setNotice,
  setSessionCookie,
  takeNotice,
} from "../../../src/http/request/cookies.ts";
import { isStoredCode, parseShortCode } from "../../../src/links/short-code.ts";
import { plainClient, secureClient } from "../asked-call.ts";

function requestWith(cookie: string): Request {
  return new Request("http://x.example/", { headers: { cookie } });
}

describe("readCookie", () => {
  test.each([
    ["sessionid=abc", "abc"],
    ["a=1; sessionid=abc; b=2", "abc"],
    ["a=1;sessionid=abc", "abc"],
    [" sessionid = abc ", "abc"],
    ["sessionid=a=b", "a=b"],
    ["sessionid=first; sessionid=second", "first"],
    ["sessionid=; sessionid=second", "second"],
    ['sessionid="quoted"; sessionid=second', "second"],
    ["sessionid=a b; sessionid=second", "second"],
    ["sessionid", null],
    ["sessionid=", null],
    ["=sessionid", null],
    ["Sessionid=abc", null],
    ["xsessionid=abc", null],
    ["sessionid=größe", null],
    ["sessionid=a,b", null],
    ["sessionid=a\\b", null],
    [";;;=;", null],
    ["", null],
  ])("reads %p as %p", (cookie, value) => {
    expect(readCookie(requestWith(cookie), "sessionid")).toBe(value);
  });

  test("finds nothing where no cookie was sent", () => {
    expect(readCookie(new Request("http://x.example/"), "sessionid")).toBeNull();
  });
});

describe("the session cookie", () => {
  test("over https is bound to this host and to https", () => {
    const headers = new Headers();
    setSessionCookie(headers, "token", { isHttps: true, maxAgeSeconds: 2_592_000 });
    expect(headers.getSetCookie()).toEqual([
      "__Host-sessionid=token; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000",
    ]);
  });

  test("over http without being remembered ends with the browser", () => {
    const headers = new Headers();
    setSessionCookie(headers, "token", { isHttps: false, maxAgeSeconds: null });
    expect(headers.getSetCookie()).toEqual(["sessionid=token; Path=/; HttpOnly; SameSite=Lax"]);
  });

  test("is cleared under the name it was set with", () => {
    const headers = new Headers();
    clearSessionCookie(headers, secureClient);
    expect(headers.getSetCookie()).toEqual([
      "__Host-sessionid=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0",
    ]);
    expect(sessionCookieName(false)).toBe("sessionid");
  });
});

describe("the notice", () => {
  function take(cookie: string, client = plainClient) {
    const headers = new Headers();
    const notice = takeNotice({ request: requestWith(cookie), client }, headers);
    return { notice, taken: headers.getSetCookie() };
  }

  const erasure = "notice=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

  test("is told once, with the link it is about", () => {
    const headers = new Headers();
    setNotice(headers, { code: "created", shortCode: parseShortCode("report") }, plainClient);
    const [set = ""] = headers.getSetCookie();
    expect(set).toBe("notice=created.report; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
    expect(take(set.split(";")[0] ?? "")).toEqual({
      notice: { code: "created", shortCode: parseShortCode("report") },
      taken: [erasure],
    });
  });

  test("may be about no link", () => {
    const headers = new Headers();
    setNotice(headers, { code: "signed_out" }, secureClient);
    expect(headers.get("set-cookie")).toBe(
      "__Host-notice=signed_out; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60",
    );
    expect(take("__Host-notice=signed_out", secureClient).notice).toEqual({ code: "signed_out" });
    expect(take("notice=signed_out", secureClient).notice).toBeNull();
  });

  test("carries the codes of older links", () => {
    expect(take(`notice=saved.${encodeURIComponent("größe")}`).notice?.shortCode).toEqual(
      expect.stringMatching(/^größe$/),
    );
  });

  test("costs nothing where there is none", () => {
    expect(take("sessionid=abc")).toEqual({ notice: null, taken: [] });
  });

  test.each([
    ["hacked"],
    ["Created"],
    ["created."],
    ["created.a.b"],
    ["created.%3Cb%3E"],
    ["created.Call%20us%20now"],
    ["created.%ff"],
    ["created.%"],
    [`created.${"a".repeat(51)}`],
    ["toString"],
    ["__proto__"],
    [".report"],
  ])("ignores and takes away %p", (value) => {
    expect(take(`notice=${value}`)).toEqual({ notice: null, taken: [erasure] });
  });

  test("never shows free text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const shown = take(`notice=created.${encodeURIComponent(text)}`).notice?.shortCode;
        expect(shown === undefined || isStoredCode(shown)).toBe(true);
      }),
    );
  });
});
