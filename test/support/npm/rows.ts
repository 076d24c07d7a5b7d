// The rows that the double keeps: tables with ids that are never given twice, times of one second, and soft deletion.

export interface Row {
  id: number;
  created_on: string;
  modified_on: string;
  is_deleted: boolean;
  [column: string]: unknown;
}

export interface Table {
  /** Everything that was not deleted, by id. */
  all(): Row[];
  /** A live row, or undefined. */
  get(id: number): Row | undefined;
  /** A new row; answers with it. */
  insert(columns: Readonly<Record<string, unknown>>): Row;
  /** Changes some columns; `modified_on` goes with it. */
  patch(row: Row, columns: Readonly<Record<string, unknown>>): void;
  /** A soft delete: the id stays taken. */
  remove(row: Row): void;
  /** For the replay of recordings: the next row gets this id. */
  nextId(id: number): void;
}

/** `2026-11-21 04:57:58`: local, without a zone, as the real one writes it. */
export function stamp(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

/** An empty table. */
export function createTable(): Table {
  const rows: Row[] = [];
  let next = 1;
  return {
    all: () => rows.filter((row) => !row.is_deleted),
    get: (id) => rows.find((row) => row.id === id && !row.is_deleted),
    insert(columns) {
      const now = stamp(new Date());
      const row: Row = { id: next, created_on: now, modified_on: now, is_deleted: false, ...columns };
      next = row.id + 1;
      rows.push(row);
      return row;
    },
    patch(row, columns) {
      Object.assign(row, columns, { modified_on: stamp(new Date()) });
    },
    remove(row) {
      row.is_deleted = true;
    },
    nextId(id) {
      next = id;
    },
  };
}

/** A copy without those columns. */
export function without(row: Readonly<Record<string, unknown>>, ...columns: readonly string[]) {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)));
}
