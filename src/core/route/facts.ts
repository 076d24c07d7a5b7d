// What is remembered of routes by the container that it is about.

/** That a container served this share of the clients for its time, and stayed well. */
export function canaryFact(share: number): string {
  return `canary-${share}`;
}
