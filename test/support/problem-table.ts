// docs/problems.md: what each broken manifest is told, made from the same cases that are tested.
import { groups } from './broken-manifests/cases.ts';
import { caseProblems } from './manifest-problems.ts';

export function problemTable(): string {
  const sections = groups.map(({ title, cases }) => {
    const rows = cases.flatMap((broken) =>
      caseProblems(broken).map((problem, index) =>
        row([
          index === 0 ? broken.what : '',
          `\`${problem.reason}\``,
          problem.severity === 'warning' ? `(warning) ${problem.message}` : problem.message,
          problem.hint ?? '',
        ]),
      ),
    );
    return [
      `## ${title}`,
      '',
      row(['What is wrong', 'Reason', 'What you are told', 'Hint']),
      RULE,
      ...rows,
      '',
    ].join('\n');
  });
  return [HEAD, ...sections].join('\n');
}

const HEAD = `# What is wrong with a manifest, and what you are told

Made from the cases of the tests (\`UPDATE_GOLDEN=1 node --test test/unit/manifests.test.ts\` writes it again). Each problem
also says its file, line and column, the path in the document, and what it means for what runs: a manifest with a
problem stays as it was last applied, the other manifests go on, and nothing of its source is removed meanwhile.
\`tinyforge validate\` shows them with the lines around them.
`;

const RULE = '|---|---|---|---|';

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
