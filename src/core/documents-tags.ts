// What plain words of a document mean: YAML 1.2's core schema, made once.
import { type ScalarTag, Schema } from 'yaml';

/**
 * A word that begins as no number, no switch and no null does. Asked first, for most words are texts: else each of them is
 * held against all that it is not.
 */
const SURELY_TEXT: ScalarTag = {
  default: true,
  tag: 'tag:yaml.org,2002:str',
  test: /^[^~NnTtFf0-9+.-]/,
  resolve: (text) => text,
};

/** For all documents: none changes it as long as it resolves no tags but its own. */
export const SCHEMA = new Schema({
  schema: 'core',
  customTags: (tags) => [SURELY_TEXT, ...tags],
  merge: false,
  resolveKnownTags: false,
});
