// Runs a script of ours in a network namespace of its own, where settings of the kernel are nobody else's.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { programPath } from '../../../scripts/real-parts/paths.ts';

/** Loopback is all that it has. Resolves with the JSON that the script has printed; throws with its errors. */
export async function inOwnNetwork<T>(options: {
  /** Absolute path. */
  script: string;
  /** Below /proc/sys, with slashes. */
  settings: Readonly<Record<string, string>>;
  /** For hangs only. */
  timeoutMs: number;
}): Promise<T> {
  const { script, settings, timeoutMs } = options;
  const steps = [
    '"$0" link set lo up',
    ...Object.entries(settings).map(([name, value]) => `echo ${value} > /proc/sys/${name}`),
    'exec "$@"',
  ];
  const isRoot = process.getuid?.() === 0;
  const { stdout } = await promisify(execFile)(
    'unshare',
    [
      ...(isRoot ? [] : ['--map-root-user']),
      ...['--net', '--kill-child', 'sh', '-c', steps.join(' && ')],
      ...[programPath('ip'), process.execPath, script],
    ],
    { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout) as T;
}
