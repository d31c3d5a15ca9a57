import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { imageArchive } from '../../../../deploy/demo/local-image.ts';

const image = (text: string) => ({
  name: 'micado-stress',
  files: [{ kind: 'file', path: 'stress.sh', mode: 0o755, content: Buffer.from(text) }] as const,
  command: ['sh', '/stress.sh'],
});

describe('an image that is made here', () => {
  test('has a tag that follows from what is inside', () => {
    const tag = imageArchive(image('a'), 'amd64').tag;
    expect(tag).toMatch(/^micado-stress:[0-9a-f]{12}$/);
    expect(imageArchive(image('a'), 'amd64').tag).toBe(tag);
    expect(imageArchive(image('b'), 'amd64').tag).not.toBe(tag);
    expect(imageArchive(image('a'), 'arm64').tag).not.toBe(tag);
  });

  test('names its configuration by the digest that the engine will compute', () => {
    const { bytes, tag } = imageArchive(image('a'), 'amd64');
    const name = bytes.toString('latin1', 0, 64);
    const sizeBytes = Number.parseInt(bytes.toString('latin1', 124, 135), 8);
    const config = bytes.subarray(512, 512 + sizeBytes);
    expect(createHash('sha256').update(config).digest('hex')).toBe(name);
    expect(tag).toBe(`micado-stress:${name.slice(0, 12)}`);
    expect(JSON.parse(config.toString())).toMatchObject({
      config: { Cmd: ['sh', '/stress.sh'] },
      os: 'linux',
    });
  });

  test('has an entry point only where one is given', () => {
    const config = (given: object): unknown => {
      const { bytes } = imageArchive({ ...image('a'), ...given }, 'amd64');
      const sizeBytes = Number.parseInt(bytes.toString('latin1', 124, 135), 8);
      return (JSON.parse(bytes.subarray(512, 512 + sizeBytes).toString()) as { config: unknown }).config;
    };
    expect(config({})).not.toHaveProperty('Entrypoint');
    expect(config({ entrypoint: ['sh', '/stress.sh'], command: [] })).toMatchObject({
      Entrypoint: ['sh', '/stress.sh'],
      Cmd: [],
    });
  });
});
