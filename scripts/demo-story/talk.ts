// What the demo says: plain sentences, and in a check one line for each chapter with its seconds.

export interface Talk {
  /** One sentence about what is done now. */
  say(sentence: string): void;
  /** Lines that belong to the sentence before: commands to paste, the answer of a command. */
  show(text: string): void;
  /** Runs a step and ends its line with a tick and the seconds it took, or with a cross. */
  step<T>(title: string, run: () => Promise<T>): Promise<T>;
}

export function createTalk(write: (text: string) => void): Talk {
  const line = (text: string) => write(`${text}\n`);
  return {
    say: line,
    show: (text) => line(indented(text)),
    async step(title, run) {
      const startedAt = performance.now();
      const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      try {
        const result = await run();
        line(`✓ ${title}  (${seconds()})`);
        return result;
      } catch (error) {
        line(`✗ ${title}  (${seconds()})`);
        throw error;
      }
    },
  };
}

/** An error as a person should read it: what happened, and below it what the causes say. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n${indented(errorText(error.cause))}`;
  return `${error.message}${cause}`;
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
