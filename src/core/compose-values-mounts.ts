// Mounts as Compose writes them: `data:/data`, `./conf:/etc/app:ro`, `/srv:/srv`, and the long form.
import type { Mount } from '../model/container-spec.ts';
import { type Parsed, right, wrong } from './compose-values.ts';
import { sourcePath } from './compose-values-paths.ts';

export interface LongMount {
  type: 'volume' | 'bind' | 'tmpfs';
  source?: string;
  target: string;
  read_only?: boolean;
}

/** Where relative sources lead: the folder of the manifest in its source, and whether it stays where it is. */
export interface MountBase {
  sourceType: 'git' | 'directory';
  /** Absolute. */
  root: string;
  /** From the root, '' for the root. */
  folder: string;
}

const VOLUME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export function mountOf(written: string | LongMount, base: MountBase): Parsed<Mount> {
  if (typeof written === 'object') return longMount(written, base);
  const parts = written.split(':');
  const mode = parts.length > 2 ? parts.pop() : undefined;
  const [first = '', second, ...more] = parts;
  if (more.length > 0) return wrong('BadFormat', FORM, EXAMPLE);
  const [source, target] = second === undefined ? ['', first] : [first, second];
  if (mode !== undefined && mode !== 'ro' && mode !== 'rw') {
    return wrong(
      'NotAllowed',
      `\`${mode.slice(0, 20)}\` is not a mode of a mount here; \`ro\` and \`rw\` are.`,
      EXAMPLE,
    );
  }
  return complete({ source, target, readOnly: mode === 'ro' }, base);
}

function longMount(mount: LongMount, base: MountBase): Parsed<Mount> {
  const { type, source = '', target, read_only: readOnly = false } = mount;
  if (type === 'tmpfs') return inContainer(target, { type, source: '', target, readOnly });
  const found = complete({ source, target, readOnly }, base);
  if (found.ok && found.value.type !== type) {
    const meant = type === 'bind' ? 'a path such as `./conf` or `/srv/data`' : 'a name such as `data`';
    return wrong('BadFormat', `The source of a ${type} is ${meant}.`, 'correct `source` or `type`');
  }
  return found;
}

function complete(
  mount: { source: string; target: string; readOnly: boolean },
  base: MountBase,
): Parsed<Mount> {
  const { source, target, readOnly } = mount;
  if (source === '' || VOLUME.test(source))
    return inContainer(target, { type: 'volume', source, target, readOnly });
  const path = bindSource(source, base);
  return path.ok ? inContainer(target, { type: 'bind', source: path.value, target, readOnly }) : path;
}

function bindSource(source: string, { sourceType, root, folder }: MountBase): Parsed<string> {
  if (source.startsWith('/')) {
    const isPlain = !source.split('/').includes('..');
    return isPlain ? right(source) : wrong('BadPath', 'An absolute path is written without `..`.', null);
  }
  if (source.startsWith('~')) {
    return wrong('BadPath', '`~` is nobody’s home here.', 'write the absolute path of the folder');
  }
  if (/^[a-zA-Z0-9]$/.test(source))
    return wrong('BadFormat', 'The name of a volume has two characters at least.', EXAMPLE);
  if (!source.startsWith('.')) return wrong('BadFormat', FORM, EXAMPLE);
  if (sourceType === 'git') {
    return wrong(
      'RelativeBind',
      'A folder beside the manifest cannot be mounted from git: each commit has a folder of its own.',
      'use a named volume, an absolute path of the host, or `kind: stack`, whose folder stays',
    );
  }
  const path = sourcePath(source, folder);
  return path.ok ? right(path.value === '' ? root : `${root}/${path.value}`) : path;
}

function inContainer(target: string, mount: Mount): Parsed<Mount> {
  if (target.startsWith('/') && !target.split('/').includes('..')) return right(mount);
  return wrong('BadPath', 'The place inside the container is an absolute path.', EXAMPLE);
}

const FORM = 'A mount is written SOURCE:TARGET, or SOURCE:TARGET:ro.';
const EXAMPLE = 'for example `data:/var/lib/data` or `./conf:/etc/app:ro`';
