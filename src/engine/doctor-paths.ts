// The check of `doctor` about paths: whether the engine finds our folders where we have them, when we run in a container.
import { pathTrouble, samePathHint } from '../core/host-path.ts';
import { type DoctorCheck, fine, problem } from './doctor-deps.ts';

const SUBJECT = 'paths';

/** Nothing is said outside of containers, where a path is a path. */
export const checkPaths: DoctorCheck = async ({ config, ownMounts }) => {
  const mounts = ownMounts();
  if (mounts === null) return [];
  const folders = [
    { what: 'the data directory', path: config.data },
    ...config.sources.flatMap((source) =>
      source.type === 'directory' ? [{ what: `source ${source.name}`, path: source.directory }] : [],
    ),
  ];
  const wrong = folders.flatMap(({ what, path }) => {
    const trouble = pathTrouble(path, mounts);
    if (trouble === null) return [];
    return [
      problem(SUBJECT, `${path} (${what}) ${trouble}; what is bound of it is refused`, samePathHint(path)),
    ];
  });
  if (wrong.length > 0) return wrong;
  return [fine(SUBJECT, "data and sources have the same paths in Tinyforge's container as on the machine")];
};
