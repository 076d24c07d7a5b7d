// The strategy of a level, and the steps of a canary: shares of the clients, rising, each for a while.
import { durationMs } from '../../core/compose-values.ts';
import { given } from '../../core/compose-values-named.ts';
import type { Path } from '../../core/documents.ts';
import type { Report } from '../../core/validate-report.ts';
import type { CanaryMetric, CanaryStep, DesiredProject, DesiredRoute } from '../../model/desired.ts';
import type { Level, ServicePart } from './read-part.ts';
import type { StageManifest } from './schema.ts';

const DEFAULT_FOR_MS = 300_000;
const DEFAULT_INTERVAL_MS = 30_000;
/** Prometheus itself looks every few seconds at most. */
const MIN_INTERVAL_MS = 1_000;
/** What of the new version may stand in a query, in double braces. */
const WORDS: readonly string[] = ['container', 'unit', 'version'];

type Written = Exclude<NonNullable<StageManifest['canary']>, readonly unknown[]>;
type WrittenMetric = NonNullable<Written['metrics']>[number];
const DEFAULT_STEPS: CanaryStep[] = [0.01, 0.1, 0.5].map((share) => ({ share, forMs: DEFAULT_FOR_MS }));

type StrategyPart = Pick<ServicePart, 'strategy' | 'canary' | 'canaryMetrics'>;

/** Steps are a wish for a canary: nobody has to say it twice. */
export function readStrategy(stage: StageManifest, level: Level): StrategyPart {
  const { strategy, canary } = stage;
  const { path, report } = level;
  if (canary === undefined) return given<StrategyPart>({ strategy, canary: undefined });
  if (strategy !== undefined && strategy !== 'canary') report.add([...path, 'canary'], notWith(strategy));
  const steps = readSteps(canary, level);
  // Steps that are written anew say what is measured, too.
  const canaryMetrics = Array.isArray(canary) ? [] : readMetrics(canary.metrics ?? [], level);
  return { strategy: strategy ?? 'canary', canary: steps, canaryMetrics };
}

export function completeStrategy(
  part: ServicePart,
  {
    route,
    isMeasured,
    path,
    report,
  }: { route: DesiredRoute | null; isMeasured: boolean; path: Path; report: Report },
): Pick<DesiredProject, 'strategy' | 'canary' | 'canaryMetrics'> {
  const { strategy = 'auto' } = part;
  if (strategy !== 'canary') return { strategy, canary: [], canaryMetrics: [] };
  if (route === null) report.add([...path, part.canary === undefined ? 'strategy' : 'canary'], NO_ROUTE);
  const { canaryMetrics = [] } = part;
  if (canaryMetrics.length > 0 && !isMeasured) report.add([...path, 'canary', 'metrics'], NO_PROMETHEUS);
  return { strategy, canary: part.canary ?? DEFAULT_STEPS, canaryMetrics };
}

function readMetrics(written: readonly WrittenMetric[], { path, report }: Level): CanaryMetric[] {
  return written.map(({ name, query, max = null, min = null, interval }, index) => {
    const at = [...path, 'canary', 'metrics', index];
    if (max === null && min === null) report.add(at, NO_BOUND);
    if (max !== null && min !== null && min > max) report.add([...at, 'min'], NO_ROOM);
    const unknown = /\{\{\s*([^{}]*?)\s*\}\}/g;
    for (const [whole, word = ''] of query.matchAll(unknown))
      if (!WORDS.includes(word)) report.add([...at, 'query'], unknownWord(whole));
    const ms =
      interval === undefined ? DEFAULT_INTERVAL_MS : report.take([...at, 'interval'], durationMs(interval));
    if (ms !== undefined && ms < MIN_INTERVAL_MS) report.add([...at, 'interval'], TOO_OFTEN);
    return { name, query, max, min, intervalMs: ms ?? DEFAULT_INTERVAL_MS };
  });
}

function readSteps(written: NonNullable<StageManifest['canary']>, { path, report }: Level): CanaryStep[] {
  const isList = Array.isArray(written);
  const list = isList ? written : written.steps;
  const at = isList ? [...path, 'canary'] : [...path, 'canary', 'steps'];
  const time = (text: string, where: Path): number => {
    const ms = report.take(where, durationMs(text));
    if (ms === 0) report.add(where, NO_TIME);
    return ms ?? DEFAULT_FOR_MS;
  };
  const otherwise =
    isList || written.for === undefined ? DEFAULT_FOR_MS : time(written.for, [...path, 'canary', 'for']);
  let before = 0;
  return list.map((step, index) => {
    const text = typeof step === 'string' ? step : step.share;
    const share = Number.parseFloat(text) / 100;
    if (share <= 0 || share >= 1) report.add([...at, index], NO_SHARE);
    else if (share <= before) report.add([...at, index], NOT_RISING);
    before = share;
    const own = typeof step === 'string' ? undefined : step.for;
    return { share, forMs: own === undefined ? otherwise : time(own, [...at, index, 'for']) };
  });
}

function notWith(strategy: string) {
  return {
    reason: 'Conflict',
    message: `\`canary\` means nothing with \`strategy: ${strategy}\`.`,
    hint: 'take one of the two out',
  };
}

const NO_ROUTE = {
  reason: 'MissingKey',
  message: 'A canary shares the clients between two versions at the proxy, and nothing is routed here.',
  hint: 'add `domains` or `subdomain`, or choose another strategy',
};
const NO_SHARE = {
  reason: 'OutOfRange',
  message: 'A step of a canary is more than 0% and less than 100%: after the last one all clients follow.',
  hint: 'for example `canary: [1%, 10%, 50%]`',
};
const NOT_RISING = {
  reason: 'OutOfRange',
  message: 'Each step of a canary is larger than the one before it.',
  hint: 'for example `canary: [1%, 10%, 50%]`',
};
const NO_TIME = {
  reason: 'OutOfRange',
  message: 'A step of a canary takes a while, or it shows nothing.',
  hint: 'for example `5m`',
};
const NO_PROMETHEUS = {
  reason: 'MissingSetting',
  message: 'Metrics are asked of a Prometheus, and tinyforge.yaml names none.',
  hint: 'add `prometheus: { url: "http://prometheus:9090" }` there, or take `metrics` out',
};
const NO_BOUND = {
  reason: 'MissingKey',
  message: 'Nothing says what would be too much, or too little.',
  hint: 'add `max` or `min`, for example `max: 0.01`',
};
const NO_ROOM = {
  reason: 'Conflict',
  message: 'No value is at least `min` and at most `max`.',
  hint: 'exchange the two, or take one out',
};
const TOO_OFTEN = {
  reason: 'OutOfRange',
  message: 'Once a second is the most.',
  hint: 'for example `interval: 30s`',
};

function unknownWord(word: string) {
  return {
    reason: 'UnknownReference',
    message: `${word.slice(0, 60)} stands for nothing here.`,
    hint: `there are ${WORDS.map((one) => `{{${one}}}`).join(', ')}`,
  };
}
