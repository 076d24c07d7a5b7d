// A real Prometheus that scrapes addresses on loopback once a second.
import { writeFile } from 'node:fs/promises';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { makePlace } from './place.ts';
import { freePort, startProgram } from './program.ts';

export interface RealPrometheus extends AsyncDisposable {
  readonly url: string;
  /** The samples that an expression gives now. */
  query(expression: string): Promise<readonly Sample[]>;
  /** How the last scrape of each target went: `up`, `down` or `unknown`, with the error that Prometheus tells. */
  targets(): Promise<readonly Target[]>;
  stop(): Promise<void>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Target {
  readonly health: string;
  readonly lastError: string;
}

/** Starts Prometheus on `host:port` targets; `bearerToken` is sent with each scrape. */
export async function startPrometheus(options: {
  readonly targets: readonly string[];
  readonly path?: string;
  readonly bearerToken?: string;
}): Promise<RealPrometheus> {
  const { targets, path = '/metrics', bearerToken } = options;
  const place = await makePlace('prometheus');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(
    place.at('prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'tinyforge',
          metrics_path: path,
          static_configs: [{ targets }],
          ...(bearerToken === undefined ? {} : { authorization: { credentials: bearerToken } }),
        },
      ],
    }),
  );
  const program = await startProgram({
    command: programPath('prometheus'),
    args: [
      `--config.file=${place.at('prometheus.yml')}`,
      `--storage.tsdb.path=${place.at('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    port,
  });
  const ask = async (route: string): Promise<{ readonly data: unknown }> => {
    const response = await fetch(`${url}/api/v1/${route}`);
    if (!response.ok) throw new Error(`Prometheus, ${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { readonly data: unknown };
  };
  const stop = async () => {
    await program.end();
    await place.remove();
  };
  return {
    url,
    async query(expression) {
      const { data } = await ask(`query?query=${encodeURIComponent(expression)}`);
      const { result } = data as {
        readonly result: readonly {
          readonly metric: Record<string, string>;
          readonly value: [number, string];
        }[];
      };
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async targets() {
      return ((await ask('targets')).data as { readonly activeTargets: readonly Target[] }).activeTargets;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
