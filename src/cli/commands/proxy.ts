// `proxy add` and `proxy list`: a stand-alone route, made as a commit by the controller, or by us where none runs.
import { say, writeJson } from '../answers.ts';
import { createClient } from '../client.ts';
import type { Command, CommandContext } from '../command.ts';
import { usage } from '../complaint.ts';
import { EXIT } from '../exit-code.ts';
import { withReader } from '../open.ts';
import { addProxy } from '../proxy-client.ts';
import { addDirectly } from '../proxy-direct.ts';
import { listProxies } from './proxies.ts';

export const proxy: Command = {
  name: 'proxy',
  summary: 'add a route to something that Tinyforge does not run',
  usage: 'proxy add NAME --domain DOMAIN --forward URL',
  examples: [
    [
      'tinyforge proxy add nas --domain nas.example.com --forward http://192.0.2.10:5000',
      'checked, committed, served',
    ],
    [
      'tinyforge proxy add nas --domain nas.example.com --forward http://192.0.2.10:5000 --force',
      'also while nothing answers there',
    ],
    ['tinyforge proxy list', 'as `tinyforge proxies`'],
  ],
  flags: {
    domain: { type: 'string', value: 'DOMAIN', help: 'the names, with commas between them' },
    forward: { type: 'string', value: 'URL', help: 'where requests go: http://192.0.2.10:5000' },
    source: {
      type: 'string',
      value: 'NAME',
      help: 'the source to commit to (default: the first that can be written)',
    },
    force: { type: 'boolean', help: 'do not ask first whether the other end answers' },
  },
  outputs: ['table', 'json'],
  names: { least: 1, most: 2 },
  completes: ['add'],
  run(context) {
    const [verb, name] = context.line.names;
    if (verb === 'list' && name === undefined)
      return withReader(context, (reader) => listProxies(context, reader));
    if (verb !== 'add' || name === undefined) {
      throw usage('`tinyforge proxy` takes `add NAME` or `list`.', 'see `tinyforge help proxy`');
    }
    return add(context, name);
  },
};

async function add(context: CommandContext, name: string): Promise<number> {
  const { values } = context.line;
  const { domain, forward, source } = values;
  if (typeof domain !== 'string' || typeof forward !== 'string') {
    throw usage(
      'A route needs --domain and --forward.',
      'for example --domain nas.example.com --forward http://192.0.2.10:5000',
    );
  }
  const domains = domain
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const manifest = { name, domains, forward };
  const how = { source: typeof source === 'string' ? source : null, force: values.force === true };
  const asked = await withReader(context, async (reader) => {
    const client = createClient({ config: reader.config, secrets: reader.secrets, fetch: context.fetch });
    if (!(await client.answers())) return null;
    return addProxy(client, manifest, { ...how, signal: context.signal });
  });
  const made = asked ?? (await addDirectly(context, manifest, how));
  if (made.type === 'refused') {
    context.talk.line(`${name} was not added: ${made.message}`);
    for (const line of made.problems) context.talk.line(`  ${line}`);
    if (made.hint !== null) say(context, made.hint);
    // The answer, so that it can be piped into `git apply`.
    if (made.patch !== null) context.out.line(made.patch.trimEnd());
    return EXIT.failed;
  }
  if (context.output === 'json') {
    writeJson(context, 'ManifestChange', made.data);
    return EXIT.done;
  }
  const { file, source: to, commit, branch, takes_effect: now } = made.data;
  const where =
    commit === null ? `${file} of ${to}` : `${file} of ${to}, commit ${commit.slice(0, 7)} on ${branch}`;
  const next =
    asked === null
      ? 'No controller runs: `tinyforge apply`, or the next `tinyforge run`, makes it.'
      : 'The controller looks now; `tinyforge proxies` shows it.';
  context.out.line(
    now
      ? `${name} is declared in ${where}. ${next}`
      : `${name} waits in ${where}: it counts once somebody merges that branch.`,
  );
  return EXIT.done;
}
