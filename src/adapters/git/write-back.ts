// Commits one changed file to the branch of a source and pushes it: no checkout, no hook, no shell, and again where somebody was faster.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { unifiedDiff } from '../../core/unified-diff.ts';
import type { GitSourceConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { WriteBack, WriteRefusal, WriteRequest, Written } from '../../ports/write-back.ts';
import { gitFault, isDamaged } from './failures.ts';
import { withLock } from './lock.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { isPushRace, pushFault } from './push-failures.ts';
import type { FailureContext } from './sentences.ts';
import { readSettings, sourcePlaces } from './settings.ts';
import { makeCommit, readFileAt } from './tree-edit.ts';

export interface GitWriteBackDeps {
  config: GitSourceConfig;
  dataDirectory: string;
  secrets: Pick<Secrets, 'get' | 'redact'>;
  clock: Clock;
}

/** Others may push all day; after this many times a person is told. */
const MOST_TRIES = 4;
const BRANCH = 'refs/heads/';

/** A mirror of its own, so that neither a poll nor a checkout waits for a push. */
export function createGitWriteBack(deps: GitWriteBackDeps): WriteBack {
  const { config, secrets, clock } = deps;
  const { name: source, writeBack: mode, ref, credential } = config;
  const knownHosts = config.knownHosts === null ? [] : [config.knownHosts];

  async function write(request: WriteRequest): Promise<Written> {
    const { signal } = request;
    try {
      const { address, wanted, path } = readSettings(config);
      const context = { address, ref, credential, redact: (text: string) => secrets.redact(text) };
      const folder = join(sourcePlaces(deps.dataDirectory, source).mirror, '..');
      const mirror = createMirror({ directory: join(folder, 'write.git'), context, knownHosts, secrets });
      const file = path === '' ? request.change.file : `${path}/${request.change.file}`;
      const place = { mirror, context, file, locate: () => mirror.locate(wanted, signal) };
      return await withLock({ path: join(folder, 'write.lock'), clock, signal }, () =>
        tryAll(place, request),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!isFault(error)) throw error;
      return refused(error, null);
    }
  }

  async function tryAll(place: Place, request: WriteRequest): Promise<Written> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await tryOnce(place, request);
      } catch (error) {
        request.signal.throwIfAborted();
        // The edit is made again on what the other one pushed.
        if (isPushRace(error) && tries < MOST_TRIES) continue;
        if (isPushRace(error)) return refused(TOO_BUSY, null);
        throw gitFault(error, place.context);
      }
    }
  }

  async function tryOnce({ mirror, context, file, locate }: Place, request: WriteRequest): Promise<Written> {
    const { change, signal } = request;
    const located = await locate();
    if (!located.ref.startsWith(BRANCH)) return refused(noBranch(ref), null);
    const base = await mirror.fetch(located, signal).catch(async (error: unknown) => {
      if (!isDamaged(error)) throw error;
      await mirror.discard();
      return await mirror.fetch(located, signal);
    });
    const before = await readFileAt(mirror, { commit: base, file, signal });
    if ('refusal' in before) return refused(before.refusal, null);
    const result = change.apply(before.text);
    if (!result.ok) return refused(result.refusal, null);
    if (result.text === before.text) return { type: 'unchanged' };
    const patch = unifiedDiff(file, { before: before.text, after: result.text });
    const obstacle = obstacleOf(config);
    if (obstacle !== null) return refused(obstacle, patch);
    const message =
      request.author === null
        ? request.message
        : `${request.message}\n\nAsked-by: ${oneLine(request.author)}`;
    const commit = await makeCommit(mirror, {
      base,
      file: { path: file, mode: before.mode, text: result.text },
      message: plainMessage(message),
      clock,
      signal,
    });
    const branch = mode === 'branch' ? branchName(change.file, commit) : located.ref.slice(BRANCH.length);
    try {
      await mirror.push(`${commit}:${BRANCH}${branch}`, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isPushRace(error)) throw error;
      return refused(pushFault(error, context), patch);
    }
    return { type: 'written', commit, branch, takesEffect: mode === 'commit', patch };
  }

  return { source, mode, write };
}

interface Place {
  mirror: Mirror;
  context: FailureContext;
  /** From the root of the repository. */
  file: string;
  locate(): ReturnType<Mirror['locate']>;
}

function refused({ reason, message, hint }: WriteRefusal, patch: string | null): Written {
  return { type: 'refused', refusal: { reason, message, hint }, patch };
}

function obstacleOf({ name, writeBack, allowedSigners }: GitSourceConfig): WriteRefusal | null {
  if (writeBack === 'off') {
    return {
      reason: 'WriteBackOff',
      message: `Nothing is written to ${name}: its \`write_back\` is off.`,
      hint: 'Commit the patch yourself, or set `write_back: commit`.',
    };
  }
  if (writeBack === 'commit' && allowedSigners !== null) {
    return {
      reason: 'CommitMustBeSigned',
      message: `${name} applies only signed commits, and Tinyforge has no key to sign with.`,
      hint: 'Commit and sign the patch yourself, or set `write_back: branch` and merge with a signature.',
    };
  }
  return null;
}

function noBranch(ref: string): WriteRefusal {
  return {
    reason: 'NotABranch',
    message: `The source follows ${ref}, which is no branch, so nothing can be committed to it.`,
    hint: 'Name a branch as its `ref`, or commit where that tag is made from.',
  };
}

const TOO_BUSY: WriteRefusal = {
  reason: 'PushRace',
  message: 'Others pushed to the branch each time before this change arrived, so it was not written.',
  hint: 'Ask again in a moment.',
};

/** One for each change, so that no two share a branch. */
function branchName(file: string, commit: string): string {
  const words = file
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const short = createHash('sha256').update(commit).digest('hex').slice(0, 8);
  return `tinyforge/${words.slice(0, 60) || 'change'}-${short}`;
}

/** A second line would be a trailer of its own: somebody else's name. */
function oneLine(author: string): string {
  return author.replace(/\s+/g, ' ').trim().slice(0, 100);
}

/** Text of a message and nothing that a terminal or a log would obey. */
function plainMessage(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
  return `${message.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ').trim()}\n`;
}
