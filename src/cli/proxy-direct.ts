// A new route where no controller runs: checked and committed by this process, as the controller would.
import { changeJson } from '../core/json-change.ts';
import type { CommandContext } from './command.ts';
import { withPass } from './open.ts';
import type { AddedRoute } from './proxy-client.ts';

/** Takes the data directory for as long as it works. Faults: ControllerRunning. */
export function addDirectly(
  context: CommandContext,
  { name, ...manifest }: { name: string; domains: readonly string[]; forward: string },
  { source, force }: { source: string | null; force: boolean },
): Promise<AddedRoute> {
  const edit = { action: 'add', kind: 'proxy', name } as const;
  return withPass(context, { write: true }, async (pass) => {
    const { signal } = context;
    const done = await pass.edit({ ...edit, manifest, source, force, author: null, signal });
    if (done.type === 'done') return { type: 'done', data: changeJson(edit, done) };
    const { message, hint } = done.refusal;
    // The first one is the message already.
    const problems = done.problems.slice(1).map((problem) => problem.message);
    return { type: 'refused', message, hint, problems, patch: done.patch };
  });
}
