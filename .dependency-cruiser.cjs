// The house's import rules: one rule for each sentence of "who may import whom", each with what to do instead.
const typescript = require('typescript');

// Without a TypeScript that has an API, every .ts file would be passed over with no more than a warning: a green run of nothing.
if (typeof typescript.transpileModule !== 'function') {
  throw new Error(`typescript ${typescript.version} has no API to read sources with: pin a version below 7.`);
}

/** They have a rule of their own: a breach is named once. */
const entry = '^src/(main\\.ts$|wire[./])';

/** A room may import what stands here and nothing else of src/. */
const room = ({ name, from, may, instead }) => ({
  name,
  severity: 'error',
  comment: instead,
  from: { path: from },
  to: { path: '^src/', pathNot: [may, entry] },
});

/** Where each package lives. It is imported there and nowhere else, so that replacing it touches one folder. */
const homes = [
  { packages: ['dockerode', 'docker-modem'], home: '^src/adapters/docker/', port: 'ContainerRuntime' },
  {
    packages: ['yaml'],
    home: '^src/core/(documents[^/]*|compose-document|edit/[^/]+)\\.ts$',
    port: 'core/documents',
  },
  { packages: ['ajv'], home: '^src/core/validate[^/]*\\.ts$', port: 'core/validate' },
  {
    packages: ['typebox'],
    home: '^src/(kinds/[^/]+/schema|core/schema)[^/]*\\.ts$',
    port: 'the types that a schema file exports',
  },
  { packages: ['tar-stream'], home: '^src/adapters/archive/', port: 'the archive that is handed in' },
  { packages: ['yauzl'], home: '^src/adapters/archive/', port: 'ports/contents' },
  { packages: ['simple-git'], home: '^src/adapters/git/', port: 'Source' },
  // The lock is an exclusive transaction: the kernel lets go of it when the process dies, however it dies.
  { packages: ['better-sqlite3'], home: '^src/adapters/(sqlite|lock)/', port: 'Store' },
  { packages: ['chokidar'], home: '^src/adapters/directory/', port: 'Source' },
  { packages: ['pino'], home: '^src/adapters/log/', port: 'Log' },
  { packages: ['prom-client'], home: '^src/adapters/metrics/', port: 'Metrics' },
  { packages: ['hono', '@hono/node-server'], home: '^src/http/', port: 'src/http' },
];

const packagePath = (name) => `node_modules/(@types/)?${name}(/|$)`;

const oneHomeEach = homes.flatMap(({ packages, home, port }) =>
  packages.map((name) => ({
    name: `${name.replace(/^@/, '').replace('/', '-')}-has-one-home`,
    severity: 'error',
    comment: `${name} is imported in ${home} alone. Use ${port} instead, and let its adapter talk to the package.`,
    from: { path: '^src/', pathNot: home },
    to: { path: packagePath(name) },
  })),
);

const rooms = [
  room({
    name: 'model-imports-nothing',
    from: '^src/model/',
    may: '^src/model/',
    instead: 'The vocabulary depends on nobody. Move the type here, or move what needs more into core.',
  }),
  room({
    name: 'core-imports-model',
    from: '^src/core/',
    may: '^src/(core|model)/',
    instead: 'Core is pure. Take what is needed as an argument, of a type from the model.',
  }),
  room({
    name: 'kinds-import-core-and-model',
    from: '^src/kinds/([^/]+)/',
    may: '^src/(kinds/$1/|core/|model/)',
    instead:
      'A kind stands alone. What two kinds share belongs into core; what comes from outside is in the World.',
  }),
  room({
    name: 'kinds-registry-imports-kinds',
    from: '^src/kinds/[^/]+\\.ts$',
    may: '^src/(kinds|core|model)/',
    instead: 'The registry names the kinds and nothing else.',
  }),
  room({
    name: 'ports-import-model',
    from: '^src/ports/',
    may: '^src/(ports|model)/',
    instead: 'A port is a type made of words of the model. Move the missing type into the model.',
  }),
  {
    name: 'ports-are-types-only',
    severity: 'error',
    comment: 'A port has no code at run time: write `import type`.',
    from: { path: '^src/ports/' },
    to: { path: '.', dependencyTypesNot: ['type-only'] },
  },
  room({
    name: 'engine-imports-core-model-ports',
    from: '^src/engine/',
    may: '^src/(engine|core|model|ports)/',
    instead:
      'The loop reaches the outside through a port. Take the adapter or the kinds as an argument; wire.ts picks them.',
  }),
  room({
    name: 'adapters-and-proxies-stand-alone',
    from: '^src/(adapters|proxies)/([^/]+)/',
    may: '^src/($1/$2/|$1/(exchange|one-at-a-time|quote)\\.ts$|ports/|core/|model/)',
    instead:
      'An adapter knows its own technology only. What two share belongs into core, or is handed in by wire.ts.',
  }),
  room({
    name: 'what-proxies-share-knows-no-proxy',
    from: '^src/proxies/(?!registry\\.ts$)[^/]+\\.ts$',
    may: '^src/(ports|core|model)/',
    instead: 'What belongs to one proxy stands in its folder.',
  }),
  room({
    name: 'receivers-and-senders-stand-alone',
    from: '^src/(receivers|senders)/(?!registry\\.ts$)([^/.]+)',
    may: '^src/($1/$2[./]|ports/|core/|model/)',
    instead: 'One file for one service, or a folder of its name. What two share belongs into core.',
  }),
  room({
    name: 'plug-registries-import-their-plugs',
    from: '^src/(adapters|proxies|receivers|senders)/registry\\.ts$',
    may: '^src/($1|ports|core|model)/',
    instead: 'A registry names its plugs and nothing else.',
  }),
  room({
    name: 'http-and-cli-import-ports-core-model',
    from: '^src/(http|cli)/',
    may: '^src/($1|ports|core|model)/',
    instead:
      'The edges read through ports and enqueue keys. Take what is needed as a dependency; wire.ts hands it in.',
  }),
  {
    name: 'nobody-imports-main-or-wire',
    severity: 'error',
    comment: 'main and wire know everybody, so nobody knows them. Take the thing as an argument.',
    from: { path: '^src/', pathNot: entry },
    to: { path: entry },
  },
  {
    name: 'short-commands-load-little',
    severity: 'error',
    comment:
      'Every command begins here, and loading the loop and its adapters is half of what a short one takes. Load it where it is opened: `await import(…)`.',
    from: { path: '^src/(wire|wire/(process|validate|open-log|load-config))\\.ts$' },
    to: {
      path: '^src/(engine/|wire/(adapters|open-(pass|reader|http|metrics|proxy))\\.ts$|adapters/(?!(clock|directory|secrets|workplace)/))',
      dependencyTypesNot: ['type-only'],
      dynamic: false,
    },
  },
  {
    name: 'every-file-is-in-a-room',
    severity: 'error',
    comment:
      'Only main.ts and wire.ts lie beside the rooms. Put the file into the room whose rules it can keep.',
    from: {
      path: '^src/',
      pathNot:
        '^src/(main\\.ts$|wire[./]|(model|core|kinds|ports|engine|adapters|proxies|receivers|senders|http|cli)/)',
    },
    to: {},
  },
];

const purity = [
  {
    name: 'pure-rooms-do-no-io',
    severity: 'error',
    comment:
      'model, core and kinds compute and do nothing else; of node only crypto (hashing) and path/posix are for them. Let an adapter read it, and take the value as an argument.',
    from: { path: '^src/(model|core|kinds)/' },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|path/posix)$' },
  },
  {
    name: 'engine-reaches-out-through-ports',
    severity: 'error',
    comment:
      'The loop opens no file, socket or process of its own, so that tests can run it on fakes. Use or add a port.',
    from: { path: '^src/engine/' },
    to: {
      dependencyTypes: ['core'],
      path: '^(node:)?(fs|child_process|net|tls|dgram|dns|http|https|http2|os|process|readline|timers|cluster|worker_threads)(/|$)',
    },
  },
  {
    name: 'adapters-alone-start-processes',
    severity: 'error',
    comment:
      'A child process needs a built environment, a deadline and an end. Use the adapter that has them.',
    from: { path: '^src/', pathNot: '^src/adapters/' },
    to: { dependencyTypes: ['core'], path: '^(node:)?child_process$' },
  },
];

const hygiene = [
  {
    name: 'no-circles',
    severity: 'error',
    comment: 'Two files that import each other are one file, or a third one is missing between them.',
    from: { path: '^src/' },
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    severity: 'error',
    comment: 'Nobody imports it and it imports nobody: use it or remove it.',
    // What is served to the browser as it is has no imports.
    from: { orphan: true, path: '^src/', pathNot: '^src/http/.*\\.js$' },
    to: {},
  },
  {
    name: 'no-tests-in-the-product',
    severity: 'error',
    comment: 'What tests, benchmarks and scripts need does not ship. Move what the product needs into src/.',
    from: { path: '^src/' },
    to: { path: '^(test|bench|scripts|examples)/' },
  },
  {
    name: 'no-development-packages-in-the-product',
    severity: 'error',
    comment:
      'The package is not there in production: make it a dependency, with a home above, or do without.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'every-package-has-a-home',
    severity: 'error',
    comment: 'Give the package a home in .dependency-cruiser.cjs and import it there alone.',
    from: { path: '^src/' },
    to: {
      path: 'node_modules/',
      // Development packages have a rule of their own above.
      dependencyTypesNot: ['npm-dev'],
      pathNot: [...homes.flatMap(({ packages }) => packages.map(packagePath)), 'node_modules/@types/node/'],
    },
  },
  {
    name: 'every-import-resolves',
    severity: 'error',
    comment: 'The file or package is not there: mend the path, or add the package to package.json.',
    from: { path: '^src/' },
    to: { couldNotResolve: true },
  },
];

module.exports = {
  forbidden: [...rooms, ...oneHomeEach, ...purity, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports count: a room that knows another's types knows the room.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
