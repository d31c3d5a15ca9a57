/** What `up` and `down` need of the world; the adapters give it. */
import type { OccopusReport } from '../internal/contract/occopus.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { InfrastructureVm } from './core/infrastructure-vm.ts';
import type { Rights } from './core/plan-engine.ts';
import type { ChosenProvider } from './core/plan-provider.ts';

export type CommandOptions = {
  /** Through sudo where this process is not root's. */
  readonly asRoot?: boolean;
  readonly cwd?: string;
};

export type CommandRunner = {
  readonly rights: Rights;
  /** Full path of a program on the PATH or in one of the sbin folders, which users' PATHs leave out. */
  find(program: string): string | undefined;
  /** What the command prints on stdout. One that fails is `AppError` unavailable with the last thing that it said. */
  run(program: string, args: readonly string[], options?: CommandOptions): Promise<string>;
};

/** Whoever starts and stops the VMs of an infrastructure, as `destroy` needs it. Fails with `AppError` unavailable. */
export type VmProvider = {
  readonly kind: ChosenProvider['kind'];
  /** As it is called in a sentence. */
  readonly name: string;
  /** All VMs of the infrastructure; undefined where it knows none (any more). */
  read(infra: string, pools: readonly string[]): Promise<readonly InfrastructureVm[] | undefined>;
  /** Asks for the end of them. That nothing fails proves nothing: what is left has to be read again. */
  remove(infra: string, pools: readonly string[]): Promise<void>;
};

/** Occopus as `submit` hands an infrastructure to it. What it refuses, and why, is an `AppError`. */
export type OccopusIntake = {
  /** Ids of the infrastructures that it knows; `AppError` unavailable while it does not answer. */
  list(): Promise<readonly string[]>;
  /** Files are named as Occopus sees them. Replaces a definition of that name. */
  importDefinition(file: string): Promise<void>;
  /** Makes the infrastructure, or updates the one of this id; ends when its first VMs are ready. */
  build(infra: string, files: { readonly authData: string; readonly descriptor: string }): Promise<void>;
  attach(infra: string): Promise<'attached' | 'attached_before'>;
  report(infra: string): Promise<OccopusReport>;
};

/** Tells the person in front of the terminal what happens while it happens. */
export type Reporter = {
  /** Runs one step; its result line says what was done and how long it took. A failed step says nothing: its error does. */
  step<T>(name: string, work: (progress: Progress) => Promise<StepResult<T>>): Promise<T>;
  /** A line outside of the steps. */
  say(line: string): void;
};

/** What is being done now, for a step that takes its time. */
export type Progress = (detail: string) => void;
export type StepResult<T> = { readonly value: T; readonly done: string };

/** What a command gets of the process that it runs in. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runner: CommandRunner;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly groupId: number;
  /** The clone; in it the built JavaScript, and the templates. */
  readonly rootFolder: string;
  readonly distFolder: string;
  readonly templatesFolder: string;
};
