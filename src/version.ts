import manifest from "../package.json" with { type: "json" };

/** This program's version (https://semver.org). */
export const version: string = manifest.version;
