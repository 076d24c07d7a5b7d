// Webhooks of tinyforge.yaml: their names are addresses, so none may stand twice.
import type { WebhookConfig } from '../model/config.ts';
import { type ConfigContext, secretName } from './config-context.ts';
import { didYouMean } from './did-you-mean.ts';

export function readWebhooks({ file, input, add }: ConfigContext): WebhookConfig[] {
  const names = new Set<string>();
  const known = (file.sources ?? []).map(({ name }) => name);
  return (file.webhooks ?? []).map(({ name, sender, secret, sources = [] }, index) => {
    if (names.has(name)) {
      const message = `Two webhooks are called ${name}, and both would answer at /api/webhooks/${name}.`;
      add(['webhooks', index, 'name'], { reason: 'DuplicateName', message, hint: 'rename one of them' });
    }
    names.add(name);
    if (input.senders !== null && !input.senders.includes(sender)) {
      const message = `No sender of webhooks is called \`${sender}\`.${didYouMean(sender, input.senders)}`;
      add(['webhooks', index, 'sender'], {
        reason: 'NotAllowed',
        message,
        hint: `senders in this version: ${input.senders.join(', ')}`,
      });
    }
    for (const [at, source] of sources.entries()) {
      // Sources that have a problem of their own are not here.
      if (file.sources === undefined || known.includes(source)) continue;
      const message = `No source is called \`${source}\`.${didYouMean(source, known)}`;
      add(['webhooks', index, 'sources', at], {
        reason: 'UnknownReference',
        message,
        hint: known.length === 0 ? 'add it under `sources`' : `sources: ${known.join(', ')}`,
      });
    }
    return { name, sender, secret: secretName(secret), sources };
  });
}
