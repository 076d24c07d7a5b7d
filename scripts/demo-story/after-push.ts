// The post-receive hook of the demo's repository: tells Tinyforge of a push, as a git host would by its webhook.
// Usage: node after-push.ts ADDRESS SECRET-FILE REPOSITORY-URL, with lines of `old new ref` on standard input.
import { readFileSync } from 'node:fs';
import { sendPushNotice } from './webhook.ts';

const [address = '', secretFile = '', repository = ''] = process.argv.slice(2);
const secret = readFileSync(secretFile, 'utf8').trim();
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const [before = '', after = '', ref = ''] = line.split(' ');
  try {
    const status = await sendPushNotice({ address, secret, repository, ref, before, after });
    process.stdout.write(
      status === 202 ? 'Tinyforge was told of this push.\n' : `Tinyforge refused the webhook (${status}).\n`,
    );
  } catch {
    // A push is a push; what was not told is found by the next poll.
    process.stdout.write(`Nobody answers at ${address}; Tinyforge finds this push when it looks next.\n`);
  }
}
