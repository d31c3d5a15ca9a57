/** A tar archive (ustar) in memory: the same entries give the same bytes. */

export type TarEntry = {
  readonly path: string;
  readonly mode: number;
} & (
  | { readonly kind: 'file'; readonly content: Buffer }
  | { readonly kind: 'link'; readonly target: string }
);

const BLOCK_BYTES = 512;
const PATH_BYTES = 100;

export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = entry.kind === 'file' ? entry.content : Buffer.alloc(0);
    return [tarHeader(entry, content.length), content, padding(content.length)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function tarHeader(entry: TarEntry, sizeBytes: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const text = (value: string, offset: number, length: number): void => {
    if (Buffer.byteLength(value) > length) throw new Error(`"${value}" is too long for a tar header`);
    header.write(value, offset, length);
  };
  const octal = (value: number, offset: number, length: number): void =>
    text(value.toString(8).padStart(length - 1, '0'), offset, length);
  text(entry.path, 0, PATH_BYTES);
  octal(entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(0, 136, 12);
  text(entry.kind === 'file' ? '0' : '2', 156, 1);
  if (entry.kind === 'link') text(entry.target, 157, PATH_BYTES);
  text('ustar', 257, 6);
  text('00', 263, 2);
  // The sum is taken with its own field filled with blanks.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return header;
}

function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}
