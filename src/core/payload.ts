// Reads what strangers send: bounded, own properties only, and never an exception.

/** Names as they arrive, lower case; a name that came twice is an array. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The one value of a header; null where it is missing or came twice, for two values are one too many to trust. */
export function singleHeader(headers: Headers, name: string): string | null {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : null;
}

/** The media type alone, lower case, without its parameters; '' where there is none. */
export function mediaType(headers: Headers): string {
  return (singleHeader(headers, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** UTF-8 text, or null for other bytes. */
export function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The value, or undefined for what is no JSON: JSON itself has no undefined. */
export function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The value at a path of own properties; undefined where any of them is missing. Nothing is inherited. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** A text of the form that is expected and no other; null otherwise. */
export function textLike(value: unknown, pattern: RegExp): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}
