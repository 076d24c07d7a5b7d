// The plan names the services that Compose will make anew: held against what `up` really did, change by change.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { freePort, PLAIN, type RealStack, RUN, realStack } from '../support/real/stack.ts';

/** Everything that the changes below move, one property each. */
const START = {
  image: testImages.web1 as string,
  environment: '1',
  grace: '1s',
  command: 'sleep 1000',
  ports: 'one' as 'one' | 'two',
  label: 'one',
  scale: 1,
  retries: 3,
  restart: 'no',
  memory: '64m',
  needs: '[base]',
  guest: true,
  newcomer: false,
  profile: 'off' as 'off' | 'on',
  network: 'default',
  volume: 'files',
  comment: '',
  target: '1',
  waiter: '1',
  inline: 'x = 1',
  variable: 'from the manifest',
};
type Wish = typeof START;

const PORTS = { one: await freePort(), two: await freePort() };

function composeOf(wish: Wish): string {
  const { guest, newcomer } = wish;
  return `${wish.comment}
services:
  base: { ${RUN} }
  image: { image: ${wish.image}, stop_grace_period: 1s }
  environment: { ${RUN}, environment: { V: "${wish.environment}", W: "\${VARIABLE:-none}" } }
  command: { ${RUN}, command: [sh, -c, "exec ${wish.command}"] }
  env-file: { ${RUN}, env_file: [service.env] }
  config: { ${RUN}, configs: [{ source: file, target: /file }] }
  inline: { ${RUN}, configs: [{ source: text, target: /text }] }
  secret: { ${RUN}, secrets: [file] }
  bound: { ${RUN}, volumes: ["./conf:/conf:ro", "./one.ini:/one.ini:ro"] }
  writer: { ${RUN}, volumes: ["./data:/data"] }
  ports: { ${RUN}, ports: ["127.0.0.1:${PORTS[wish.ports]}:80"] }
  label: { ${RUN}, labels: { mine: "${wish.label}" } }
  scale: { ${RUN}, scale: ${wish.scale} }
  check: { ${RUN}, healthcheck: { test: ["CMD", "true"], interval: 300ms, retries: ${wish.retries} } }
  restart: { ${PLAIN}, restart: "${wish.restart}" }
  memory: { ${RUN}, deploy: { resources: { limits: { memory: ${wish.memory} } } } }
  needs: { ${RUN}, depends_on: ${wish.needs} }
  grace: { ${RUN.replace('stop_grace_period: 1s', `stop_grace_period: ${wish.grace}`)} }
  network: { ${RUN}, networks: [${wish.network}] }
  volume: { ${RUN}, volumes: ["${wish.volume}:/files"] }
  target: { ${RUN}, environment: { V: "${wish.target}" } }
  joined: { ${RUN}, network_mode: "service:target" }
  waited: { ${RUN}, environment: { V: "${wish.waiter}" } }
  waiter: { ${RUN}, depends_on: { waited: { condition: service_started, restart: true } } }
  hidden: { ${RUN}, profiles: [extra] }
${guest ? `  guest: { ${RUN} }` : ''}
${newcomer ? `  newcomer: { ${RUN} }` : ''}
configs:
  file: { file: ./file.txt }
  text: { content: "${wish.inline}" }
secrets: { file: { file: ./secret.txt } }
networks: { default: {}, other: {} }
volumes: { files: {}, others: {} }
`;
}

interface Change {
  what: string;
  wish?: Partial<Wish>;
  files?: Readonly<Record<string, string>>;
  /** Services that get a container they did not have. */
  anew: string[];
  /** Services whose containers only go. */
  gone?: string[];
  /** Services that keep the containers they have and get more, or lose some and keep the rest. */
  kept?: string[];
}

/** Rounds are carried out one after the other; the changes of one round have nothing to do with each other. */
const ROUNDS: Readonly<Record<string, readonly Change[]>> = {
  'what changes no service': [
    { what: 'a comment', wish: { comment: '# a commit that says something' }, anew: [] },
    { what: 'a comment in an env_file', files: { 'service.env': '# why\nA=1\n' }, anew: [] },
    { what: 'the same content, saved again', files: { 'file.txt': 'one' }, anew: [] },
    { what: 'a file in a folder that the service writes to', files: { 'data/row': '2' }, anew: [] },
    { what: 'what it depends on', wish: { needs: '[base, label]' }, anew: [] },
  ],
  'what a service runs': [
    { what: 'an image', wish: { image: testImages.web2 }, anew: ['image'] },
    { what: 'environment', wish: { environment: '2' }, anew: ['environment'] },
    { what: 'a command', wish: { command: 'sleep 2000' }, anew: ['command'] },
    { what: 'the content of an env_file', files: { 'service.env': 'A=2\n' }, anew: ['env-file'] },
    { what: 'the content of a config file', files: { 'file.txt': 'two' }, anew: ['config'] },
    { what: 'a config written in the file', wish: { inline: 'x = 2' }, anew: ['inline'] },
    { what: 'the content of a secret file', files: { 'secret.txt': 'two' }, anew: ['secret'] },
    { what: 'a file in a folder bound read-only', files: { 'conf/a.ini': 'two' }, anew: ['bound'] },
    {
      what: 'a service whose network another one shares',
      wish: { target: '2' },
      anew: ['joined', 'target'],
    },
  ],
  'how a service runs': [
    { what: 'a published port', wish: { ports: 'two' }, anew: ['ports'] },
    { what: 'a label', wish: { label: 'two' }, anew: ['label'] },
    { what: 'a health check', wish: { retries: 5 }, anew: ['check'] },
    { what: 'a restart policy', wish: { restart: 'always' }, anew: ['restart'] },
    { what: 'a limit', wish: { memory: '65m' }, anew: ['memory'] },
    { what: 'how long it may take to stop', wish: { grace: '2s' }, anew: ['grace'] },
    { what: 'the network it is in', wish: { network: 'other' }, anew: ['network'] },
    { what: 'the volume it has', wish: { volume: 'others' }, anew: ['volume'] },
    { what: 'a service that another one restarts with', wish: { waiter: '2' }, anew: ['waited', 'waiter'] },
    { what: 'scale, up', wish: { scale: 3 }, anew: ['scale'], kept: ['scale'] },
  ],
  'which services there are': [
    { what: 'a service that is new', wish: { newcomer: true }, anew: ['newcomer'] },
    { what: 'a service that is gone', wish: { guest: false }, anew: [], gone: ['guest'] },
    { what: 'a profile that is on', wish: { profile: 'on' }, anew: ['hidden'] },
    { what: 'scale, down', wish: { scale: 2 }, anew: ['scale'], kept: ['scale'] },
    { what: 'a variable of the manifest', wish: { variable: 'another' }, anew: ['environment'] },
    { what: 'a new file in a folder bound read-only', files: { 'conf/b.ini': 'b' }, anew: ['bound'] },
  ],
  'and back': [
    { what: 'a profile that is off again', wish: { profile: 'off' }, anew: [], gone: ['hidden'] },
    { what: 'a new service that is gone again', wish: { newcomer: false }, anew: [], gone: ['newcomer'] },
    { what: 'one that is there again', wish: { guest: true }, anew: ['guest'] },
    { what: 'a file bound read-only', files: { 'one.ini': 'two' }, anew: ['bound'] },
  ],
};

describe('what the plan says of a change is what Compose does', () => {
  let rig: RealStack;
  let wish: Wish = START;
  before(async () => {
    rig = await realStack();
    for (const [path, text] of Object.entries({
      'service.env': 'A=1\n',
      'file.txt': 'one',
      'secret.txt': 'one',
      'conf/a.ini': 'one',
      'one.ini': 'one',
      'data/row': '1',
    }))
      await rig.write(`app/${path}`, text);
    await write(START);
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
  });
  after(() => rig[Symbol.asyncDispose]());

  async function write(next: Wish): Promise<void> {
    wish = next;
    const profiles = next.profile === 'on' ? 'profiles: [extra]\n' : '';
    await rig.manifest(`${profiles}environment: { VARIABLE: "${next.variable}" }\n`);
    await rig.compose(composeOf(next));
  }

  for (const [round, changes] of Object.entries(ROUNDS)) {
    it(`${round}: ${changes.map(({ what }) => what).join('; ')}`, async () => {
      const had = await rig.seen();
      for (const { files = {} } of changes)
        for (const [path, text] of Object.entries(files)) await rig.write(`app/${path}`, text);
      await write(Object.assign({}, wish, ...changes.map((change) => change.wish)));
      const anew = changes.flatMap((change) => change.anew).sort();
      const gone = changes.flatMap((change) => change.gone ?? []);
      const plan = await rig.planned();
      const told = plan.actions.flatMap((action) =>
        action.type === 'composeUp' ? Object.keys(action.services) : [],
      );
      const status = await rig.settle();
      assert.equal(status.outcome, 'converged', status.sentence);
      const has = await rig.seen();
      const idsOf = (list: typeof had, service: string) =>
        list.filter((entry) => entry.service === service).map(({ id }) => id);
      const services = [...new Set([...had, ...has].map(({ service }) => service))].sort();
      const moved = services.filter((name) => idsOf(had, name).join() !== idsOf(has, name).join());
      assert.deepEqual(told.sort(), anew, 'what the plan says');
      assert.deepEqual(moved, [...anew, ...gone].sort(), 'what was done');
      for (const name of gone) assert.deepEqual(idsOf(has, name), []);
      for (const name of changes.flatMap((change) => change.kept ?? [])) {
        const [few = [], many = []] = [idsOf(had, name), idsOf(has, name)].sort(
          (a, b) => a.length - b.length,
        );
        assert.ok(
          few.every((id) => many.includes(id)),
          `${name} was made anew`,
        );
      }
      const untouched = has.filter(({ service }) => !moved.includes(service));
      const before = had.filter(({ service }) => !moved.includes(service));
      assert.deepEqual(
        untouched.map(({ id, startedAt }) => [id, startedAt]),
        before.map(({ id, startedAt }) => [id, startedAt]),
      );
      assert.deepEqual((await rig.planned()).actions, []);
    });
  }
});
