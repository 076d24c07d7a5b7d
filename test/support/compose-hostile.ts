// Stacks that attack whoever reads them, each with the refusal it must meet. `PORT` is a listener that must hear nothing.

export interface HostileStack {
  what: string;
  /** Files of the source; the stack is app/compose.yaml. */
  files: Readonly<Record<string, string>>;
  /** Links by path, with where they lead. */
  links?: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string>>;
  reason: string;
  /** Who refuses it: we before any child, or the judgement of what Compose resolved. */
  by: 'reading' | 'judgement';
}

const service = 'image: tinyforge-test/shell:1';
const web = (more: string) => `services: { web: { ${service}, ${more} } }`;
const plain = web('command: [sleep, "9"]');

const remotes = [
  'git@127.0.0.1:x.git',
  'ssh://git@127.0.0.1:PORT/x.git',
  'http://127.0.0.1:PORT/x.git',
  'https://127.0.0.1:PORT/x.git#main',
  'http://127.0.0.1:PORT/compose.yaml',
  'oci://127.0.0.1:PORT/x',
  'github.com/a/b',
];
const outside = ['/etc/hostname', '../../outside.yaml', '~/x.yaml', '${HOME}/x.yaml', 'file:///etc/hostname'];

export const hostileStacks: readonly HostileStack[] = [
  ...remotes.flatMap((url): HostileStack[] => [
    own(`include of ${url}`, { 'app/compose.yaml': `include: ["${url}"]\n${plain}` }, 'RemoteReference'),
    own(
      `extends of ${url}`,
      { 'app/compose.yaml': web(`extends: { file: "${url}", service: x }`) },
      'RemoteReference',
    ),
  ]),
  ...outside.flatMap((path): HostileStack[] =>
    (
      [
        ['include', `include: ["${path}"]\n${plain}`],
        ['extends', web(`extends: { file: "${path}", service: x }`)],
        ['env_file', web(`env_file: ["${path}"]`)],
        ['configs', `${plain}\nconfigs: { c: { file: "${path}" } }`],
        ['secrets', `${plain}\nsecrets: { c: { file: "${path}" } }`],
      ] as const
    ).map(([where, text]) =>
      own(
        `${where} of ${path}`,
        { 'app/compose.yaml': text },
        path.includes('$') ? 'PathWithVariable' : path.includes(':') ? 'RemoteReference' : 'PathOutsideTree',
      ),
    ),
  ),
  own(
    'an include that includes a repository',
    {
      'app/compose.yaml': `include: [sub/a.yaml]\n${plain}`,
      'app/sub/a.yaml': 'include: ["git@127.0.0.1:x.git"]',
    },
    'RemoteReference',
  ),
  own(
    'a base that includes a repository',
    {
      'app/compose.yaml': web('extends: { file: sub/a.yaml, service: x }'),
      'app/sub/a.yaml': `include: ["git@127.0.0.1:x.git"]\nservices: { x: { ${service} } }`,
    },
    'RemoteReference',
  ),
  ...[
    'GIT_SSH_COMMAND=touch /tmp/pwned',
    'COMPOSE_EXPERIMENTAL_GIT_REMOTE=1',
    'COMPOSE_FILE=/etc/hostname',
    'DOCKER_HOST=tcp://127.0.0.1:PORT',
    'PATH=bin',
    'LD_PRELOAD=./x.so',
    'http_proxy=http://127.0.0.1:PORT',
  ].map((line) =>
    own(`.env with ${line}`, { 'app/compose.yaml': plain, 'app/.env': `A=1\n${line}\n` }, 'ControlKey'),
  ),
  own(
    '.env of an included folder with GIT_SSH_COMMAND',
    {
      'app/compose.yaml': `include: [sub/a.yaml]\n${plain}`,
      'app/sub/a.yaml': `services: { x: { ${service} } }`,
      'app/sub/.env': 'GIT_SSH_COMMAND=touch /tmp/pwned\n',
    },
    'ControlKey',
  ),
  own('an env_file that is a link out', { 'app/compose.yaml': web('env_file: [x.env]') }, 'NotARegularFile', {
    'app/x.env': '/etc/hostname',
  }),
  own(
    'an env_file below a linked folder',
    { 'app/compose.yaml': web('env_file: [etc/hostname]') },
    'NotARegularFile',
    { 'app/etc': '/etc' },
  ),
  own(
    'a config that is a link out',
    { 'app/compose.yaml': `${web('configs: [c]')}\nconfigs: { c: { file: c.txt } }` },
    'NotARegularFile',
    { 'app/c.txt': '/etc/hostname' },
  ),
  own('a .env that is a link out', { 'app/compose.yaml': plain }, 'NotARegularFile', {
    'app/.env': '/etc/hostname',
  }),
  own('a Compose file that is a link out', {}, 'NotARegularFile', { 'app/compose.yaml': '/etc/hostname' }),
  own(
    'a build',
    { 'app/compose.yaml': 'services: { web: { build: "http://127.0.0.1:PORT/x.git" } }' },
    'RemoteReference',
  ),
  judged('a bind through a link', { 'app/compose.yaml': web('volumes: ["./etc:/x"]') }, 'BindThroughLink', {
    'app/etc': '/etc',
  }),
  judged(
    'a read-only bind through a link',
    { 'app/compose.yaml': web('volumes: ["./etc:/x:ro"]') },
    'BindThroughLink',
    {
      'app/etc': '/etc',
    },
  ),
  judged('a bind below a link', { 'app/compose.yaml': web('volumes: ["./d/etc:/x"]') }, 'BindThroughLink', {
    'app/d': '/',
  }),
  judged(
    'a relative bind out of the source',
    { 'app/compose.yaml': web('volumes: ["../../x:/x"]') },
    'PathOutsideTree',
  ),
  judged(
    'a relative bind out of the source by a variable',
    { 'app/compose.yaml': web('volumes: ["${UP}/x:/x"]') },
    'PathOutsideTree',
    undefined,
    { UP: '../../..' },
  ),
  judged('a bind of the home', { 'app/compose.yaml': web('volumes: ["~/.ssh:/x"]') }, 'PathOutsideTree'),
  judged(
    'a volume whose device climbs out of the source',
    {
      'app/compose.yaml': `${web('volumes: ["vol:/x"]')}\nvolumes: { vol: { driver_opts: { type: none, o: bind, device: ../../x } } }`,
    },
    'PathOutsideTree',
  ),
  judged(
    'a volume whose device Compose makes absolute, out of the source',
    {
      'app/compose.yaml': `${web('volumes: ["vol:/x"]')}\nvolumes: { vol: { driver: local, driver_opts: { type: none, o: bind, device: ../../x } } }`,
    },
    'PathOutsideTree',
  ),
  judged(
    'a volume whose device is a link',
    {
      'app/compose.yaml': `${web('volumes: ["vol:/x"]')}\nvolumes: { vol: { driver: local, driver_opts: { type: none, o: bind, device: ./x } } }`,
    },
    'BindThroughLink',
    { 'app/x': '/etc' },
  ),
  judged(
    'a forged label',
    { 'app/compose.yaml': web('labels: { tinyforge.managed: "true" }') },
    'ForgedLabel',
  ),
  judged(
    'a forged label in a list',
    { 'app/compose.yaml': web('labels: ["TinyForge.unit=x"]') },
    'ForgedLabel',
  ),
  judged(
    'a forged label of deploy',
    { 'app/compose.yaml': web('deploy: { labels: { tinyforge.unit: x } }') },
    'ForgedLabel',
  ),
  judged(
    'a forged label on a volume',
    {
      'app/compose.yaml': `${web('volumes: ["vol:/x"]')}\nvolumes: { vol: { labels: { tinyforge.controller: x } } }`,
    },
    'ForgedLabel',
  ),
  judged(
    'a forged label on a network',
    { 'app/compose.yaml': `${plain}\nnetworks: { default: { labels: { tinyforge.managed: "true" } } }` },
    'ForgedLabel',
  ),
  judged(
    'a forged label behind a profile that is off',
    { 'app/compose.yaml': web('profiles: [hidden], labels: { tinyforge.managed: "true" }') },
    'ForgedLabel',
  ),
  judged(
    'a forged label by a variable',
    { 'app/compose.yaml': web('labels: ["${L}=1"]') },
    'ForgedLabel',
    undefined,
    { L: 'tinyforge.unit' },
  ),
];

function own(
  what: string,
  files: HostileStack['files'],
  reason: string,
  links?: HostileStack['links'],
): HostileStack {
  return { what, files, reason, by: 'reading', ...(links === undefined ? {} : { links }) };
}

function judged(
  what: string,
  files: HostileStack['files'],
  reason: string,
  links?: HostileStack['links'],
  environment?: HostileStack['environment'],
): HostileStack {
  return {
    what,
    files,
    reason,
    by: 'judgement',
    ...(links === undefined ? {} : { links }),
    ...(environment === undefined ? {} : { environment }),
  };
}
