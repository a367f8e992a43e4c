/** A file that is sent in portions: see `Uploads`. Its bytes are in the folder of stored files. */
export interface UploadTable {
  /** Unguessable. */
  id: string;
  owner_id: number;
  /** Null until it is known. */
  length: number | null;
  /** How many of its bytes are durable. */
  received: number;
  /** `Upload-Metadata` as it was sent. */
  metadata: string;
  purpose: "link" | "hold" | "partial";
  /** `Upload-Concat` as it was sent, of an upload that is made of others. */
  state: "open" | "used";
  /** Of all its bytes, once they are hashed; "" until then. */
  sha256: string;
  /** Of the link that was created with it. */
  short_code: string | null;
  /** The request that writes it, and until when by the database's clock; "": none. */
  holder: string;
  held_until: number;
  /** Whether another request waits for it. */
  is_called: 0 | 1;
  created_at: number;
  expires_at: number;
}
