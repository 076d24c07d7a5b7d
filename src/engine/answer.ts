// Answers one question of a kind. What cannot be answered becomes a problem that holds the unit, never an exception.
import { problem } from '../core/problem.ts';
import { isFault } from '../model/errors.ts';
import type { Answer, Need } from '../model/resolved.ts';
import { answerBinds } from './answer-binds.ts';
import { answerDigest, type DigestCache } from './answer-digest.ts';
import { answerRepository, answerTree, type TreeCache } from './answer-tree.ts';
import type { EngineDeps } from './deps.ts';
import { problemsOf } from './stack/refused.ts';

const AS_APPLIED = 'It runs as last applied.';

export interface AnswerCaches {
  digests: DigestCache;
  trees: TreeCache;
  /** Root of each source's newest tree. */
  roots: Map<string, string>;
}

export async function answer(deps: EngineDeps, caches: AnswerCaches, need: Need): Promise<Answer> {
  try {
    return await look(deps, caches, need);
  } catch (error) {
    return failed(error);
  }
}

async function look(deps: EngineDeps, caches: AnswerCaches, need: Need): Promise<Answer> {
  switch (need.type) {
    case 'secret':
      return answerSecret(deps, need.name);
    case 'file': {
      const root = caches.roots.get(need.source) ?? '';
      const { text } = await deps.tree.readText({ root, path: need.path, maxBytes: need.maxBytes });
      return { ok: true, type: 'file', text };
    }
    case 'binds': {
      const root = caches.roots.get(need.source) ?? '';
      return answerBinds(deps, { root, paths: need.paths, effect: AS_APPLIED });
    }
    case 'image': {
      const runtime = deps.runtimes.get(need.host);
      return { ok: true, type: 'image', image: (await runtime?.inspectImage(need.image)) ?? null };
    }
    case 'digest':
      return answerDigest(deps, caches.digests, need.image);
    case 'tree':
      return answerTree(deps, caches.trees, need);
    case 'repository':
      return answerRepository(deps, caches.trees, need.content);
    case 'built':
      return { ok: true, type: 'content', ...(await deps.contents.lookBuilt(need.id)) };
    case 'content':
      return { ok: true, type: 'content', ...(await deps.contents.look(need.content)) };
    case 'data': {
      const [first, ...more] = await deps.stacks.leftBehind(need.desired, need);
      if (first === undefined) return { ok: true, type: 'data' };
      return { ok: false, problem: { ...first, effect: 'Nothing was stopped.' }, retry: false, more };
    }
    case 'stack': {
      const model =
        need.which === 'good'
          ? await deps.stacks.good(need.desired, need.hash)
          : await deps.stacks.resolve(need.desired);
      if (model !== null) return { ok: true, type: 'stack', model };
      return {
        ok: false,
        problem: problem({
          reason: 'NothingGood',
          message: `No earlier files of ${need.desired.unit} are kept`,
        }),
        retry: false,
      };
    }
  }
}

function answerSecret({ secrets, control }: EngineDeps, name: string): Answer {
  const value = secrets.get(name);
  if (value !== null)
    return { ok: true, type: 'secret', fingerprint: control.fingerprint(`secret:${name}`, value) };
  return {
    ok: false,
    retry: false,
    problem: problem({
      reason: 'SecretMissing',
      message: `No secret is named ${name}`,
      effect: AS_APPLIED,
      hint: `Put a file ${name} into the secrets folder, or set TINYFORGE_SECRET_${name.toUpperCase().replaceAll('-', '_')}.`,
    }),
  };
}

function failed(error: unknown): Answer {
  if (!isFault(error)) throw error;
  const retry = error.disposition === 'retry';
  // All that is wrong with a stack's files at once, each with its place.
  const [first, ...more] = problemsOf(error);
  if (first !== undefined) return { ok: false, retry, problem: { ...first, effect: AS_APPLIED }, more };
  const { reason, message, hint } = error;
  return { ok: false, retry, problem: problem({ reason, message, hint, effect: AS_APPLIED }) };
}
