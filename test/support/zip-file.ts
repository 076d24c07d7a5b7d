// Writes zip files as no packer would: every field of an entry can say something else than what is there.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string | Buffer;
  text?: string;
  /** All 16 bits of Unix, its kind with them; without, the entry was made on a system that has none. */
  unix?: number;
  /** What the entry says of its size. */
  saysBytes?: number;
  encrypted?: boolean;
  /** Where its bytes are: another entry's, so that one stream is many files. */
  sameAs?: number;
}

/** Deflated, each entry with what it says of itself in both places where a zip file says it. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { text = '', unix, encrypted = false, sameAs } = entry;
    const name = Buffer.from(entry.name as string);
    const packed = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    // Bit 11: the name is UTF-8.
    common.writeUInt16LE(0x800 | (encrypted ? 1 : 0), 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.saysBytes ?? Buffer.byteLength(text), 18);
    common.writeUInt16LE(name.length, 22);
    if (sameAs === undefined) {
      offsets.push(offset);
      const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
      parts.push(local);
      offset += local.length;
    } else offsets.push(offsets[sameAs] ?? 0);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(unix === undefined ? 20 : (3 << 8) | 30);
    const behind = Buffer.alloc(14);
    behind.writeUInt32LE(((unix ?? 0) << 16) >>> 0, 6);
    behind.writeUInt32LE(offsets.at(-1) ?? 0, 10);
    list.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), made, common, behind, name]));
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directory, Buffer.from('PK\u0005\u0006'), end]);
}
