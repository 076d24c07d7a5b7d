// What the Compose files of a stack may interpolate, with the secrets put in, and what is told about it.
import { composeEnvironment, type EnvSetting } from '../../core/compose-env.ts';
import { folderOf } from '../../core/compose-path.ts';
import { variableNotSet } from '../../core/compose-sentences.ts';
import { parseEnvFile } from '../../core/env-file.ts';
import { problem } from '../../core/problem.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Reading } from './bounded-reader.ts';
import type { StackDeps } from './types.ts';

export interface StackVariables {
  values: Record<string, string>;
  problems: Problem[];
  notices: Problem[];
  projectName: string | null;
  profiles: string[];
  /** Names of the secrets in use. */
  secrets: string[];
}

const MAX_ENV_BYTES = 1024 * 1024;
const SECRET = /\$\{secret:([^}]+)\}/g;

/** Adds the stamps of the env files to the reading. */
export async function stackVariables(
  { tree, secrets }: Pick<StackDeps, 'tree' | 'secrets'>,
  desired: DesiredStack,
  reading: Reading,
): Promise<StackVariables> {
  const problems: Problem[] = [];
  const isListedByEnv = desired.discovered?.listed === 'folder';
  const folder = folderOf(desired.compose[0] ?? '');
  const dotEnv = await env(folder === '' ? '.env' : `${folder}/.env`, true);
  const envFiles = [];
  for (const path of desired.envFiles) {
    const file = await env(path, false);
    if (file !== null) envFiles.push(file);
  }
  const { environment, place } = desired;
  const merged = composeEnvironment({
    ...{ environment, place, envFiles, dotEnv },
    settings: desired.discovered === undefined ? 'refused' : 'passed over',
  });
  problems.push(...merged.problems, ...neededSettings(reading, merged.passedOver));
  const given = new Set(Object.keys(merged.values));
  for (const [file, text] of reading.includeEnv) {
    // Compose itself puts these in; what we need of them is their names.
    const judged = composeEnvironment({ environment: {}, place, envFiles: [], dotEnv: { file, text } });
    problems.push(...judged.problems.filter(({ reason }) => reason === 'ControlKey'));
    for (const name of Object.keys(parseEnvFile(text).values)) given.add(name);
  }
  const { values, names } = withSecrets(merged.values);
  return {
    values,
    problems,
    notices: [
      ...merged.notices,
      ...(merged.composeFile === null || isListedByEnv ? [] : [filesAreNamed(merged.composeFile)]),
      ...notSet(reading, given),
    ],
    projectName: merged.projectName,
    profiles: merged.profiles,
    secrets: names,
  };

  async function env(path: string, mayBeMissing: boolean) {
    reading.referenced.add(path);
    try {
      const { text, stamp } = await tree.readText({ root: desired.root, path, maxBytes: MAX_ENV_BYTES });
      reading.stamps.set(path, stamp);
      return { file: path, text };
    } catch (error) {
      if (!isFault(error) || error.disposition === 'retry') throw error;
      if (error.reason === 'FileMissing') reading.stamps.set(path, 'missing');
      if (error.reason !== 'FileMissing' || !mayBeMissing) {
        const { reason, message, hint } = error;
        problems.push(problem({ reason, message, hint, file: desired.place.file, line: desired.place.line }));
      }
      return null;
    }
  }

  function withSecrets(from: Readonly<Record<string, string>>) {
    const names = new Set<string>();
    const values: Record<string, string> = {};
    for (const [key, text] of Object.entries(from)) {
      const value = text.replaceAll(SECRET, (_all, name: string) => {
        names.add(name);
        const secret = secrets.get(name);
        if (secret === null) problems.push(secretMissing(name, desired));
        return secret ?? '';
      });
      if (value.includes('\0')) problems.push(nulInValue(key, desired));
      else values[key] = value;
    }
    return { values, names: [...names].sort() };
  }
}

/** A file that asks for what is passed over would mean something else without it. */
function neededSettings(reading: Reading, passedOver: readonly EnvSetting[]): Problem[] {
  return passedOver.flatMap(({ name, file, line }) => {
    const use = new RegExp(`(?<!\\$)(?:\\$\\$)*\\$\\{?${name}(?![A-Za-z0-9_])`);
    const user = reading.composeFiles.find((one) => use.test(reading.files.get(one.file) ?? ''));
    if (user === undefined) return [];
    return problem({
      reason: 'ControlKey',
      message: `${user.file} uses ${name.slice(0, 60)}: this name would be taken for a setting of Compose or Docker, so no value is given to it.`,
      hint: 'Rename it in both files.',
      file,
      line,
    });
  });
}

function filesAreNamed({ file, line }: EnvSetting): Problem {
  return problem({
    severity: 'info',
    reason: 'SettingPassedOver',
    message: 'COMPOSE_FILE is passed over: the manifest says which files this stack is made of.',
    hint: 'Name them under `compose` of the manifest.',
    file,
    line,
  });
}

function notSet(reading: Reading, given: ReadonlySet<string>): Problem[] {
  return reading.composeFiles.flatMap(({ file, variables, placeOf }) =>
    variables
      .filter(({ name }) => !given.has(name))
      .map(({ name, offset }) =>
        problem({ severity: 'warning', ...variableNotSet(name), file, ...placeOf(offset) }),
      ),
  );
}

function secretMissing(name: string, { place }: DesiredStack): Problem {
  return problem({
    reason: 'SecretMissing',
    message: `No secret is named ${name}.`,
    hint: `Put a file ${name} into the secrets folder, or set TINYFORGE_SECRET_${name.toUpperCase().replaceAll(/[.-]/g, '_')}.`,
    file: place.file,
    line: place.line,
    column: place.column,
  });
}

function nulInValue(name: string, { place }: DesiredStack): Problem {
  return problem({
    reason: 'BadValue',
    message: `The value of ${name} holds a NUL byte, which no variable can.`,
    hint: 'Give it as text.',
    file: place.file,
    line: place.line,
  });
}
