// What the contract of proxies needs of one: to be opened, to be asked as anybody asks, and to be edited by hand.
import type { Upstream } from '../../../src/model/route.ts';
import type { ProxyProvider } from '../../../src/ports/proxy-provider.ts';

export interface ProxyRig extends AsyncDisposable {
  /** As a start of ours opens it; of the controller `test` where none is named. Closed by the rig. */
  open(options?: { controller?: string }): ProxyProvider;
  /** One request to a route as anybody sends it, on a connection of its own. */
  get(domain: string, options?: { path?: string; cookie?: string | undefined }): Promise<RigAnswer>;
  /** Changes of the proxy so far, by whoever; null where they cannot be counted. */
  writes(): number | null;
  hand: ByHand;
  /** Lines of `advancedConfig` that the provider takes and the proxy does not; null where there are none. */
  configRefusedByProxy: string | null;
  /** What becomes of the id of a stranger's route that is taken over: ours has another where it follows from its key. */
  adoption: 'keeps' | 'replaces';
}

export interface RigAnswer {
  status: number;
  body: string;
  headers: Readonly<Record<string, string>>;
  /** The first cookie of the answer, as it is sent back; null for none. */
  cookie: string | null;
}

/** What people and other programs do. Ids are those of the routes listed. */
export interface ByHand {
  /** A route that is nobody's of ours; its id. */
  addRoute(domain: string, upstream: Upstream): Promise<string>;
  sendTo(id: string, upstream: Upstream): Promise<void>;
  /** Any option but the upstream: `compare` must see it. */
  changeOption(id: string): Promise<void>;
  /** What the provider keeps at a route beside its options and its upstream, as far as a hand can; absent where nothing is. */
  spoil?: (id: string) => Promise<void>;
  /** Null where a route cannot be disabled. */
  disable: ((id: string) => Promise<void>) | null;
  remove(id: string): Promise<void>;
}
