// What ejecting and taking back say: what runs on, how it is used without us, what takes it back, what changes then.
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import { count, listed } from './words-names.ts';

/** What stays of an ejected unit. */
export interface LeftAlone {
  unit: string;
  /** Names of its containers that run; null where an engine did not say. */
  running: readonly string[] | null;
  domains: readonly string[];
  /** Of a stack: how plain Compose finds it. */
  compose: { project: string; folder: string } | null;
}

export function leftAlone(
  unit: string,
  { containers, domains }: { containers: readonly ObservedContainer[] | null; domains: readonly string[] },
): LeftAlone {
  const own = (containers ?? []).filter(({ ours }) => ours?.unit === unit);
  const up = own.filter(({ state }) => state === 'running' || state === 'restarting' || state === 'paused');
  const mark = [...up, ...own].find(({ compose }) => compose !== null)?.compose ?? null;
  return {
    unit,
    running: containers === null ? null : up.map(({ name }) => name).sort(),
    domains,
    compose: mark === null ? null : { project: mark.project, folder: mark.workingDir },
  };
}

/** The one sentence at the end. */
export function ejectedSentence({ unit, running, domains }: LeftAlone, again: boolean): string {
  const is = again ? 'was ejected already and stays so' : 'is ejected';
  const runs =
    running === null
      ? 'what runs of it runs on'
      : running.length === 0
        ? 'none of its containers runs now'
        : `${listed(running)} ${running.length === 1 ? 'runs' : 'run'} on`;
  const routed =
    domains.length === 0 ? '' : `, ${listed(domains)} still ${domains.length === 1 ? 'leads' : 'lead'} there`;
  return `${unit} ${is}: ${runs}${routed}, and Tinyforge touches nothing of it. \`tinyforge adopt ${unit}\` takes it back.`;
}

export function composeSentence({ project, folder }: { project: string; folder: string }): string {
  return `In ${folder} it is the Compose project ${project}: \`docker compose -p ${project} ps\` shows it, and Compose is free to change it.`;
}

/** `plan` was made for it as ours. */
export function takenBackSentence(unit: string, plan: UnitPlan | null): string {
  const is = `${unit} is ours again`;
  if (plan === null) return `${is}; how it differs is not known yet: its engine does not answer.`;
  if (plan.blocked !== null) return `${is}, and is left as it runs: ${plan.blocked.problem.message}.`;
  if (plan.actions.length === 0) return `${is}, as it runs: nothing is restarted.`;
  const down = plan.downtime === null ? 'no downtime expected' : `down for a moment: ${plan.downtime.why}`;
  return `${is}, and differs from its manifest: ${plan.cause?.text ?? 'it changed'} (${count(plan.actions.length, 'action')}, ${down}). The next pass puts that right.`;
}
