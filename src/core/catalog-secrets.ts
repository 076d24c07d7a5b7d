// Where a secret may be referred to: only where its value reaches a container or the proxy, and nothing shows it.
import type { Path } from './documents.ts';
import type { Finding } from './validate-finding.ts';
import { matches } from './validate-path.ts';

const OF_CONTAINERS = ['environment.*', 'configs.*.content'];
const OF_ROUTES = ['tls.certificate.upload.*', 'tls.certificate.letsencrypt.dns.credentials'];
const OF_SITES = ['content.git.credential', 'content.archive.credential'];
const PLACES = [
  ...OF_CONTAINERS,
  ...OF_CONTAINERS.map((path) => `stages.*.${path}`),
  ...OF_SITES,
  ...OF_ROUTES,
  ...OF_ROUTES.flatMap((path) => [`stages.*.${path}`, `services.*.${path}`]),
];

/** Labels, names, images and the rest are seen by everybody who may list containers. */
export function misplacedSecrets(secrets: readonly { path: Path; name: string }[]): Finding[] {
  return secrets
    .filter(({ path }) => !PLACES.some((pattern) => matches(path, pattern)))
    .map(({ path, name }) => ({
      path,
      part: 'value',
      reason: 'SecretNotHere',
      message: 'A secret cannot stand here: what this becomes can be seen by everybody who lists containers.',
      hint: 'secrets belong in `environment`, `secrets` and the content of `configs`',
      text: `\${secret:${name}}`,
    }));
}
