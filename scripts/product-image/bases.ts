// The two bases that the Dockerfile asks for, made here of Debian's packages and npm's: no registry of images is asked.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildImage, importImage, tarOfFolders } from '../local-images/build.ts';
import { checkout, forgeDirectory, readPaths } from '../real-parts/paths.ts';
import { npmCache, npmProgram } from './npm.ts';

/** Both are only there to be built on. */
export const bases = {
  /** Debian with what the image needs of it. */
  system: 'tinyforge-image/system:1',
  /** The same with Node, npm and a cache that has every package of package-lock.json. */
  toolchain: 'tinyforge-image/toolchain:1',
} as const;

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Throws where scripts/install-real-parts has not brought the packages. */
export async function makeBases(socketPath: string): Promise<void> {
  const root = readPaths().roots['image-base'];
  if (root === undefined)
    throw new Error('The packages of the image are not here yet: run scripts/install-real-parts image-base.');
  const place = join(forgeDirectory, 'product-image');
  rmSync(place, { recursive: true, force: true });
  try {
    await importImage({
      socketPath,
      reference: bases.system,
      content: tarOfFolders([
        { folder: root, entries: ['.'] },
        // Files alone: a folder that is there already would be in the tar twice.
        { folder: place, entries: madeByInstalling(root, place) },
      ]),
      changes: [`ENV PATH=${PATH}`],
    });
    await makeToolchain(socketPath, join(place, 'toolchain'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** What the packages make themselves where they are installed and not only unpacked; answers with its paths. */
function madeByInstalling(root: string, place: string): readonly string[] {
  const share = join(root, 'usr/share');
  const authorities = join(share, 'ca-certificates/mozilla');
  const certificates = readdirSync(authorities).map((name) => readFileSync(join(authorities, name), 'utf8'));
  const files = {
    'etc/passwd': readFileSync(join(share, 'base-passwd/passwd.master')),
    'etc/group': readFileSync(join(share, 'base-passwd/group.master')),
    'etc/ssl/certs/ca-certificates.crt': certificates.join(''),
  };
  mkdirSync(join(place, 'etc/ssl/certs'), { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(place, path), content);
  return Object.keys(files);
}

async function makeToolchain(socketPath: string, place: string): Promise<void> {
  const { directory: cache, registry } = npmCache();
  const npm = npmProgram();
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'Dockerfile'),
    `FROM ${bases.system}
COPY node /usr/local/bin/node
COPY ${basename(npm)} /usr/local/lib/node_modules/npm
COPY ${basename(cache)} /var/cache/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NPM_CONFIG_CACHE=/var/cache/npm NPM_CONFIG_REGISTRY=${registry} NPM_CONFIG_OFFLINE=true
`,
  );
  const context = tarOfFolders([
    { folder: place, entries: ['Dockerfile'] },
    { folder: join(checkout, 'node_modules/node/bin'), entries: ['node'] },
    { folder: dirname(npm), entries: [basename(npm)] },
    { folder: dirname(cache), entries: [basename(cache)] },
  ]);
  await buildImage({ socketPath, reference: bases.toolchain, context, network: 'none' });
}
