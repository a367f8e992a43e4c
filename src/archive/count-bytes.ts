/** Passes bytes on, and reports how many have passed so far. */
export async function* countBytes(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (total: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    yield chunk;
    total += chunk.byteLength;
    onBytes(total);
  }
}
