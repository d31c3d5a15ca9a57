/** Histories for the plots in sight: a few requests at a time, each plot again after a while, none for what nobody sees. */
import type { TargetHistory } from '../../core/overview/overview-shape.ts';
import { readHistory } from './api.ts';

export type HistoryFeed = {
  /** Watches an element; `show` gets a history whenever it is in sight. */
  follow(place: Element, target: string, show: (history: TargetHistory) => void): void;
  unfollow(place: Element): void;
  setMinutes(minutes: number): void;
};

type Followed = {
  readonly target: string;
  readonly show: (history: TargetHistory) => void;
  dueMs: number;
  isAsked: boolean;
};

const TOGETHER = 3;
const EVERY_MS = 4_000;
const LOOK_EVERY_MS = 250;

export function createHistoryFeed(): HistoryFeed {
  const followed = new Map<Element, Followed>();
  const inSight = new Set<Element>();
  let minutes = 15;
  let asked = 0;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inSight.add(target);
        else inSight.delete(target);
      }
      ask();
    },
    { rootMargin: '200px' },
  );
  const ask = (): void => {
    if (document.hidden) return;
    const nowMs = performance.now();
    for (const place of inSight) {
      if (asked >= TOGETHER) return;
      const one = followed.get(place);
      if (one === undefined || one.isAsked || one.dueMs > nowMs) continue;
      asked += 1;
      one.isAsked = true;
      const wanted = minutes;
      readHistory(one.target, wanted)
        .then((history) => {
          if (wanted === minutes && followed.has(place)) one.show(history);
        })
        // The freshness of the page says that the executor is away; the plot stays as it was.
        .catch(() => undefined)
        .finally(() => {
          asked -= 1;
          one.isAsked = false;
          if (wanted === minutes) one.dueMs = performance.now() + EVERY_MS;
          ask();
        });
    }
  };
  setInterval(ask, LOOK_EVERY_MS);
  return {
    follow(place, target, show) {
      followed.set(place, { target, show, dueMs: 0, isAsked: false });
      observer.observe(place);
    },
    unfollow(place) {
      followed.delete(place);
      inSight.delete(place);
      observer.unobserve(place);
    },
    setMinutes(next) {
      minutes = next;
      for (const one of followed.values()) one.dueMs = 0;
      ask();
    },
  };
}
