// Tells whether a document is a manifest, and of what: by `kind` and `name` at its top, before anything else is read.
import type { WorkloadKind } from '../model/unit.ts';
import { nearest } from './did-you-mean.ts';
import type { Path, TextDocument } from './documents.ts';
import { isDnsLabel } from './naming.ts';

export interface IdentityFault {
  reason: string;
  message: string;
  hint: string | null;
  path: Path;
}

export type Identity =
  /** Not ours: Compose files, Kubernetes objects, data. */
  | { type: 'foreign' }
  | { type: 'manifest'; kind: WorkloadKind; name: string }
  /** Of a kind that a later version will know. */
  | { type: 'later'; kind: string; name: string | null; fault: IdentityFault }
  /** Meant as a manifest, but who it is cannot be told: `name` is what can be read of it. */
  | { type: 'unclear'; kind: WorkloadKind | null; name: string | null; fault: IdentityFault };

const LATER_KINDS = ['job', 'registry', 'notification', 'settings', 'app'];

export function identify(document: TextDocument, kinds: readonly WorkloadKind[]): Identity {
  if (!document.isMap) return { type: 'foreign' };
  const kind = document.top('kind');
  const name = document.top('name');
  const keys = document.keys();
  // Kubernetes and its like have a version; none of ours ever will.
  if (keys.includes('apiVersion')) return { type: 'foreign' };
  if (kind === undefined) return withoutKind(keys, name);
  if (typeof kind !== 'string' || kind === '')
    return name === undefined ? { type: 'foreign' } : unclearKind(name);
  const known = kinds.find((candidate) => candidate === kind);
  if (known !== undefined) return named(known, name);
  if (LATER_KINDS.includes(kind) && (typeof name === 'string' || kind === 'settings'))
    return later(kind, name);
  const meant = nearest(kind, [...kinds, ...LATER_KINDS], 1);
  return meant === null || typeof name !== 'string' ? { type: 'foreign' } : misspelt({ kind, meant, name });
}

/** `kin: project` must not read as "this workload is gone". */
function withoutKind(keys: readonly string[], name: unknown): Identity {
  const slip = keys.find((key) => key !== 'kind' && nearest(key, ['kind'], 1) !== null);
  if (slip === undefined || typeof name !== 'string') return { type: 'foreign' };
  return unclear(name, {
    reason: 'UnknownKey',
    message: `\`${slip.slice(0, 20)}\` is not a key. Did you mean \`kind\`?`,
    hint: 'correct the key; without `kind` this is no manifest',
    path: [slip],
  });
}

function unclearKind(name: unknown): Identity {
  return unclear(typeof name === 'string' ? name : null, {
    reason: 'MissingKey',
    message: '`kind` does not say what this is.',
    hint: 'write `kind: project`, `kind: stack`, `kind: site` or `kind: proxy`',
    path: ['kind'],
  });
}

function named(kind: WorkloadKind, name: unknown): Identity {
  if (typeof name === 'string' && isDnsLabel(name)) return { type: 'manifest', kind, name };
  const fault =
    name === undefined || name === null || name === ''
      ? {
          reason: 'MissingKey',
          message: `\`name\` is missing, so nobody knows which ${kind} this is.`,
          hint: 'add it, for example `name: shop`',
          path: name === undefined ? ['kind'] : ['name'],
        }
      : oddName(name);
  return { type: 'unclear', kind, name: typeof name === 'string' ? name : null, fault };
}

function oddName(name: unknown): IdentityFault {
  if (typeof name === 'string' && name.includes('$')) {
    return {
      reason: 'BadFormat',
      message: '`name` must be written out: who a workload is cannot depend on a variable.',
      hint: 'for example `name: shop`',
      path: ['name'],
    };
  }
  const isNumber = typeof name === 'number' || typeof name === 'boolean';
  return {
    reason: isNumber ? 'WrongType' : 'BadFormat',
    message: isNumber
      ? '`name` must be a text, and YAML reads this as something else.'
      : '`name` must be made of lower-case letters, digits and hyphens, 63 at most, with a letter or digit at both ends.',
    hint: isNumber ? `put it in quotes: name: "${String(name)}"` : 'for example `name: shop`',
    path: ['name'],
  };
}

function later(kind: string, name: unknown): Identity {
  const fault = {
    reason: 'LaterVersion',
    message: `\`kind: ${kind}\` is not in this version yet.`,
    hint: 'move the document to a folder that begins with _ until it is',
    path: ['kind'],
  };
  return { type: 'later', kind, name: typeof name === 'string' ? name : null, fault };
}

function misspelt({ kind, meant, name }: { kind: string; meant: string; name: string }): Identity {
  return unclear(name, {
    reason: 'UnknownKind',
    message: `\`${kind.slice(0, 40)}\` is not a kind of manifest. Did you mean \`${meant}\`?`,
    hint: 'correct the word',
    path: ['kind'],
  });
}

function unclear(name: string | null, fault: IdentityFault): Identity {
  return { type: 'unclear', kind: null, name, fault };
}
