// What differs between the versions of Nginx Proxy Manager that the double can be; facts seen on the wire, or read in the tagged source.

export type NpmVersion =
  | '2.9.22'
  | '2.11.1'
  | '2.11.3'
  | '2.12.2'
  | '2.12.6'
  | '2.13.0'
  | '2.13.6'
  | '2.14.0'
  | '2.15.1'
  | 'next';

export interface Quirks {
  readonly version: { readonly major: number; readonly minor: number; readonly revision: number };
  /** Whether `GET /api/` says `setup`, and the first `POST /api/users` needs no token. Before, a default user is there. */
  readonly setupCall: boolean;
  /** The status of a bad login and of an expired token. */
  readonly badCredentials: 400 | 401;
  /** Whether those two carry `message_i18n`. */
  readonly i18n: boolean;
  /** What somebody without a token or a permission is told: that there is no such path, or 403. */
  readonly notAllowed: 'not-found' | 'forbidden';
  /** What stands before the id of a missing object. */
  readonly missing: 'Not Found' | 'Item Not Found';
  /** Whether the body of a 500 has a `code`. */
  readonly codeIn500: boolean;
  readonly twoFactor: boolean;
  readonly trustForwardedProto: boolean;
  /** Whether a certificate's meta takes `letsencrypt_email` and `letsencrypt_agree`; refused afterwards. */
  readonly letsencryptFields: boolean;
  /** Whether streams have a certificate. */
  readonly streamCertificate: boolean;
  /** Whether redirections take the scheme `auto`. */
  readonly redirectAuto: boolean;
  /** `GET /api/schema` answers OpenAPI 3.1; before, something else. */
  readonly openApi: boolean;
  /** Booleans in answers are 0 and 1, dates ISO. */
  readonly numbersForBooleans: boolean;
  readonly domainLimit: number;
  /** Whether a user made without `auth` spoils those made after it: each answers 500, and is there all the same. */
  readonly spoiltByNoAuth: boolean;
}

const newest: Quirks = {
  version: { major: 2, minor: 15, revision: 1 },
  setupCall: true,
  badCredentials: 400,
  i18n: true,
  notAllowed: 'not-found',
  missing: 'Not Found',
  codeIn500: true,
  twoFactor: true,
  trustForwardedProto: true,
  letsencryptFields: false,
  streamCertificate: true,
  redirectAuto: true,
  openApi: true,
  numbersForBooleans: false,
  domainLimit: 100,
  spoiltByNoAuth: true,
};

const beforeRewrite: Quirks = {
  ...newest,
  version: { major: 2, minor: 12, revision: 6 },
  setupCall: false,
  badCredentials: 401,
  i18n: false,
  notAllowed: 'forbidden',
  missing: 'Item Not Found',
  codeIn500: false,
  twoFactor: false,
  trustForwardedProto: false,
  letsencryptFields: true,
  redirectAuto: false,
  spoiltByNoAuth: false,
};

const beforeOpenApi: Quirks = {
  ...beforeRewrite,
  version: { major: 2, minor: 11, revision: 3 },
  openApi: false,
  numbersForBooleans: true,
  streamCertificate: false,
};

/** How each version behaves. `next` is what was merged after 2.15.1: permission errors are 403 again; its number is a guess. */
export const quirksOf: Readonly<Record<NpmVersion, Quirks>> = {
  '2.9.22': { ...beforeOpenApi, version: { major: 2, minor: 9, revision: 22 }, domainLimit: 15 },
  '2.11.1': { ...beforeOpenApi, version: { major: 2, minor: 11, revision: 1 }, domainLimit: 30 },
  '2.11.3': beforeOpenApi,
  // The last one whose streams have no certificate.
  '2.12.2': {
    ...beforeRewrite,
    version: { major: 2, minor: 12, revision: 2 },
    streamCertificate: false,
  },
  '2.12.6': beforeRewrite,
  // The rewrite, before there were second factors.
  '2.13.0': {
    ...newest,
    version: { major: 2, minor: 13, revision: 0 },
    codeIn500: false,
    trustForwardedProto: false,
    twoFactor: false,
  },
  '2.13.6': {
    ...newest,
    version: { major: 2, minor: 13, revision: 6 },
    codeIn500: false,
    trustForwardedProto: false,
  },
  '2.14.0': { ...newest, version: { major: 2, minor: 14, revision: 0 }, codeIn500: false },
  '2.15.1': newest,
  next: { ...newest, version: { major: 2, minor: 16, revision: 0 }, notAllowed: 'forbidden' },
};

export const npmVersions = Object.keys(quirksOf) as readonly NpmVersion[];
