// What every call of this adapter goes through: version, deadline, and the translation of what goes wrong.
import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import { chooseVersion, type EngineVersions } from './api-version.ts';
import type { Deadlines } from './deadlines.ts';
import { createEngineHttp, type Patience, readText } from './engine-http.ts';
import { type EngineCall, engineFault, slowFault } from './faults.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { createVersionReader } from './versions.ts';
import { type Scope, within } from './within.ts';
import { createWriter } from './writer.ts';

export interface Read {
  /** Without the version: `/containers/json?all=1`. */
  path: string;
  ms: number;
  signal?: AbortSignal | undefined;
  connection?: 'shared' | 'own';
}

export interface Write<T> {
  /** Method and path, as the rules of a socket proxy name them: `POST /containers/create`. */
  call: string;
  ms: number;
  signal?: AbortSignal | undefined;
  run(docker: Docker, scope: Scope): Promise<T>;
  /** What an answer that is not success means here; undefined leaves it to the general translation. */
  onRefusal?(refusal: Refusal, error: unknown): Promise<T> | undefined;
}

export interface Engine {
  readonly host: string;
  readonly deadlines: Deadlines;
  json(read: Read): Promise<unknown>;
  /** Null for a 404. */
  jsonOrNull(read: Read): Promise<unknown>;
  /** Opens an answer and gives it to `use`, with the patience to read it by. */
  stream<T>(read: Read, use: (response: IncomingMessage, patience: Patience) => Promise<T>): Promise<T>;
  ping(): Promise<void>;
  write<T>(write: Write<T>): Promise<T>;
  versions(): Promise<EngineVersions>;
  apiVersion(): Promise<string>;
  /** It may be another engine by now: its version is asked for again. */
  forgetVersion(): void;
  /** For faults that are made by callers. */
  at(call: string): EngineCall;
  close(): void;
}

export function createEngine(options: { host: string; socketPath: string; deadlines: Deadlines }): Engine {
  const { host, socketPath, deadlines } = options;
  const http = createEngineHttp(socketPath);
  const writer = createWriter(socketPath);
  const versions = createVersionReader(async () => {
    const patience = patienceFor('GET /version', deadlines.readMs);
    return JSON.parse(await readText(await http.open({ path: '/version', ...patience }), patience));
  });
  function at(call: string): EngineCall {
    return { host, socketPath, call };
  }

  function patienceFor(call: string, ms: number): Patience {
    return { ms, onLate: () => slowFault(ms, at(call)) };
  }

  async function apiVersion(): Promise<string> {
    return chooseVersion(await versions.read(), host);
  }

  async function translated<T>(call: string, signal: AbortSignal | undefined, work: () => Promise<T>) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw engineFault(error, at(call));
    }
  }

  function open<T>(
    read: Read,
    use: (response: IncomingMessage, patience: Patience) => Promise<T>,
  ): Promise<T> {
    return versions.renegotiating(async () => {
      const patience = patienceFor(callOf(read), read.ms);
      const path = `/v${await apiVersion()}${read.path}`;
      return use(await http.open({ ...read, ...patience, path }), patience);
    });
  }

  const parse = async (response: IncomingMessage, patience: Patience): Promise<unknown> =>
    JSON.parse(await readText(response, patience));

  return {
    host,
    deadlines,
    at,
    json: (read) => translated(callOf(read), read.signal, () => open(read, parse)),
    jsonOrNull: (read) =>
      translated(callOf(read), read.signal, () =>
        open(read, parse).catch((error) => (refusalOf(error)?.status === 404 ? null : Promise.reject(error))),
      ),
    stream: (read, use) => translated(callOf(read), read.signal, () => open(read, use)),
    ping: () =>
      translated('GET /_ping', undefined, async () => {
        const patience = patienceFor('GET /_ping', deadlines.pingMs);
        await readText(await http.open({ path: '/_ping', ...patience }), patience);
      }),
    write: ({ call, ms, signal, run, onRefusal }) =>
      translated(call, signal, async () => {
        try {
          return await versions.renegotiating(async () => {
            const docker = await writer();
            Object.assign(docker.modem, { version: `v${await apiVersion()}` });
            return within({ ms, signal, onLate: () => slowFault(ms, at(call)) }, (scope) =>
              run(docker, scope),
            );
          });
        } catch (error) {
          const refusal = refusalOf(error);
          const handled = refusal === null || refusal.html ? undefined : onRefusal?.(refusal, error);
          if (handled === undefined) throw error;
          return handled;
        }
      }),
    versions: () => translated('GET /version', undefined, versions.read),
    apiVersion: () => translated('GET /version', undefined, apiVersion),
    forgetVersion: versions.forget,
    close: http.close,
  };
}

function callOf(read: Read): string {
  return `GET ${read.path.replace(/\?.*/, '')}`;
}
