/** The number of a page of a list, from 1, as an address or a form has it; null where it has none that can be. */
export function readPageNumber(given: string | null): number | null {
  return given !== null && /^[1-9]\d{0,6}$/.test(given) ? Number(given) : null;
}
