// What a stack's Compose files may interpolate: the manifest's environment, its env files, and .env beside the file.
import type { Problem } from '../model/problem.ts';
import { isControlKey } from './compose-control-keys.ts';
import { parseEnvFile } from './env-file.ts';
import { problem } from './problem.ts';

export interface EnvText {
  /** Path from the source's root. */
  file: string;
  text: string;
}

export interface ComposeEnvironment {
  /** Values may still hold `${secret:NAME}`. */
  values: Record<string, string>;
  problems: Problem[];
  notices: Problem[];
  /** COMPOSE_PROJECT_NAME and COMPOSE_PROFILES, read as data and never given to Compose. */
  projectName: string | null;
  profiles: string[];
  /** COMPOSE_FILE of `.env`, as it is written; null where it is not set. */
  composeFile: EnvSetting | null;
  /** Settings of Compose and Docker in `.env` that nobody is given. */
  passedOver: EnvSetting[];
}

export interface EnvSetting {
  name: string;
  value: string;
  file: string;
  line: number;
}

/**
 * The manifest's `environment` wins over its `env_file`s (later over earlier), these win over `.env`: as Compose's
 * shell, `--env-file` and `.env` do.
 */
export function composeEnvironment(input: {
  environment: Readonly<Record<string, string>>;
  /** Where `environment` was written. */
  place: { file: string; line: number };
  envFiles: readonly EnvText[];
  dotEnv: EnvText | null;
  /** Settings of Compose and Docker in `.env`: refused, or passed over where nobody has written for us. */
  settings?: 'refused' | 'passed over';
}): ComposeEnvironment {
  const { environment, place, envFiles, dotEnv, settings = 'refused' } = input;
  const result: ComposeEnvironment = {
    values: {},
    problems: [],
    notices: [],
    projectName: null,
    profiles: [],
    composeFile: null,
    passedOver: [],
  };
  for (const name of Object.keys(environment)) {
    if (isControlKey(name)) result.problems.push(controlKey(name, { ...place, from: 'environment' }));
    else if (!NAME.test(name)) result.problems.push(oddName(name, { ...place, from: 'environment' }));
  }
  let values: Record<string, string> = {};
  for (const file of [...(dotEnv === null ? [] : [dotEnv]), ...envFiles]) {
    const visible = { ...values, ...environment };
    values = {
      ...values,
      ...readOne(file, { visible, result, mayHaveSettings: file === dotEnv && settings === 'passed over' }),
    };
  }
  Object.assign(result.values, values, environment);
  return result;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/** As people have them in `.env`: meant for Compose and Docker themselves, which are never given them. */
const SETTING = /^(?:COMPOSE|DOCKER)_/;
const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]*$/;

function readOne(
  { file, text }: EnvText,
  {
    visible,
    result,
    mayHaveSettings,
  }: { visible: Readonly<Record<string, string>>; result: ComposeEnvironment; mayHaveSettings: boolean },
): Record<string, string> {
  const { values, problems } = parseEnvFile(text, visible);
  for (const { severity, line, message, hint } of problems) {
    const into = severity === 'error' ? result.problems : result.notices;
    into.push(problem({ severity, reason: 'BadEnvFile', message, hint, file, line }));
  }
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const line = lineOf(text, name);
    if (name === 'COMPOSE_PROJECT_NAME' || name === 'COMPOSE_PROFILES')
      readAsData(name, value, { file, line }, result);
    else if (mayHaveSettings && name === 'COMPOSE_FILE') result.composeFile = { name, value, file, line };
    else if (mayHaveSettings && SETTING.test(name)) {
      result.passedOver.push({ name, value, file, line });
      result.notices.push(passedOver(name, { file, line }));
    } else if (isControlKey(name)) result.problems.push(controlKey(name, { file, line, from: 'file' }));
    else kept[name] = value;
  }
  return kept;
}

function readAsData(
  name: 'COMPOSE_PROJECT_NAME' | 'COMPOSE_PROFILES',
  value: string,
  place: { file: string; line: number },
  result: ComposeEnvironment,
): void {
  const isName = name === 'COMPOSE_PROJECT_NAME';
  if (isName && !PROJECT_NAME.test(value)) {
    result.problems.push(oddProject(value, place));
    return;
  }
  if (isName) result.projectName = value;
  if (!isName) result.profiles = value.split(',').flatMap((profile) => profile.trim() || []);
  result.notices.push(
    problem({
      severity: 'info',
      reason: 'ReadAsData',
      message: `${name} is read as \`${isName ? 'project' : 'profiles'}\` of this stack, and not given to Compose.`,
      hint: `Write \`${isName ? `project: ${value.slice(0, 60)}` : `profiles: [${value.slice(0, 60)}]`}\` in a manifest instead.`,
      ...place,
    }),
  );
}

function passedOver(name: string, place: { file: string; line: number }): Problem {
  return problem({
    severity: 'info',
    reason: 'SettingPassedOver',
    message: `${name.slice(0, 60)} is a setting of Compose or Docker: it is passed over.`,
    hint: 'Nothing to do; what it asks for is set in tinyforge.yaml or in a manifest, if at all.',
    ...place,
  });
}

function oddProject(value: string, place: { file: string; line: number }): Problem {
  return problem({
    reason: 'ProjectName',
    message: `COMPOSE_PROJECT_NAME is ${JSON.stringify(value.slice(0, 60))}, which no Compose project can be called.`,
    hint: 'Use lower-case letters, digits, hyphens and underscores, with a letter or digit in front.',
    ...place,
  });
}

function controlKey(
  name: string,
  place: { file: string; line: number; from: 'file' | 'environment' },
): Problem {
  return problem({
    reason: 'ControlKey',
    message: `${name.slice(0, 60)}: this name would be taken for a setting of Compose or git, not of your services.`,
    hint: 'Rename it, or set it under services.*.environment.',
    file: place.file,
    line: place.line,
    ...(place.from === 'environment' ? { path: `environment › ${name.slice(0, 60)}` } : {}),
  });
}

function oddName(name: string, place: { file: string; line: number; from: 'environment' }): Problem {
  return problem({
    reason: 'OddVariableName',
    message: `${JSON.stringify(name.slice(0, 60))} cannot be the name of a variable.`,
    hint: 'Use letters, digits and underscores.',
    file: place.file,
    line: place.line,
  });
}

/** The last line that sets a name: the one that counts. */
function lineOf(text: string, name: string): number {
  const lines = text.split('\n');
  const index = lines.findLastIndex((line) => {
    const [, key] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]/.exec(line) ?? [];
    return key === name;
  });
  return index + 1 || 1;
}
