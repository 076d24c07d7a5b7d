// `doctor`: looks at everything that Tinyforge needs, and changes nothing unless a first account is asked for.
import { count } from '../../core/words-names.ts';
import type { Check } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import { printChecks } from '../checks.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withPass } from '../open.ts';
import { patiently } from '../patience.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'check engines, sources, the proxy, secrets and tools',
  usage: 'doctor [--create-proxy-admin]',
  examples: [
    ['tinyforge doctor', 'what is fine and what is not, with a hint each'],
    ['tinyforge doctor -o json', 'for programs'],
    [
      'tinyforge doctor --create-proxy-admin',
      'the first account of a new Nginx Proxy Manager, from tinyforge.yaml',
    ],
  ],
  flags: {
    'create-proxy-admin': {
      type: 'boolean',
      help: 'make the account of tinyforge.yaml the first one of a new proxy, then look',
    },
  },
  outputs: ['table', 'json'],
  names: { least: 0, most: 0 },
  run: (context) =>
    withPass(context, { write: false }, async (pass) => {
      const made =
        context.line.values['create-proxy-admin'] === true
          ? await pass.createProxyAdmin(context.signal)
          : null;
      const checks = await patiently(context, 'Asking engines and sources', () => pass.doctor());
      if (context.output === 'json')
        writeJson(context, 'CheckList', {
          items: checks.map(({ status, subject, text, hint }) => ({ status, subject, text, hint })),
        });
      else print(context, { checks, made });
      return checks.some((check) => check.status === 'problem') ? EXIT.failed : EXIT.done;
    }),
};

/** `made`: the account that was made before looking. */
function print(
  { out }: CommandContext,
  { checks, made }: { checks: readonly Check[]; made: string | null },
): void {
  printChecks(out, checks);
  const of = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const parts = [
    `${of('fine')} fine`,
    ...(of('warning') > 0 ? [count(of('warning'), 'warning')] : []),
    ...(of('problem') > 0 ? [count(of('problem'), 'problem')] : []),
  ];
  const changed = made === null ? 'Nothing was changed.' : `${made} is the first account of the proxy now.`;
  out.line(`${parts.join(', ')}. ${changed}`);
}
