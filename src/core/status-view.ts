// How a unit, a deploy, a container and a connection look to people: the one place that every display reads.
import type { ContainerState, DeployStatus, Outcome } from '../model/outcome.ts';
import {
  CHECKS,
  type CheckStatus,
  CONNECTIONS,
  CONTAINERS,
  type Connection,
  DEPLOYS,
  OUTCOMES,
  type OutcomeView,
  RUNNING,
  type StateView,
} from './words.ts';

export { type Headline, headlineOf } from './status-view-headline.ts';
export { countOutcomes, needsYou, sortUnits } from './status-view-order.ts';
export { arrow, healthWords } from './status-view-sentence.ts';
export { age, ago, duration, size } from './time-words.ts';
export type { Connection, Icon, OutcomeView, StateView, Tone } from './words.ts';
export { shortDigest, shortRevision, shortVersion } from './words-names.ts';

/** Word, tone, shape and rank of an outcome; `needsYou` is the rule for the outcome alone, see `needsYou`. */
export function outcomeView(outcome: Outcome): OutcomeView {
  return OUTCOMES[outcome];
}

export function deployView(status: DeployStatus): StateView {
  return DEPLOYS[status];
}

/** `health` is the engine's or our probe's word; null or `none` where nothing checks. */
export function containerView(state: ContainerState, health: string | null): StateView {
  if (state !== 'running') return CONTAINERS[state];
  if (health === 'healthy' || health === 'starting' || health === 'unhealthy') return RUNNING[health];
  return RUNNING.unchecked;
}

export function connectionView(connection: Connection): StateView {
  return CONNECTIONS[connection];
}

export function checkView(status: CheckStatus): StateView {
  return CHECKS[status];
}

const STEPS: Readonly<Record<string, string>> = {
  prepare: 'Prepare',
  pull: 'Pull',
  build: 'Build',
  fetch: 'Fetch',
  start: 'Start',
  stop: 'Stop',
  health: 'Health',
  prove: 'Health',
  switch: 'Switch',
  drain: 'Drain',
  clean: 'Clean up',
};

/** A step of a deploy for people: `clean` is "Clean up". */
export function stepWord(name: string): string {
  return STEPS[name.toLowerCase()] ?? name;
}
