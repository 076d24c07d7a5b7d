// How long each sort of call may take. A frozen engine accepts calls and never answers, so none goes without.

export interface Deadlines {
  /** A small read, until its headers and between two pieces of its body. */
  readMs: number;
  /** The same for lists, which an engine with much to do answers late. */
  listMs: number;
  /** Where the engine walks files to answer. */
  sizeMs: number;
  pingMs: number;
  /** From one ping beside the event stream to the next. */
  pingEveryMs: number;
  createMs: number;
  startMs: number;
  /** Beyond the grace of the container itself. */
  stopExtraMs: number;
  /** Rename, remove, networks, volumes. */
  writeMs: number;
  /** A pull or an upload may take for ever as long as it moves: the longest time without any progress. */
  idleMs: number;
}

export const DEADLINES: Deadlines = {
  readMs: 5_000,
  listMs: 10_000,
  sizeMs: 60_000,
  pingMs: 2_500,
  pingEveryMs: 5_000,
  createMs: 30_000,
  startMs: 60_000,
  stopExtraMs: 15_000,
  writeMs: 30_000,
  idleMs: 60_000,
};
