// One stream as a place to write for people: knows its width, its colours, and whether it can show shapes.
import type { StateView, Tone } from '../../core/words.ts';
import { type ColourWish, type Environment, paint, speaksUtf8, wantsColour } from './colour.ts';
import { plainAscii } from './plain-ascii.ts';

/** What we need of a stream; process.stdout is one. */
export interface Stream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
}

export interface Screen {
  readonly isTerminal: boolean;
  /** Cells in a line now (it changes when a window is resized); null off a terminal: nothing is cut. */
  width(): number | null;
  /** Lines of the window; null where that is not known. */
  height(): number | null;
  colour(tone: Tone, text: string): string;
  dim(text: string): string;
  /** `✓ ` where shapes can be shown, else nothing; painted. */
  glyph(view: StateView): string;
  line(text: string): void;
  write(text: string): void;
}

export function createScreen(stream: Stream, options: { colour: ColourWish; env: Environment }): Screen {
  const { env } = options;
  const isTerminal = stream.isTTY === true;
  const painted = wantsColour(options.colour, isTerminal, env);
  const shapes = isTerminal && speaksUtf8(env);
  const colour = (tone: Tone, text: string): string => (painted ? paint(tone, text) : text);
  // A pipe always gets UTF-8; a terminal that cannot show it gets the nearest ASCII instead of rubbish.
  const write = (text: string): void => {
    stream.write(isTerminal && !shapes ? plainAscii(text) : text);
  };
  return {
    isTerminal,
    width: () => (isTerminal ? (stream.columns ?? columnsOf(env) ?? 80) : null),
    height: () => (isTerminal ? (stream.rows ?? null) : null),
    colour,
    dim: (text) => colour('off', text),
    glyph: (view) => (shapes ? `${colour(view.tone, view.glyph)} ` : ''),
    write,
    line: (text) => write(`${text}\n`),
  };
}

function columnsOf(env: Environment): number | undefined {
  const columns = Number(env.COLUMNS);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}
