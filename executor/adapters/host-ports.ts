import { z } from 'zod';

const schema = z.object({
  EndpointSpec: z
    .object({
      Ports: z
        .array(
          z.object({
            Protocol: z.string().nullish(),
            PublishedPort: z.number().nullish(),
            PublishMode: z.string().nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** The ports that each task of the service takes of its node: `tcp/8080`. Those of the mesh are everywhere. */
export function hostPortsOf(serviceSpec: unknown): readonly string[] {
  const parsed = schema.safeParse(serviceSpec);
  const ports = parsed.success ? (parsed.data.EndpointSpec?.Ports ?? []) : [];
  return ports.flatMap(({ Protocol, PublishedPort, PublishMode }) =>
    PublishMode === 'host' && PublishedPort != null ? [`${Protocol ?? 'tcp'}/${PublishedPort}`] : [],
  );
}
