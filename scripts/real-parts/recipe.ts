// What a real part is made of: Debian packages, and the programs of them that we use.

/** `own` is the release the machine runs; `newer` is the one after it, whose engine and Compose are recent enough. */
export type ReleaseChoice = 'own' | 'newer';

export interface PackageSet {
  readonly release: ReleaseChoice;
  readonly packages: readonly string[];
  /**
   * `missing` also brings the libraries that this machine does not have; `none` brings the packages alone; `all` brings
   * everything that they need on a machine with nothing, down to the C library.
   */
  readonly dependencies: 'missing' | 'none' | 'all';
}

export interface ProgramRecipe {
  /** The key in paths.json, and the file name below .forge/parts/bin. */
  readonly name: string;
  /** Where it lies in the unpacked packages. */
  readonly file: string;
  /** `link` for programs that stand alone; `launcher` for those that need the libraries unpacked with them. */
  readonly start: 'link' | 'launcher';
  /** A first argument, for programs that are many in one and look at their own name. */
  readonly applet?: string;
  /** `machine-first` takes the machine's own program where it has one: its firewall tool knows which backend is in use. */
  readonly prefer?: 'machine-first';
  /** What to say where there is neither the program nor a Debian to bring it. */
  readonly hint: string;
}

export interface PartRecipe {
  readonly name: string;
  readonly sets: readonly PackageSet[];
  readonly programs: readonly ProgramRecipe[];
}
