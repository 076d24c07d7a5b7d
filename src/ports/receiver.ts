// One sender of webhooks: verifies raw bytes, then reads a hint out of them.
import type { Hint } from '../model/hint.ts';

export type { Hint };

export interface RawRequest {
  /** Lower-case names; a repeated header is an array. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface Receiver {
  readonly sender: string;
  /** Over the raw bytes, constant time, before any parsing. */
  verify(request: RawRequest, secret: string): boolean;
  /** Null where the sender gives none; the body's hash is used then. */
  deliveryId(request: RawRequest): string | null;
  /** Never throws: what cannot be read is `ignored` with why. */
  hints(request: RawRequest): Hint[];
}
