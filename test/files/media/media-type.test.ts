import { describe, expect, test } from "bun:test";
import {
  HEAD_BYTES,
  isInert,
  mediaTypeOf,
  typeForPages,
} from "../../../src/files/media/media-type.ts";

const OCTETS = "application/octet-stream";
const TEXT = "text/plain; charset=utf-8";
const OFFICE = "application/vnd.openxmlformats-officedocument";
const PNG = "\x89PNG\r\n\x1a\n";
const MP3 = "\xff\xfb\x90\x64";
const OLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const FREE = "\0\0\0\x10free\0\0\0\0\0\0\0\0";
const comment = `<!-- ${"drawn by hand ".repeat(400)} -->`;

/** Each letter is a byte. */
const head = (bytes: string) => Buffer.from(bytes, "latin1").subarray(0, HEAD_BYTES);
const typeOf = (name: string, bytes: string) => mediaTypeOf(name, head(bytes));
const utf8 = (text: string) => Buffer.from(text).toString("latin1");

/** An ISO media file of one box that names these brands. */
const ftyp = (major: string, ...compatible: string[]) => {
  const brands = `${major}\0\0\0\0${compatible.join("")}`;
  return `\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`;
};

/** Files by their bytes: name, first bytes, type, and whether browsers may show it. */
const shown: readonly (readonly [string, string, string])[] = [
  ["a.png", `${PNG}...`, "image/png"],
  ["A.JPEG", "\xff\xd8\xff\xe0", "image/jpeg"],
  ["a.gif", "GIF89a", "image/gif"],
  ["a.webp", "RIFF\0\0\0\0WEBP", "image/webp"],
  ["photo.jpg", "RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
  ["photo.jpg", PNG, "image/png"],
  ["photo", "\xff\xd8\xff\xdb", "image/jpeg"],
  ["a.gif", "GIF89a=1;alert(1)", "image/gif"],
  ["a.js", "GIF89a=1;alert(1)", "image/gif"],
  ["a.avif", ftyp("avif", "mif1"), "image/avif"],
  ["a.avif", ftyp("mif1", "miaf", "avif"), "image/avif"],
  ["a.bmp", "BM\x36\0\0\0\0\0\0\0\x36", "image/bmp"],
  ["a.ico", "\0\0\x01\0\x01\0", "image/x-icon"],
  ["a.mp3", MP3, "audio/mpeg"],
  ["a.mp3", `ID3\x04\0\0\0\0\0\x02..${MP3}`, "audio/mpeg"],
  ["a.mp3", "ID3\x99\x99", "audio/mpeg"],
  ["a.mp3", "\0".repeat(500) + MP3, "audio/mpeg"],
  ["a.flac", "fLaC\0\0\0\x22", "audio/flac"],
  ["a.flac", "ID3\x03\0\0\0\0\0\x04....fLaC\0", "audio/flac"],
  ["a.aac", "\xff\xf1\x50\x80", "audio/aac"],
  ["a.wav", "RIFF\0\0\0\0WAVEfmt ", "audio/wav"],
  ["a.ogg", "OggS\0\x02 ... \x01vorbis", "audio/ogg"],
  ["a.opus", "OggS\0\x02 ... OpusHead", "audio/ogg"],
  ["a.ogg", "OggS\0\x02 ... \x80theora", "video/ogg"],
  ["a.m4a", ftyp("M4A ", "isom"), "audio/mp4"],
  ["a.m4a", ftyp("isom"), "audio/mp4"],
  ["a.mp4", ftyp("isom", "mp42"), "video/mp4"],
  ["a.mp4", FREE + ftyp("isom"), "video/mp4"],
  ["a.mp4", `${FREE}\0\0\x10\0moov`, "video/mp4"],
  ["a.mp4", "\0\0\x10\0moov\0\0\0\x6cmvhd", "video/mp4"],
  ["a.mov", "\0\0\0\x08wide\0\x10\0\0mdat", "video/quicktime"],
  ["a.mov", ftyp("qt  "), "video/quicktime"],
  ["a.webm", "\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"],
  ["a.pdf", "%PDF-1.7", "application/pdf"],
  ["a.pdf", "\xef\xbb\xbf%PDF-1.4", "application/pdf"],
  ["a.pdf", "\r\n\r\n%PDF-1.4", "application/pdf"],
  ["scan", "%PDF-1.4", "application/pdf"],
  ["a.txt", "plain", TEXT],
  ["a.txt", "", TEXT],
  ["a.txt", utf8("\u65e5\u672c\u8a9e"), TEXT],
  ["a.txt", "\xef\xbb\xbfwith a mark", TEXT],
  ["a.csv", "a,b\r\n", TEXT],
  ["build.log", "\x1b[31mfailed\x1b[0m", TEXT],
  ["man.txt", "N\bNA\bAM\bM", TEXT],
  ["a.log", utf8("next\u0085line and \u007f"), TEXT],
  ["a.log", "bell\x07", TEXT],
  ["LICENSE", "MIT License", TEXT],
  ["Makefile", "all:\n\tcc a.c\n", TEXT],
  [".gitignore", "node_modules\n", TEXT],
  ["a.ts", "export const a = 1;", TEXT],
  ["a.vtt", "WEBVTT\n", TEXT],
  ["a.js", "alert(1)", TEXT],
  ["a.mjs", "export {}", TEXT],
  ["a.json", "{}", TEXT],
  ["a.xml", "<?xml-stylesheet href='x'?>", TEXT],
  ["a.php", "<?php", TEXT],
  ["a.strings", "key = value", TEXT],
  ["a.txt", "The wide world", TEXT],
  ["a.md", "ID3 tags explained", TEXT],
  ["a.txt", "BMW, OTTO, RIFF", TEXT],
  ["a.txt", "\xff\xfeU\0T\0F\0", "text/plain; charset=utf-16le"],
  ["a.csv", "\xfe\xff\0a\0,\0b", "text/plain; charset=utf-16be"],
  ["a.txt", "latin \xe9", "text/plain"],
  ["a.srt", "\xcf\xf0\xe8\xe2\xe5\xf2", "text/plain"],
];

const downloaded: readonly (readonly [string, string, string])[] = [
  ["a.heic", ftyp("heic", "mif1"), "image/heic"],
  ["photo.jpg", ftyp("mif1", "heic"), "image/heic"],
  ["a.tiff", "II*\0", "image/tiff"],
  ["a.svg", "<svg><script/></svg>", "image/svg+xml"],
  ["a.svg", `<?xml version="1.0"?>\n${comment}<svg xmlns="x"/>`, "image/svg+xml"],
  ["a.svg", `\xef\xbb\xbf<svg:svg xmlns:svg="x"/>`, "image/svg+xml"],
  ["a.mkv", "\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", "video/x-matroska"],
  ["a.avi", "RIFF\0\0\0\0AVI LIST", "video/x-msvideo"],
  ["a.css", "a{}", "text/css; charset=utf-8"],
  ["a.ics", "BEGIN:VCALENDAR", "text/calendar; charset=utf-8"],
  ["a.woff2", "wOF2\0\x01\0\0", "font/woff2"],
  ["a.otf", "OTTO\0\x0b", "font/otf"],
  ["a.wasm", "\0asm\x01\0\0\0", "application/wasm"],
  ["a.zip", "PK\x03\x04", "application/zip"],
  ["a.bin", "PK\x03\x04", "application/zip"],
  ["a.docx", "PK\x03\x04", `${OFFICE}.wordprocessingml.document`],
  ["a.epub", "PK\x03\x04....mimetypeapplication/epub+zip", "application/epub+zip"],
  ["a.doc", OLE, "application/msword"],
  ["a.unknown", OLE, OCTETS],
  ["a.tar", `${"\0".repeat(257)}ustar`, "application/x-tar"],
  ["a.tar.gz", "\x1f\x8b\x08", "application/gzip"],
  ["a.7z", "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"],
  ["a.html", "<script>alert(1)</script>", OCTETS],
  ["a.htm", "x", OCTETS],
  ["a.xhtml", "<html/>", OCTETS],
  ["a.exe", "MZ", OCTETS],
  ["a.png", "<script>alert(1)</script>", OCTETS],
  ["a.png", "", OCTETS],
  ["a.pdf", "<html>%PDF-", OCTETS],
  ["a.svg", "\0\xff<svg>", OCTETS],
  ["a.svg", "no picture", OCTETS],
  ["a.css", "\0binary", OCTETS],
  ["a.txt", "nul \0", OCTETS],
  ["a.txt", "\xff\xfeU\0\0\0", OCTETS],
  ["a.zip", "MZ", OCTETS],
  ["a.docx", "<html>", OCTETS],
  ["unknown", "8-bit \xe9", OCTETS],
  ["a.mp3", "no audio", OCTETS],
  ["a.dat", MP3, OCTETS],
];

describe("recognizes a file that browsers may show by its bytes", () => {
  test.each(shown)("%p of %p", (name, bytes, type) => {
    expect(typeOf(name, bytes)).toEqual({ type, inert: true });
  });
});

describe("recognizes a file that browsers download by its bytes", () => {
  test.each(downloaded)("%p of %p", (name, bytes, type) => {
    expect(typeOf(name, bytes)).toEqual({ type, inert: false });
  });
});

test("accepts a character that the end of the first bytes cuts", () => {
  const cut = Buffer.from(`${"a".repeat(HEAD_BYTES - 1)}\u00fc`).subarray(0, HEAD_BYTES);
  expect(mediaTypeOf("a.txt", cut).type).toBe(TEXT);
  expect(mediaTypeOf("a.txt", Buffer.from("a\u00fc").subarray(0, 2)).type).toBe("text/plain");
});

test("shows no type that can run scripts", () => {
  for (const type of ["text/html", "image/svg+xml", "text/css; charset=utf-8", OCTETS, "x/y"]) {
    expect(isInert(type)).toBe(false);
  }
  for (const type of [TEXT, "image/png", "application/pdf"]) expect(isInert(type)).toBe(true);
});

test("never has the type of a script on the site's host", () => {
  for (const [name, bytes] of [...shown, ...downloaded])
    expect(typeOf(name, bytes).type).not.toMatch(/script|html|\/json|\/xml/);
});

test.each([
  ["a.js", TEXT, "text/javascript; charset=utf-8"],
  ["a.mjs", OCTETS, "text/javascript"],
  ["a.json", TEXT, "application/json; charset=utf-8"],
  ["a.wasm", OCTETS, "application/wasm"],
  ["a.txt", TEXT, TEXT],
  ["a.js", "image/gif", "image/gif"],
  ["a.html", OCTETS, OCTETS],
])("lets web pages use %p, stored as %p, as %p", (name, type, used) => {
  expect(typeForPages({ name, type })).toBe(used);
});
