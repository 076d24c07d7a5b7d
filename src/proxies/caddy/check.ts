// What `doctor` asks of Caddy: whether its API answers, and whether its traffic comes by where we ask.
import type { ProxyConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { ProxyFinding } from '../../ports/proxy-provider.ts';
import { exchange, networkWords } from '../exchange.ts';
import { checkAcceptQueue } from './accept-queue.ts';
import type { CaddyApi } from './api.ts';
import { serverOf } from './config.ts';
import { PLAIN_SERVER } from './names.ts';

const TIMEOUT_MS = 5_000;

export async function checkCaddy(
  { api, config }: { api: CaddyApi; config: Pick<ProxyConfig, 'url' | 'traffic'> },
  signal: AbortSignal,
): Promise<ProxyFinding[]> {
  const read = await api.read(signal).catch((error: unknown) => {
    if (isFault(error)) return error;
    throw error;
  });
  if (isFault(read)) return [{ ok: false, message: `${read.message}.`, hint: read.hint }];
  const queue = checkAcceptQueue(config.traffic.http);
  const answers = { ok: true, message: `Caddy's API answers at ${config.url}.`, hint: null };
  const server = serverOf(read, PLAIN_SERVER);
  if (server === null)
    return [
      answers,
      { ok: true, message: `The first route makes its own server for ${config.traffic.http}.`, hint: null },
      ...(queue === null ? [] : [queue]),
    ];
  const traffic = await checkTraffic(config.traffic.http, { listen: server.listen, signal });
  return [answers, traffic, ...(queue === null ? [] : [queue])];
}

async function checkTraffic(
  url: string,
  { listen, signal }: { listen: readonly string[]; signal: AbortSignal },
): Promise<ProxyFinding> {
  try {
    await exchange({
      ...{ url: new URL(url), method: 'GET', headers: { 'user-agent': 'tinyforge' } },
      ...{ timeoutMs: TIMEOUT_MS, maxBytes: 1024, signal },
    });
    return { ok: true, message: `Its traffic can be asked at ${url}.`, hint: null };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return {
      ok: false,
      message: `Its traffic cannot be asked at ${url}: ${networkWords(error)}.`,
      hint: `Caddy's server ${PLAIN_SERVER} listens at ${listen.join(', ')}; let \`proxy.traffic.http\` lead there.`,
    };
  }
}
