// Fifteen stacks that somebody brought up by hand, taken over: a second pass against a list of the projects.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectRunning, image, removeWith, startsOf } from './engine.ts';
import { type Bench, inTurns, rowOf, timed } from './row.ts';
import { shell, tinyforge } from './run.ts';
import { startController } from './running-controller.ts';

const stackCount = 15;
const label = 'com.example.bench=adopted';

export const adoptedStacks: Bench = {
  name: 'adopted',
  async measure(lab) {
    const { directory, socketPath } = lab;
    for (let index = 1; index <= stackCount; index++) {
      const folder = join(directory, 'stacks', `adopted-${String(index).padStart(2, '0')}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'compose.yaml'), composeFile);
      writeFileSync(join(folder, '.env'), 'GREETING=hello\n');
    }
    const configuration = join(directory, 'tinyforge.yaml');
    writeFileSync(
      configuration,
      `data: ${JSON.stringify(join(directory, 'data'))}
controller: bench
listen: 127.0.0.1:0
resync: 1s
sources: [{ name: stacks, directory: ${JSON.stringify(join(directory, 'stacks'))}, discover: compose }]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
`,
    );
    await shell(lab, 'for stack in stacks/*/; do (cd "$stack" && "$COMPOSE" up -d); done');
    const before = await startsOf(lab, label);
    await tinyforge(lab, 'apply', '--file', configuration);

    lab.say('A second pass over fifteen stacks that were taken over');
    const list = () => timed(() => shell(lab, '"$COMPOSE" ls'));
    const controller = await startController(lab, configuration);
    const pass = await inTurns({
      ...lab,
      ours: () => controller.meanPassMs(3),
      baseline: () => controller.frozenDuring(list),
    }).finally(() => controller.stop());

    await expectRunning(lab, label, stackCount * 2);
    if ((await startsOf(lab, label)) !== before) throw new Error('Taking over has touched containers.');
    await removeWith(lab, label);
    return [rowOf({ name: '15 stacks taken over: a second pass', ...pass, unit: 'ms', target: 1 })];
  },
};

const composeFile = `services:
  web:
    image: ${image}
    stop_grace_period: 1s
    environment: { GREETING: "\${GREETING}" }
    labels: { com.example.bench: adopted }
  worker:
    image: ${image}
    stop_grace_period: 1s
    depends_on: [web]
    labels: { com.example.bench: adopted }
networks:
  default: { labels: { com.example.bench: adopted } }
`;
