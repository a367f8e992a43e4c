/** Resolves at the first of these signals. */
export function nextSignal(...signals: NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
}

export function onSignal(signal: NodeJS.Signals, act: () => void): void {
  process.on(signal, act);
}
