// The words and figures of a stack's plan: cause, versions, health, downtime.
import { isUp } from '../../core/generation/slots.ts';
import type { Cause, UnitHealth, UnitPlan } from '../../model/plan.ts';
import type { StackModel, StackService } from '../../model/resolved.ts';
import { isDown, type ServiceView } from './service-state.ts';
import type { Survey } from './survey.ts';

export function causeOf(
  { views, wrong: made, switches, surplus, leftovers, standing, adopting }: Survey,
  model: StackModel,
  stopped: boolean,
): Cause | null {
  if (stopped) return { type: 'change', text: 'state: stopped' };
  const wrong = [...made, ...switches.map(({ view }) => view)];
  if (wrong.length > 0 && standing.length === 0)
    return { type: 'create', text: `new: ${list(wrong.map((view) => view.name))}` };
  const changed = wrong.filter((view) =>
    view.containers.some((container) => container.ours?.specHash !== view.service.specHash),
  );
  const since = changed.filter((view) => view.containers.some(({ ours }) => ours === null));
  if (since.length > 0)
    return {
      type: 'change',
      text: `${list(since.map((view) => view.name))} changed since somebody else started it, and is made anew`,
    };
  if (changed.length > 0) {
    const moved = changed.flatMap((view) => model.moved?.[view.name] ?? [])[0];
    const why = moved === undefined ? '' : `: its folder moved, ${moved}`;
    return { type: 'change', text: `${list(changed.map((view) => view.name))} changed${why}` };
  }
  const short = wrong.filter((view) => view.containers.length !== view.service.scale);
  if (short.length > 0)
    return {
      type: 'drift',
      text: `${list(short.map((view) => view.name))}: not as many containers as declared`,
    };
  const cutOff = wrong.filter((view) => view.cutOff);
  if (cutOff.length > 0)
    return { type: 'drift', text: `${list(cutOff.map((view) => view.name))}: a network of theirs is gone` };
  if (wrong.length > 0)
    return { type: 'drift', text: `${list(wrong.map((view) => view.name))}: made, but never started` };
  const down = views.flatMap((view) =>
    view.containers.filter((container) => isDown(view.service, container, model)),
  );
  const first = down[0];
  if (first)
    return {
      type: 'drift',
      text: `${first.name} is stopped${first.exitCode === null ? '' : ` (exit ${first.exitCode})`}`,
    };
  const off = views.flatMap((view) => view.off)[0];
  if (off) return { type: 'drift', text: `${off.container.name} was taken off its network ${off.network}` };
  if (model.pendingFiles !== null) return { type: 'change', text: 'files changed' };
  if (surplus.length > 0)
    return {
      type: 'change',
      text: `${list(surplus.map((container) => container.compose?.service ?? container.name))} is no longer declared`,
    };
  if (leftovers.length > 0)
    return { type: 'cleanup', text: 'a container was left behind by an interrupted change' };
  if (adopting.length > 0) return { type: 'adopt', text: `runs as declared, and is ours from now on` };
  return views.some((view) => view.wellness !== 'healthy')
    ? { type: 'create', text: 'not proven yet' }
    : null;
}

/** Compose stops the old container before it starts the new one, service by service. */
export function downtimeOf(
  wrong: readonly ServiceView[],
  /** Services that could be switched without a gap, were it not for what their files say. */
  routed: ReadonlySet<string>,
): UnitPlan['downtime'] {
  const replaced = wrong.filter((view) => view.containers.some(isUp));
  if (replaced.length === 0) return null;
  const ms = Math.max(
    ...replaced.map(
      (view) => 1_000 + Math.min(view.service.stopGraceMs, 2_000) + (view.service.hasHealthcheck ? 2_000 : 0),
    ),
  );
  const why = `Compose stops ${list(replaced.map((view) => view.name))} before it starts the new one`;
  const reason = replaced.find(({ name, service }) => routed.has(name) && service.sideBySide !== null);
  return { ms, why: reason === undefined ? why : `${why} (${reason.name}: ${reason.service.sideBySide})` };
}

export function runsOf(standing: Survey['standing'], services: Survey['services']): string | null {
  const main = mainService(services);
  const running = standing.filter(isUp);
  const container = running.find((entry) => entry.compose?.service === main) ?? running[0];
  return container === undefined ? null : (container.ours?.release ?? tagOf(container.image));
}

export function wantsOf(services: Survey['services']): string | null {
  const service = services[mainService(services) ?? ''];
  return service === undefined ? null : tagOf(service.image);
}

export function healthOf(views: readonly ServiceView[]): UnitHealth {
  const total = views.length;
  const ready = views.filter((view) => view.wellness === 'healthy').length;
  if (ready === total) return { status: total === 0 ? 'none' : 'healthy', ready, total, detail: null };
  const ill = views.find((view) => view.wellness === 'unhealthy');
  return ill
    ? { status: 'unhealthy', ready, total, detail: `${ill.name} ${ailment(ill)}` }
    : { status: 'starting', ready, total, detail: null };
}

function ailment({ containers, service }: ServiceView): string {
  const first = containers.find((container) => container.state !== 'running') ?? containers[0];
  if (first === undefined) return 'is missing';
  if (first.state !== 'exited') return first.state === 'running' ? 'is unhealthy' : `is ${first.state}`;
  return `${service.oneShot ? 'ended' : 'stopped'} with exit ${first.exitCode ?? '?'}`;
}

/** The service that stands for the stack's version: the one that others build on least, by name where that is a tie. */
function mainService(services: Readonly<Record<string, StackService>>): string | undefined {
  const needed = new Set(Object.values(services).flatMap((service) => service.dependsOn));
  const names = Object.keys(services).sort();
  return names.find((name) => !needed.has(name)) ?? names[0];
}

function tagOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':')[1];
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 7) ?? 'latest';
}

function list(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}
