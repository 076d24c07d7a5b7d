// The difference of two texts as a patch with one hunk, as `git apply` and `patch` take it.

const CONTEXT_LINES = 3;

/** Empty where both are the same. Null is a file that is not there. Paths are from the root that the patch is applied in. */
export function unifiedDiff(
  path: string,
  { before, after }: { before: string | null; after: string | null },
): string {
  if (before === after) return '';
  const [was, is] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(was.length, is.length) && was[head] === is[head]) head += 1;
  let tail = 0;
  const most = Math.min(was.length, is.length) - head;
  while (tail < most && was[was.length - 1 - tail] === is[is.length - 1 - tail]) tail += 1;
  const start = Math.max(0, head - CONTEXT_LINES);
  const kept = Math.min(tail, CONTEXT_LINES);
  const context = (lines: readonly string[], from: number, to: number) =>
    lines.slice(from, to).map((line) => ` ${line}`);
  const hunk = [
    ...context(was, start, head),
    ...was.slice(head, was.length - tail).map((line) => `-${line}`),
    ...is.slice(head, is.length - tail).map((line) => `+${line}`),
    ...context(was, was.length - tail, was.length - tail + kept),
  ];
  const range = (lines: readonly string[]) => {
    const count = lines.length - tail + kept - start;
    return `${count === 0 ? start : start + 1},${count}`;
  };
  return [
    `diff --git a/${path} b/${path}\n`,
    before === null ? 'new file mode 100644\n' : after === null ? 'deleted file mode 100644\n' : '',
    `--- ${before === null ? '/dev/null' : `a/${path}`}\n`,
    `+++ ${after === null ? '/dev/null' : `b/${path}`}\n`,
    `@@ -${range(was)} +${range(is)} @@\n`,
    ...hunk,
  ].join('');
}

/** With their ends; the last one says where it has none. */
function linesOf(text: string | null): string[] {
  const lines = (text ?? '').match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const last = lines.at(-1);
  if (last !== undefined && !last.endsWith('\n'))
    lines[lines.length - 1] = `${last}\n\\ No newline at end of file\n`;
  return lines;
}
