// Asks the demo's controller over HTTP, as any program would.

export interface UnitView {
  readonly unit: string;
  readonly kind: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly sentence: string;
  readonly runs: string | null;
  readonly wants: string | null;
}

export interface EventView {
  readonly id: number;
  readonly at: string;
  readonly severity: string;
  readonly unit: string | null;
  readonly reason: string;
  readonly message: string;
}

export interface ControllerApi {
  /** `http://127.0.0.1:8480` */
  readonly address: string;
  isReady(): Promise<boolean>;
  units(): Promise<readonly UnitView[]>;
  /** Undefined for a unit that nobody knows. */
  unit(name: string): Promise<UnitView | undefined>;
  /** Newest first. */
  events(): Promise<readonly EventView[]>;
  metrics(): Promise<string>;
}

export function createApi(address: string): ControllerApi {
  async function ask(path: string): Promise<Response> {
    const response = await fetch(`${address}${path}`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
  async function data<T>(path: string): Promise<T> {
    return ((await (await ask(path)).json()) as { readonly data: T }).data;
  }
  async function units(): Promise<readonly UnitView[]> {
    const { items } = await data<{ items: readonly { units: readonly UnitView[] }[] }>('/api/workloads');
    return items.flatMap((workload) => workload.units);
  }
  return {
    address,
    async isReady() {
      const response = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(10_000) });
      await response.arrayBuffer();
      return response.ok;
    },
    units,
    async unit(name) {
      return (await units()).find((entry) => entry.unit === name);
    },
    events: async () => (await data<{ items: readonly EventView[] }>('/api/events?limit=100')).items,
    metrics: async () => (await ask('/metrics')).text(),
  };
}
