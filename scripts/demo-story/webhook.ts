// A push as GitHub tells it: the body, its signature over the raw bytes, and the delivery's own id.
import { createHmac, randomUUID } from 'node:crypto';

export interface PushNotice {
  /** `http://127.0.0.1:8480/api/webhooks/git` */
  readonly address: string;
  readonly secret: string;
  /** The repository's clone address. */
  readonly repository: string;
  /** `refs/heads/main` */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** Sends it and answers with the status. Rejects when nobody takes it within ten seconds, which is GitHub's patience. */
export async function sendPushNotice(notice: PushNotice): Promise<number> {
  const { address, secret, repository, ref, before, after } = notice;
  const body = JSON.stringify({
    ref,
    before,
    after,
    deleted: /^0+$/.test(after),
    repository: {
      name: nameOf(repository).split('/')[1],
      full_name: nameOf(repository),
      clone_url: repository,
      html_url: repository.replace(/\.git$/, ''),
    },
    pusher: { name: 'demo', email: 'demo@example.com' },
    commits: [],
  });
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/demo',
      'x-github-event': 'push',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** `demo/infra` of `file:///…/demo/infra.git`: the owner and the name, as a git host calls a repository. */
function nameOf(repository: string): string {
  return repository
    .replace(/\.git$/, '')
    .split('/')
    .slice(-2)
    .join('/');
}
