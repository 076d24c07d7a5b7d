// What `init` needs to know: from flags, from a person, or as it is usual.
import type { CommandContext } from '../command.ts';
import type { Choice } from './files.ts';

const USUAL = { source: './forge.d', data: './data', socket: '/var/run/docker.sock' } as const;
const UNIX = 'unix://';

export async function choose(context: CommandContext): Promise<Choice> {
  const { values } = context.line;
  const given = (flag: string): string | null => (typeof values[flag] === 'string' ? values[flag] : null);
  const source =
    given('git') ??
    given('directory') ??
    (await answerTo(
      context,
      'Where are your manifests: a folder, or the address of a git repository?',
      USUAL.source,
    ));
  const data =
    given('data') ??
    (await answerTo(context, 'Where may Tinyforge keep its index and what it remembers?', USUAL.data));
  const socket =
    given('socket') ?? (await answerTo(context, "Where is Docker's socket?", usualSocket(context)));
  const isGit = given('git') !== null || (given('directory') === null && isRepository(source));
  return {
    source: isGit ? { type: 'git', url: source } : { type: 'directory', directory: source },
    data,
    socket,
  };
}

/** Asks for a yes; `usual` is what an empty line means. Without anybody there, what `--yes` says. */
export async function agrees(
  { workplace, line, signal }: CommandContext,
  question: string,
  usual: 'yes' | 'no',
): Promise<boolean> {
  if (line.values.yes === true) return true;
  if (workplace.ask === null) return false;
  const answer = await workplace.ask(`${question} [${usual === 'yes' ? 'Y/n' : 'y/N'}] `, signal);
  return answer === '' ? usual === 'yes' : /^y(es)?$/i.test(answer);
}

async function answerTo(
  { workplace, line, signal }: CommandContext,
  question: string,
  usual: string,
): Promise<string> {
  if (workplace.ask === null || line.values.yes === true) return usual;
  const answer = await workplace.ask(`${question} [${usual}] `, signal);
  return answer === '' ? usual : answer;
}

function usualSocket({ env }: CommandContext): string {
  const host = env.DOCKER_HOST ?? '';
  return host.startsWith(UNIX) ? host.slice(UNIX.length) : USUAL.socket;
}

/** `https://…`, `ssh://…`, `me@host:path`, `/srv/infra.git`. */
function isRepository(text: string): boolean {
  return /^\w+:\/\//.test(text) || /^[\w.-]+@[\w.-]+:/.test(text) || text.endsWith('.git');
}
