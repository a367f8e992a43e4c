import type { Page } from "./client-operations.ts";

/** Yields what a list has, page by page. */
export async function* everyItem<Item>(
  list: (after: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const page = await list(after);
    yield* page.items;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
