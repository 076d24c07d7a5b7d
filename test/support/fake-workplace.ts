// A folder in memory, and a person who answers what a test says.
import type { Workplace } from '../../src/ports/workplace.ts';

export interface FakeWorkplace extends Workplace {
  readonly files: Map<string, string>;
  /** What was asked, in order. */
  readonly asked: string[];
}

/** `answers` in the order of the questions; null: nobody sits there. */
export function createFakeWorkplace(
  options: { files?: Record<string, string>; answers?: readonly string[] | null } = {},
): FakeWorkplace {
  const { answers = null } = options;
  const files = new Map(Object.entries(options.files ?? {}));
  const asked: string[] = [];
  const left = [...(answers ?? [])];
  const write = (path: string, text: string): void => {
    if (files.has(path)) throw new Error(`${path} is there already`);
    files.set(path, text);
  };
  return {
    files,
    asked,
    exists: (path) => files.has(path),
    manifestsIn: (directory) => [...files.keys()].filter((path) => path.startsWith(`${directory}/`)).length,
    write,
    rename(from, to) {
      write(to, files.get(from) ?? '');
      files.delete(from);
    },
    remove: (path) => void files.delete(path),
    ask:
      answers === null
        ? null
        : async (question) => {
            asked.push(question);
            const answer = left.shift();
            if (answer === undefined) throw new Error(`nobody was to be asked: ${question}`);
            return answer;
          },
  };
}
