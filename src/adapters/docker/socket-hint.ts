// What a person can do about a socket that does not answer: whose it is, and who may use it.
import { readFileSync, statSync } from 'node:fs';

/** Read at the moment of the fault, for a package update may change the group under us. */
export function socketHint(socketPath: string, code: string): string {
  if (code === 'EACCES' || code === 'EPERM') {
    const group = groupOf(socketPath);
    return group === null
      ? `Let the process read and write ${socketPath}; see \`tinyforge doctor\`.`
      : `Give the process the group of ${socketPath}, which is ${group}; see \`tinyforge doctor\`.`;
  }
  if (code === 'ENOENT')
    return `Start the engine, or correct \`socket\` of this engine in tinyforge.yaml (${socketPath}).`;
  return 'See whether the engine runs; `tinyforge doctor` tells more.';
}

function groupOf(socketPath: string): string | null {
  try {
    const { gid } = statSync(socketPath);
    const name = readFileSync('/etc/group', 'utf8').match(new RegExp(`^([^:]+):[^:]*:${gid}:`, 'm'))?.[1];
    return name === undefined ? `${gid}` : `${name} (${gid})`;
  } catch {
    return null;
  }
}
