// What BuildKit would put into the arguments of a Dockerfile by itself, for those that ask for it.

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i686: '386',
};

/** Only the names under ARG: the engine tells of each other one that nobody took it. */
export function platformArguments(
  declared: readonly string[],
  engine: { os: string; architecture: string },
): Record<string, string> {
  const { os } = engine;
  const arch = ARCHITECTURES[engine.architecture] ?? engine.architecture;
  const known = ['BUILD', 'TARGET'].flatMap((side) => [
    [`${side}PLATFORM`, `${os}/${arch}`],
    [`${side}OS`, os],
    [`${side}ARCH`, arch],
  ]);
  return Object.fromEntries(known.filter(([name = '']) => declared.includes(name)));
}
