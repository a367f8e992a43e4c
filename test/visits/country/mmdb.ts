/** A file in the MaxMind format in which IPv4 addresses below 128.0.0.0 are in one country, and others in none. */
export function countryFile(code: string): Buffer {
  const nodes = 1;
  const bits = (record: number) => [record >> 16, (record >> 8) & 255, record & 255];
  const tree = [...bits(nodes + 16), ...bits(nodes)];
  const data = map({ country: map({ iso_code: text(code) }) });
  const metadata = map({
    node_count: whole(nodes),
    record_size: whole(24),
    ip_version: whole(4),
    database_type: text("Test-Country"),
    languages: [0x00, 0x04],
    binary_format_major_version: whole(2),
    binary_format_minor_version: whole(0),
    build_epoch: whole(1),
    description: map({}),
  });
  const marker = [0xab, 0xcd, 0xef, ...Buffer.from("MaxMind.com")];
  return Buffer.from([...tree, ...Array<number>(16).fill(0), ...data, ...marker, ...metadata]);
}

/** Types are in the 3 highest bits of the first byte, sizes in the lowest 5. */
const text = (value: string) => [(2 << 5) | value.length, ...Buffer.from(value)];

const whole = (value: number) => [(6 << 5) | 2, value >> 8, value & 255];

function map(entries: Readonly<Record<string, readonly number[]>>): number[] {
  const pairs = Object.entries(entries);
  return [
    (7 << 5) | pairs.length,
    ...pairs.flatMap(([name, value]) => [
      // Names longer than 28 letters have their length in another byte.
      ...(name.length < 29 ? text(name) : [(2 << 5) | 29, name.length - 29, ...Buffer.from(name)]),
      ...value,
    ]),
  ];
}
