// The words, tones and shapes of every state: one table each, read by terminal, page, badge and metrics.
import type { ContainerState, DeployStatus, Outcome } from '../model/outcome.ts';

/** What a state feels like; the page has a colour pair and the terminal one of sixteen colours for each. */
export type Tone = 'bad' | 'warn' | 'held' | 'busy' | 'wait' | 'off' | 'ok';

/** The nine shapes of the page's sprite, told apart in grey. */
export type Icon = 'octagon' | 'triangle' | 'arrow' | 'padlock' | 'ring' | 'clock' | 'bars' | 'out' | 'disc';

/** One state as people meet it: the word carries the meaning, shape and colour repeat it. */
export interface StateView {
  word: string;
  tone: Tone;
  /** One cell wide, no emoji form; an ornament that may be dropped. */
  glyph: string;
  icon: Icon;
}

export interface OutcomeView extends StateView {
  /** From 1, worst first: how lists sort. */
  rank: number;
  /** True where a person has to act. */
  needsYou: boolean;
}

const bad = { tone: 'bad', glyph: '✗', icon: 'octagon' } as const;
const warn = { tone: 'warn', glyph: '▲', icon: 'triangle' } as const;
const back = { tone: 'warn', glyph: '↶', icon: 'arrow' } as const;
const held = { tone: 'held', glyph: '■', icon: 'padlock' } as const;
const busy = { tone: 'busy', glyph: '▸', icon: 'ring' } as const;
const wait = { tone: 'wait', glyph: '◷', icon: 'clock' } as const;
const off = { tone: 'off', glyph: '‖', icon: 'bars' } as const;
const out = { tone: 'off', glyph: '⊘', icon: 'out' } as const;
const ok = { tone: 'ok', glyph: '✓', icon: 'disc' } as const;

export const OUTCOMES: Readonly<Record<Outcome, OutcomeView>> = {
  failed: { word: 'failed', ...bad, rank: 1, needsYou: true },
  degraded: { word: 'degraded', ...warn, rank: 2, needsYou: true },
  'rolled-back': { word: 'rolled back', ...back, rank: 3, needsYou: true },
  held: { word: 'held', ...held, rank: 4, needsYou: true },
  progressing: { word: 'progressing', ...busy, rank: 5, needsYou: false },
  waiting: { word: 'waiting', ...wait, rank: 6, needsYou: false },
  suspended: { word: 'suspended', ...off, rank: 7, needsYou: false },
  ejected: { word: 'ejected', ...out, rank: 8, needsYou: false },
  converged: { word: 'converged', ...ok, rank: 9, needsYou: false },
};

export const DEPLOYS: Readonly<Record<DeployStatus, StateView>> = {
  pending: { word: 'pending', ...wait },
  pulling: { word: 'pulling', ...busy },
  starting: { word: 'starting', ...busy },
  health_checking: { word: 'health checking', ...busy },
  configuring_proxy: { word: 'configuring proxy', ...busy },
  success: { word: 'success', ...ok },
  failed: { word: 'failed', ...bad },
  rolled_back: { word: 'rolled back', ...back },
};

/** `running` is not here: its word comes from its health. */
export const CONTAINERS: Readonly<Record<Exclude<ContainerState, 'running'>, StateView>> = {
  stopped: { word: 'stopped', ...off },
  failed: { word: 'failed', ...bad },
  removing: { word: 'removing', ...busy },
  missing: { word: 'missing', ...warn },
};

export const RUNNING: Readonly<Record<'healthy' | 'starting' | 'unhealthy' | 'unchecked', StateView>> = {
  healthy: { word: 'healthy', ...ok },
  starting: { word: 'starting', ...busy },
  unhealthy: { word: 'unhealthy', ...bad },
  unchecked: { word: 'running, no check', ...ok },
};

export type Connection = 'reachable' | 'slow' | 'away';

export const CONNECTIONS: Readonly<Record<Connection, StateView>> = {
  reachable: { word: 'reachable', ...ok },
  slow: { word: 'slow', ...warn },
  away: { word: 'away', ...bad },
};

export type CheckStatus = 'fine' | 'warning' | 'problem' | 'off';

export const CHECKS: Readonly<Record<CheckStatus, StateView>> = {
  fine: { word: 'fine', ...ok },
  warning: { word: 'warning', ...warn },
  problem: { word: 'problem', ...bad },
  off: { word: 'off', tone: 'off', glyph: '–', icon: 'bars' },
};
