/** What one place says about a service: its labels, an entry of `services:`, or `defaults:`. */
import type { GivenAlert } from './own-alert.ts';
import type { Schedule } from './schedule.ts';
import type { GivenSettings } from './settings.ts';

export type Given = {
  readonly settings: GivenSettings;
  /** By name. */
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly alerts: ReadonlyMap<string, GivenAlert>;
};

export const NOTHING_GIVEN: Given = { settings: {}, schedules: new Map(), alerts: new Map() };
