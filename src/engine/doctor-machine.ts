// Checks of `doctor` about this machine: the data directory, the control files, secrets, and the programs that we call.
import { size } from '../core/time-words.ts';
import { count } from '../core/words-names.ts';
import type { Check } from '../ports/session.ts';
import { type DoctorCheck, fine, off, problem, warning } from './doctor-deps.ts';

const LITTLE_BYTES = 500_000_000;
/** Read, write or enter, by anybody else than owner and group. */
const OTHERS = 0o007;

export const checkData: DoctorCheck = async ({ config, machine }) => {
  const subject = 'data';
  const found = await machine.look(config.data);
  if (found === null) return [off(subject, `${config.data} is not there yet; the first apply makes it`)];
  if (found.type !== 'directory')
    return [
      problem(subject, `${config.data} is not a directory`, 'Give another one with `data:` or --data.'),
    ];
  if (!found.writable)
    return [
      problem(
        subject,
        `${config.data} cannot be written`,
        `Give it to the user that runs Tinyforge: chown -R USER ${config.data}`,
      ),
    ];
  if ((found.mode & OTHERS) !== 0)
    return [
      warning(
        subject,
        `${config.data} is open to every user of this machine (mode ${found.mode.toString(8)})`,
        `chmod o= ${config.data}`,
      ),
    ];
  const free = found.freeBytes === null ? '' : `, ${size(found.freeBytes)} free`;
  if (found.freeBytes !== null && found.freeBytes < LITTLE_BYTES)
    return [
      warning(
        subject,
        `${config.data}${free}: that is little`,
        'Make room, or images and logs will soon have none.',
      ),
    ];
  return [fine(subject, `${config.data}${free}`)];
};

export const checkControl: DoctorCheck = async ({ control }) => {
  const subject = 'control files';
  const broken = control.problems().map((found): Check => problem(subject, found.message, found.hint));
  if (broken.length > 0) return broken;
  const held = [
    count(control.suspensions().length, 'suspension'),
    count(control.quarantined().length, 'version held back', 'versions held back'),
  ];
  return [
    fine(subject, `${held.join(', ')}, ${count(control.allLastApplied().length, 'workload')} on record`),
  ];
};

/** What each is for, said when it is missing. */
const PROGRAMS: readonly { name: string; why: string; hint: string }[] = [
  {
    name: 'flock',
    why: 'two Compose runs of one stack could overlap after a crash',
    hint: 'Install util-linux.',
  },
  {
    name: 'prlimit',
    why: 'a Compose file that takes all memory could not be stopped',
    hint: 'Install util-linux.',
  },
];

export const checkPrograms: DoctorCheck = async ({ config, machine }) => {
  const wanted = [...PROGRAMS];
  const git = config.sources.filter((source) => source.type === 'git');
  if (git.length > 0) wanted.push({ name: 'git', why: 'git sources cannot be read', hint: 'Install git.' });
  if (git.some((source) => /^(ssh:|[^/]+@)/.test(source.url)))
    wanted.push({ name: 'ssh', why: 'sources by ssh cannot be read', hint: 'Install openssh-client.' });
  const missing = wanted.filter(({ name }) => machine.program(name) === null);
  if (missing.length === 0) return [fine('programs', wanted.map(({ name }) => name).join(', '))];
  return missing.map(({ name, why, hint }) =>
    name === 'git' || name === 'ssh'
      ? problem('programs', `${name} is not installed: ${why}`, hint)
      : warning('programs', `${name} is not installed: ${why}`, hint),
  );
};

export const checkSecrets: DoctorCheck = async ({ config, secrets, machine }) => {
  const subject = 'secrets';
  const folder = config.secrets.files;
  const known = count(secrets.names().length, 'secret');
  if (folder === null)
    return [
      secrets.names().length === 0
        ? off(subject, 'no folder is configured')
        : fine(subject, `${known} from the environment`),
    ];
  const found = await machine.look(folder);
  if (found === null)
    return [
      warning(
        subject,
        `${folder} is not there; ${known} known`,
        `mkdir -m 700 ${folder}, or take \`secrets:\` out of tinyforge.yaml.`,
      ),
    ];
  if (found.type !== 'directory' || !found.readable)
    return [
      problem(
        subject,
        `${folder} cannot be read`,
        `Give it to the user that runs Tinyforge: chown -R USER ${folder}`,
      ),
    ];
  if ((found.mode & OTHERS) !== 0)
    return [
      warning(
        subject,
        `${folder} is open to every user of this machine (mode ${found.mode.toString(8)})`,
        `chmod o= ${folder}`,
      ),
    ];
  return [fine(subject, `${known}, files in ${folder}`)];
};
