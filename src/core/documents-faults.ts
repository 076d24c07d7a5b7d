// The sentences for documents that are well written and still cannot be taken.
import type { Node, Scalar } from 'yaml';

/** What a document may grow to when its aliases are put in. */
export const MAX_NODES = 10_000;
export const MAX_DEPTH = 64;

export interface ValueFault {
  reason: string;
  message: string;
  hint: string | null;
  offset: number;
  path: (string | number)[];
}

export function unknownTag(node: Node): Omit<ValueFault, 'offset' | 'path'> {
  const tag = ((node as Scalar).tag ?? '').slice(0, 40);
  return {
    reason: 'UnknownTag',
    message: `The tag \`${tag}\` means nothing in a manifest.`,
    hint: 'take the tag away; values that begin with ! need quotes',
  };
}

export function unknownAlias(name: string): Omit<ValueFault, 'offset' | 'path'> {
  return {
    reason: 'UnknownAlias',
    message: `\`*${name.slice(0, 40)}\` refers to an anchor that is not set before it in this document.`,
    hint: `set it above with &${name.slice(0, 40)}, or put the value in quotes if the star is meant as text`,
  };
}

export function duplicate(key: string): Omit<ValueFault, 'offset' | 'path'> {
  return {
    reason: 'DuplicateKey',
    message: `The key \`${key.slice(0, 60)}\` stands here twice, so it is not clear which one is meant.`,
    hint: 'keep one of the two',
  };
}

export const KEY_IS_NO_TEXT = {
  reason: 'KeyIsNoText',
  message: 'A key must be a text; here it is a map or a list.',
  hint: 'put a text that begins with { or [ in quotes; templates such as {{ … }} are not filled in',
};
export const PROTO_KEY = {
  reason: 'KeyIsNoText',
  message: '`__proto__` cannot be used as a key.',
  hint: 'choose another name',
};
export const MERGE_NEEDS_MAP = {
  reason: 'WrongType',
  message: '`<<` takes the keys of a map, and what it refers to is none.',
  hint: 'set the anchor at a map, as in `base: &base`, then `<<: *base`',
};

export function cycleFault(offset: number): ValueFault {
  return {
    reason: 'AliasInItself',
    message: 'An alias refers to the anchor that it stands in, so it would never end.',
    hint: 'move the anchor to a part that does not hold the alias',
    offset,
    path: [],
  };
}

export function BOMB(offset: number): ValueFault {
  return {
    reason: 'AliasBomb',
    message: `With its aliases put in, this document would have more than ${MAX_NODES} values.`,
    hint: 'use fewer aliases, or split the file',
    offset,
    path: [],
  };
}

export function TOO_DEEP(offset: number): ValueFault {
  return {
    reason: 'TooDeep',
    message: `This document is nested more than ${MAX_DEPTH} levels deep.`,
    hint: 'a manifest needs no more than ten levels; look for brackets that are never closed',
    offset,
    path: [],
  };
}
