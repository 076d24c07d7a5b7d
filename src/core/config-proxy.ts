// The reverse proxy of tinyforge.yaml: where it is, who we are there, and how it reaches what runs.
import type { Config, ProxyConfig } from '../model/config.ts';
import { durationMs, type Wrong } from './compose-values.ts';
import { type ConfigContext, secretName } from './config-context.ts';
import type { SettingName } from './config-settings.ts';
import { didYouMean } from './did-you-mean.ts';
import { readPattern } from './subdomain.ts';

const DEFAULTS = {
  provider: 'nginx-proxy-manager',
  address: '127.0.0.1',
  subdomain: '{stage}-{project}',
  drainMs: 10_000,
};

/** Keys that the environment may set as TINYFORGE_PROXY_…, with what they have to look like. */
const FROM_SETTINGS = {
  provider: /^[a-z0-9-]+$/,
  url: /^https?:\/\/[^\s/?#@]+\/?$/,
  email: /\S/,
  password: /^\$\{secret:[A-Za-z0-9][A-Za-z0-9._-]*\}$/,
  totp: /^\$\{secret:[A-Za-z0-9][A-Za-z0-9._-]*\}$/,
  reach: /^(network|published)$/,
  network: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
  address: /^[A-Za-z0-9][A-Za-z0-9.:-]*$/,
  domain: /^[A-Za-z0-9][A-Za-z0-9.-]*$/,
} as const;

type Key = keyof typeof FROM_SETTINGS;
const KEYS = Object.keys(FROM_SETTINGS) as Key[];
type Written = NonNullable<ConfigContext['file']['proxy']>;

export function readProxy(context: ConfigContext): Config['proxy'] {
  const { input } = context;
  const proxy = withSettings(context);
  if (proxy === null) return null;
  const tell = (key: keyof Written, wrong: Wrong): void => tellAt(key, wrong, context);
  const { provider = DEFAULTS.provider, url = '', domain, network } = proxy;
  if (input.providers !== null && !input.providers.includes(provider)) {
    const message = `No proxy is called \`${provider}\`.${didYouMean(provider, input.providers)}`;
    const hint = `proxies in this version: ${input.providers.join(', ')}`;
    tell('provider', { reason: 'NotAllowed', message, hint });
  }
  if (url === '' && context.settings.get('proxy_url') === undefined) tell('url', NO_URL);
  if (domain?.startsWith('*.')) tell('domain', WILDCARD);
  const pattern = readPattern(proxy.subdomain ?? DEFAULTS.subdomain);
  if (!pattern.ok) tell('subdomain', pattern.wrong);
  const drain = proxy.drain === undefined ? null : durationMs(proxy.drain);
  if (drain?.ok === false) tell('drain', drain.wrong);
  const reach = proxy.reach ?? (network === undefined ? 'published' : 'network');
  const clash = reachFault({ reach, network, address: proxy.address });
  if (clash !== null) tell(clash.key, clash.wrong);
  return {
    provider,
    url: origin(url),
    email: proxy.email ?? null,
    password: proxy.password === undefined ? null : secretName(proxy.password),
    totp: proxy.totp === undefined ? null : secretName(proxy.totp),
    traffic: trafficOf(proxy, url),
    reach,
    network: reach === 'network' ? (network ?? null) : null,
    address: reach === 'published' ? (proxy.address ?? DEFAULTS.address) : null,
    domain: domain?.toLowerCase() ?? null,
    subdomain: pattern.ok ? pattern.value : DEFAULTS.subdomain,
    drift: proxy.drift ?? 'heal',
    // Where certificates are there already, or made by hand. Others would ask for one of each name by themselves.
    tls: proxy.tls ?? (provider === DEFAULTS.provider ? 'auto' : 'off'),
    probe: proxy.probe ?? true,
    drainMs: drain?.ok ? drain.value : DEFAULTS.drainMs,
  };
}

/** The environment goes over the file, key by key; with an address it needs no file. */
function withSettings({ file, settings, addSetting }: ConfigContext): Written | null {
  const found: Partial<Record<Key, string>> = {};
  for (const key of KEYS) {
    const setting = settings.get(settingName(key));
    if (setting === undefined) continue;
    if (FROM_SETTINGS[key].test(setting.value)) found[key] = setting.value;
    // Its value is not repeated: it may be the password itself.
    else addSetting(setting, key === 'password' || key === 'totp' ? NO_REFERENCE : NO_SENSE);
  }
  const isSet = KEYS.some((key) => settings.get(settingName(key)) !== undefined);
  if (file.proxy === undefined && !isSet) return null;
  return { url: '', ...file.proxy, ...(found as Partial<Written>) };
}

function settingName(key: Key): SettingName {
  return `proxy_${key}`;
}

/** Where the key is written: in the file, or the whole of the map where it is missing. */
function tellAt(key: keyof Written, wrong: Wrong, { file, settings, add, addSetting }: ConfigContext): void {
  const own = key in FROM_SETTINGS ? settings.get(settingName(key as Key)) : undefined;
  // Without a file, what is missing is told of the first setting that asks for it.
  const others = KEYS.flatMap((name) => settings.get(settingName(name)) ?? []);
  const setting = own ?? (file.proxy === undefined ? others[0] : undefined);
  if (setting !== undefined) addSetting(setting, wrong);
  else add(file.proxy?.[key] === undefined ? ['proxy'] : ['proxy', key], wrong);
}

function reachFault({
  reach,
  network,
  address,
}: {
  reach: ProxyConfig['reach'];
  network: string | undefined;
  address: string | undefined;
}): {
  key: 'reach' | 'network' | 'address';
  wrong: Wrong;
} | null {
  if (reach === 'network' && network === undefined) return { key: 'reach', wrong: NO_NETWORK };
  if (reach === 'published' && network !== undefined) return { key: 'network', wrong: NETWORK_UNUSED };
  if (reach === 'network' && address !== undefined) return { key: 'address', wrong: ADDRESS_UNUSED };
  return null;
}

function trafficOf({ traffic }: Written, url: string): ProxyConfig['traffic'] {
  const host = hostOf(url);
  return {
    http: origin(traffic?.http ?? `http://${host}`),
    https: origin(traffic?.https ?? `https://${host}`),
  };
}

/** Without its port. What cannot be read was told already. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '127.0.0.1';
}

function origin(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

const NO_URL = {
  reason: 'MissingKey',
  message: '`url` is missing: nothing says where the proxy is asked.',
  hint: 'add the address of its API, for example `url: "http://npm:81"`',
};
const WILDCARD = {
  reason: 'BadFormat',
  message: 'Subdomains are put before this domain, so it has no star.',
  hint: 'for example `domain: example.com`',
};
const NO_NETWORK = {
  reason: 'MissingKey',
  message: 'By which network the proxy reaches containers is not said.',
  hint: 'add `network:` with its name, or say `reach: published`',
};
const NETWORK_UNUSED = {
  reason: 'Conflict',
  message: 'With `reach: published` no network is shared with the proxy.',
  hint: 'take `network` out, or say `reach: network`',
};
const ADDRESS_UNUSED = {
  reason: 'Conflict',
  message: 'On a shared network containers are reached by name, so no address is asked.',
  hint: 'take `address` out, or say `reach: published`',
};
const NO_REFERENCE = {
  reason: 'BadFormat',
  message: 'This must be the name of a secret, written ${secret:NAME}.',
  hint: 'for example `${secret:npm}`',
};
const NO_SENSE = { reason: 'BadFormat', message: 'This cannot be read.', hint: 'see `proxy:` in the README' };
