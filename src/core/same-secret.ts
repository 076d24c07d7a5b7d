// Comparing secrets so that the time it takes tells nothing about them.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Over digests of equal length: comparing the texts themselves would tell how long the secret is. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** True when `hex` is the HMAC-SHA256 of these very bytes. */
export function isHmacSha256(hex: string, facts: { bytes: Buffer; key: string }): boolean {
  const given = Buffer.from(hex, 'hex');
  const expected = createHmac('sha256', facts.key).update(facts.bytes).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
