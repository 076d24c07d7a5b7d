// Every place of a schema that takes a text, each with a value around it that is right but for that text.

type Json = Readonly<Record<string, unknown>>;

export interface StringPlace {
  /** `route.locations[].path`; the key of a map is `services.*`. */
  at: string;
  /** The value of the whole, with this text there. */
  make(text: string): unknown;
}

export function stringPlaces(schema: Json): StringPlace[] {
  if (Array.isArray(schema.anyOf)) return unique(schema.anyOf.flatMap((one) => stringPlaces(one as Json)));
  if (Array.isArray(schema.enum)) return schema.enum.some(isText) ? [ITSELF] : [];
  if (schema.const !== undefined) return isText(schema.const) ? [ITSELF] : [];
  switch (schema.type) {
    case 'string':
      return [ITSELF];
    case 'array':
      return stringPlaces(schema.items as Json).map(({ at, make }) => ({
        at: `[]${at}`,
        make: (text) => [make(text)],
      }));
    case 'object':
      return [...ofProperties(schema), ...ofNames(schema)];
    default:
      return [];
  }
}

const ITSELF: StringPlace = { at: '', make: (text) => text };

function ofProperties(schema: Json): StringPlace[] {
  return Object.entries((schema.properties ?? {}) as Record<string, Json>).flatMap(([key, value]) =>
    stringPlaces(value).map(({ at, make }) => ({
      at: `.${key}${at}`,
      make: (text) => ({ ...required(schema), [key]: make(text) }),
    })),
  );
}

/** Maps with names of one's own: the names are texts as well. */
function ofNames(schema: Json): StringPlace[] {
  return Object.values((schema.patternProperties ?? {}) as Record<string, Json>).flatMap((value) => [
    { at: '.*', make: (text: string) => ({ [text]: sample(value) }) },
    ...stringPlaces(value).map(({ at, make }) => ({
      at: `.NAME${at}`,
      make: (text: string) => ({ web: make(text) }),
    })),
  ]);
}

function required(schema: Json): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const names = (schema.required ?? []) as string[];
  return Object.fromEntries(names.map((name) => [name, sample(properties[name] ?? {})]));
}

/** Something that is right. */
function sample(schema: Json): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.type === 'object') return required(schema);
  throw new Error(`no example of ${JSON.stringify(schema).slice(0, 200)}`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function unique(places: readonly StringPlace[]): StringPlace[] {
  return [...new Map(places.map((place) => [place.at, place])).values()];
}
