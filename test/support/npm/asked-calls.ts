// What an undisturbed run asks of Nginx Proxy Manager, as places for faults: each call with how many alike went before it.
import type { FaultKind, FaultOrder } from './faults.ts';
import type { LoggedRequest } from './http.ts';

/** Whatever comes of a call that changes something. */
export const WRITE_FAULTS: readonly FaultKind[] = [
  'timeout',
  'timeout-after',
  '500-before',
  '500-after',
  'token-expired',
  '502',
  '404',
  'garbage',
  'cut',
  'cut-after',
];

/** Of a read it makes no difference whether it was done. */
const READ_FAULTS = WRITE_FAULTS.filter((kind) => !kind.endsWith('-after'));

export interface AskedCall {
  /** `GET /nginx/proxy-hosts/ID, the second`. */
  words: string;
  match: FaultOrder['match'];
  after: number;
  kinds: readonly FaultKind[];
}

const TIMES = ['the first', 'the second', 'the third', 'the fourth', 'the fifth', 'the sixth', 'the seventh'];

export function callsOf(requests: readonly LoggedRequest[]): AskedCall[] {
  const counts = new Map<string, number>();
  return requests.map(({ method, path }) => {
    const short = path.replace(/^\/api/, '');
    const shape = short.replaceAll(/\d+/g, 'ID');
    const after = counts.get(`${method} ${shape}`) ?? 0;
    counts.set(`${method} ${shape}`, after + 1);
    return {
      words: `${method} ${shape}, ${TIMES[after] ?? `number ${after + 1}`}`,
      match: { method, path: shape === short ? short : new RegExp(`^${shape.replaceAll('ID', '\\d+')}$`) },
      after,
      kinds: method === 'GET' ? READ_FAULTS : WRITE_FAULTS,
    };
  });
}
