import { jest } from '@jest/globals';

// Real parts take seconds where fakes take milliseconds; each wait inside has a deadline of its own.
jest.setTimeout(60_000);
