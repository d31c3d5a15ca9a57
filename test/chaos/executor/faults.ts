/** What can be wrong with a part of the stack, as the executor's calls to it meet it. */
import { AppError } from '../../../internal/daemon/app-error.ts';

export const FAULTY_PARTS = ['docker', 'prometheus', 'alertmanager', 'provider'] as const;
export type FaultyPart = (typeof FAULTY_PARTS)[number];

/**
 * `away`: nothing gets there. `lost`: all gets there and is carried out, no answer comes back in time. `late`: the answer is
 * some seconds old. `half`: every other call is lost on its way. `corrupt`: the answer is something else. `error`: it says
 * that it cannot.
 */
export const MANNERS = ['away', 'lost', 'late', 'half', 'corrupt', 'error'] as const;
export type Manner = (typeof MANNERS)[number];

export type Fault = { readonly part: FaultyPart; readonly manner: Manner };

export const FAULTS: readonly Fault[] = FAULTY_PARTS.flatMap((part) =>
  MANNERS.map((manner) => ({ part, manner })),
);

export type FaultLine = {
  /** From now on, until it is mended. */
  spoil(fault: Fault): void;
  mend(): void;
  /** One call to the part: `corrupt` and `error` make its answer what they are in that part's language. */
  call<T>(part: FaultyPart, way: FaultWay<T>): Promise<T>;
};

export type FaultWay<T> = {
  reach(): Promise<T>;
  /** A different one at each turn. */
  corrupt(turn: number): T;
  error(): T;
};

const TIMEOUT_MS = 5_000;
const LATE_MS = 2_000;

export function createFaultLine(pass: (ms: number) => void): FaultLine {
  let fault: Fault | undefined;
  let calls = 0;
  return {
    spoil(next) {
      fault = next;
    },
    mend() {
      fault = undefined;
    },
    async call(part, { reach, corrupt, error }) {
      if (fault?.part !== part) return await reach();
      calls += 1;
      switch (fault.manner) {
        case 'away':
          return await refuse();
        case 'half':
          return calls % 2 === 0 ? await refuse() : await reach();
        case 'lost':
          await reach();
          pass(TIMEOUT_MS);
          throw new AppError('unavailable', `no answer within ${TIMEOUT_MS} ms`);
        case 'late': {
          const answer = await reach();
          pass(LATE_MS);
          return answer;
        }
        case 'corrupt':
          await reach();
          return corrupt(calls);
        case 'error':
          return error();
      }
    },
  };
}

const refuse = (): Promise<never> => Promise.reject(new AppError('unavailable', 'connection refused'));
