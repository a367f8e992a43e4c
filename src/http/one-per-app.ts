import type { App } from "../app.ts";

/** Returns a function that finds the object of an app, which it makes when first asked for it. */
export function onePerApp<Part extends object>(make: (app: App) => Part): (app: App) => Part {
  const parts = new WeakMap<App, Part>();
  return (app) => {
    const known = parts.get(app);
    if (known !== undefined) return known;
    const part = make(app);
    parts.set(app, part);
    return part;
  };
}
