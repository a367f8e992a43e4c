import { LRUCache } from "lru-cache";
import { encode } from "uqr";
import type { Call } from "../call.ts";
import { takeWork } from "../caller/take-work.ts";
import { onePerApp } from "../one-per-app.ts";
import { type Bitmap, encodePng } from "./png.ts";

/** Media types of the formats. */
export const qrTypes = { svg: "image/svg+xml", png: "image/png" } as const;

export type QrFormat = keyof typeof qrTypes;

/** Pixels along a side, and width of the white border in modules (ISO/IEC 18004 asks for four). */
export interface QrLook {
  readonly size: number;
  readonly margin: number;
}

/** Range and default of each parameter. */
export const qrRanges = {
  size: { least: 64, most: 2048, usual: 512 },
  margin: { least: 0, most: 16, usual: 4 },
} as const;

type QrBytes = string | Uint8Array<ArrayBuffer>;

/** Most bytes of QR codes that one process keeps; a code has a few thousand. */
const MAX_KEPT_BYTES = 8_000_000;

const drawnBy = onePerApp(
  () =>
    new LRUCache<string, QrBytes>({
      maxSize: MAX_KEPT_BYTES,
      sizeCalculation: (drawn) => drawn.length + 200,
    }),
);

/**
 * Draws the QR code of an address, or finds it drawn.
 * @throws Problem `too_many` where the caller has had too many drawn
 */
export async function findOrDraw(
  call: Call,
  address: string,
  format: QrFormat,
  look: QrLook,
): Promise<QrBytes> {
  const kept = drawnBy(call.app);
  const key = `${format} ${look.size} ${look.margin} ${address}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  takeWork(call, costOf(address, format, look));
  const drawn = await drawQr(address, format, look);
  kept.set(key, drawn);
  return drawn;
}

/** CPU time in milliseconds: by the length of the address, and by the area of a PNG. */
function costOf({ length }: string, format: QrFormat, { size }: QrLook): number {
  return 3 + length / 60 + (format === "png" ? (size * size) / 1_000_000 : 0);
}

/** A QR code as the bytes of an image. Long addresses fit, too: at this error correction, a code holds 2,331 bytes. */
async function drawQr(
  address: string,
  format: QrFormat,
  { size, margin }: QrLook,
): Promise<QrBytes> {
  const { data } = encode(address, { ecc: "M", border: margin });
  switch (format) {
    case "svg":
      return drawSvg(data, size);
    case "png":
      return await encodePng(enlarge(data, size));
  }
}

type Modules = readonly (readonly boolean[])[];

/** One path of all dark runs, so that no hairline shows between modules. */
function drawSvg(modules: Modules, size: number): string {
  const side = modules.length;
  const dark = modules.flatMap((row, y) =>
    darkRuns(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${dark.join("")}"/></svg>\n`;
}

function darkRuns(row: readonly boolean[]): (readonly [start: number, length: number])[] {
  const text = row.map((isDark) => (isDark ? "#" : " ")).join("");
  return [...text.matchAll(/#+/g)].map(({ index, 0: run }) => [index, run.length]);
}

/** Scales every module to the same whole number of pixels, at least one, with the rest as a white border. */
function enlarge(modules: Modules, size: number): Bitmap {
  const side = modules.length;
  const scale = Math.max(1, Math.floor(size / side));
  const spare = Math.max(0, size - side * scale);
  const before = Math.floor(spare / 2);
  const stretch = <Item>(items: readonly Item[], white: Item): Item[] => [
    ...Array<Item>(before).fill(white),
    ...items.flatMap((item) => Array<Item>(scale).fill(item)),
    ...Array<Item>(spare - before).fill(white),
  ];
  const lines = modules.map((row) => stretch(row, false));
  return stretch(lines, Array<boolean>(side * scale + spare).fill(false));
}
