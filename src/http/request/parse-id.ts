/** The number that a path names; null where it is none that anything can have. */
export function parseId(segment: string | undefined): number | null {
  return segment !== undefined && /^[1-9]\d{0,14}$/.test(segment) ? Number(segment) : null;
}
