// Why a text is not even parsed, or is left half-way.
import { MAX_DEPTH } from './documents-faults.ts';

/** With the place where reading ended. */
export type Stop = { offset: number; reason: string; message: string; hint: string };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
export const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export const NO_TEXT = {
  reason: 'NotText',
  message: 'A control character stands here, so this is not a text file.',
  hint: 'save it as UTF-8 text; if it is no manifest, move it to a folder that begins with _',
};
export const TOO_LARGE = {
  reason: 'FileTooLarge',
  message: 'The file is larger than a manifest may be (1 MiB).',
  hint: 'split it; if it is no manifest, move it to a folder that begins with _',
};
export const TOO_DEEP = {
  reason: 'TooDeep',
  message: `The file is nested more than ${MAX_DEPTH} levels deep.`,
  hint: 'a manifest needs no more than ten levels; look for brackets that are never closed',
};
export const GAVE_UP = {
  reason: 'YamlUnreadable',
  message: 'This file cannot be read as YAML.',
  hint: 'check it with another YAML tool; it may be damaged',
};
