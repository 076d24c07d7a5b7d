// Asks a route without a pause while something is switched behind it, and counts what clients would have noticed.
import { Agent, type ClientRequest, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoProxy } from './proxy.ts';

export interface ProbeRecord {
  readonly requests: number;
  /** What went wrong, one line for each request that failed. */
  readonly failures: readonly string[];
  /** Sent a second time, after a connection was closed before a byte of an answer came, and answered then. */
  readonly askedAgain: number;
  readonly longestMs: number;
  /** Each answer that differed from the one before it, in their order. */
  readonly answers: readonly string[];
}

const clients = 2;
const pauseMs = 10;
/** A limit against hanging. */
const timeoutMs = 10_000;

/** Runs the work while the route is asked; answers with what the clients saw. Throws what the work throws. */
export async function probed(
  { traffic }: Pick<DemoProxy, 'traffic'>,
  domain: string,
  work: () => Promise<void>,
): Promise<ProbeRecord> {
  const seen = {
    requests: 0,
    failures: [] as string[],
    askedAgain: 0,
    longestMs: 0,
    answers: [] as string[],
  };
  let isOver = false;
  const agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const asking = agents.map(async (agent) => {
    while (!isOver) {
      const startedAt = performance.now();
      await askTwice({ url: new URL(traffic), domain, agent }, seen);
      seen.requests += 1;
      seen.longestMs = Math.max(seen.longestMs, performance.now() - startedAt);
      await delay(pauseMs);
    }
  });
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(asking);
    for (const agent of agents) agent.destroy();
  }
  return seen;
}

/** `412 requests to shop.localhost, 0 failed; the longest took 41 ms.` */
export function probeWords(domain: string, record: ProbeRecord): string {
  const { requests, failures, askedAgain, longestMs } = record;
  const again = askedAgain === 0 ? '' : `, ${askedAgain} asked again after their connection was closed`;
  return `${requests} requests to ${domain}, ${failures.length} failed${again}; the longest took ${longestMs.toFixed(0)} ms.`;
}

interface Question {
  readonly url: URL;
  readonly domain: string;
  readonly agent: Agent | false;
}

/** As browsers do: what asks for nothing but an answer is sent once more when its connection closes without a byte. */
async function askTwice(
  question: Question,
  seen: { failures: string[]; askedAgain: number; answers: string[] },
): Promise<void> {
  const first = await attempt(question);
  const last = first.type === 'untouched' ? await attempt({ ...question, agent: false }) : first;
  if (last.type !== 'answered') {
    seen.failures.push(last.why);
    return;
  }
  if (last !== first) seen.askedAgain += 1;
  if (seen.answers.at(-1) !== last.body) seen.answers.push(last.body);
}

type Attempt =
  | { readonly type: 'answered'; readonly body: string }
  | { readonly type: 'untouched' | 'failed'; readonly why: string };

function attempt({ url, domain, agent }: Question): Promise<Attempt> {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const call: ClientRequest = request(url, { agent, headers: { host: domain } });
  const limit = setTimeout(() => call.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)), timeoutMs);
  call.once('close', () => clearTimeout(limit));
  let isTouched = false;
  call.once('error', (error: NodeJS.ErrnoException) => {
    const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    resolve({ type: isClosed && !isTouched ? 'untouched' : 'failed', why: error.message });
  });
  call.once('response', (response) => {
    isTouched = true;
    let body = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    response.once('error', (error) => resolve({ type: 'failed', why: error.message }));
    response.once('end', () =>
      resolve(
        response.statusCode === 200
          ? { type: 'answered', body: body.trim() }
          : { type: 'failed', why: `${response.statusCode} ${body.trim()}` },
      ),
    );
  });
  call.end();
  return promise;
}
