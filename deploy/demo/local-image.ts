/** Images made here and loaded into an engine: no registry, no Docker command line. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError, isAppError } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { type TarEntry, tarArchive } from './core/tar.ts';

export type LocalImage = {
  readonly name: string;
  readonly files: readonly TarEntry[];
  /** What `command`, or a service's own arguments, are given to. */
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
};

/**
 * The image's id, by which a service starts at once and offline (a tag would be looked up in a registry first).
 * The tag is the digest of what is inside, so an engine that has the image is left as it is.
 */
export async function loadLocalImage(docker: Docker, image: LocalImage): Promise<string> {
  const { Arch: architecture } = z
    .object({ Arch: z.string() })
    .parse(await callDocker('reading the engine’s version', () => docker.version()));
  const archive = imageArchive(image, architecture);
  const present = await readImageId(docker, archive.tag);
  if (present !== undefined) return present;
  await callDocker(`loading image ${archive.tag}`, async () => {
    const progress = await docker.loadImage(Readable.from([archive.bytes]));
    // The engine has stored the image when its answer has ended.
    await text(progress);
  });
  const id = await readImageId(docker, archive.tag);
  if (id === undefined) throw new AppError('unavailable', `the engine did not keep image ${archive.tag}`);
  return id;
}

async function readImageId(docker: Docker, tag: string): Promise<string | undefined> {
  try {
    return (await callDocker(`reading image ${tag}`, () => docker.getImage(tag).inspect())).Id;
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

/** What `docker save` writes: one layer, the configuration named by its digest, and a list of both. */
export function imageArchive(
  image: LocalImage,
  architecture: string,
): { readonly tag: string; readonly bytes: Buffer } {
  const layer = tarArchive(image.files);
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: {
        Cmd: image.command,
        Env: ['PATH=/bin'],
        ...(image.entrypoint === undefined ? {} : { Entrypoint: image.entrypoint }),
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created_by: 'micado' }],
    }),
  );
  const digest = sha256(config);
  const tag = `${image.name}:${digest.slice(0, 12)}`;
  const manifest = [{ Config: `${digest}.json`, RepoTags: [tag], Layers: ['layer.tar'] }];
  const file = (path: string, content: Buffer): TarEntry => ({ kind: 'file', path, mode: 0o644, content });
  return {
    tag,
    bytes: tarArchive([
      file(`${digest}.json`, config),
      file('layer.tar', layer),
      file('manifest.json', Buffer.from(JSON.stringify(manifest))),
    ]),
  };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
