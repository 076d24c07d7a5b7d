// Reads what the plugin says of its version.

export interface ComposeVersion {
  major: number;
  minor: number;
  /** `2.26.1` */
  text: string;
}

/** `v2.26.1`, `2.26.1-4`, `5.5.0+ds1`; null for anything else. */
export function parseVersion(output: string): ComposeVersion | null {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(output.trim()) ?? [];
  if (major === undefined || minor === undefined) return null;
  return { major: Number(major), minor: Number(minor), text: `${major}.${minor}.${patch ?? 0}` };
}
