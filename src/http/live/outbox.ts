// What waits to be sent to one browser: bounded, for one that does not read would hold all of it in memory.

const MOST_MESSAGES = 64;
const MOST_CHARACTERS = 512 * 1024;

export interface Outbox {
  push(message: string): void;
  /** All that waits, and empties it; null when nothing does. */
  take(): string | null;
  isEmpty(): boolean;
}

/** Once too much waits it is dropped and `reload` takes its place: a page with gaps would be a lie. */
export function createOutbox(reload: string): Outbox {
  let waiting: string[] = [];
  let characters = 0;
  let overflown = false;
  return {
    push(message) {
      if (overflown) return;
      waiting.push(message);
      characters += message.length;
      if (waiting.length <= MOST_MESSAGES && characters <= MOST_CHARACTERS) return;
      overflown = true;
      waiting = [reload];
    },
    take() {
      if (waiting.length === 0) return null;
      const all = waiting.join('');
      waiting = [];
      characters = 0;
      return all;
    },
    isEmpty: () => waiting.length === 0,
  };
}
