// Cuts a schema into parts that are compiled into functions of their own.

type Schema = Readonly<Record<string, unknown>>;

/** Shorter parts (as JSON) stay where they are: a call of a function costs more than they do. */
const LEAST_LENGTH = 200;

/**
 * The same schema with its larger parts in `$defs`, equal ones once. Compiled in one piece, a project's schema is one
 * function of half a megabyte, all of which is translated for a manifest of six keys; of parts, those that it uses.
 * Parts of an `anyOf` stay in it, for what its errors are chosen by is that they lie below it; and what is required
 * stays where it is, for the sentence that it is missing shows how it is written. What there may be any number of (items,
 * keys of any name) is not cut: each call that fails copies all errors before it, so sixty thousand took a minute and a half.
 */
export function splitSchema(schema: Schema): Schema {
  const names = new Map<string, string>();
  const parts: Record<string, Schema> = {};

  const split = (part: Schema): Schema => {
    const text = JSON.stringify(part);
    if (text.length < LEAST_LENGTH) return part;
    const known = names.get(text);
    const name = known ?? `part${names.size}`;
    names.set(text, name);
    if (known === undefined) parts[name] = inside(part);
    return { $ref: `#/$defs/${name}` };
  };

  /** The part with what lies in it cut out. */
  const inside = (part: Schema): Schema => {
    const { properties } = part;
    const required = new Set(Array.isArray(part.required) ? part.required : []);
    const splitAll = (members: Schema): Schema =>
      Object.fromEntries(
        Object.entries(members).map(([name, member]) => [
          name,
          required.has(name) ? inside(member as Schema) : split(member as Schema),
        ]),
      );
    return {
      ...part,
      ...(isSchema(properties) ? { properties: splitAll(properties) } : {}),
    };
  };

  const whole = inside(schema);
  return Object.keys(parts).length === 0 ? whole : { ...whole, $defs: parts };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
