// One sender of webhooks: verifies raw bytes, then reads a hint out of them.

export interface RawRequest {
  /** Lower-case names; a repeated header is an array. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** What a delivery is about. Nothing of it is fetched or deployed; it only tells where to look sooner. */
export type Hint =
  | { kind: 'git'; repository: string; ref: string; commit: string | null; deleted: boolean }
  | { kind: 'image'; repository: string; tag: string | null; digest: string | null }
  | { kind: 'ping' }
  | { kind: 'ignored'; why: string };

export interface Receiver {
  readonly sender: string;
  /** Over the raw bytes, constant time, before any parsing. */
  verify(request: RawRequest, secret: string): boolean;
  /** Null where the sender gives none; the body's hash is used then. */
  deliveryId(request: RawRequest): string | null;
  /** Never throws: what cannot be read is `ignored` with why. */
  hints(request: RawRequest): Hint[];
}
