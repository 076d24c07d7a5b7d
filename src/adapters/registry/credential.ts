// What a registry may be given to know us by.

export interface RegistryCredential {
  username: string;
  password: string;
  /** Hosts of token servers that may be given the password beside the registry itself. */
  realms?: readonly string[] | undefined;
}

/** The credential for a registry as it stands in image references (`docker.io`, `127.0.0.1:5000`), or null. */
export type FindCredential = (registry: string) => RegistryCredential | null;
