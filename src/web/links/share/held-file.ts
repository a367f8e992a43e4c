import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner } from "../../../files/blobs.ts";
import { nameOf, writeMetadata } from "../../../files/uploads/upload.ts";
import type { Call } from "../../../http/call.ts";
import { toProblem } from "../../../problem.ts";
import type { Entry } from "../../ui/post-form.tsx";
import { UPLOAD_FIELD, UPLOADS_FIELD } from "../form/sent-form.ts";

interface Incoming {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A file that waits as an upload for the form of a link. Disposed of before `keep`, it is deleted. */
export class HeldFile implements AsyncDisposable {
  readonly id: string;
  readonly #call: Call;
  #isKept = false;

  private constructor(call: Call, id: string) {
    this.#call = call;
    this.id = id;
  }

  /** @throws Problem as `uploads.create` and `uploads.add`; then nothing is left */
  static async receive(call: Call, owner: BlobOwner, { name, bytes }: Incoming): Promise<HeldFile> {
    const { app, actor, settings } = call;
    const { uploads } = app.files;
    const most = maxFileBytes(settings);
    const metadata = writeMetadata({ filename: name });
    const { id } = await uploads.create(
      actor,
      owner,
      { length: null, metadata, purpose: "hold" },
      most,
    );
    const file = new HeldFile(call, id);
    try {
      const rest = { length: null, size: null, checksum: null };
      const { received } = await uploads.add(actor, id, { offset: 0, bytes, ...rest }, most);
      const end = { ...rest, offset: received, bytes: nothing(), length: received };
      await uploads.add(actor, id, end, most);
      app.metrics.countUpload(received);
      return file;
    } catch (thrown) {
      await file[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** It stays until its link is created, or it expires. */
  keep(): void {
    this.#isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isKept) await this.#call.app.files.uploads.remove(this.#call.actor, this.id);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A file that a form holds. */
export interface HeldFact {
  /** Of its upload. */
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

/** Those that the values of a form name, and that are still there. */
export async function findHeld({ app, actor }: Call, { values }: Entry): Promise<HeldFact[]> {
  const { [UPLOAD_FIELD]: one = "", [UPLOADS_FIELD]: several = "" } = values;
  const found = await Promise.all(
    `${one} ${several}`
      .split(" ")
      .filter((id) => id !== "")
      .slice(0, 200)
      .map((id) => app.files.uploads.find(actor, id).catch(refused)),
  );
  return found.flatMap((upload) =>
    upload === null || upload.state === "used"
      ? []
      : [{ id: upload.id, name: nameOf(upload), size: upload.received }],
  );
}

function refused(thrown: unknown): null {
  if (toProblem(thrown).code === "not_found") return null;
  throw thrown;
}
