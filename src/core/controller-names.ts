// A controller that was renamed: what carries its former name is its own still, and gets the new one with its next change.

export interface ControllerNames {
  controller: string;
  /** What it was called before; undefined where it never was renamed. */
  formerly?: string | undefined;
}

/** The name that a label or a mark stands for: a former one is the present one. */
export function presentName(name: string, { controller, formerly }: ControllerNames): string {
  return name === formerly ? controller : name;
}

export function isOwnName(name: string | null | undefined, names: ControllerNames): boolean {
  return name != null && presentName(name, names) === names.controller;
}
