// Why a unit is as it is: what it wants, what runs, because of what, so what, and what is next.
import type { DeployRow } from '../model/record.ts';
import type { UnitStatus } from '../model/status.ts';
import type { QuarantineEntry, Suspension } from '../model/world.ts';
import { reasonHelp } from './problems.ts';
import { healthWords } from './status-view-sentence.ts';
import { age, duration } from './time-words.ts';
import { dateAndTime, since } from './time-words-dates.ts';
import { OUTCOMES } from './words.ts';
import { shortDigest, shortRevision, shortVersion } from './words-names.ts';

export interface WhyFacts {
  unit: UnitStatus;
  quarantine: readonly QuarantineEntry[];
  suspension: Suspension | null;
  /** The newest one. */
  deploy: DeployRow | null;
  nowMs: number;
  timeZone: string;
}

export interface WhyLine {
  word: 'wants' | 'runs' | 'because' | 'so' | 'next' | 'hint';
  text: string;
  /** What others said, word for word: a probe's body, the last log lines. */
  evidence: readonly string[];
}

export interface Why {
  /** `shop/prod is rolled back (since 14:02, 2 h)`. */
  title: string;
  lines: WhyLine[];
}

export function whyOf(facts: WhyFacts): Why {
  const { unit, nowMs, timeZone } = facts;
  const word = OUTCOMES[unit.outcome].word;
  const ageMs = nowMs - unit.sinceMs;
  const is = unit.outcome === 'failed' ? '' : 'is ';
  const title = `${unit.unit} ${is}${word} (since ${since(unit.sinceMs, nowMs, timeZone)}, ${age(ageMs)})`;
  const because = becauseOf(facts);
  const lines: (WhyLine | null)[] = [
    line('wants', wantsOf(unit)),
    line('runs', runsOf(unit)),
    because,
    line('so', soOf(facts)),
    line('next', nextOf(facts)),
    line('hint', hintOf(unit)),
  ];
  return { title, lines: lines.filter((entry) => entry !== null) };
}

function line(word: WhyLine['word'], text: string | null): WhyLine | null {
  return text === null ? null : { word, text, evidence: [] };
}

function wantsOf({ wants, place, source, lastAttemptedRevision }: UnitStatus): string {
  const what = wants === null ? 'not known' : shortVersion(wants);
  const where = place === null ? '' : `   ${place.file}:${place.line}`;
  const at = lastAttemptedRevision === null ? '' : ` at ${shortRevision(lastAttemptedRevision)}`;
  const from = source === null ? '' : `${where === '' ? '   ' : ', '}from ${source}${at}`;
  return `${what}${where}${from}`;
}

function runsOf({ runs, wants, digest, health }: UnitStatus): string {
  if (runs === null) return health.detail === null ? 'nothing' : `nothing   ${health.detail}`;
  // The digest on record is that of the wanted version: it belongs to what runs only where the two are one.
  const same = digest !== null && runs === wants ? `${shortDigest(digest)}, ` : '';
  return `${shortVersion(runs)}   ${same}${healthWords(health)}`;
}

function becauseOf(facts: WhyFacts): WhyLine {
  const { unit, suspension, deploy } = facts;
  const failed = failedOf(facts);
  if (failed !== null) {
    const release = shortVersion(failed.release);
    const named = failed.message.includes(failed.release) || release === '';
    const text = named ? failed.message : `${release}: ${failed.message}`;
    return { word: 'because', text, evidence: failed.evidence };
  }
  if (suspension !== null && unit.outcome === 'suspended') {
    const why = suspension.why === null ? '' : `: '${suspension.why}'`;
    return { word: 'because', text: `${suspension.by} suspended it${why}`, evidence: [] };
  }
  const [problem] = unit.problems;
  if (problem !== undefined && unit.outcome !== 'converged') {
    const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
    return {
      word: 'because',
      text: place === '' ? problem.message : `${place} ${problem.message}`,
      evidence: [],
    };
  }
  if (unit.outcome === 'converged' && deploy !== null)
    return { word: 'because', text: deployed(facts, deploy), evidence: [] };
  return { word: 'because', text: unit.sentence, evidence: [] };
}

function failedOf({ unit, quarantine }: WhyFacts): QuarantineEntry | null {
  if (unit.outcome !== 'rolled-back' && unit.outcome !== 'failed' && unit.outcome !== 'degraded') return null;
  return quarantine.find((entry) => entry.release === unit.wants) ?? quarantine.at(-1) ?? null;
}

function deployed({ nowMs, timeZone }: WhyFacts, deploy: DeployRow): string {
  const took =
    deploy.finishedAtMs === null ? '' : `, in ${duration(deploy.finishedAtMs - deploy.startedAtMs)}`;
  const when = dateAndTime(deploy.startedAtMs, nowMs, timeZone);
  const ended = deploy.status === 'success' ? 'went well' : deploy.status.replaceAll('_', ' ');
  return `deploy ${deploy.number} (${deploy.cause}) ${ended}: ${when}${took}`;
}

function soOf(facts: WhyFacts): string | null {
  const { unit } = facts;
  const failed = failedOf(facts);
  if (failed !== null)
    return `${shortVersion(failed.release)} is quarantined; it is not tried again by itself`;
  if (unit.outcome === 'suspended') return 'it is looked at and not changed, whatever its manifest says';
  return unit.outcome === 'converged' ? null : (unit.problems[0]?.effect ?? null);
}

function nextOf(facts: WhyFacts): string | null {
  const { unit } = facts;
  if (failedOf(facts) !== null)
    return `a change of ${unit.name}, a new digest, or: tinyforge resume ${unit.unit}`;
  if (unit.outcome === 'suspended')
    return facts.suspension === null
      ? `take \`suspend\` out of ${unit.place?.file ?? 'its manifest'}`
      : `tinyforge resume ${unit.unit}`;
  if (unit.outcome === 'converged') return null;
  return unit.next ?? unit.problems[0]?.next ?? null;
}

/** For what a person can mend; the problem's own words are closer than the catalogue's. */
function hintOf(unit: UnitStatus): string | null {
  if (!OUTCOMES[unit.outcome].needsYou && unit.outcome !== 'waiting') return null;
  return unit.problems[0]?.hint ?? reasonHelp(unit.reason, unit.unit)?.hint ?? null;
}
