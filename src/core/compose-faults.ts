// What can be wrong with the text of a Compose file itself, in words.

export interface ComposeFault {
  reason: string;
  message: string;
  hint: string | null;
  /** Where in the text. */
  offset: number;
}

export const COMPOSE_FAULT = {
  tooLarge: (offset: number): ComposeFault => ({
    reason: 'FileTooLarge',
    message: 'this Compose file is larger than any that people write, so it is not read to its end.',
    hint: 'Split it: `include` takes other files of this folder.',
    offset,
  }),
  oddCharacter: (offset: number): ComposeFault => ({
    reason: 'OddCharacter',
    message: 'a control character or half a character stands here, so this is not plain text.',
    hint: 'Save the file again as UTF-8 text.',
    offset,
  }),
  gaveUp: (offset: number): ComposeFault => ({
    reason: 'YamlUnreadable',
    message: 'this file cannot be read as YAML.',
    hint: 'Write it in a simpler way.',
    offset,
  }),
  tooDeep: (offset: number): ComposeFault => ({
    reason: 'TooDeep',
    message: 'this file is nested more than 64 levels deep.',
    hint: 'A Compose file needs no more than ten levels; look for brackets that are never closed.',
    offset,
  }),
  bomb: (offset: number): ComposeFault => ({
    reason: 'AliasBomb',
    message: 'with its aliases put in, this file would have more than 10,000 values.',
    hint: 'Use fewer aliases, or split the file.',
    offset,
  }),
  cycle: (offset: number): ComposeFault => ({
    reason: 'AliasInItself',
    message: 'an alias refers to the anchor that it stands in, so it would never end.',
    hint: 'Move the anchor to a part that does not hold the alias.',
    offset,
  }),
  unknownAlias: (offset: number): ComposeFault => ({
    reason: 'UnknownAlias',
    message: 'an alias refers to an anchor that is not set before it.',
    hint: 'Set the anchor above it, or put the value in quotes if the star is meant as text.',
    offset,
  }),
  unknownTag: (offset: number, tag: string): ComposeFault => ({
    reason: 'UnknownTag',
    message: `the tag \`${tag.slice(0, 40)}\` is not one that Compose knows (!reset, !override).`,
    hint: 'Take the tag away; values that begin with ! need quotes.',
    offset,
  }),
  badKey: (offset: number): ComposeFault => ({
    reason: 'KeyIsNoText',
    message: 'a key must be a plain text.',
    hint: 'Put a text that begins with { or [ in quotes.',
    offset,
  }),
  duplicateKey: (offset: number, key: string): ComposeFault => ({
    reason: 'DuplicateKey',
    message: `the key \`${key.slice(0, 60)}\` stands here twice, so it is not clear which one is meant.`,
    hint: 'Keep one of the two.',
    offset,
  }),
  mergeNeedsMap: (offset: number): ComposeFault => ({
    reason: 'WrongType',
    message: '`<<` takes the keys of a map, and what it refers to is none.',
    hint: 'Set the anchor at a map, as in `x-base: &base`, then `<<: *base`.',
    offset,
  }),
} as const;
