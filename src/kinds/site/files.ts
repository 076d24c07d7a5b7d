// The files of a site: the question about them, what is known of them, and what has to be brought first.
import { shortHash } from '../../core/canonical.ts';
import { contentKey } from '../../core/content-key.ts';
import { act } from '../../core/generation/steps.ts';
import type { DesiredSite } from '../../model/desired.ts';
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

export function filesOf({ answers, desired }: UnitWorld<DesiredSite>): Files {
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
export function withFiles(made: UnitPlan, { answers, desired }: UnitWorld<DesiredSite>): UnitPlan {
  const { content, unit, host } = desired;
  const answer = answers.get(filesNeed(desired).key);
  if (answer?.ok !== true) return made;
  if (answer.type === 'tree' && answer.notice != null)
    return { ...made, notices: [...made.notices, { ...answer.notice, severity: 'warning', workload: unit }] };
  const needed = made.actions.find(({ type }) => type === 'createContainer' || type === 'putArchive');
  if (content.type !== 'archive' || needed === undefined) return made;
  if (answer.type !== 'content' || answer.here) return made;
  const bring = act({ unit, host, cause: needed.cause }, 'prepare', { type: 'fetchContent', content });
  return { ...made, actions: [bring, ...made.actions] };
}
