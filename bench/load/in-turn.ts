/** Runs this many clients for `seconds`; each starts its next request when the last one is finished. */
export async function inTurn<T>(
  clients: number,
  seconds: number,
  begin: (at: number, startedAt: number) => Promise<T>,
): Promise<T[]> {
  const end = performance.now() + seconds * 1000;
  const done: T[] = [];
  let next = 0;
  const work = async () => {
    while (performance.now() < end) done.push(await begin(next++, performance.now()));
  };
  await Promise.all(Array.from({ length: clients }, work));
  return done;
}
