// One step of the schema, there and back.

export interface Migration {
  /** What it is for, for people who read `user_version`. */
  name: string;
  up: string;
  down: string;
}
