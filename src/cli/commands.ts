// All commands, in the order that help lists them.
import type { Command } from './command.ts';
import { adopt } from './commands/adopt.ts';
import { apply } from './commands/apply.ts';
import { completion } from './commands/completion.ts';
import { diff } from './commands/diff.ts';
import { doctor } from './commands/doctor.ts';
import { eject } from './commands/eject.ts';
import { events } from './commands/events.ts';
import { help } from './commands/help.ts';
import { history } from './commands/history.ts';
import { init } from './commands/init.ts';
import { logs } from './commands/logs.ts';
import { plan } from './commands/plan.ts';
import { proxies } from './commands/proxies.ts';
import { proxy } from './commands/proxy.ts';
import { ready } from './commands/ready.ts';
import { resume } from './commands/resume.ts';
import { rollback } from './commands/rollback.ts';
import { run } from './commands/run.ts';
import { schema } from './commands/schema.ts';
import { status } from './commands/status.ts';
import { suspend } from './commands/suspend.ts';
import { sync } from './commands/sync.ts';
import { validate } from './commands/validate.ts';
import { version } from './commands/version.ts';
import { why } from './commands/why.ts';

export const COMMANDS: readonly Command[] = [
  init,
  run,
  apply,
  plan,
  diff,
  validate,
  status,
  why,
  history,
  events,
  logs,
  proxies,
  proxy,
  rollback,
  suspend,
  resume,
  eject,
  adopt,
  sync,
  ready,
  schema,
  doctor,
  completion,
  version,
  help,
];
