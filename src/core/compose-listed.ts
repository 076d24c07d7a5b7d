// COMPOSE_FILE of a `.env` file, read as data: which files a stack that was found by its folder is made of.
import type { Problem } from '../model/problem.ts';
import type { EnvSetting } from './compose-env.ts';
import { folderOf, judgePath } from './compose-path.ts';
import { problem } from './problem.ts';

export interface ListedFiles {
  /** From the source's root; empty where there is a problem. */
  compose: string[];
  problems: Problem[];
  notices: Problem[];
}

/**
 * The files in the order in which Compose merges them. Only of the stack's own folder, the first one directly in it:
 * that one's folder is what everything else of the stack is relative to.
 */
export function listedFiles(setting: EnvSetting, given: { folder: string; separator: string }): ListedFiles {
  const { folder, separator } = given;
  const place = { file: setting.file, line: setting.line };
  const written = setting.value.split(separator).filter((path) => path !== '');
  const compose = written.flatMap((path) => {
    const judged = judgePath(path, folder);
    return judged.ok && judged.path.startsWith(`${folder}/`) ? judged.path : [];
  });
  const isOwn = compose.length === written.length && folderOf(compose[0] ?? '') === folder;
  if (written.length === 0 || !isOwn) return { compose: [], problems: [notOwn(place)], notices: [] };
  return { compose, problems: [], notices: [readAsData(written, place)] };
}

function notOwn(place: { file: string; line: number }): Problem {
  return problem({
    reason: 'ComposeFilesElsewhere',
    message: 'COMPOSE_FILE names a file that is not in the folder of this stack.',
    hint: 'Name files of this folder by their plain names, separated by a colon, the first one directly in it.',
    ...place,
  });
}

function readAsData(written: readonly string[], place: { file: string; line: number }): Problem {
  const list = written.join(', ').slice(0, 120);
  return problem({
    severity: 'info',
    reason: 'ReadAsData',
    message: `COMPOSE_FILE is read as \`compose\` of this stack: ${list}. It is not given to Compose.`,
    hint: `Write \`compose: [${list}]\` in a manifest instead.`,
    ...place,
  });
}
