/** IANA name of the time zone for times given without one: `app.timezone`, or the machine's. */
export function effectiveZone(settings: { readonly "app.timezone": string }): string {
  if (settings["app.timezone"] !== "") return settings["app.timezone"];
  machineZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return machineZone;
}

/** Found out once: to ask takes longer than to check a form. */
let machineZone: string | undefined;

/** Canonical IANA name; null if there is no such zone. Offsets such as +01:00 are refused: they have no summer time. */
export function canonicalZone(name: string): string | null {
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
