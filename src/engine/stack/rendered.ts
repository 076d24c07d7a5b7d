// The resolved and checked file that `up` is given: private, at a stable path, gone when `up` has ended.
import { sweepRendered } from './sweep.ts';
import type { StackDeps } from './types.ts';

export interface RenderedStack {
  /** Absolute path of the file: 0600, always the same for a stack, since Compose records it in a label. */
  file: string;
  projectDirectory: string;
  /** To be handed to `up`. */
  variables: Record<string, string>;
  /** Removes the file; for when `up` has ended. What a crash leaves behind is swept at start. */
  discard(): Promise<void>;
}

export interface RenderedFiles {
  write(
    unit: string,
    content: { text: string; projectDirectory: string; variables: Record<string, string> },
  ): Promise<RenderedStack>;
  forget(unit: string): Promise<void>;
}

export function createRenderedFiles(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'runDirectory'>,
): RenderedFiles {
  const { openFolder, runDirectory } = deps;
  let swept: Promise<void> | null = null;
  const folder = openFolder(`${runDirectory}/stacks`, { mode: 0o700, survives: 'run' });
  const name = (unit: string) => `${unit}.json`;
  return {
    async write(unit, { text, projectDirectory, variables }) {
      swept ??= sweepRendered(deps);
      await swept;
      await folder.write({ path: name(unit), content: text, mode: 0o600 });
      const discard = () => folder.remove(name(unit));
      return { file: `${folder.root}/${name(unit)}`, projectDirectory, variables, discard };
    },
    forget: (unit) => folder.remove(name(unit)),
  };
}
