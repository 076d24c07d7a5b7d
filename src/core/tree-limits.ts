// How much the content of a site, or the context of a build, may be: all of it is looked at again and again.

/** Files and folders together. */
export const MOST_FILES = 100_000;

/** Of all files together. */
export const MOST_BYTES = 1_000_000_000;
