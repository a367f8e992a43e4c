import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a malformed zip. Absent fields are valid. */
export interface OddEntry {
  readonly name: string;
  readonly bytes?: string | Uint8Array;
  readonly isPacked?: boolean;
  /** False values for size, checksum, flags, compression method, attributes and offset. */
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly attributes?: number;
  readonly at?: number;
}

const SYMLINK = 0o120777;
export const asSymlink = (SYMLINK << 16) >>> 0;

/** Builds a zip entry by entry, unchecked. */
export function oddZip(entries: readonly OddEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { name, bytes = "", isPacked = false } = entry;
    const plain = Buffer.from(bytes as string);
    const packed = isPacked ? deflateRawSync(plain) : plain;
    const facts = {
      name: Buffer.from(name),
      method: entry.method ?? (isPacked ? 8 : 0),
      flags: entry.flags ?? 0x800,
      crc: entry.crc ?? crc32(plain),
      packed: packed.length,
      size: entry.size ?? plain.length,
      attributes: entry.attributes ?? 0,
      at: entry.at ?? at,
    };
    const head = headOf(facts);
    parts.push(head, packed);
    directory.push(directoryEntry(facts));
    at += head.length + packed.length;
  }
  const list = Buffer.concat(directory);
  return Buffer.concat([...parts, list, endOf(entries.length, list.length, at)]);
}

interface Facts {
  readonly name: Buffer;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly attributes: number;
  readonly at: number;
}

function headOf({ name, method, flags, crc, packed, size }: Facts): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(packed, 18);
  head.writeUInt32LE(size, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
}

function directoryEntry(facts: Facts): Buffer {
  const { name, method, flags, crc, packed, size, attributes, at } = facts;
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(0x0314, 4);
  entry.writeUInt16LE(20, 6);
  entry.writeUInt16LE(flags, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packed, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(attributes, 38);
  entry.writeUInt32LE(at, 42);
  return Buffer.concat([entry, name]);
}

function endOf(count: number, length: number, at: number): Buffer {
  const isMany = count > 0xfffe;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(isMany ? 0xffff : count, 8);
  end.writeUInt16LE(isMany ? 0xffff : count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(at, 16);
  return isMany ? Buffer.concat([longEnd(count, length, at), end]) : end;
}

function longEnd(count: number, length: number, at: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(45, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(at), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(at + length), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
