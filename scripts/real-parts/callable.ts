// Makes unpacked programs callable from one folder: a link where the program stands alone, else a launcher with its libraries.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from './machine.ts';
import type { ProgramRecipe } from './recipe.ts';

/** Puts each program into `binDirectory` and answers with the path to call it by. Throws when a file is not there. */
export function makeCallable(options: {
  readonly programs: readonly ProgramRecipe[];
  readonly root: string;
  readonly binDirectory: string;
}): Readonly<Record<string, string>> {
  const { programs, root, binDirectory } = options;
  mkdirSync(binDirectory, { recursive: true });
  return Object.fromEntries(
    programs.map((program) => {
      const machines = program.prefer === 'machine-first' ? findOnPath(program.name) : undefined;
      if (machines !== undefined) return [program.name, machines];
      const file = join(root, program.file);
      if (!existsSync(file))
        throw new Error(`${program.name}: ${program.file} is not in the packages that should bring it.`);
      const path = join(binDirectory, program.name);
      rmSync(path, { force: true });
      if (program.start === 'link') symlinkSync(file, path);
      else
        writeLauncher({
          path,
          file,
          root,
          ...(program.applet === undefined ? {} : { applet: program.applet }),
        });
      return [program.name, path];
    }),
  );
}

function writeLauncher(options: {
  readonly path: string;
  readonly file: string;
  readonly root: string;
  readonly applet?: string;
}): void {
  const { path, file, root, applet } = options;
  const libraries = libraryFolders(root);
  const lines = [
    '#!/bin/sh',
    '# Made by scripts/install-real-parts: starts an unpacked program with the libraries unpacked beside it.',
    `export LD_LIBRARY_PATH=${shellQuoted(libraries.join(':'))}`,
    // iptables looks for its match and target modules at a fixed place, unless told.
    ...libraries
      .filter((folder) => existsSync(join(folder, 'xtables')))
      .map((folder) => `export XTABLES_LIBDIR=${shellQuoted(join(folder, 'xtables'))}`),
    `exec ${shellQuoted(file)} ${applet === undefined ? '' : `${applet} `}"$@"`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
}

/** The folders with libraries, and those one below: some packages keep private ones there (pulseaudio/). */
function libraryFolders(root: string): readonly string[] {
  const foldersOf = (folder: string) =>
    existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => join(folder, entry.name))
      : [];
  const triplets = ['usr/lib', 'lib'].flatMap((base) =>
    foldersOf(join(root, base)).filter((folder) => folder.endsWith('-linux-gnu')),
  );
  return triplets.flatMap((folder) => [folder, ...foldersOf(folder).filter(holdsLibraries)]);
}

function holdsLibraries(folder: string): boolean {
  return readdirSync(folder).some((name) => /^lib.*\.so(\.|$)/.test(name));
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
