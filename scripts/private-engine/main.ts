// The command line of scripts/engine: start, stop, status and list of private engines.
import { parseArgs } from 'node:util';
import { answersPing } from '../real-parts/machine.ts';
import { type EngineRecord, readRecord, recordedEngines } from './record.ts';
import { type PrivateEngineOptions, startPrivateEngine } from './start.ts';
import { stopPrivateEngine } from './stop.ts';

const usage = `Usage: scripts/engine start NAME [--live-restore] [--insecure-registry HOST:PORT]... [--log-level LEVEL]
                            [--storage-driver DRIVER] [--firewall] [--print json|host|socket]
       scripts/engine stop NAME
       scripts/engine status NAME
       scripts/engine list
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'live-restore': { type: 'boolean', default: false },
    'insecure-registry': { type: 'string', multiple: true, default: [] },
    'log-level': { type: 'string', default: 'info' },
    'storage-driver': { type: 'string' },
    firewall: { type: 'boolean', default: false },
    print: { type: 'string', default: 'json' },
  },
});
const [command, name] = positionals;

try {
  if (command === 'list') for (const known of recordedEngines()) await printStatus(known);
  else if (command === 'start' && name !== undefined) print(await startPrivateEngine(optionsFor(name)));
  else if (command === 'stop' && name !== undefined) await stopPrivateEngine(name);
  else if (command === 'status' && name !== undefined) process.exitCode = (await printStatus(name)) ? 0 : 1;
  else {
    process.stderr.write(usage);
    process.exitCode = 2;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function optionsFor(engineName: string): PrivateEngineOptions {
  const logLevel = (['debug', 'info', 'warn', 'error'] as const).find(
    (level) => level === values['log-level'],
  );
  return {
    name: engineName,
    liveRestore: values['live-restore'] ? 'on' : 'off',
    insecureRegistries: values['insecure-registry'],
    firewall: values.firewall ? 'manage' : 'leave',
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(values['storage-driver'] === undefined ? {} : { storageDriver: values['storage-driver'] }),
  };
}

function print(record: EngineRecord): void {
  const forms: Readonly<Record<string, string>> = {
    host: `unix://${record.socketPath}`,
    socket: record.socketPath,
  };
  process.stdout.write(`${forms[values.print] ?? JSON.stringify(record, null, 2)}\n`);
}

/** One line for each engine; answers whether it runs. */
async function printStatus(engineName: string): Promise<boolean> {
  const record = readRecord(engineName);
  const runs = record !== undefined && (await answersPing(record.socketPath));
  const place =
    record === undefined
      ? 'is not there'
      : `${runs ? 'answers at' : 'does not answer at'} unix://${record.socketPath}`;
  process.stdout.write(`${engineName} ${place}\n`);
  return runs;
}
