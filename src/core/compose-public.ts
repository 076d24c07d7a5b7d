// Finds secrets in those parts of a resolved stack that anybody sees who may list containers.
import type { Problem } from '../model/problem.ts';
import { isJson, type Json, map, type ResolvedModel, undoubled } from './compose-model.ts';
import { problem } from './problem.ts';

export interface SecretInUse {
  name: string;
  value: string;
}

/** Keys of a service whose values are told in lists, labels, events and plans. */
const PUBLIC_KEYS = [
  'image',
  'container_name',
  'hostname',
  'domainname',
  'labels',
  'annotations',
  'ports',
  'networks',
];

/** Labels cannot be hidden from engine users, and names are in every log: a secret there is a secret no more. */
export function secretsInPublic(model: ResolvedModel, secrets: readonly SecretInUse[]): Problem[] {
  if (secrets.length === 0) return [];
  const problems: Problem[] = [];
  const look = (value: unknown, at: string): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, `${at}[${index}]`);
    if (isJson(value)) {
      for (const [key, member] of Object.entries(value)) {
        look(key, at);
        look(member, `${at}.${key}`);
      }
    }
    if (typeof value !== 'string') return;
    const found = secrets.find((secret) => undoubled(value).includes(secret.value));
    if (found !== undefined) problems.push(publicSecret(at, found.name));
  };
  for (const [name, service] of Object.entries(model.services)) {
    for (const key of PUBLIC_KEYS) look(service[key], `services.${name}.${key}`);
    look(map(service.deploy).labels, `services.${name}.deploy.labels`);
    // Arguments of a build stay in the history of its image.
    look(service.build, `services.${name}.build`);
  }
  for (const section of ['networks', 'volumes', 'configs', 'secrets'] as const) {
    for (const [key, part] of Object.entries(model[section])) look(publicPart(part), `${section}.${key}`);
  }
  return problems;
}

function publicPart({ name, labels, driver }: Json): Json {
  return { name, labels, driver };
}

function publicSecret(at: string, name: string): Problem {
  return problem({
    reason: 'SecretInPublic',
    message: `${at}: everybody who may list containers would see the secret ${name} here.`,
    hint: 'Give it to the service by `environment` or `secrets`.',
    path: at,
  });
}
