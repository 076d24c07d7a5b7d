// Unit ids as file names and back: `shop/prod` is `shop@prod`, and no id can name a file elsewhere.
import { fault } from '../../model/errors.ts';

/** File systems take 255 bytes; a hash and `.json` follow. */
const MAX_NAME = 220;

/**
 * Lower-case letters, digits and hyphens stay; all else is %XX. Upper case too, for some file systems do not tell it
 * apart. Throws a fault (UnitIdTooLong, stalled).
 */
export function encodeUnit(unit: string): string {
  const name = [...Buffer.from(unit, 'utf8')].map(encodeByte).join('');
  if (name.length > 0 && name.length <= MAX_NAME) return name;
  throw fault({
    code: 'UNIT_ID_TOO_LONG',
    reason: 'UnitIdTooLong',
    message: `A workload cannot be called ${JSON.stringify(unit.slice(0, 40))}${unit.length > 40 ? '…' : ''}.`,
    hint: 'Names are 1 to 63 lower-case letters, digits and hyphens.',
    disposition: 'stalled',
  });
}

/** Null for a name that `encodeUnit` does not give. */
export function decodeUnit(name: string): string | null {
  try {
    const unit = decodeURIComponent(name.replaceAll('@', '/'));
    return encodeUnit(unit) === name ? unit : null;
  } catch {
    return null;
  }
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[a-z0-9-]/.test(character)) return character;
  if (character === '/') return '@';
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
