// An engine whose lists and events know what was taken over as it ran, beside what carries our labels.
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import type { AdoptedContainers } from './adopted.ts';

export function withAdopted(runtime: ContainerRuntime, adopted: AdoptedContainers): ContainerRuntime {
  return {
    ...runtime,
    listContainers: async () => adopted.marked(await runtime.listContainers()),
    watch: ({ onEvent, ...others }) =>
      runtime.watch({
        ...others,
        onEvent: (event) => onEvent({ ...event, unit: event.unit ?? adopted.unitOf(event.id) }),
      }),
  };
}
