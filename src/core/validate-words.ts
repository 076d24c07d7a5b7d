// What a schema asks for, in the words of a person: `a whole number from 0`, `one of a, b, c`.

/** The parts of a JSON Schema that are spoken about. `expects` and `example` are ours. */
export interface SpokenSchema {
  type?: string;
  expects?: string;
  example?: unknown;
  enum?: unknown[];
  const?: unknown;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  items?: SpokenSchema;
  anyOf?: SpokenSchema[];
  properties?: Record<string, SpokenSchema>;
  patternProperties?: Record<string, SpokenSchema>;
  keyExpects?: string;
}

/** `a whole number from 0`. To be put after "must be". */
export function expectation(schema: SpokenSchema): string {
  if (schema.expects !== undefined) return schema.expects;
  if (schema.enum !== undefined) return choice(schema.enum.map((value) => `\`${String(value)}\``));
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.anyOf !== undefined) return choice([...new Set(schema.anyOf.map(expectation))]);
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a map of keys and values';
    case 'null':
      return 'empty';
    default:
      return 'another value';
  }
}

/** ` from 1 to 65535`. */
export function range({ minimum, maximum }: SpokenSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` from ${minimum}`;
  return maximum === undefined ? '' : ` up to ${maximum}`;
}

/** `a, b or c`. */
export function choice(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `replicas: 2`, as one would write it. */
export function exampleOf(key: string | number | undefined, schema: SpokenSchema): string | null {
  if (schema.example === undefined) return null;
  const value = flow(schema.example);
  return typeof key === 'string' ? `for example \`${key}: ${value}\`` : `for example \`${value}\``;
}

/** As YAML writes it on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${key}: ${flow(member)}`)
    .join(', ')} }`;
}

/** What is there, where a word about it helps. Never the value itself: it may be a secret. */
export function whatIsThere(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? 'a number' : `\`${String(value)}\``;
}
