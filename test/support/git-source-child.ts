// A process of its own that looks at a git source once, for tests that kill it in the middle.
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createGitSource } from '../../src/adapters/git/git-source.ts';
import { createMemoryLog } from './memory-log.ts';

const [config = '{}', dataDirectory = ''] = process.argv.slice(2);
const source = createGitSource({
  config: JSON.parse(config),
  dataDirectory,
  secrets: { get: () => null, redact: (text) => text },
  clock: createSystemClock(),
  log: createMemoryLog(),
});
await source.refresh(new AbortController().signal);
