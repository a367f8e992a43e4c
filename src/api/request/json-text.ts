import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { joinPointer } from "./pointer.ts";

/** How deep objects and arrays may be nested: nothing that the API reads is half as deep. */
const MAX_DEPTH = 32;

/**
 * Parses JSON as I-JSON (RFC 7493) wants it: UTF-8, and no key twice in an object, of which JSON.parse would take the last.
 * @throws Problem `bad_request`, with the pointer of a repeated key
 */
export function parseJsonText(bytes: Uint8Array): unknown {
  try {
    const json = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const repeated = findRepeatedKey(json);
    const value: unknown = JSON.parse(json);
    if (repeated === null) return value;
    throw new Problem("bad_request", text.json.repeatedKey, {
      fields: { [repeated]: text.json.repeatedKey },
    });
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw new Problem("bad_request", text.json.invalid, { cause: thrown });
  }
}

/** An object or array that is open at a place of the text. */
interface Open {
  /** Null: an array. */
  readonly keys: Set<string> | null;
  /** The key whose value comes, or the number of the item. */
  at: string | number;
  isKeyNext: boolean;
}

/**
 * Returns the pointer of the first key that its object has already; null where there is none. Of text that is not JSON,
 * the result does not matter.
 * @throws Problem `bad_request` for text that is nested too deep
 */
function findRepeatedKey(json: string): string | null {
  const open: Open[] = [];
  for (let at = 0; at < json.length; at++) {
    const inner = open.at(-1);
    switch (json[at]) {
      case "{":
        open.push({ keys: new Set(), at: "", isKeyNext: true });
        break;
      case "[":
        open.push({ keys: null, at: 0, isKeyNext: false });
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        if (inner?.keys) inner.isKeyNext = true;
        else if (inner) inner.at = Number(inner.at) + 1;
        break;
      case '"': {
        const end = endOfString(json, at + 1);
        if (inner?.isKeyNext && !takeKey(inner, json.slice(at, end + 1))) return pointerOf(open);
        at = end;
      }
    }
    if (open.length > MAX_DEPTH) throw new Problem("bad_request", text.json.tooDeep(MAX_DEPTH));
  }
  return null;
}

/** Index of the quotation mark that ends a string. */
function endOfString(json: string, from: number): number {
  for (let at = from; ; at++) {
    at = json.indexOf('"', at);
    if (at < 0) return json.length;
    let slashes = 0;
    while (json[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
}

/** False: the object has the key already. */
function takeKey(object: Open, quoted: string): boolean {
  const key = String(JSON.parse(quoted));
  object.at = key;
  object.isKeyNext = false;
  if (object.keys?.has(key)) return false;
  object.keys?.add(key);
  return true;
}

function pointerOf(open: readonly Open[]): string {
  return joinPointer(open.map(({ at }) => at));
}
