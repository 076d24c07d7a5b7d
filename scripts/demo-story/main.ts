// The demo's entry, when everything that it needs from npm is there.
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { play } from './play.ts';
import { createTalk, errorText } from './talk.ts';

const usage = `Usage: npm run demo [-- [--check] [--image NAME]]
  --check        plays the whole story by itself
  --image NAME   the controller runs from this image, which the engine has, and not from source
`;
const wish = readWish();
const stop = new AbortController();
let asked = 0;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    asked += 1;
    if (asked === 1) {
      process.stdout.write('\nStopping, and removing everything that the demo made …\n');
      stop.abort(new Error('The demo was stopped.'));
    } else if (asked === 3) {
      process.stdout.write('Left at once; the next demo removes what this one made.\n');
      process.exit(130);
    }
  });
}

if (wish === undefined) {
  process.stderr.write(usage);
  process.exitCode = 64;
} else {
  process.exitCode = await run(wish.check ? check : play, wish.image);
}

function readWish(): { readonly check: boolean; readonly image: string | undefined } | undefined {
  try {
    const { values } = parseArgs({
      options: { check: { type: 'boolean', default: false }, image: { type: 'string' } },
    });
    return { check: values.check, image: values.image };
  } catch {
    return undefined;
  }
}

async function run(story: typeof play, image: string | undefined): Promise<number> {
  const talk = createTalk((text) => void process.stdout.write(text));
  let code = 0;
  const cleanUp = new AsyncDisposableStack();
  try {
    await story({ image, talk, signal: stop.signal, cleanUp });
  } catch (error) {
    if (stop.signal.aborted) code = 130;
    else {
      talk.say(`\n${errorText(error)}`);
      code = 1;
    }
  }
  try {
    await cleanUp.disposeAsync();
    if (stop.signal.aborted) talk.say('Everything is removed.');
  } catch (error) {
    talk.say(`Not everything could be removed. ${errorText(error)}`);
    code = 1;
  }
  return code;
}
