// One resolution of a stack: our own reading, then Compose's on a private copy, then the judgement.
import { canonicalJson } from '../../core/canonical.ts';
import { interpolate, lookupIn } from '../../core/interpolate.ts';
import { problem } from '../../core/problem.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { type Fault, fault, isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { type Built, build, projectName } from './build.ts';
import { readStackFiles } from './gather.ts';
import type { Layout } from './layout.ts';
import { composeFilesOf } from './listed.ts';
import { configOfCopy } from './private-copy.ts';
import { redacted, stackRefused } from './refused.ts';
import type { Gathered, StackDeps } from './types.ts';
import { stackVariables } from './variables.ts';

/** Reads and judges by ourselves. Problems are in the result, for the paths read so far matter to the watcher. */
export async function gather(deps: StackDeps, desired: DesiredStack): Promise<Gathered> {
  const listed = await composeFilesOf(deps.tree, desired);
  const { compose } = listed;
  const reading = await readStackFiles(deps.tree, { ...desired, compose });
  const variables = await stackVariables(deps, desired, reading);
  const fileName = reading.composeFiles.find(
    (file) => compose.includes(file.file) && file.name !== null,
  )?.name;
  const literalName = literal(fileName ?? null, desired, variables.values);
  const project = projectName(desired, { env: variables.projectName, file: literalName });
  return {
    compose,
    files: reading.files,
    watched: [...reading.stamps].map(([path, stamp]) => ({ path, as: 'file', stamp })),
    problems: once([...listed.problems, ...reading.problems, ...variables.problems]),
    notices: [
      ...listed.notices,
      ...variables.notices,
      ...(literalName !== null ? nameNotice(desired, literalName, project) : []),
    ],
    variables: variables.values,
    project,
    profiles: [...new Set([...desired.profiles, ...variables.profiles])].sort(),
    missing: reading.missing,
    referenced: reading.referenced,
    secrets: variables.secrets,
  };
}

/** All that Compose's answer depends on, as one keyed text: the same key, the same answer. */
export function inputsKey(
  deps: StackDeps,
  given: { desired: DesiredStack; layout: Layout; gathered: Gathered; version: string },
): string {
  const { desired, layout, gathered, version } = given;
  const inputs = canonicalJson({
    format: 1,
    version,
    controller: deps.controller,
    ...wish(desired),
    projectDirectory: layout.projectDirectory,
    project: gathered.project,
    profiles: gathered.profiles,
    compose: gathered.compose,
    variables: gathered.variables,
    files: [...gathered.files].sort(([a], [b]) => (a < b ? -1 : 1)),
    missing: [...gathered.missing.keys()].sort(),
  });
  return deps.control.fingerprint(`stack-inputs:${desired.unit}`, inputs);
}

/** What of the wish shapes the model: not its place, its revision or its checkout. */
export function wish(desired: DesiredStack): Record<string, unknown> {
  const { unit, workloadId, project, compose, envFiles, environment, profiles, services, inPlace } = desired;
  const { adopt, discovered = null, called, renamedFrom = null } = desired;
  return {
    ...{ unit, workloadId, project, compose, envFiles, environment, profiles, services, inPlace },
    ...(adopt || discovered !== null ? { adopt, discovered } : {}),
    ...(called === undefined ? {} : { called, renamedFrom }),
  };
}

/** Where Compose would take the project's name from the file, its variables put in; null where it names none. */
function literal(
  name: string | null,
  { discovered }: DesiredStack,
  values: Readonly<Record<string, string>>,
): string | null {
  if (name === null || !name.includes('$')) return name;
  if (discovered === undefined) return null;
  const { text, faults } = interpolate(name, lookupIn(values));
  return faults.some(({ reason }) => reason !== 'UnknownVariable') ? null : text;
}

/** Runs the child. Throws a fault with all problems for what Compose or the judgement refuses. */
export async function resolveOnce(
  deps: StackDeps,
  given: { desired: DesiredStack; layout: Layout; gathered: Gathered; signal: AbortSignal },
): Promise<Built> {
  const { desired, layout, gathered } = given;
  const folder = deps.openFolder(deps.runDirectory, { mode: 0o700, survives: 'run' });
  const resolved = await configOfCopy(
    { compose: deps.compose, folder },
    {
      ...given,
      project: gathered.project,
      compose: gathered.compose,
      files: gathered.files,
      variables: gathered.variables,
    },
  ).catch((error: unknown) => {
    throw isFault(error) ? inPlaceWords(error, deps, desired) : error;
  });
  const result = await build(deps, { desired, layout, gathered, resolved });
  if ('problems' in result) throw stackRefused(once(redacted(result.problems, deps.secrets)));
  return result.built;
}

/** Compose names files by their place in the copy; people know them by their place in the source. */
function inPlaceWords(error: Fault, { runDirectory }: StackDeps, { root }: DesiredStack): Fault {
  const copy = new RegExp(
    `${escaped(runDirectory)}/check/[0-9-]+(?:${escaped(root === '/' ? '' : root)}/?)?`,
    'g',
  );
  const plain = (text: string) => text.replaceAll(copy, '');
  if (plain(error.message) === error.message) return error;
  return fault({
    code: error.code,
    reason: error.reason,
    message: plain(error.message),
    hint: error.hint ?? undefined,
    disposition: error.disposition,
    evidence: error.evidence.map(plain),
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function nameNotice(desired: DesiredStack, written: string, chosen: string): Problem[] {
  const { name, project, discovered } = desired;
  // As Compose has it, and so as its owner knows it.
  if (written === chosen && discovered?.named === 'files') return [];
  if (written === chosen && project === name && written === name) return [];
  const message =
    written === chosen
      ? `\`name: ${written}\` in the Compose file is taken as the project of ${name}.`
      : `\`name: ${written}\` in the Compose file is passed over: the project is ${chosen}.`;
  return [
    problem({
      severity: 'info',
      reason: 'ProjectName',
      message,
      hint: `Write \`project: ${chosen}\` in a manifest to settle it.`,
    }),
  ];
}

/** A file that is taken in from two places is wrong once. In the order in which people read. */
function once(problems: readonly Problem[]): Problem[] {
  const distinct = [...new Map(problems.map((entry) => [JSON.stringify(entry), entry])).values()];
  const byPlace = (a: Problem, b: Problem) =>
    (a.file ?? '').localeCompare(b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0);
  return distinct.sort(byPlace);
}
