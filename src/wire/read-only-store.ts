// A store for passes that only look: reads come from the index where there is one, writes go nowhere that lasts.
import type { Store } from '../ports/store.ts';

export function readOnlyStore(index: Store | null, scratch: Store): Store {
  if (index === null) return scratch;
  return {
    ...scratch,
    workload: (id) => index.workload(id),
    workloads: () => index.workloads(),
    status: (unit) => index.status(unit),
    statuses: () => index.statuses(),
    containers: (filter) => index.containers(filter),
    deploys: (unit, page) => index.deploys(unit, page),
    deploy: (id) => index.deploy(id),
    deployLogs: (id) => index.deployLogs(id),
    provenHashes: (unit) => index.provenHashes(unit),
    events: (filter) => index.events(filter),
    monitorResults: (unit, page) => index.monitorResults(unit, page),
    deliveries: (page) => index.deliveries(page),
    cacheGet: (key) => scratch.cacheGet(key) ?? index.cacheGet(key),
    close() {
      scratch.close();
      index.close();
    },
  };
}
