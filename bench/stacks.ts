// Twenty stacks of two services, twice: one set for us and one for Compose, so that neither finds the other's containers.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { image, removeWith } from './engine.ts';
import type { Lab } from './row.ts';
import { shell, tinyforge } from './run.ts';

export const stackCount = 20;
export const containerCount = stackCount * 2;

const controller = 'bench';

/** How the containers of each side are known. */
export const labelOf = {
  ours: `tinyforge.controller=${controller}`,
  baseline: 'com.example.bench=baseline',
} as const;

export interface Stacks {
  /** Of tinyforge.yaml. */
  readonly configuration: string;
  readonly dataDirectory: string;
  /** Makes everything as declared, in a process of its own. */
  apply(): Promise<void>;
  /** The baseline: `docker compose up -d` for one stack after the other. */
  composeUp(): Promise<void>;
  /** Takes one side's containers and networks away. */
  down(side: 'ours' | 'baseline'): Promise<void>;
  /** Forgets what Tinyforge remembers, as on a new machine. */
  forget(): void;
}

export function writeStacks(lab: Lab, options: { readonly resync: string }): Stacks {
  const { directory, socketPath } = lab;
  for (let index = 1; index <= stackCount; index++) {
    const number = String(index).padStart(2, '0');
    const ours = join(directory, 'ours', number);
    const baseline = join(directory, 'baseline', number);
    for (const folder of [ours, baseline]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(ours, 'stack.yaml'), `kind: stack\nname: ours-${number}\n`);
    writeFileSync(join(ours, 'compose.yaml'), composeFile('ours'));
    writeFileSync(join(baseline, 'compose.yaml'), `name: baseline-${number}\n${composeFile('baseline')}`);
  }
  const configuration = join(directory, 'tinyforge.yaml');
  const dataDirectory = join(directory, 'data');
  const source = `{ name: bench, directory: ${JSON.stringify(join(directory, 'ours'))} }`;
  writeFileSync(
    configuration,
    `data: ${JSON.stringify(dataDirectory)}
controller: ${controller}
listen: 127.0.0.1:0
resync: ${options.resync}
sources: [${source}]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
`,
  );
  return {
    configuration,
    dataDirectory,
    apply: async () => void (await tinyforge(lab, 'apply', '--file', configuration)),
    composeUp: async () => void (await shell(lab, loop)),
    down: (side) => removeWith(lab, labelOf[side]),
    forget: () => rmSync(dataDirectory, { recursive: true, force: true }),
  };
}

const loop = 'for stack in baseline/*/; do "$COMPOSE" -f "$stack/compose.yaml" up -d; done';

/** The label is in both, so that both sides write files of one size. */
function composeFile(side: 'ours' | 'baseline'): string {
  const label = `labels: { com.example.bench: ${side} }`;
  return `services:
  web:
    image: ${image}
    stop_grace_period: 1s
    ${label}
  worker:
    image: ${image}
    stop_grace_period: 1s
    depends_on: [web]
    ${label}
networks:
  default: { ${label} }
`;
}
