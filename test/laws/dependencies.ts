type Versions = Readonly<Record<string, string>>;

export interface Manifest {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const ROW = /^\| `([^`]+)` \| *(.*?) *\|$/gm;

/** Each dependency is pinned and has a reason in `page`, and each reason has its dependency. */
export function findDependencyFaults(manifest: Manifest, page: string): string[] {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const reasons = new Map([...page.matchAll(ROW)].map(([, name = "", why = ""]) => [name, why]));
  const names = versions.map(([name]) => name);
  return [
    ...versions.filter(([, version]) => !EXACT.test(version)).map(([name]) => `${name}: not exact`),
    ...names.filter((name) => !reasons.get(name)).map((name) => `${name}: no reason`),
    ...[...reasons.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: not a dependency`),
  ];
}
