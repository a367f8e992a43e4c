import { type Location, locationOf } from "../target/location.ts";
import { MAX_TARGET_BYTES } from "../target/target.ts";

const WEB = /^https?:/i;

/**
 * The destination with a visitor's parameters: those of the destination first, without the ones that the visitor has,
 * then the visitor's, each in their order and as they were written. The path and the fragment stay as they are.
 * Parameters that would make it longer than a destination may be are left out.
 * @param query the visitor's, without `?`
 */
export function withVisitorQuery(location: Location, query: string): Location {
  const given = partsOf(query);
  if (given.length === 0 || !WEB.test(location)) return location;
  const { path, own, fragment } = split(location);
  const names = new Set(given.map(nameOf));
  const kept = partsOf(own).filter((part) => !names.has(nameOf(part)));
  const merged = locationOf(`${path}?${[...kept, ...given].join("&")}${fragment}`);
  return merged.length > MAX_TARGET_BYTES ? location : merged;
}

function split(location: Location) {
  const hash = location.indexOf("#");
  const before = hash < 0 ? location : location.slice(0, hash);
  const mark = before.indexOf("?");
  return {
    path: mark < 0 ? before : before.slice(0, mark),
    own: mark < 0 ? "" : before.slice(mark + 1),
    fragment: hash < 0 ? "" : location.slice(hash),
  };
}

function partsOf(query: string): string[] {
  return query.split("&").filter((part) => part !== "");
}

/** The decoded name of a parameter; one with broken escapes is compared as it is written. */
function nameOf(part: string): string {
  const [name = ""] = part.split("=", 1);
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}
