// One record as one plain line for people and journals: `time level workload phase: text key=value`.

/** Written in front of the text, not as a fact behind it. */
const LEADING = new Set(['time', 'level', 'message', 'workload', 'phase']);

/** What a terminal would obey: control characters of both sets, and marks that turn the direction of text around. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Takes pino's JSON line and gives the plain one, with its newline. A line that is no JSON comes back as it is. */
export function plainLine(json: string): string {
  const record = parse(json);
  if (record === null) return json;
  const { time, level, message, workload, phase } = record;
  const who = [workload, phase].filter((part) => part !== undefined).map(word);
  const head = `${word(time)} ${word(level).padEnd(5)}`;
  const subject = who.length === 0 ? '' : ` ${who.join(' ')}:`;
  return `${head}${subject} ${escapeAll(String(message))}${facts(record)}\n`;
}

function facts(record: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(record)) {
    if (!LEADING.has(key)) parts.push(...pairs(key, value));
  }
  return parts.map((part) => ` ${part}`).join('');
}

/** An error is told by its words; all else that is nested is told as JSON. */
function pairs(key: string, value: unknown): string[] {
  if (!isError(value)) return [`${word(key)}=${word(value)}`];
  const { type: _type, message, cause, stack, ...rest } = value;
  const more = Object.entries(rest).flatMap(([name, item]) => pairs(`${key}.${name}`, item));
  const because = cause === undefined ? [] : pairs(`${key}.cause`, cause);
  // Where an unforeseen error came from is the one thing that helps to mend it.
  const where = stack === undefined ? [] : [`${word(`${key}.stack`)}=${word(stack)}`];
  return [`${word(key)}=${word(message)}`, ...more, ...because, ...where];
}

function isError(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'type' in value && 'message' in value;
}

/** Bare where it is one word, quoted otherwise. */
function word(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (typeof value !== 'string') return escapeAll(text);
  return /^[^\s"=\\]+$/.test(text) && escapeAll(text) === text ? text : escapeAll(JSON.stringify(text));
}

function escapeAll(text: string): string {
  return text.replace(UNSAFE, escapeOne);
}

function escapeOne(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function parse(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
