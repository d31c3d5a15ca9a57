import { jest } from '@jest/globals';

// An emulated machine takes seconds where a real one takes milliseconds; each wait inside has a deadline of its own.
jest.setTimeout(600_000);
