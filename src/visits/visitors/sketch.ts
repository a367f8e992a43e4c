/**
 * HyperLogLog: how many different hashes of 48 bits were added, with a standard error of 0.6 %. The first 15 bits of a
 * hash choose a register, which keeps the longest run of zeros at the beginning of the rest, plus one.
 *
 * Few hashes are kept as a list of registers, 3 bytes each, in order; when that would be as long, all registers, a byte
 * each. Adding a hash again changes nothing, so it does not matter how often one is added.
 */
const INDEX_BITS = 15;
const REGISTERS = 2 ** INDEX_BITS;

/** Bits of a hash besides the number of its register, and the highest value of a register. */
const REST_BITS = 48 - INDEX_BITS;
const MOST_ZEROS = REST_BITS + 1;

/** A listed register: its number, and its value in the lowest bits. */
const ENTRY_BYTES = 3;
const VALUE_BITS = 6;

/** So many are unlikely to share a register: their number is the estimate, rounded. */
const FEW = 100;

/** Sketch of nothing. */
export const emptySketch = new Uint8Array(0);

/** Returns the sketch with hashes added; the same one if it does not change. */
export function addHashes(sketch: Uint8Array, hashes: readonly number[]): Uint8Array {
  const entries = new Uint32Array(hashes.length);
  for (let at = 0; at < entries.length; at++) entries[at] = entryOf(hashes[at] ?? 0);
  return isDense(sketch) ? addToAll(sketch, entries) : addToList(sketch, entries.sort());
}

/** The estimate of the number of hashes, by Ertl's improved estimator (arXiv:1702.01284): right for all sizes. */
export function estimate(sketch: Uint8Array): number {
  const entries = sketch.length / ENTRY_BYTES;
  if (entries <= FEW) return entries;
  const counts = countValues(sketch);
  const share = (value: number) => (counts[value] ?? 0) / REGISTERS;
  let sum = REGISTERS * tau(1 - share(MOST_ZEROS));
  for (let value = MOST_ZEROS - 1; value >= 1; value--) sum = (sum + (counts[value] ?? 0)) / 2;
  sum += REGISTERS * sigma(share(0));
  return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * sum));
}

function isDense({ length }: Uint8Array): boolean {
  return length === REGISTERS;
}

/** The register of a hash, and what it would become. */
function entryOf(hash: number): number {
  const register = hash % REGISTERS;
  const rest = Math.floor(hash / REGISTERS);
  const zeros = rest >= 2 ** 32 ? 0 : Math.clz32(rest) + REST_BITS - 32;
  return (register << VALUE_BITS) | (zeros + 1);
}

function addToAll(sketch: Uint8Array, entries: Uint32Array): Uint8Array {
  let changed = sketch;
  for (const entry of entries) {
    const register = entry >>> VALUE_BITS;
    const value = entry & (2 ** VALUE_BITS - 1);
    if ((changed[register] ?? 0) >= value) continue;
    if (changed === sketch) changed = sketch.slice();
    changed[register] = value;
  }
  return changed;
}

/** Both are in order, so of the entries of one register the last is the highest. */
function addToList(sketch: Uint8Array, added: Uint32Array): Uint8Array {
  const before = listed(sketch);
  const merged = new Uint32Array(before.length + added.length);
  let [size, at] = [0, 0];
  const append = (entry: number) => {
    const last = merged[size - 1] ?? 0;
    const isSame = size > 0 && last >>> VALUE_BITS === entry >>> VALUE_BITS;
    merged[isSame ? size - 1 : size++] = isSame ? Math.max(last, entry) : entry;
  };
  for (const entry of added) {
    for (; at < before.length && (before[at] ?? 0) <= entry; at++) append(before[at] ?? 0);
    append(entry);
  }
  for (; at < before.length; at++) append(before[at] ?? 0);
  const entries = merged.subarray(0, size);
  if (size === before.length && entries.every((entry, place) => entry === before[place]))
    return sketch;
  return size * ENTRY_BYTES < REGISTERS
    ? listOf(entries)
    : addToAll(new Uint8Array(REGISTERS), entries);
}

function listed(sketch: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: sketch.length / ENTRY_BYTES }, (_, number) => {
    const at = number * ENTRY_BYTES;
    return ((sketch[at] ?? 0) << 16) | ((sketch[at + 1] ?? 0) << 8) | (sketch[at + 2] ?? 0);
  });
}

function listOf(entries: Uint32Array): Uint8Array {
  const list = new Uint8Array(entries.length * ENTRY_BYTES);
  for (const [number, entry] of entries.entries()) {
    list[number * ENTRY_BYTES] = entry >>> 16;
    list[number * ENTRY_BYTES + 1] = entry >>> 8;
    list[number * ENTRY_BYTES + 2] = entry;
  }
  return list;
}

/** How many registers have each value. */
function countValues(sketch: Uint8Array): Uint32Array {
  const counts = new Uint32Array(MOST_ZEROS + 1);
  const values = isDense(sketch)
    ? sketch
    : listed(sketch).map((entry) => entry & (2 ** VALUE_BITS - 1));
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  if (!isDense(sketch)) counts[0] = REGISTERS - values.length;
  return counts;
}

/** Of the share of registers that are still zero. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [power, weight, sum] = [share, 1, share];
  for (let before = -1; before !== sum; ) {
    before = sum;
    power *= power;
    sum += power * weight;
    weight += weight;
  }
  return sum;
}

/** Of the share of registers that are not at their end. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [root, weight, sum] = [share, 1, 1 - share];
  for (let before = -1; before !== sum; ) {
    before = sum;
    root = Math.sqrt(root);
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
