// The files of a site: the question about them, what is known of them, and what has to be brought first.
import { shortHash } from '../../core/canonical.ts';
import { builtKey, contentKey } from '../../core/content-key.ts';
import { act } from '../../core/generation/steps.ts';
import type { Action } from '../../model/action.ts';
import type { DesiredSite } from '../../model/desired.ts';
import { LABEL } from '../../model/labels.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { Need } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';

export interface Files {
  /** What makes two releases different; '' where it is not known. */
  hash: string;
  directory: string;
  /** Short, and what people know the files by. */
  version: string;
}

export function filesNeed({ root, content, source, revision }: DesiredSite): Need {
  switch (content.type) {
    case 'archive':
      return { type: 'content', key: contentKey(content), content };
    case 'git': {
      const { url, ref, path, credential } = content;
      return { type: 'repository', key: `repository:${shortHash({ url, ref, path, credential })}`, content };
    }
    case 'path':
      return {
        type: 'tree',
        key: `tree:${source}:${revision ?? ''}:${content.path}`,
        root,
        path: content.path,
      };
  }
}

/** What is served: the content, or what the command makes of it. */
export function filesOf(world: UnitWorld<DesiredSite>): Files {
  const content = contentOf(world);
  const id = buildId(world.desired, content);
  if (id === null) return content;
  const answer = world.answers.get(builtKey(id));
  const directory = answer?.ok && answer.type === 'content' ? answer.directory : '';
  return { ...content, hash: id, directory };
}

/** Whether the command was run for this content already: null where there is no command, or no content yet. */
export function builtNeed(world: UnitWorld<DesiredSite>): Need | null {
  const id = buildId(world.desired, contentOf(world));
  return id === null ? null : { type: 'built', key: builtKey(id), id };
}

/** More time or memory makes no other files. */
function buildId({ build }: DesiredSite, { hash }: Files): string | null {
  if (build === null || hash === '') return null;
  const { image, command, output, cache, network } = build;
  return shortHash({ hash, image, command, output, cache, network });
}

function contentOf({ answers, desired }: UnitWorld<DesiredSite>): Files {
  const { content, revision } = desired;
  const answer = answers.get(filesNeed(desired).key);
  if (content.type === 'archive') {
    const directory = answer?.ok && answer.type === 'content' ? answer.directory : '';
    const hash = shortHash({ archive: content.sha256, path: content.path });
    return { hash, directory, version: content.sha256.slice(0, 7) };
  }
  if (answer?.ok !== true || answer.type !== 'tree')
    return { hash: '', directory: '', version: content.type === 'path' ? (revision ?? '').slice(0, 7) : '' };
  const known = content.type === 'git' ? answer.revision : revision;
  return { hash: answer.hash, directory: answer.directory, version: (known ?? answer.hash).slice(0, 7) };
}

/** Files come before all else: while they cannot be had, nothing is touched. */
export function withFiles(made: UnitPlan, world: UnitWorld<DesiredSite>): UnitPlan {
  const first = [...leftovers(world, made), ...bringing(world, made)];
  const told = withNotice(made, world);
  if (first.length === 0) return told;
  const cause = told.cause ?? { type: 'cleanup' as const, text: CUT_SHORT };
  return { ...told, cause, actions: [...first, ...told.actions] };
}

const CUT_SHORT = 'a build was cut short';

/** A build container lives for one walk: one that is seen in a plan is of a process that was killed. */
function leftovers({ mine, desired }: UnitWorld<DesiredSite>, made: UnitPlan): Action[] {
  const { unit, host } = desired;
  const cause = made.cause?.text ?? CUT_SHORT;
  return mine
    .filter(isBuild)
    .map(({ id }) => act({ unit, host, cause }, 'prepare', { type: 'removeContainer', container: id }));
}

/** What serves, without what only builds. */
export function withoutBuilds(world: UnitWorld<DesiredSite>): UnitWorld<DesiredSite> {
  return world.mine.some(isBuild) ? { ...world, mine: world.mine.filter((one) => !isBuild(one)) } : world;
}

function isBuild({ ours }: UnitWorld['mine'][number]): boolean {
  return ours?.role === BUILD_ROLE;
}

const BUILD_ROLE = 'build';

function bringing(world: UnitWorld<DesiredSite>, made: UnitPlan): Action[] {
  const { answers, desired } = world;
  const { content, build, unit, host } = desired;
  const needed = made.actions.find(({ type }) => type === 'createContainer' || type === 'putArchive');
  if (needed === undefined) return [];
  const known = { unit, host, cause: needed.cause };
  const source = contentOf(world);
  const id = buildId(desired, source);
  const isThere = (key: string): boolean => {
    const answer = answers.get(key);
    return answer?.ok !== true || answer.type !== 'content' || answer.here;
  };
  if (id !== null && isThere(builtKey(id))) return [];
  const actions: Action[] = [];
  if (content.type === 'archive' && !isThere(contentKey(content)))
    actions.push(act(known, 'prepare', { type: 'fetchContent', content }));
  if (id !== null && build !== null) {
    const name = `${desired.name}-build-${id.slice(0, 6)}`;
    const input = { directory: source.directory, hash: source.hash };
    const labels = labelsOf(world, { id, release: source.version });
    actions.push(act(known, 'prepare', { type: 'runBuild', id, build, input, name, labels }));
  }
  return actions;
}

function labelsOf(
  { desired, controller }: UnitWorld<DesiredSite>,
  { id, release }: { id: string; release: string },
): Record<string, string> {
  return {
    [LABEL.managed]: 'true',
    [LABEL.controller]: controller,
    [LABEL.unit]: desired.unit,
    [LABEL.workloadId]: desired.workloadId,
    [LABEL.workloadKind]: desired.kind,
    [LABEL.role]: BUILD_ROLE,
    [LABEL.replica]: '1',
    [LABEL.specHash]: id,
    [LABEL.release]: release,
  };
}

function withNotice(made: UnitPlan, { answers, desired }: UnitWorld<DesiredSite>): UnitPlan {
  const { unit } = desired;
  const answer = answers.get(filesNeed(desired).key);
  if (answer?.ok !== true) return made;
  if (answer.type === 'tree' && answer.notice != null)
    return { ...made, notices: [...made.notices, { ...answer.notice, severity: 'warning', workload: unit }] };
  return made;
}
