// Sources of tinyforge.yaml, or the one that a flag or the environment names instead.
import * as posix from 'node:path/posix';
import type { GitSourceConfig, SourceConfig } from '../model/config.ts';
import { durationMs } from './compose-values.ts';
import { sourcePath } from './compose-values-paths.ts';
import { type ConfigContext, pathOf, secretName } from './config-context.ts';
import { gitAddressFault, gitRefFault } from './config-git.ts';
import type { SourceEntry } from './schema-config.ts';

const DEFAULT_REF = 'main';
const DEFAULT_POLL_MS = 60_000;
const MIN_POLL_MS = 1_000;
const DEFAULT_WRITE_BACK = 'commit';

export function readSources(context: ConfigContext): SourceConfig[] {
  const { file, settings, add } = context;
  const named = settings.get('directory') ?? settings.get('git');
  if (named !== undefined) return [fromSettings(context)];
  const names = new Set<string>();
  return (file.sources ?? []).flatMap((entry, index) => {
    if (names.has(entry.name)) {
      const message = `Two sources are called ${entry.name}.`;
      add(['sources', index, 'name'], { reason: 'DuplicateName', message, hint: 'rename one of them' });
    }
    names.add(entry.name);
    return fromFile(entry, index, context) ?? [];
  });
}

function fromFile(entry: SourceEntry, index: number, context: ConfigContext): SourceConfig | null {
  const { add, input } = context;
  const path = ['sources', index];
  const variables = readVariables(entry, path, context);
  const folder = posix.dirname(input.file);
  if ((entry.git === undefined) === (entry.directory === undefined)) {
    const message = `The source ${entry.name} needs \`git\` or \`directory\`, one of the two.`;
    add(path, { reason: 'MissingKey', message, hint: 'for example `directory: ./forge.d`' });
    return null;
  }
  if (entry.directory !== undefined) {
    for (const key of ['credential', 'verify'] as const) {
      if (entry[key] === undefined) continue;
      const message = `\`${key}\` means nothing for a directory.`;
      add([...path, key], { reason: 'NotAllowed', message, hint: 'take it out' });
    }
    if (entry.write_back === 'branch') add([...path, 'write_back'], NO_BRANCHES);
    return {
      type: 'directory',
      name: entry.name,
      directory: posix.resolve(folder, entry.directory),
      writeBack: entry.write_back === 'off' ? 'off' : DEFAULT_WRITE_BACK,
      ...discovering(entry),
      variables,
    };
  }
  const { url = '', ref = DEFAULT_REF, path: below = '', poll, known_hosts: knownHosts } = entry.git ?? {};
  const tell = (key: string) => (wrong: Parameters<typeof add>[1]) => add([...path, 'git', key], wrong);
  return completeGit(
    {
      name: entry.name,
      url,
      ref,
      path: below,
      poll,
      credential: entry.credential === undefined ? null : secretName(entry.credential),
      knownHosts: knownHosts === undefined ? null : posix.resolve(folder, knownHosts),
      allowedSigners: entry.verify === undefined ? null : posix.resolve(folder, entry.verify.allowed_signers),
      writeBack: entry.write_back ?? DEFAULT_WRITE_BACK,
      ...discovering(entry),
      variables,
    },
    tell,
  );
}

function discovering({ discover }: SourceEntry): { discover?: 'compose' } {
  return discover === undefined ? {} : { discover };
}

function fromSettings(context: ConfigContext): SourceConfig {
  const { settings, addSetting } = context;
  const { variables } = settings;
  const directory = pathOf('directory', undefined, context);
  if (directory !== null)
    return { type: 'directory', name: 'home', directory, writeBack: DEFAULT_WRITE_BACK, variables };
  const tell = (key: string) => (wrong: Parameters<typeof addSetting>[1]) => {
    const setting = settings.get(key === 'url' ? 'git' : (key as 'ref' | 'path' | 'poll'));
    if (setting !== undefined) addSetting(setting, wrong);
  };
  const credential = settings.get('credential')?.value;
  return completeGit(
    {
      name: 'home',
      url: settings.get('git')?.value ?? '',
      ref: settings.get('ref')?.value ?? DEFAULT_REF,
      path: settings.get('path')?.value ?? '',
      poll: settings.get('poll')?.value,
      credential: credential === undefined ? null : secretName(credential),
      knownHosts: null,
      allowedSigners: null,
      writeBack: DEFAULT_WRITE_BACK,
      variables,
    },
    tell,
  );
}

type WrittenGit = Omit<GitSourceConfig, 'type' | 'pollMs'> & { poll: string | undefined };
type Tell = (key: string) => (wrong: { reason: string; message: string; hint: string | null }) => void;

function completeGit({ poll, ...written }: WrittenGit, tell: Tell): GitSourceConfig {
  const addressFault = gitAddressFault(written.url);
  if (addressFault !== null) tell('url')(addressFault);
  const refFault = gitRefFault(written.ref);
  if (refFault !== null) tell('ref')(refFault);
  const path = sourcePath(written.path, '');
  if (!path.ok) tell('path')(path.wrong);
  const interval = poll === undefined ? { ok: true as const, value: DEFAULT_POLL_MS } : durationMs(poll);
  if (!interval.ok) tell('poll')(interval.wrong);
  else if (interval.value < MIN_POLL_MS) tell('poll')(TOO_OFTEN);
  return {
    type: 'git',
    ...written,
    path: path.ok ? path.value : '',
    pollMs: interval.ok ? interval.value : DEFAULT_POLL_MS,
  };
}

const TOO_OFTEN = {
  reason: 'OutOfRange',
  message: 'Once a second is the most.',
  hint: 'for example `poll: 60s`',
};

const NO_BRANCHES = {
  reason: 'NotAllowed',
  message: 'A directory has no branches to put a change on.',
  hint: 'write `commit` to have its files replaced, or `off`',
};

function readVariables(
  entry: SourceEntry,
  path: (string | number)[],
  { add, settings }: ConfigContext,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.variables ?? {})) {
    if (typeof value === 'string' && value.includes('${secret:')) {
      const message = 'A variable cannot hold a secret: variables may end up in labels and names.';
      const hint = 'write ${secret:NAME} in the manifest, where its value is needed';
      add([...path, 'variables', name], { reason: 'SecretNotHere', message, hint });
    }
    variables[name] = String(value);
  }
  return { ...variables, ...settings.variables };
}
