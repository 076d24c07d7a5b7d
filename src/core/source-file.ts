// Which files of a source may hold manifests, and what makes one refused before it is parsed.
import { hash } from 'node:crypto';
import type { SourceFile } from '../model/source.ts';

/** A manifest is text that people write; more than this is a mistake or an attack. */
export const maxSourceFileBytes = 1024 * 1024;

/** Manifests of one source; a folder of data that happens to be JSON would fill the memory otherwise. */
export const maxSourceFiles = 10_000;

type Refusal = NonNullable<SourceFile['refused']>;

/** True for names that may hold manifests: `.yaml`, `.yml` and `.json` in any case, but no hidden files. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name) && !name.startsWith('.');
}

/** Folders beginning with `.` or `_` are passed over, with all that is in them. */
export function isPassedOver(folder: string): boolean {
  return folder.startsWith('.') || folder.startsWith('_');
}

/** Equal for equal bytes and for nothing else, over restarts too. */
export function contentStamp(bytes: Uint8Array): string {
  // In one call: four times as fast for a manifest as to make a hasher for each.
  return hash('sha256', bytes, 'base64url');
}

/** Made once: to make one takes longer than to decode a manifest. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a file, or why it is refused. `path` is for the sentences only. */
export function decodeSourceText(path: string, bytes: Uint8Array): { text: string } | { refused: Refusal } {
  if (bytes.byteLength > maxSourceFileBytes) return { refused: fileTooLarge(path, bytes.byteLength) };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { refused: notUtf8(path, 'it is UTF-16') };
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const message = `${shown(path)} has a NUL byte at offset ${nul}, so it is not text.`;
    return { refused: { reason: 'NulByte', message, hint: 'Save it again as plain text, in UTF-8.' } };
  }
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { refused: notUtf8(path, 'a byte in it cannot be read as UTF-8') };
  }
}

/** The text with its byte order mark, so that writing it again gives the same bytes; null where it is not UTF-8. */
export function decodeExactText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** For a file over `maxSourceFileBytes`, which then need not be read at all. */
export function fileTooLarge(path: string, bytes: number): Refusal {
  return {
    reason: 'FileTooLarge',
    message: `${shown(path)} is ${(bytes / 1024 / 1024).toFixed(1)} MiB; a manifest may have 1 MiB.`,
    hint: 'Split it, or move what is not a manifest into a folder beginning with _.',
  };
}

/** For links: whoever can write the tree could point them at any file of the host. */
export function symbolicLink(path: string): Refusal {
  return {
    reason: 'SymbolicLink',
    message: `${shown(path)} is a symbolic link; links are not followed.`,
    hint: 'Put the file itself there.',
  };
}

/** For pipes, devices and folders with the name of a manifest. */
export function notARegularFile(path: string, what: string): Refusal {
  return {
    reason: 'NotARegularFile',
    message: `${shown(path)} is ${what}, not a file.`,
    hint: 'Rename it, or move it into a folder beginning with _.',
  };
}

/** For files that are there and cannot be opened; `why` is the system's word, such as `permission denied`. */
export function fileUnreadable(path: string, why: string): Refusal {
  return {
    reason: 'FileUnreadable',
    message: `${shown(path)} cannot be read: ${why}.`,
    hint: 'Give the controller the right to read it.',
  };
}

/** For names with control characters or of bytes that are not UTF-8: they break lines of logs and terminals. */
export function oddName(path: string): Refusal {
  return {
    reason: 'OddFileName',
    message: `${shown(path)} has a name with control characters or broken UTF-8.`,
    hint: 'Rename it.',
  };
}

/** For all that comes after the first `maxSourceFiles`. */
export function tooManyFiles(path: string): Refusal {
  return {
    reason: 'TooManyFiles',
    message: `${shown(path)} and what follows are not read: a source may have ${maxSourceFiles} YAML and JSON files.`,
    hint: 'Move data into folders beginning with _, or give the source a sub-directory.',
  };
}

// U+202A–U+202E and U+2066–U+2069 turn the direction of writing and disguise names.
const ODD = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]/u;
const ODD_ONES = new RegExp(ODD, 'gu');

/** True when a path can be shown and used as it is. */
export function isPlainName(path: string): boolean {
  return !ODD.test(path);
}

/** The path with everything odd replaced by `?`. */
export function printable(path: string): string {
  return path.replaceAll(ODD_ONES, '?');
}

/** A path for a sentence: harmless, and of a long one its end, which tells most. */
function shown(path: string): string {
  const plain = printable(path);
  return plain.length > 70 ? `…${plain.slice(-69)}` : plain;
}

function notUtf8(path: string, why: string): Refusal {
  return { reason: 'NotUtf8', message: `${shown(path)} is not UTF-8: ${why}.`, hint: 'Save it as UTF-8.' };
}
