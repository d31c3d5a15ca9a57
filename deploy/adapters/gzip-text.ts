import { gzipSync } from 'node:zlib';

/** Where gzip's header says which system wrote it, and its word for unknown: the same text gives the same bytes anywhere. */
const SYSTEM_BYTE = 9;
const UNKNOWN_SYSTEM = 255;

/** Gzip in base64, as cloud-init unpacks it. */
export function gzipText(text: string): string {
  const packed = gzipSync(text, { level: 9 });
  packed[SYSTEM_BYTE] = UNKNOWN_SYSTEM;
  return packed.toString('base64');
}
