// Makes the record of a good generation, and puts its files back when it is brought up again.
import { readModel } from '../../core/compose-model.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Tree } from '../../ports/tree.ts';
import type { Built } from './build.ts';
import { ownBinds } from './contents.ts';
import type { GoodGeneration } from './good-file.ts';
import type { Layout } from './layout.ts';
import { bindsThroughLinks } from './links.ts';
import { redacted, stackRefused } from './refused.ts';
import type { StackDeps } from './types.ts';

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 200;

export async function goodGeneration(
  tree: Tree,
  desired: DesiredStack,
  { built, layout }: { built: Built; layout: Layout },
): Promise<GoodGeneration> {
  const { hash, project, services, externalNetworks, externalVolumes, text, variables, contents } = built;
  return {
    version: 1,
    hash,
    project,
    projectDirectory: layout.projectDirectory,
    services,
    externalNetworks,
    externalVolumes,
    text,
    variables,
    // In place, the folder is its owner's: only the model can be brought back, with the files as they are then.
    files: desired.inPlace ? {} : await filesOf(tree, desired.root, { built: contents.tracked, layout }),
  };
}

/**
 * With its images by digest: a tag may have moved on when it is brought up again, and the registry may be away then, so
 * nothing is pulled that is here.
 */
export function asItRan(generation: GoodGeneration, ran: Readonly<Record<string, string>>): GoodGeneration {
  const file = JSON.parse(generation.text) as { services?: Record<string, Record<string, unknown>> };
  const services = { ...generation.services };
  for (const [name, service] of Object.entries(services)) {
    const image = ran[name] ?? service.image;
    const { build, ...rest } = service;
    // Another one ran than we would build: it was there before us.
    const isBuilt = build !== undefined && image === service.image;
    services[name] = { ...rest, image, pullPolicy: 'missing', ...(isBuilt ? { build } : {}) };
    const written = file.services?.[name];
    if (written !== undefined) Object.assign(written, { image, pull_policy: 'missing' });
  }
  return { ...generation, services, text: JSON.stringify(file) };
}

/** For git: what the containers of that generation saw is written back, so that it starts with its own files. */
export async function putBack(
  { tree, openFolder, secrets }: Pick<StackDeps, 'tree' | 'openFolder' | 'secrets'>,
  desired: DesiredStack,
  { projectDirectory, text, files }: GoodGeneration,
): Promise<void> {
  const runRoot = desired.inPlace ? desired.root : projectDirectory;
  const model = readModel(JSON.parse(text));
  const linked = model === null ? [] : await bindsThroughLinks(tree, runRoot, ownBinds(model, { runRoot }));
  if (linked.length > 0) throw stackRefused(redacted(linked, secrets));
  const folder = openFolder(projectDirectory, { mode: 0o755, survives: 'power-cut' });
  for (const [path, { mode, content }] of Object.entries(files)) {
    await folder.write({ path, content: Buffer.from(content, 'base64'), mode });
  }
}

async function filesOf(
  tree: Tree,
  root: string,
  { built, layout }: { built: Built['contents']['tracked']; layout: Layout },
): Promise<GoodGeneration['files']> {
  const files: GoodGeneration['files'] = {};
  for (const { path, hash, as } of built) {
    // What an image was built from is in the image.
    if (hash === null || as === 'context') continue;
    const names =
      as === 'file'
        ? [path]
        : (await tree.list({ root, path, maxFiles: MAX_FILES, maxBytes: MAX_BYTES }))
            .filter(({ type }) => type === 'file')
            .map((entry) => `${path}/${entry.path}`);
    for (const name of names) {
      const stable = insideOf(layout.runRoot, layout.target(name));
      if (stable === null) continue;
      const { bytes, mode } = await tree.readBytes({ root, path: name, maxBytes: MAX_BYTES });
      files[stable] = { mode: mode & 0o111 ? 0o755 : 0o644, content: Buffer.from(bytes).toString('base64') };
    }
  }
  return files;
}
