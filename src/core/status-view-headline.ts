// The one sentence on top: who needs you, and whether anything is down.
import type { Overview, SourceStatus, UnitStatus } from '../model/status.ts';
import { needsYou, sortUnits } from './status-view-order.ts';
import { ago } from './time-words.ts';
import { OUTCOMES, type Tone } from './words.ts';
import { count, listed, shortRevision } from './words-names.ts';

export interface Headline {
  /** `2 of 24 workloads need you. Nothing is down.` */
  title: string;
  /** `Desired state is main@a1b2c3d from home, fetched 40 s ago. One deploy is running.` */
  sentence: string;
  /** For the window's title, the count first: `2 need you`. */
  short: string;
  tone: Tone;
  /** Those that need a person, worst first. */
  needs: UnitStatus[];
}

/** What the headline is made from. */
export type Headlined = Pick<Overview, 'units' | 'sources' | 'engines' | 'problems'>;

/** Folds the overview into its headline. The second half of the title always answers for what serves. */
export function headlineOf(overview: Headlined, nowMs: number): Headline {
  const units = sortUnits(overview.units);
  const needs = units.filter(needsYou);
  const first = firstHalf(overview, needs);
  return {
    title: `${first.title} ${secondHalf(overview)}`.trim(),
    sentence: [desiredState(overview.sources, nowMs), running(overview.units)].filter(Boolean).join(' '),
    short: first.short,
    tone: first.tone,
    needs,
  };
}

function firstHalf(
  overview: Headlined,
  needs: readonly UnitStatus[],
): { title: string; short: string; tone: Tone } {
  const { units } = overview;
  const all = units.length;
  const worst = needs[0];
  if (worst !== undefined) {
    const tone = OUTCOMES[worst.outcome].tone;
    const short = `${needs.length} ${verb(needs.length, 'needs', 'need')} you`;
    if (all === 1) return { title: `${worst.unit} needs you.`, short, tone };
    return {
      title: `${needs.length} of ${all} workloads ${verb(needs.length, 'needs', 'need')} you.`,
      short,
      tone,
    };
  }
  const problems = generalProblems(overview);
  if (problems > 0) {
    const short = `${count(problems, 'problem')}`;
    return { title: `${short} ${verb(problems, 'needs', 'need')} you.`, short, tone: 'warn' };
  }
  if (all === 0) return { title: 'No workload is declared yet.', short: 'Nothing declared', tone: 'off' };
  const by = (outcome: UnitStatus['outcome']) => units.filter((unit) => unit.outcome === outcome).length;
  const moving = by('progressing');
  if (moving > 0) {
    const title = `${moving} of ${count(all, 'workload')} ${verb(moving, 'is', 'are')} being changed.`;
    return { title, short: `${moving} changing`, tone: 'busy' };
  }
  const right = by('converged');
  if (right === all) {
    const title = all === 1 ? 'The one workload runs as declared.' : `All ${all} workloads run as declared.`;
    return { title, short: 'All well', tone: 'ok' };
  }
  const rest = [
    [by('waiting'), 'waiting'],
    [by('held'), 'held'],
    [by('suspended'), 'suspended'],
    [by('ejected'), 'ejected'],
  ] as const;
  const words = rest.filter(([n]) => n > 0).map(([n, word]) => `${n} ${verb(n, 'is', 'are')} ${word}`);
  const title = `${right} of ${count(all, 'workload')} ${verb(right, 'runs', 'run')} as declared, ${listed(words)}.`;
  return { title, short: 'All well', tone: by('waiting') > 0 ? 'wait' : 'ok' };
}

function secondHalf(overview: Headlined): string {
  const away = overview.engines.filter((engine) => !engine.reachable).map((engine) => engine.name);
  if (away.length > 0) {
    return `Engine ${listed(away)} ${verb(away.length, 'does', 'do')} not answer, so what runs there is not known.`;
  }
  if (overview.units.length === 0) return '';
  const down = overview.units.filter(isDown).map((unit) => unit.domains[0] ?? unit.unit);
  if (down.length === 0) return 'Nothing is down.';
  return `${listed(down, 2)} ${verb(down.length, 'is', 'are')} down.`;
}

/** Wanted, watched, and not one container of it is well. */
function isDown(unit: UnitStatus): boolean {
  if (['suspended', 'ejected', 'converged'].includes(unit.outcome)) return false;
  if (unit.health.ready > 0) return false;
  return unit.outcome === 'failed' || (unit.health.total > 0 && unit.health.status === 'unhealthy');
}

function generalProblems(overview: Headlined): number {
  const sources = overview.sources.filter((source) => source.problem !== null).length;
  return sources + overview.problems.filter((problem) => problem.severity === 'error').length;
}

/** `Desired state is main@a1b2c3d from home, fetched 40 s ago.`; for several sources the oldest reading counts. */
function desiredState(sources: readonly SourceStatus[], nowMs: number): string {
  const [only] = sources;
  if (only === undefined) return 'No source is configured.';
  if (sources.length === 1) {
    if (only.fetchedMs === null) return `Source ${only.name} has not been read yet.`;
    return `Desired state is ${revisionWord(only)}, ${readWord(only)} ${ago(nowMs - only.fetchedMs)}.`;
  }
  const unread = sources.filter((source) => source.fetchedMs === null).map((source) => source.name);
  if (unread.length > 0)
    return `Source ${listed(unread)} ${verb(unread.length, 'has', 'have')} not been read yet.`;
  const oldest = Math.min(...sources.map((source) => source.fetchedMs ?? nowMs));
  return `Desired state is ${listed(sources.map(revisionWord))}, read ${ago(nowMs - oldest)}.`;
}

function revisionWord(source: SourceStatus): string {
  if (source.type === 'directory') return `the directory ${source.name}`;
  const at = source.revision === null ? '' : `@${shortRevision(source.revision)}`;
  return `${source.ref ?? ''}${at} from ${source.name}`;
}

function readWord(source: SourceStatus): string {
  return source.type === 'git' ? 'fetched' : 'read';
}

function running(units: readonly UnitStatus[]): string {
  const deploys = units.filter((unit) => unit.deployId !== null).length;
  if (deploys === 0) return '';
  return deploys === 1 ? 'One deploy is running.' : `${deploys} deploys are running.`;
}

function verb(n: number, one: string, many: string): string {
  return n === 1 ? one : many;
}
