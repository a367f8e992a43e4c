const MARK = "TRUNK8_CLUSTER_NAMESPACE";

/** Whether our mounts are seen by nothing else, nothing leaves for a network, and our processes end with us. */
export const isInNamespace: boolean = process.env[MARK] === "1";

/** Words that start this program again in namespaces of its own; null where the machine does not allow it. */
export function namespaceWords(): string[] | null {
  const spaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const words = ["unshare", ...spaces, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
  const { exitCode } = Bun.spawnSync([...words, "true"], { stdout: "ignore", stderr: "ignore" });
  return exitCode === 0 ? words : null;
}

export const namespaceEnvironment: Readonly<Record<string, string>> = { [MARK]: "1" };
