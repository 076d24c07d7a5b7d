// The real parts as data: which Debian packages each is made of, and which programs of them we use.
import type { PartRecipe } from './recipe.ts';

const engineHint =
  'install Docker Engine 23 or newer with containerd, runc and iptables, or run this on Debian 12.';

const engine: PartRecipe = {
  name: 'engine',
  sets: [
    { release: 'newer', packages: ['docker.io', 'containerd', 'tini'], dependencies: 'none' },
    // The newer release's runc wants a newer libseccomp than this machine has; its own runc serves that engine well.
    { release: 'own', packages: ['runc', 'iptables', 'iproute2'], dependencies: 'missing' },
  ],
  programs: [
    { name: 'dockerd', file: 'usr/sbin/dockerd', start: 'link', hint: engineHint },
    { name: 'docker-proxy', file: 'usr/sbin/docker-proxy', start: 'link', hint: engineHint },
    { name: 'docker-init', file: 'usr/bin/tini-static', start: 'link', hint: engineHint },
    { name: 'containerd', file: 'usr/bin/containerd', start: 'link', hint: engineHint },
    {
      name: 'containerd-shim-runc-v2',
      file: 'usr/bin/containerd-shim-runc-v2',
      start: 'link',
      hint: engineHint,
    },
    { name: 'runc', file: 'usr/sbin/runc', start: 'link', hint: engineHint },
    {
      name: 'iptables',
      file: 'usr/sbin/xtables-nft-multi',
      start: 'launcher',
      applet: 'iptables',
      prefer: 'machine-first',
      hint: engineHint,
    },
    {
      name: 'ip6tables',
      file: 'usr/sbin/xtables-nft-multi',
      start: 'launcher',
      applet: 'ip6tables',
      prefer: 'machine-first',
      hint: engineHint,
    },
    { name: 'ip', file: 'bin/ip', start: 'launcher', prefer: 'machine-first', hint: 'install iproute2.' },
  ],
};

const oldEngine: PartRecipe = {
  name: 'old-engine',
  // API 1.41: what Debian 12 installs, and the oldest that we speak with. It runs on the newer one's containerd.
  sets: [{ release: 'own', packages: ['docker.io'], dependencies: 'missing' }],
  programs: [
    {
      name: 'dockerd-20',
      file: 'usr/sbin/dockerd',
      start: 'launcher',
      hint: 'run this on Debian 12, whose package docker.io is version 20.10.',
    },
  ],
};

const compose: PartRecipe = {
  name: 'compose',
  sets: [{ release: 'newer', packages: ['docker-compose'], dependencies: 'none' }],
  programs: [
    {
      name: 'docker-compose',
      file: 'usr/libexec/docker/cli-plugins/docker-compose',
      start: 'link',
      hint: 'install the Docker Compose plugin, version 2 or newer.',
    },
  ],
};

const busybox: PartRecipe = {
  name: 'busybox',
  sets: [{ release: 'own', packages: ['busybox-static'], dependencies: 'none' }],
  programs: [
    { name: 'busybox', file: 'bin/busybox', start: 'link', hint: 'install a statically linked busybox.' },
  ],
};

const registry: PartRecipe = {
  name: 'registry',
  sets: [{ release: 'own', packages: ['docker-registry'], dependencies: 'none' }],
  programs: [
    {
      name: 'docker-registry',
      file: 'usr/bin/docker-registry',
      start: 'link',
      hint: 'install the Distribution registry, 2.8 or newer.',
    },
  ],
};

const nginx: PartRecipe = {
  name: 'nginx',
  // The double of Nginx Proxy Manager forwards streams, which Debian has in a package of its own.
  sets: [
    { release: 'own', packages: ['nginx', 'nginx-common', 'libnginx-mod-stream'], dependencies: 'missing' },
  ],
  programs: [{ name: 'nginx', file: 'usr/sbin/nginx', start: 'launcher', hint: 'install nginx.' }],
};

const caddy: PartRecipe = {
  name: 'caddy',
  // The newer release's is one static binary, and its API is the one that src/proxies/caddy was written against.
  sets: [{ release: 'newer', packages: ['caddy'], dependencies: 'none' }],
  programs: [{ name: 'caddy', file: 'usr/bin/caddy', start: 'link', hint: 'install Caddy, 2.6 or newer.' }],
};

const prometheus: PartRecipe = {
  name: 'prometheus',
  // Its dependencies are pieces of its own web page, which nobody looks at here.
  sets: [{ release: 'own', packages: ['prometheus'], dependencies: 'none' }],
  programs: [{ name: 'prometheus', file: 'usr/bin/prometheus', start: 'link', hint: 'install Prometheus.' }],
};

const ssh: PartRecipe = {
  name: 'ssh',
  sets: [{ release: 'own', packages: ['openssh-server', 'openssh-client'], dependencies: 'missing' }],
  programs: [
    { name: 'sshd', file: 'usr/sbin/sshd', start: 'launcher', hint: 'install openssh-server.' },
    {
      name: 'ssh',
      file: 'usr/bin/ssh',
      start: 'launcher',
      prefer: 'machine-first',
      hint: 'install openssh-client.',
    },
    {
      name: 'ssh-keygen',
      file: 'usr/bin/ssh-keygen',
      start: 'launcher',
      prefer: 'machine-first',
      hint: 'install openssh-client.',
    },
  ],
};

const browser: PartRecipe = {
  name: 'browser',
  // chromium-common holds files that the program reads beside itself, so the machine's own copy would not do.
  sets: [{ release: 'own', packages: ['chromium', 'chromium-common'], dependencies: 'missing' }],
  programs: [
    { name: 'chromium', file: 'usr/lib/chromium/chromium', start: 'launcher', hint: 'install chromium.' },
  ],
};

// Both shells look for their functions below /usr, so a test that starts them says where they are (readPaths().roots).
const zsh: PartRecipe = {
  name: 'zsh',
  sets: [{ release: 'own', packages: ['zsh', 'zsh-common'], dependencies: 'missing' }],
  programs: [{ name: 'zsh', file: 'bin/zsh', start: 'launcher', hint: 'install zsh.' }],
};

const fish: PartRecipe = {
  name: 'fish',
  // Python, groff and man-db, which it depends on too, are for its help pages and its settings page.
  sets: [{ release: 'own', packages: ['fish', 'fish-common', 'libpcre2-32-0'], dependencies: 'none' }],
  programs: [{ name: 'fish', file: 'usr/bin/fish', start: 'launcher', hint: 'install fish.' }],
};

/** What the Dockerfile installs into its base; a unit test compares them. */
export const imagePackages: readonly string[] = [
  'git',
  'openssh-client',
  'docker-compose',
  'util-linux',
  'tini',
  'ca-certificates',
  'libstdc++6',
];

const imageBase: PartRecipe = {
  name: 'image-base',
  // With a shell and its tools, which a base has before anything is installed.
  sets: [
    {
      release: 'newer',
      packages: [...imagePackages, 'base-files', 'base-passwd', 'coreutils', 'dash', 'grep', 'sed'],
      dependencies: 'all',
    },
  ],
  programs: [],
};

/** What every test run needs. */
export const usualParts: readonly PartRecipe[] = [
  engine,
  compose,
  busybox,
  registry,
  nginx,
  caddy,
  prometheus,
];

/** What only a flag asks for: bigger, or needed by few tests. */
export const extraParts: readonly PartRecipe[] = [ssh, browser, zsh, fish, oldEngine, imageBase];
