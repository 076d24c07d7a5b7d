// Makes an image of a Dockerfile by the engine's classic builder, which needs no client beside the socket, or of a whole tree.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { callEngine } from './engine-call.ts';
import { throwStreamError } from './load.ts';

export interface ImageBuild {
  readonly socketPath: string;
  /** `name:tag` */
  readonly reference: string;
  /** A tar with the Dockerfile at its root. */
  readonly context: Buffer | Readable;
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** `none` cuts the build off from everybody. */
  readonly network?: 'none' | 'default';
  readonly timeoutMs?: number;
}

/** Answers with what the builder said. Throws its error, with the last of what it said before. */
export async function buildImage(build: ImageBuild): Promise<string> {
  const { socketPath, reference, context, buildArguments = {}, network = 'default' } = build;
  const query = new URLSearchParams({
    t: reference,
    rm: '1',
    forcerm: '1',
    version: '1',
    networkmode: network,
    buildargs: JSON.stringify(buildArguments),
  });
  const { status, text } = await callEngine({
    socketPath,
    method: 'POST',
    path: `/build?${query}`,
    body: context,
    timeoutMs: build.timeoutMs ?? 300_000,
  });
  const said = wordsOf(text);
  throwStreamError(`building ${reference}, after:\n${said.slice(-3_000)}\n`, status, text);
  return said;
}

/** An image of one layer, which this tar holds. `changes` are lines of a Dockerfile. */
export async function importImage(options: {
  readonly socketPath: string;
  readonly reference: string;
  readonly content: Readable;
  readonly changes?: readonly string[];
}): Promise<void> {
  const { socketPath, reference, content, changes = [] } = options;
  const [repo = '', tag = 'latest'] = reference.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo, tag });
  for (const change of changes) query.append('changes', change);
  const { status, text } = await callEngine({
    socketPath,
    method: 'POST',
    path: `/images/create?${query}`,
    body: content,
    timeoutMs: 120_000,
  });
  throwStreamError(`importing ${reference}`, status, text);
}

/** Entries of several folders as one tar, all of them root's, whoever has them here. */
export function tarOfFolders(parts: readonly { folder: string; entries: readonly string[] }[]): Readable {
  const owners = ['--owner=0', '--group=0', '--numeric-owner'];
  const entries = parts.flatMap((part) => ['--directory', part.folder, ...part.entries]);
  const child = spawn('tar', ['--create', ...owners, ...entries], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.once('error', (error) => child.stdout.destroy(error));
  // A tar that ends badly must not pass for a short one.
  child.once('exit', (code) => {
    if (code !== 0) child.stdout.destroy(new Error(`tar ended with ${code}.`));
  });
  return child.stdout;
}

function wordsOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (JSON.parse(line) as { readonly stream?: string }).stream ?? '')
    .join('');
}
