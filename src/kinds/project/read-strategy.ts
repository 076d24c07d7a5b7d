// The strategy of a level, and the steps of a canary: shares of the clients, rising, each for a while.
import { durationMs } from '../../core/compose-values.ts';
import { given } from '../../core/compose-values-named.ts';
import type { Path } from '../../core/documents.ts';
import type { Report } from '../../core/validate-report.ts';
import type { CanaryStep, DesiredProject, DesiredRoute } from '../../model/desired.ts';
import type { Level, ServicePart } from './read-part.ts';
import type { StageManifest } from './schema.ts';

const DEFAULT_FOR_MS = 300_000;
const DEFAULT_STEPS: CanaryStep[] = [0.01, 0.1, 0.5].map((share) => ({ share, forMs: DEFAULT_FOR_MS }));

type StrategyPart = Pick<ServicePart, 'strategy' | 'canary'>;

/** Steps are a wish for a canary: nobody has to say it twice. */
export function readStrategy(stage: StageManifest, level: Level): StrategyPart {
  const { strategy, canary } = stage;
  const { path, report } = level;
  if (canary === undefined) return given<StrategyPart>({ strategy, canary: undefined });
  if (strategy !== undefined && strategy !== 'canary') report.add([...path, 'canary'], notWith(strategy));
  return { strategy: strategy ?? 'canary', canary: readSteps(canary, level) };
}

export function completeStrategy(
  part: ServicePart,
  { route, path, report }: { route: DesiredRoute | null; path: Path; report: Report },
): Pick<DesiredProject, 'strategy' | 'canary'> {
  const { strategy = 'auto' } = part;
  if (strategy !== 'canary') return { strategy, canary: [] };
  if (route === null) report.add([...path, part.canary === undefined ? 'strategy' : 'canary'], NO_ROUTE);
  return { strategy, canary: part.canary ?? DEFAULT_STEPS };
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
