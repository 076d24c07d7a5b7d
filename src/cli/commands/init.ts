// `init`: asks what it must know, checks it on the real engine and source, and writes a first tinyforge.yaml.
import { count } from '../../core/words-names.ts';
import { fault } from '../../model/errors.ts';
import type { Check } from '../../ports/session.ts';
import { say } from '../answers.ts';
import { printChecks } from '../checks.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { type Choice, configurationOf, FIRST_MANIFEST } from '../init/files.ts';
import { agrees, choose } from '../init/questions.ts';
import { patiently } from '../patience.ts';

const USUAL_FILE = 'tinyforge.yaml';

export const init: Command = {
  name: 'init',
  summary: 'ask a few questions, check, and write a first tinyforge.yaml',
  usage: 'init',
  examples: [
    ['tinyforge init', 'asks, on a terminal'],
    ['tinyforge init --directory /opt/forge.d --data /var/lib/tinyforge', 'with answers given'],
    ['tinyforge init --git https://git.example.com/me/infra.git --yes', 'without questions'],
  ],
  flags: {
    socket: { type: 'string', value: 'PATH', help: "the engine's socket" },
    yes: {
      type: 'boolean',
      short: 'y',
      help: 'no questions: what is usual, and a first manifest where there is none',
    },
  },
  outputs: ['table'],
  names: { least: 0, most: 0 },
  run: begin,
};

async function begin(context: CommandContext): Promise<number> {
  const { workplace, line, out } = context;
  const file = typeof line.values.file === 'string' ? line.values.file : USUAL_FILE;
  if (workplace.exists(file)) throw thereAlready(file);
  const choice = await choose(context);
  // Checked under another name: a configuration that is there by its name is one that was found good.
  const draft = `${file}.new`;
  let first: string | null = null;
  let isWritten = false;
  try {
    workplace.remove(draft);
    workplace.write(draft, configurationOf(choice));
    first = await writeFirst(context, choice);
    const checks = await patiently(context, 'Asking the engine and the source', () => check(context, draft));
    printChecks(out, checks);
    if (!(await isGood(context, checks))) {
      say(context, `Nothing was written. With --yes ${file} is written all the same.`);
      return EXIT.failed;
    }
    workplace.rename(draft, file);
    isWritten = true;
  } finally {
    workplace.remove(draft);
    if (first !== null && !isWritten) workplace.remove(first);
  }
  out.line(`${file} is written.`);
  if (first !== null) out.line(`${first} is written: a web server at ${FIRST_MANIFEST.address}.`);
  say(context, ...nextSteps(first !== null));
  return EXIT.done;
}

async function isGood(context: CommandContext, checks: readonly Check[]): Promise<boolean> {
  const problems = checks.filter(({ status }) => status === 'problem').length;
  if (problems === 0) return true;
  const found = `There ${problems === 1 ? 'is' : 'are'} ${count(problems, 'problem')}.`;
  return agrees(context, `${found} Write it all the same?`, 'no');
}

async function check({ sessions }: CommandContext, file: string): Promise<Check[]> {
  const config = await sessions.loadConfig({ file, overrides: {} });
  const pass = await sessions.openPass(config, { write: false });
  try {
    return await pass.doctor();
  } finally {
    await pass.close();
  }
}

/** A manifest to see it work, where there is none yet. Resolves to its path, null where none was wished. */
async function writeFirst(context: CommandContext, { source }: Choice): Promise<string | null> {
  const { workplace } = context;
  if (source.type !== 'directory' || workplace.manifestsIn(source.directory) > 0) return null;
  const path = `${source.directory.replace(/^\.\/|\/$/g, '')}/${FIRST_MANIFEST.path}`;
  const wished = await agrees(context, `There is no manifest yet. Write a first one, ${path}?`, 'yes');
  if (!wished) return null;
  workplace.write(path, FIRST_MANIFEST.text);
  return path;
}

function nextSteps(hasFirst: boolean): string[] {
  return [
    'Next:',
    '  tinyforge plan     what would be done, without doing it',
    '  tinyforge apply    do it, once',
    '  tinyforge run      do it, and keep it so',
    ...(hasFirst
      ? []
      : ['Manifests of each kind, with every key: `tinyforge schema project`, `stack`, `site`, `proxy`.']),
  ];
}

function thereAlready(file: string) {
  return fault({
    code: 'CONFIG_THERE',
    reason: 'ConfigThere',
    message: `${file} is there already, and nothing was written.`,
    hint: '`tinyforge doctor` checks it; --file NAME writes another one.',
    disposition: 'stalled',
  });
}
