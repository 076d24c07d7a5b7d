// Chooses the services that are asked for: those without profiles, and those of a profile that is on.

import type { Problem } from '../model/problem.ts';
import { isJson, type Json, list, map, type ResolvedModel, text } from './compose-model.ts';
import { problem } from './problem.ts';

/**
 * Compose was asked for all profiles, so that nothing hides from judgement behind one that is off; what is not asked
 * for is taken out here. `*` turns all on.
 */
export function chooseServices(
  model: ResolvedModel,
  profiles: readonly string[],
): { model: ResolvedModel; problems: Problem[] } {
  const isOn = (service: Json) => {
    const own = list(service.profiles).flatMap((profile) => text(profile) ?? []);
    return own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile));
  };
  const chosen = Object.entries(model.services).filter(([, service]) => isOn(service));
  const names = new Set(chosen.map(([name]) => name));
  const problems: Problem[] = [];
  const services = Object.fromEntries(
    chosen.map(([name, service]) => {
      const dependencies = Object.entries(dependsOn(service));
      for (const [needed, condition] of dependencies) {
        if (!names.has(needed) && condition.required !== false) problems.push(needsHidden(name, needed));
      }
      const kept = dependencies.filter(([needed]) => names.has(needed));
      const { profiles: _profiles, ...rest } = service;
      return [
        name,
        kept.length === dependencies.length ? rest : { ...rest, depends_on: Object.fromEntries(kept) },
      ];
    }),
  );
  return { model: withoutUnused({ ...model, services }), problems };
}

export function dependsOn(service: Json): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(map(service.depends_on)).map(([name, condition]) => [name, map(condition)]),
  );
}

/** Networks and volumes that only a hidden service uses would be made, or asked for, for nothing. */
function withoutUnused(model: ResolvedModel): ResolvedModel {
  const services = Object.values(model.services);
  const networks = new Set(services.flatMap((service) => Object.keys(map(service.networks))));
  const volumes = new Set(
    services.flatMap((service) =>
      list(service.volumes).flatMap((volume) =>
        isJson(volume) && volume.type === 'volume' ? (text(volume.source) ?? []) : [],
      ),
    ),
  );
  const only = (all: Readonly<Record<string, Json>>, used: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => used.has(key)));
  return { ...model, networks: only(model.networks, networks), volumes: only(model.volumes, volumes) };
}

function needsHidden(name: string, needed: string): Problem {
  return problem({
    reason: 'DependencyHidden',
    message: `services.${name}.depends_on: ${needed} is behind a profile that is off, so ${name} could never start.`,
    hint: `Add the profile under \`profiles\` of the stack, or write \`required: false\` at ${needed}.`,
    path: `services.${name}.depends_on.${needed}`,
  });
}
