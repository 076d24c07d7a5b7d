// Reads query strings: an unknown or repeated key, or an unknown value, is said and not passed over.
import { didYouMean } from '../../core/did-you-mean.ts';
import { type Answered, answered, badRequest, quoted, refused } from '../refusal.ts';

/** The values by key; undefined where a key is not given or empty. */
export type Query<K extends string> = Record<K, string | undefined>;

export function readQuery<const K extends string>(url: string, keys: readonly K[]): Answered<Query<K>> {
  const given = new URL(url).searchParams;
  const query = Object.fromEntries(keys.map((key) => [key, undefined])) as Query<K>;
  for (const key of new Set(given.keys())) {
    const known = keys.find((each) => each === key);
    if (known === undefined) {
      const allowed = keys.length === 0 ? 'There are none here.' : `Known are ${keys.join(', ')}.`;
      return refused(
        badRequest('UnknownFilter', `${quoted(key)} is not a filter here.${didYouMean(key, keys)}`, allowed),
      );
    }
    const values = given.getAll(key);
    if (values.length > 1) {
      return refused(
        badRequest('RepeatedFilter', `\`${key}\` is given ${values.length} times.`, 'Give it once.'),
      );
    }
    query[known] = values[0] === '' ? undefined : values[0];
  }
  return answered(query);
}

/** One of the allowed words. */
export function oneOf<const V extends string>(
  key: string,
  value: string | undefined,
  allowed: readonly V[],
): Answered<V | undefined> {
  const known = allowed.find((each) => each === value);
  if (value === undefined || known !== undefined) return answered(known);
  const message = `${quoted(value)} is not a ${key}.${didYouMean(value, allowed)}`;
  return refused(badRequest('UnknownValue', message, `Known are ${allowed.join(', ')}.`));
}

/** A whole number within bounds. */
export function wholeNumber(
  key: string,
  value: string | undefined,
  bounds: { min: number; max: number },
): Answered<number | undefined> {
  if (value === undefined) return answered(undefined);
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= bounds.min && number <= bounds.max) return answered(number);
  const message = `${quoted(value)} is not a whole number from ${bounds.min} to ${bounds.max}.`;
  return refused(badRequest('UnknownValue', message, `\`${key}\` is a number.`));
}
