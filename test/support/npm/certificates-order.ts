// Ordering a certificate of Let's Encrypt: fails as without certbot, or, by a switch of the double's own, gives a self-signed one.
import { internalError } from './answers.ts';
import { stamp } from './rows.ts';
import { readCertificate, selfSigned } from './self-signed.ts';
import type { Row, World } from './world.ts';

export interface CertificateOrder {
  readonly owner: Row;
  readonly names: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly niceName?: string;
}

/** The new certificate's row. Throws a 500 with the command line that failed; the row is taken back then, its id is not. */
export async function orderCertificate(world: World, order: CertificateOrder): Promise<Row> {
  const names = [...(order.names as readonly string[])].sort();
  const row = world.tables.certificates.insert({
    owner_user_id: order.owner.id,
    provider: 'letsencrypt',
    nice_name: order.niceName ?? names.join(', '),
    domain_names: names,
    expires_on: stamp(new Date()),
    meta: { ...order.meta },
  });
  if (world.switches.letsencrypt === 'fail') {
    world.tables.certificates.remove(row);
    throw internalError(world.quirks, certbotIsMissing(row, String(order.owner.email)));
  }
  const pair = await selfSigned(names);
  await keepFiles(world, row, { certificate: pair.certificate, certificate_key: pair.key });
  const until = readCertificate(pair.certificate)?.dates.to ?? 0;
  row.expires_on = stamp(new Date(until * 1000));
  return row;
}

/** Writes the files that a host's server block names. */
export async function keepFiles(
  world: World,
  row: Row,
  pem: { certificate: string; certificate_key: string; intermediate_certificate?: string },
): Promise<void> {
  const folder = `custom_ssl/npm-${row.id}`;
  const chain = [pem.certificate, pem.intermediate_certificate ?? ''].filter((part) => part !== '');
  await world.nginx.write(`${folder}/fullchain.pem`, chain.join('\n'));
  await world.nginx.write(`${folder}/privkey.pem`, pem.certificate_key);
}

function certbotIsMissing(row: Row, email: string) {
  const names = (row.domain_names as readonly string[]).join(',');
  const spawnargs = [
    ...['certonly', '-n', '--config', '/etc/letsencrypt.ini', '--work-dir', '/tmp/letsencrypt-lib'],
    ...[
      '--logs-dir',
      '/data/logs',
      '--cert-name',
      `npm-${row.id}`,
      '--agree-tos',
      '--authenticator',
      'webroot',
    ],
    ...['-m', email, '--preferred-challenges', 'http', '--domains', names],
  ];
  return {
    errno: -2,
    code: 'ENOENT',
    syscall: 'spawn certbot',
    path: 'certbot',
    spawnargs,
    cmd: `certbot ${spawnargs.join(' ')}`,
  };
}
