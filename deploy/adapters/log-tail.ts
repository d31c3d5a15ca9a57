import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { lastWords } from '../core/describe-exit.ts';

const TAIL_BYTES = 8 * 1024;
const LONGEST_WORDS = 300;

/** The last thing that a log says; empty where it says nothing or cannot be read. */
export function readLastWords(logFile: string): string {
  try {
    const file = openSync(logFile, 'r');
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(file, tail, 0, tail.length, size - tail.length);
      return lastWords(tail.toString('utf8')).slice(0, LONGEST_WORDS);
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
