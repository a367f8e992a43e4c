import { diskFull } from "../os/system-error.ts";
import type { Problem } from "../problem.ts";
import { overQuota, type Usage } from "./quota.ts";

export interface UploadRoomParts {
  /** Bytes of the owner's uploads that are under way, or have no link yet. */
  readonly underWay: () => Promise<number>;
  readonly freeBytes: () => Promise<number>;
  readonly usage: () => Promise<Usage>;
  /** Bytes that stay free on the disk. */
  readonly diskFloor: number;
  /** Bytes that are released when the file is used; Infinity leaves the quota to be checked then. */
  readonly replaced: number;
}

/** Bytes that may be written before it is counted again: less where several uploads share what is left. */
const LEAST_GRANT = 65_536;
const SHARE = 8;

/**
 * What an owner may still store, by quota and disk, while files arrive: those under way count with what they have on
 * disk. Asked again and again, since other uploads go on meanwhile.
 */
export class UploadRoom {
  readonly #parts: UploadRoomParts;
  #refuse: () => Problem = () => diskFull(undefined);

  constructor(parts: UploadRoomParts) {
    this.#parts = parts;
  }

  /** The reason for refusing more than was left when last counted. */
  get refusal(): Problem {
    return this.#refuse();
  }

  /** Counts the bytes that may still be written. */
  async left(): Promise<number> {
    const onDisk = (await this.#parts.freeBytes()) - this.#parts.diskFloor;
    const ofQuota = await this.#leftOfQuota();
    this.#refuse = () => (onDisk < ofQuota ? diskFull(undefined) : overQuota(Math.max(0, ofQuota)));
    return Math.max(0, Math.min(onDisk, ofQuota));
  }

  /**
   * Returns how many more bytes may be written, at least `needed`.
   * @param uncounted bytes that were written and are counted nowhere yet
   * @throws Problem `over_quota` or `storage_full` where there are not as many
   */
  async grant(needed: number, uncounted = 0): Promise<number> {
    const left = (await this.left()) - uncounted;
    if (left < needed) throw this.#refuse();
    return Math.min(left, Math.max(needed, LEAST_GRANT, left / SHARE));
  }

  async #leftOfQuota(): Promise<number> {
    const { replaced } = this.#parts;
    if (replaced === Infinity) return Infinity;
    const { bytes, quota } = await this.#parts.usage();
    if (quota === 0) return Infinity;
    return quota + replaced - bytes - (await this.#parts.underWay());
  }
}
