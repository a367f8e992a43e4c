import { Problem } from "../problem.ts";

/** Whether the database accepted the last write of this process: known without a write of its own. */
export class WriteHealth {
  #fault: Problem | null = null;

  /** @param thrown why a write failed; null: it did not */
  note(thrown: unknown): void {
    if (thrown === null) this.#fault = null;
    else if (thrown instanceof Problem && ["busy", "storage_full"].includes(thrown.code))
      this.#fault = thrown;
  }

  /** @throws Problem `busy` or `storage_full` */
  check(): void {
    if (this.#fault !== null) throw this.#fault;
  }
}
