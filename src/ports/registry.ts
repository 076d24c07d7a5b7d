// An image registry, asked only for digests.

export interface Registry {
  /**
   * Digest that `repository:tag` has now (that of the index where there is one). HEAD, not counted as a pull at Docker Hub.
   * Faults: RegistryAway (retry), ImageMissing (stalled: no such tag), ImagePullDenied (stalled).
   */
  resolveDigest(image: string, signal: AbortSignal): Promise<string>;
}
