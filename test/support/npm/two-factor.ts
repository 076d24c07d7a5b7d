// Time-based one-time codes (RFC 6238: SHA-1, 30 s, 6 digits) and the base32 of their secrets.
import { createHmac, randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A secret of 16 base32 characters. */
export function newTotpSecret(): string {
  return [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
}

/** The code of that moment. */
export function totpCode(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, '0');
}

/** Whether the code is that of now, or of the step before or after. */
export function totpMatches(secret: string, code: string): boolean {
  return [-1, 0, 1].some((step) => totpCode(secret, Date.now() + step * 30_000) === code);
}

function fromBase32(text: string): Buffer {
  let bits = '';
  for (const letter of text) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
