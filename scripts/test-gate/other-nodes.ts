// The versions of Node beside the toolchain's own on which the product is to run: brought below .forge, one program each.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../real-parts/paths.ts';

export interface OtherNode {
  /** As `node --version` has it. */
  readonly version: string;
  /** Absolute path. */
  readonly program: string;
}

const wanted = join(checkout, 'scripts/other-nodes');
const place = join(checkout, '.forge/other-nodes');
const files = ['package.json', 'package-lock.json', '.npmrc'];

/** Installs them where they are not there yet. Throws with npm's own words above where that fails. */
export function otherNodes(): readonly OtherNode[] {
  const { dependencies } = JSON.parse(readFileSync(join(wanted, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const nodes = Object.entries(dependencies).map(([alias, spec]) => ({
    version: `v${spec.slice(spec.lastIndexOf('@') + 1)}`,
    program: join(place, 'node_modules', alias, 'bin/node'),
  }));
  if (!nodes.every(isThere)) install();
  for (const node of nodes)
    if (!isThere(node))
      throw new Error(`Node ${node.version} is not at ${node.program} after its installation.`);
  return nodes;
}

/** Asked, not believed: a cut installation leaves a package without its program. */
function isThere({ program, version }: OtherNode): boolean {
  if (!existsSync(program)) return false;
  return spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.trim() === version;
}

function install(): void {
  mkdirSync(place, { recursive: true });
  for (const file of files) cpSync(join(wanted, file), join(place, file));
  process.stdout.write('Installing the other versions of Node …\n');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: place, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`npm ci in ${place} ended with ${status}.`);
}
