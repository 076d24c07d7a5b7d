// Faults that a test orders for requests to come: each one is used up by the first request that it matches.

export type FrontStatus = '502' | '503' | '504';

export type FaultKind =
  /** Nothing is done and nothing is ever answered. */
  | 'timeout'
  /** All is done, and the answer never comes. */
  | 'timeout-after'
  /** 500, nothing done. */
  | '500-before'
  /** 500, and all was done. */
  | '500-after'
  /** The token is told to be expired. */
  | 'token-expired'
  /** The path is told to be missing, which is also what "log in" reads like. */
  | '404'
  /** What its own nginx answers, with a page, while nobody is behind it or who is does not answer; nothing done. */
  | FrontStatus
  /** 200 with a page instead of JSON. */
  | 'garbage'
  /** 400, nothing done, and it repeats all that it was sent and all the keys that it has. */
  | 'tells-all'
  /** The connection is cut, nothing done. */
  | 'cut'
  /** The connection is cut within the answer, after all was done. */
  | 'cut-after';

export interface FaultOrder {
  readonly match: {
    readonly method?: string;
    /** The path without query, with or without `/api`; text must be equal. */
    readonly path?: string | RegExp;
  };
  readonly kind: FaultKind;
  /** So many requests that match pass before it. */
  readonly after?: number;
  /** Told when it was met, and what is done of it is done. */
  readonly onMet?: () => void;
}

export interface Faults {
  /** For the next request that matches. */
  next(order: FaultOrder): void;
  /** Orders that no request has met yet. */
  pending(): readonly FaultOrder[];
  clear(): void;
}

export interface FaultBook extends Faults {
  take(method: string, path: string): FaultOrder | undefined;
}

/** No faults yet. */
export function createFaults(): FaultBook {
  let orders: FaultOrder[] = [];
  return {
    next: (order) => void orders.push(order),
    pending: () => [...orders],
    clear() {
      orders = [];
    },
    take(method, path) {
      const order = orders.find(({ match }) => matches(match, method, path));
      if (order === undefined) return undefined;
      const { after = 0 } = order;
      orders = orders.flatMap((other) =>
        other !== order ? other : after > 0 ? { ...other, after: after - 1 } : [],
      );
      return after > 0 ? undefined : order;
    },
  };
}

function matches(match: FaultOrder['match'], method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  const short = path.replace(/^\/api/, '');
  if (typeof match.path === 'string') return match.path === path || match.path === short;
  return match.path.test(path) || match.path.test(short);
}
