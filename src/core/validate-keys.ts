// Keys that are unknown, of a later version, or missing.
import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearest } from './did-you-mean.ts';
import type { Path } from './documents.ts';
import { type Finding, pathText } from './validate-finding.ts';
import { matches } from './validate-path.ts';
import type { Subject } from './validate-subject.ts';
import { choice, exampleOf, type SpokenSchema } from './validate-words.ts';

export interface ErrorAt {
  error: ErrorObject;
  path: Path;
  subject: Subject;
}

export function strangeKey({ error, path, subject }: ErrorAt, key: string): Finding {
  const schema = error.parentSchema as SpokenSchema;
  const at = { path: [...path, key], part: 'key' as const };
  if (subject.later.some((pattern) => matches([...path, key], pattern))) {
    return {
      ...at,
      reason: 'LaterVersion',
      message: `\`${key}\` is not in this version yet.`,
      hint: 'take it out for now',
    };
  }
  if (schema.keyExpects !== undefined) {
    return {
      ...at,
      reason: 'BadFormat',
      message: `\`${key.slice(0, 60)}\` cannot be used as a name here; it must be ${schema.keyExpects}.`,
      hint: 'choose another name',
    };
  }
  const names = Object.keys(schema.properties ?? {});
  const elsewhere = ELSEWHERE[key];
  const meant = elsewhere === undefined ? nearest(key, names) : null;
  return {
    ...at,
    reason: 'UnknownKey',
    message: `\`${key.slice(0, 60)}\` is not a key of ${pathText(path) ?? subject.what}.${meant === null ? '' : ` Did you mean \`${meant}\`?`}`,
    hint: elsewhere ?? keysHint(names, { path, subject, corrects: meant !== null }),
    ...(meant === null ? {} : { meant }),
  };
}

function keysHint(names: string[], at: { path: Path; subject: Subject; corrects: boolean }): string {
  if (at.corrects) return 'correct the key';
  if (names.length <= 8) return `its keys are ${choice(names.map((name) => `\`${name}\``))}`;
  return `take it out; all keys: \`tinyforge schema ${at.subject.what}\``;
}

export function missingKey({ error, path, subject }: ErrorAt, key: string): Finding {
  const schema = (error.parentSchema as SpokenSchema).properties?.[key] ?? {};
  return {
    path,
    part: 'key',
    reason: 'MissingKey',
    meant: key,
    message: `\`${key}\` is missing${path.length > 0 ? ` in ${pathText(path)}` : `: a ${subject.what} needs it`}.`,
    hint: exampleHint('add it', key, schema),
  };
}

export function exampleHint(
  otherwise: string,
  key: string | number | undefined,
  schema: SpokenSchema,
): string {
  return exampleOf(key, schema) ?? otherwise;
}

/** Keys that people bring from Compose or elsewhere, and where their meaning lives here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  container_name: 'containers are named after the workload; for a name of your own inside, use `hostname`',
  links: 'use `networks`; containers on one network know each other by name',
  scale: 'use `replicas`',
  version: 'take it out; `image` and `tag` say which version runs',
  services: 'services belong to a Compose file: use `kind: stack`',
  metadata: 'write `kind` and `name` at the top of the document',
  spec: 'write the keys at the top of the document',
  apiVersion: 'take it out; a manifest has only `kind` and `name`',
  env: 'use `environment`',
  restart_policy: 'use `restart`',
};
