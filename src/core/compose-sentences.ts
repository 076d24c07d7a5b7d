// The words for what a Compose file may not say: what, why, and what to do instead.
import type { PathRefusal } from './compose-path.ts';
import type { ReferenceUse } from './compose-references.ts';

export interface Words {
  reason: string;
  message: string;
  hint: string | null;
}

export function pathRefused(facts: {
  at: string;
  use: ReferenceUse;
  written: string;
  why: PathRefusal;
}): Words {
  const { at, use, written, why } = facts;
  const what = `${at} ${shown(written)}`;
  const refused = (reason: string, because: string, hint: string): Words => ({
    reason,
    message: `${what}: ${because}`,
    hint,
  });
  const who = use === 'build' ? 'the engine' : 'Compose';
  const verb = use === 'compose' ? 'fetch and merge' : use === 'build' ? 'fetch and run' : 'read';
  switch (why) {
    case 'empty':
      return refused('PathEmpty', 'no path is given.', 'Name a file, or take the key away.');
    case 'variable':
      return refused(
        'PathWithVariable',
        'a variable in a path could lead anywhere, so it cannot be checked before Compose reads it.',
        'Write the path out.',
      );
    case 'home':
      return refused(
        'PathOutsideTree',
        "`~` is the controller's home, not yours.",
        'Put the file beside this one and name it by a relative path.',
      );
    case 'absolute':
      return refused(
        'PathOutsideTree',
        `${who} would ${use === 'compose' ? 'merge' : 'read'} what the source does not hold, from this host.`,
        'Put the file beside this one and name it by a relative path.',
      );
    case 'remote':
      return refused(
        'RemoteReference',
        `${who} would ${verb} this before anyone has checked it.`,
        'Commit the file to this source instead, and name it by a relative path.',
      );
    case 'odd':
      return refused(
        'PathOdd',
        'the path holds characters that no plain name of a file has.',
        'Rename the file with letters, digits, `-`, `_` and `.`.',
      );
    case 'climbs':
      return refused(
        'PathOutsideTree',
        "the path leaves the source's folder.",
        'Move the file into the source, or widen the source to the folder that holds both.',
      );
  }
}

export function misshapenPath(at: string): Words {
  return {
    reason: 'WrongType',
    message: `${at}: a path is a plain text, and this is something else.`,
    hint: 'Write it as the Compose documentation shows it.',
  };
}

export function variableNotSet(name: string): Words {
  return {
    reason: 'VariableNotSet',
    message: `\${${name}} is not set, so Compose puts nothing in its place.`,
    hint: `Set ${name} under \`environment\` of the manifest or in .env, or write \${${name}:-} if nothing is meant.`,
  };
}

/** One line, at most 60 characters, in quotes. */
export function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
  return `"${line.length > 60 ? `${line.slice(0, 59)}…` : line}"`;
}
