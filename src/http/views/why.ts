// The chain of causes of one workload: what is wanted, what came in between, what follows from it.
import { outcomeView, type Tone } from '../../core/status-view.ts';
import { shortRevision, shortVersion } from '../../core/words-names.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { QuarantineEntry, Suspension } from '../../model/world.ts';
import { type Html, html } from '../page/html.ts';
import { unitHref } from '../page/links.ts';
import { type Moment, sinceTag } from '../page/moment.ts';
import { placeText, problemText } from '../page/problem.ts';
import { prose, sentence } from '../page/prose.ts';
import type { WhyView } from '../page/why-chain.ts';
import { commandsFor } from './needs.ts';

export interface WhyFacts {
  unit: UnitStatus;
  /** By name, to link what it waits for. */
  others: ReadonlyMap<string, UnitStatus>;
  quarantine: readonly QuarantineEntry[];
  suspension: Suspension | null;
  moment: Moment;
}

/** The outcomes that a quarantined version may be the cause of. */
const ILL: ReadonlySet<Outcome> = new Set(['rolled-back', 'failed', 'degraded']);
const MOST_EVIDENCE = 10;

export function whyOf(facts: WhyFacts): WhyView[] {
  const { unit, quarantine } = facts;
  const failed = quarantine.find(({ release }) => release === unit.wants) ?? quarantine.at(-1);
  const links = [wanted(unit)];
  if (unit.outcome === 'suspended') links.push(suspended(facts));
  else if (failed !== undefined && ILL.has(unit.outcome)) links.push(...quarantined(unit, failed));
  else if (unit.problems.length > 0) links.push(...problems(unit));
  else if (unit.outcome !== 'converged') links.push(standing(facts));
  return unit.outcome === 'converged' ? [...links, standing(facts)] : links;
}

function wanted(unit: UnitStatus): WhyView {
  const what = unit.wants;
  const lead =
    what === null
      ? html`<b>${unit.unit} is declared.</b>`
      : html`<b>${unit.role === 'default' || unit.role === '' ? unit.name : unit.role} wants ${shortVersion(what)}.</b>`;
  return { tone: 'ok', icon: 'disc', text: html`${lead} ${writtenIn(unit)}`, evidence: [], commands: [] };
}

function writtenIn({ place, source, lastAttemptedRevision }: UnitStatus): Html {
  if (place === null) return html`No manifest names it any more.`;
  const revision =
    lastAttemptedRevision === null ? '' : html` at <code>${shortRevision(lastAttemptedRevision)}</code>`;
  return html`Written in <code>${placeText({ ...place, column: null })}</code> of ${source ?? place.source}${revision}.`;
}

function quarantined(unit: UnitStatus, failed: QuarantineEntry): WhyView[] {
  const release = shortVersion(failed.release);
  const stays = unit.runs === null ? 'nothing of it runs' : `${shortVersion(unit.runs)} stays`;
  const message = failed.message.startsWith(failed.release)
    ? failed.message
    : `${failed.release}: ${failed.message}`;
  return [
    {
      tone: 'bad',
      icon: 'octagon',
      text: headed(message),
      evidence: failed.evidence.slice(-MOST_EVIDENCE),
      commands: [],
    },
    {
      tone: 'held',
      icon: 'padlock',
      text: html`<b>${release} is quarantined</b>, so ${stays}. It is not tried again by itself; a change of ${unit.name} or a new image lifts it, and so does a command.`,
      evidence: [],
      commands: commandsFor(unit),
    },
  ];
}

/** What happened in bold, and how behind it: `2.1.4 did not become healthy in 20 s: GET /healthz answered 503`. */
function headed(message: string): Html {
  const at = message.indexOf(': ');
  if (at < 0) return html`<b>${sentence(message)}</b>`;
  return html`<b>${message.slice(0, at)}:</b> ${sentence(message.slice(at + 2))}`;
}

function suspended({ unit, suspension, moment }: WhyFacts): WhyView {
  const who = suspension === null ? 'by its manifest' : `by ${suspension.by}`;
  const since = suspension === null ? '' : html` since ${sinceTag(suspension.sinceMs, moment)}`;
  const why = suspension?.why ? html`: “${suspension.why}”` : '';
  return {
    tone: 'off',
    icon: 'bars',
    text: html`<b>It is suspended ${who}</b>${since}${why}. It is looked at, and nothing is changed.`,
    evidence: [],
    commands: suspension === null ? [] : commandsFor(unit),
  };
}

function problems(unit: UnitStatus): WhyView[] {
  const view = outcomeView(unit.outcome);
  const tones: Readonly<Record<'error' | 'warning' | 'info', Tone>> = {
    error: 'bad',
    warning: 'warn',
    info: 'off',
  };
  const links = unit.problems.map((problem): WhyView => {
    return {
      tone: tones[problem.severity],
      icon: problem.severity === 'error' ? 'octagon' : 'triangle',
      text: problemText(problem),
      evidence: [],
      commands: [],
    };
  });
  if (unit.outcome === 'converged') return links;
  const last = {
    tone: view.tone,
    icon: view.icon,
    text: html`${unit.outcome === 'held' ? asApplied(unit) : prose(unit.sentence)}`,
    evidence: [],
    commands: commandsFor(unit),
  };
  return [...links, last];
}

function asApplied({ runs }: UnitStatus): string {
  return runs === null ? 'Nothing of it runs.' : 'It runs as last applied, and is not pruned.';
}

function standing({ unit, others }: WhyFacts): WhyView {
  const view = outcomeView(unit.outcome);
  const blocking =
    unit.outcome === 'waiting'
      ? unit.dependsOn.filter((name) => others.get(name)?.outcome !== 'converged')
      : [];
  const links = blocking.map((name) =>
    others.has(name) ? html` <a href="${unitHref(name)}">${name}</a>` : html` ${name}`,
  );
  const look = blocking.length === 0 ? '' : html` Look at${links}.`;
  return {
    tone: view.tone,
    icon: view.icon,
    text: html`${prose(unit.sentence, unit.next)}${look}`,
    evidence: [],
    commands: commandsFor(unit),
  };
}
