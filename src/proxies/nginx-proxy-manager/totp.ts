// The six digits of an authenticator app. (RFC 6238 with SHA-1, 30 s, as Nginx Proxy Manager makes them)
import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `key` is base32, with or without spaces and padding. Null where it is not. */
export function totp(key: string, nowMs: number): string | null {
  const bytes = base32(key);
  if (bytes === null) return null;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / STEP_MS)));
  const digest = createHmac('sha1', bytes).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function base32(text: string): Buffer | null {
  const clean = text.replaceAll(/[\s=-]/g, '').toUpperCase();
  if (clean === '') return null;
  const bits = [...clean].map((letter) => ALPHABET.indexOf(letter));
  if (bits.some((value) => value < 0)) return null;
  const all = bits.map((value) => value.toString(2).padStart(5, '0')).join('');
  return Buffer.from((all.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
