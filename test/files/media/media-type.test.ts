import { describe, expect, test } from "bun:test";
import { HEAD_BYTES, isInert, mediaTypeOf } from "../../../src/files/media/media-type.ts";

const OCTETS = "application/octet-stream";
const TEXT = "text/plain; charset=utf-8";
const PNG = "\x89PNG\r\n\x1a\n";

/** Each letter is a byte. */
const typeOf = (name: string, bytes: string) => mediaTypeOf(name, Buffer.from(bytes, "latin1"));

describe("a file has the type of its name, if its bytes agree", () => {
  test.each([
    ["a.png", `${PNG}...`, "image/png", true],
    ["A.JPEG", "\xff\xd8\xff\xe0", "image/jpeg", true],
    ["a.gif", "GIF89a", "image/gif", true],
    ["a.webp", "RIFF\0\0\0\0WEBP", "image/webp", true],
    ["a.mp3", "\xff\xfb\x90", "audio/mpeg", true],
    ["a.mp4", "\0\0\0\x20ftypisom", "video/mp4", true],
    ["a.pdf", "%PDF-1.7", "application/pdf", true],
    ["a.txt", "plain", TEXT, true],
    ["a.txt", "", TEXT, true],
    ["a.csv", "a,b\r\n", TEXT, true],
    ["a.css", "a{}", "text/css; charset=utf-8", false],
    ["a.woff2", "wOF2", "font/woff2", false],
    ["a.svg", "<svg><script/></svg>", "image/svg+xml", false],
    ["a.zip", "PK\x03\x04", "application/zip", false],
    [
      "a.docx",
      "PK\x03\x04",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      false,
    ],
    ["a.tar", `${"\0".repeat(257)}ustar`, "application/x-tar", false],
  ])("%p of %p", (name, bytes, type, inert) => {
    expect(typeOf(name, bytes)).toEqual({ type, inert });
  });
});

describe("a file that could run, is unknown or contradicts its name has no type", () => {
  test.each([
    ["a.html", "<script>alert(1)</script>"],
    ["a.htm", "x"],
    ["a.xhtml", "<html/>"],
    ["a.xml", "<?xml-stylesheet href='x'?>"],
    ["a.js", "alert(1)"],
    ["a.mjs", "alert(1)"],
    ["a.js", "GIF89a=1;alert(1)"], // both a picture and a script
    ["a.svgz", "\x1f\x8b"],
    ["a.wasm", "\0asm"],
    ["a.php", "<?php"],
    ["a.exe", "MZ"],
    ["a", "%PDF-"],
    ["a.png", "<script>alert(1)</script>"],
    ["a.png", ""],
    ["a.png", "GIF89a"],
    ["a.gif", PNG],
    ["a.pdf", "<html>%PDF-"],
    ["a.svg", "\0\xff<svg>"],
    ["a.svg", "no picture"],
    ["a.css", "\0binary"],
    ["a.txt", "\xff\xfeU\0T\0F\0"],
    ["a.txt", "latin \xe9"],
    ["a.txt", "bell\x07"],
    ["a.zip", "MZ"],
    ["a.docx", "<html>"],
    ["a.webp", "RIFF\0\0\0\0WAVE"],
  ])("%p of %p", (name, bytes) => {
    expect(typeOf(name, bytes)).toEqual({ type: OCTETS, inert: false });
  });
});

test("an image that is also a script has the type of an image", () => {
  expect(typeOf("a.gif", "GIF89a=1;alert(1)").type).toBe("image/gif");
});

test("a character cut by the end of the head is not invalid text", () => {
  const head = Buffer.from(`${"a".repeat(HEAD_BYTES - 1)}ü`).subarray(0, HEAD_BYTES);
  expect(mediaTypeOf("a.txt", head).type).toBe(TEXT);
  expect(mediaTypeOf("a.txt", Buffer.from("aü").subarray(0, 2)).type).toBe(OCTETS);
});

test("no type that can run scripts is inert", () => {
  for (const type of ["text/html", "image/svg+xml", "text/css; charset=utf-8", OCTETS, "x/y"]) {
    expect(isInert(type)).toBe(false);
  }
  for (const type of [TEXT, "image/png", "application/pdf"]) expect(isInert(type)).toBe(true);
});
