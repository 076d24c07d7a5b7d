// Which Compose files a stack is made of, where its own `.env` may say so.
import { composeEnvironment } from '../../core/compose-env.ts';
import { type ListedFiles, listedFiles } from '../../core/compose-listed.ts';
import { folderOf } from '../../core/compose-path.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Tree } from '../../ports/tree.ts';

const MAX_ENV_BYTES = 1024 * 1024;

/** As the manifest or the folder says, or as COMPOSE_FILE does where only the folder says. */
export async function composeFilesOf(tree: Tree, desired: DesiredStack): Promise<ListedFiles> {
  const { compose, discovered, root, environment, place } = desired;
  const asIs = { compose, problems: [], notices: [] };
  if (discovered?.listed !== 'folder') return asIs;
  const folder = folderOf(compose[0] ?? '');
  const file = `${folder}/.env`;
  const text = await tree.readText({ root, path: file, maxBytes: MAX_ENV_BYTES }).then(
    (read) => read.text,
    (error: unknown) => {
      // What is wrong with it is told by whoever reads its values.
      if (isFault(error) && error.disposition !== 'retry') return null;
      throw error;
    },
  );
  if (text === null) return asIs;
  const read = composeEnvironment({
    ...{ environment, place, envFiles: [], dotEnv: { file, text } },
    settings: 'passed over',
  });
  if (read.composeFile === null) return asIs;
  const separator = read.passedOver.find(({ name }) => name === 'COMPOSE_PATH_SEPARATOR')?.value ?? ':';
  return listedFiles(read.composeFile, { folder, separator });
}
