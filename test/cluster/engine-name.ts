/**
 * Everything that the harness makes in the kernel is named after its segment (a /24 and the bridge that holds it), so
 * that whoever finds a segment can remove all of it: bridge `mct7`; namespace, link and cgroup `mct7-m1`.
 */
export const FIRST_SEGMENT = 1;
export const LAST_SEGMENT = 250;

export const bridgeName = (segment: number): string => `mct${segment}`;
/** The kernel takes 15 characters for the name of a link: `mct250-` leaves 8 for the engine's own. */
export const engineId = (segment: number, name: string): string => `${bridgeName(segment)}-${name}`;
export const segmentAddress = (segment: number, host: number): string => `10.77.${segment}.${host}`;

export function checkEngineName(name: string): void {
  if (!/^[a-z][a-z0-9]{0,7}$/.test(name))
    throw new Error(`engine name "${name}" must be one to eight lower case letters and digits`);
}
