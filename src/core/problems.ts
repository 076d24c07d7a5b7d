// The catalogue of reasons that a workload can carry: what each means, and what helps where nobody said anything closer.

export interface ReasonHelp {
  /** One sentence, for a tooltip or a first reading. */
  what: string;
  /** A command or an edit. NAME stands for the workload. */
  hint: string;
}

const LOGS = '`tinyforge logs NAME --failed` shows what it said.';
const AGAIN = 'Nothing to do: the next pass looks again.';
const ENGINE = 'Look at the engine on its machine; `tinyforge doctor` shows how it is reached.';
const FILES = 'Correct the path, or add the file; `tinyforge validate` shows the place.';

const REASONS: Readonly<Record<string, ReasonHelp>> = {
  AddressRefused: {
    what: 'An address leads where it may not lead.',
    hint: 'Name an address of https:// that leads to the file without detours.',
  },
  AdoptedFromElsewhere: {
    what: 'What is adopted was started from another folder than the one it will run in.',
    hint: 'Move its data to the new folder, or bind it by absolute paths.',
  },
  AdoptedUncompared: {
    what: 'It was taken over as it runs, and nothing tells whether that is what its files say.',
    hint: 'Nothing to do, unless its files were changed and not brought up since.',
  },
  AliasTaken: {
    what: 'It would answer to a name of somebody else on a network that both are on.',
    hint: 'Give it another name there, or take it off that network.',
  },
  ArchiveAway: {
    what: 'The archive of a site cannot be fetched now; what runs serves on.',
    hint: 'Look at its host; it is asked again by itself.',
  },
  ArchiveRefused: {
    what: 'The archive of a site holds more than files and folders, or leads out of itself.',
    hint: 'Pack it anew, with files and folders alone.',
  },
  ArchiveTooLarge: {
    what: 'The archive of a site is larger than what is taken.',
    hint: 'Pack less into it.',
  },
  ArchiveWrong: {
    what: 'The archive of a site is another file than its checksum says.',
    hint: 'Write the sha256 of the file that is meant; `sha256sum FILE` shows it.',
  },
  ArchiveUnreadable: { what: 'Files for a container could not be read from the source.', hint: FILES },
  BadValue: {
    what: 'A value cannot be given to a container.',
    hint: 'Correct the value; `tinyforge diff NAME` shows where it is used.',
  },
  BindElsewhere: {
    what: 'What a stack binds of its own folder is not at that path on the engine’s machine.',
    hint: 'Mount the folder into Tinyforge’s container at the same path.',
  },
  BindThroughLink: { what: 'A folder that a stack binds is a link.', hint: 'Bind the folder itself.' },
  BuildFailed: {
    what: 'The files of a site or the image of a service could not be built; the version before serves on.',
    hint: 'Its log is kept with the deploy: `tinyforge logs NAME --failed`. A change of what is built tries again.',
  },
  BuildKitOnly: {
    what: "A Dockerfile asks for what only BuildKit can; images are built by the engine's own builder.",
    hint: 'Write it without, or build and push the image elsewhere and name it under `image`.',
  },
  BuildRefused: {
    what: 'A build asks for rights or networks of its host, or for what is not known here.',
    hint: 'Take it away, or build and push the image elsewhere and name it under `image`.',
  },
  BuiltFromData: {
    what: 'An image is built from a folder that containers write to.',
    hint: 'Name in `.dockerignore` what they write.',
  },
  BuiltImageGone: {
    what: 'The image of an earlier version is gone, and so are the files that it was built from.',
    hint: 'Bring the files back, or let what they ask for now run: `tinyforge resume NAME`.',
  },
  CanaryFailed: {
    what: 'The new version failed while it served a part of the clients, and was taken back.',
    hint: LOGS,
  },
  CanaryUnmeasured: {
    what: 'A step of a canary ended well, and one of its metrics had no data.',
    hint: 'Ask Prometheus the same; while no request is counted there may be nothing to divide.',
  },
  ComposeBusy: { what: 'Another Compose works on this stack.', hint: 'Wait for it, or end it if it hangs.' },
  ComposeFilesElsewhere: {
    what: 'COMPOSE_FILE in `.env` names files outside of the folder of the stack.',
    hint: 'Name files of its own folder.',
  },
  ComposeHung: {
    what: 'Compose took too long or too much memory to read the files.',
    hint: 'Look for very large files among those that the Compose file names.',
  },
  ComposeMissing: {
    what: 'The Compose plugin is not installed.',
    hint: 'Install it; `tinyforge doctor` shows where it was looked for.',
  },
  ComposeRefused: {
    what: 'Compose does not take the files of this stack.',
    hint: 'Correct what Compose names; its own words are in `tinyforge why NAME`.',
  },
  ComposeUpFailed: { what: 'Compose could not bring the services up.', hint: LOGS },
  ContainerGone: { what: 'A container went away while it was worked on.', hint: AGAIN },
  ControlKey: {
    what: 'A variable is called like a setting of Compose, Docker or git, which are never given any.',
    hint: 'Rename it where it is set and where it is used.',
  },
  DataLeftBehind: {
    what: 'The folder of a stack moved, and data that it binds is not at the new place, where it would begin anew.',
    hint: 'Move the data to the new folder, or bind it by its absolute path, or use a volume.',
  },
  Deployed: { what: 'What its manifest asks for runs.', hint: 'Nothing to do.' },
  DependencyNotReady: {
    what: 'It waits for another workload to be healthy.',
    hint: '`tinyforge why` of the other one says what that needs.',
  },
  Ejected: {
    what: 'Somebody asked Tinyforge to forget it; what runs of it is left as it is.',
    hint: '`tinyforge adopt NAME` takes it back.',
  },
  EngineAway: { what: 'The engine does not answer, so nothing is changed there.', hint: ENGINE },
  EngineFailed: {
    what: 'The engine failed at something that it should be able to do.',
    hint: "Look at the engine's own log.",
  },
  EngineRefused: {
    what: 'The engine refuses what the manifest asks for.',
    hint: 'Change what the engine names in the manifest.',
  },
  EngineSlow: { what: 'The engine took too long to answer.', hint: ENGINE },
  ExternalMissing: {
    what: 'A network or volume that must be there is not.',
    hint: 'Make it, or take `external: true` out.',
  },
  FileMissing: { what: 'A file that it reads is not there.', hint: FILES },
  FilesGone: {
    what: 'The files of an earlier release are gone, and so is the container that had them.',
    hint: 'Bring the files back in its source, or let what the manifest asks for run: `tinyforge resume NAME`.',
  },
  FileStillWritten: { what: 'A file that it reads was being written.', hint: AGAIN },
  GpusRefused: {
    what: 'The Compose that is installed takes `gpus` and gives no device.',
    hint: 'Write `deploy.resources.reservations.devices`.',
  },
  Held: {
    what: 'Its manifest cannot be used, so it runs as last applied.',
    hint: '`tinyforge validate` shows the place.',
  },
  HookRefused: {
    what: 'A service has a hook of Compose, which would not be run each time.',
    hint: 'Put it into the command of the image, or into a job that others wait for.',
  },
  ImageNameRefused: {
    what: 'An image is named in a way that no registry knows.',
    hint: 'Write `host/name:tag`; `tinyforge diff NAME` shows where it stands.',
  },
  ImageMissing: {
    what: 'No engine and no registry has the image.',
    hint: 'Check name and tag; `tinyforge diff NAME` shows what changed.',
  },
  ImagePullDenied: {
    what: 'The registry does not let us have the image.',
    hint: 'Log the engine in at the registry, or make the image public.',
  },
  ImagePullFailed: { what: 'The image could not be pulled.', hint: 'Check the tag: `tinyforge diff NAME`.' },
  JobFailed: { what: 'A job that others wait for ended badly.', hint: LOGS },
  JobKilled: {
    what: 'A job was killed in the middle of its work; it is run again.',
    hint: 'Nothing to do. If it goes on, look for who ends it: `tinyforge logs NAME --failed`.',
  },
  LeftRunning: {
    what: 'A container of the same Compose project belongs to no service of the stack.',
    hint: 'Remove it by hand where nobody needs it.',
  },
  ModelsRefused: {
    what: 'A service asks Compose for a model.',
    hint: 'Run what serves the model as a service.',
  },
  NameTaken: {
    what: 'A container of this name is there, and it is not ours.',
    hint: 'Rename or remove it, or give the workload another name.',
  },
  NetworkGone: { what: 'A network went away while it was worked on.', hint: AGAIN },
  NoProxy: {
    what: 'Domains are named, and no proxy is configured that could route them.',
    hint: 'Name one under `proxy:` in tinyforge.yaml.',
  },
  NotARegularFile: { what: 'What should be a file is something else.', hint: 'Name a file.' },
  NothingGood: { what: 'There is no earlier version to go back to.', hint: LOGS },
  NotProven: {
    what: 'The new version answered with errors when it was asked through the proxy.',
    hint: LOGS,
  },
  NotReachable: {
    what: 'A container runs, and nothing could be asked of it from here.',
    hint: '`tinyforge doctor` shows how probes reach containers.',
  },
  PathOutsideTree: {
    what: 'A path leads out of the source.',
    hint: 'Move what it names into the source, and name it by a relative path.',
  },
  PlainHttp: {
    what: 'No certificate of the proxy fits, so the route is served without TLS.',
    hint: 'Add a certificate there, or write `tls: off`.',
  },
  PortExposed: {
    what: 'A port of the host is published that is open to all, or that somebody else usually has.',
    hint: 'Leave it to the proxy with `domains`, or publish it at 127.0.0.1.',
  },
  PortNotPublished: {
    what: 'The proxy reaches containers by published ports, and this one has none.',
    hint: AGAIN,
  },
  OtherController: {
    what: 'A controller of another name runs it on this engine already.',
    hint: 'If this controller was renamed, say what it was called: `controller: { name: …, formerly: … }`.',
  },
  PortTaken: {
    what: 'A port of the host belongs to somebody else.',
    hint: 'Stop the other one, or change `ports`.',
  },
  Progressing: { what: 'It is being changed now.', hint: '`tinyforge status -w` follows it.' },
  ProjectName: {
    what: 'It is not clear which Compose project this stack is.',
    hint: 'Write `project:` into the manifest.',
  },
  ProjectTaken: {
    what: 'A Compose project of this name is there, and it is not ours.',
    hint: 'Choose another `project:`, or hand it over with `adopt: true`.',
  },
  ProxyAlreadySetUp: {
    what: 'The proxy has accounts already, so no first one can be made.',
    hint: 'Make an account for Tinyforge on its page.',
  },
  ProxyAway: {
    what: 'The proxy does not answer; what is routed stays as it is.',
    hint: '`tinyforge doctor` shows how the proxy is reached.',
  },
  ProxyBusy: {
    what: 'Somebody else changed the proxy at the same time.',
    hint: AGAIN,
  },
  ProxyCannotReach: {
    what: 'The proxy does not reach the container that it should send requests to.',
    hint: '`tinyforge doctor` shows how the proxy reaches containers, and what is missing.',
  },
  ProxyForbidden: {
    what: 'The account that we have in the proxy may not do this.',
    hint: 'Give it the permission there; `tinyforge doctor` says which.',
  },
  ProxyLoginRefused: {
    what: 'The proxy does not let our account in.',
    hint: 'Check `proxy.email` and the secret that `proxy.password` names.',
  },
  ProxyNeedsTwoFactor: {
    what: 'The account that we have in the proxy asks for a second factor.',
    hint: 'Make one without for Tinyforge, or name its TOTP key in `proxy.totp`.',
  },
  ProxyNetworkMissing: {
    what: 'The network on which the proxy reaches containers is not there.',
    hint: 'Create it, and connect the proxy to it.',
  },
  ProxyTargetDown: {
    what: 'The other end of a route does not answer.',
    hint: 'Look at it on its machine; `tinyforge why NAME` has what was seen.',
  },
  ProxyTargetUp: {
    what: 'What a stand-alone route leads to answers again.',
    hint: 'Nothing to do.',
  },
  PruneHeld: {
    what: 'Many workloads would go at once, so a person has to say yes.',
    hint: 'If that is meant: `tinyforge apply --prune`.',
  },
  RegistryAway: { what: 'The registry does not answer.', hint: AGAIN },
  Renamed: {
    what: 'It had another name before; its data, history and holds went along.',
    hint: 'Nothing to do; `renamed_from` may stay in the manifest, or go.',
  },
  RouteConflict: {
    what: 'A name or a port belongs to a route that is not ours.',
    hint: 'Remove it there, choose another name, or take it over with `adopt: true`.',
  },
  RouteSentElsewhere: {
    what: 'Somebody sent its route elsewhere in the proxy, and the settings say to leave that.',
    hint: 'Send it back there, or write `drift: heal` under `proxy:`.',
  },
  RouteDrift: {
    what: 'A route was changed by hand, and is only told of.',
    hint: 'Change it back at the proxy, or write `drift: heal` under `proxy:` in tinyforge.yaml.',
  },
  RouteNotServed: {
    what: 'The proxy took a route, and it was not seen to serve it.',
    hint: 'Check `proxy.traffic`; `tinyforge doctor` asks there.',
  },
  RoutePortMissing: {
    what: 'Nothing says which port of the containers is routed.',
    hint: 'Add `port:` with the port of the container.',
  },
  RouteRefused: {
    what: 'The proxy does not take a route as the manifest wants it.',
    hint: 'Change what it names; `tinyforge why NAME` has its own words.',
  },
  RolledBack: {
    what: 'A new version failed, or fell ill after it had taken over; the one before runs.',
    hint: LOGS,
  },
  RepositoryAway: {
    what: 'The repository with the files of a site could not be read yet.',
    hint: 'Look at its host; it is asked again by itself.',
  },
  RollbackHold: {
    what: 'A person went back to an earlier version, and what the manifest asks for is held.',
    hint: 'A change of NAME lifts it; so does `tinyforge resume NAME`.',
  },
  SecretMissing: {
    what: 'A secret that it uses is not known.',
    hint: 'Put it into the secrets folder; `tinyforge doctor` shows where that is.',
  },
  SettingPassedOver: {
    what: 'A `.env` file has a setting of Compose or Docker, which Tinyforge does not use.',
    hint: 'Nothing to do, unless a manifest is to say the same.',
  },
  StackChanged: { what: 'Files of the stack changed after the plan was made.', hint: AGAIN },
  StackTooLarge: { what: 'The files of the stack are more than we read.', hint: 'Split the stack.' },
  StartFailed: { what: 'A container does not start.', hint: LOGS },
  Starting: { what: 'It has started and is not healthy yet.', hint: '`tinyforge logs NAME -f` follows it.' },
  Stopped: { what: 'Its manifest says `state: stopped`.', hint: 'Write `state: running` to start it.' },
  Superseded: { what: 'A newer change took its place before it ended.', hint: AGAIN },
  Suspended: { what: 'Somebody asked to leave it as it is.', hint: '`tinyforge resume NAME` ends that.' },
  Unexpected: {
    what: 'Something happened that nobody foresaw.',
    hint: 'The log of the controller has its origin.',
  },
  UnhealthyAfterSwitch: {
    what: 'It was healthy, and fell ill soon after it had taken over; the version before it came back.',
    hint: LOGS,
  },
  Unhealthy: { what: 'It did not become healthy in time, or is not any more.', hint: LOGS },
  WorldMoved: { what: 'Something changed while the plan was carried out; it is made again.', hint: AGAIN },
  YamlUnreadable: {
    what: 'A file is not YAML that can be read.',
    hint: '`tinyforge validate` shows the place.',
  },
};

/** Null for a reason that the catalogue does not have. */
export function reasonHelp(reason: string, unit: string): ReasonHelp | null {
  const found = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return found === undefined ? null : { what: found.what, hint: found.hint.replaceAll('NAME', unit) };
}

export function knownReasons(): string[] {
  return Object.keys(REASONS);
}
