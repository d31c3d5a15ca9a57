/** What a webhook may be sent by a broken, a strange or a hostile sender: from almost right to bytes. */
import fc from 'fast-check';

export type WebhookRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
};

const BIG = 20_000;
const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '..',
    '../../etc/passwd',
    '__proto__',
    'constructor',
    '\u0000',
    '%2e%2e%2f',
    '$(reboot)',
    '{{ x }}',
  ),
  fc.integer({ min: 1, max: BIG }).map((length) => 'x'.repeat(length)),
);
const name = fc.oneof(fc.constantFrom('web', 'api', 'worker'), fc.stringMatching(/^[a-z]{1,3}$/), hostile);
const targetLabels = fc.record(
  {
    alertname: name,
    alert: fc.oneof(fc.constantFrom('overloaded', 'underloaded', 'out_of_bounds'), hostile),
    type: fc.oneof(fc.constantFrom('docker', 'VM'), hostile),
    application: name,
    infra_id: name,
    node: name,
  },
  { requiredKeys: [] },
);
const labels = fc.oneof(
  { weight: 6, arbitrary: targetLabels },
  { weight: 1, arbitrary: fc.dictionary(hostile, hostile, { maxKeys: 100 }) },
);
const status = fc.constantFrom('firing', 'resolved');
/** Of the right form, whatever it says. */
const takenWebhook = fc.record({
  version: fc.constant('4'),
  alerts: fc.array(fc.record({ status, labels, annotations: fc.jsonValue() }), { maxLength: 30 }),
});
const strangeAlert = fc.record(
  {
    status: fc.oneof(status, fc.jsonValue()),
    labels: fc.oneof(labels, fc.jsonValue()),
    annotations: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const strangeWebhook = fc.record(
  {
    version: fc.oneof(fc.constant('4'), fc.jsonValue()),
    truncatedAlerts: fc.jsonValue(),
    alerts: fc.oneof(fc.array(strangeAlert, { maxLength: 5 }), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

const json = fc.oneof(
  { weight: 6, arbitrary: takenWebhook.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: strangeWebhook.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  // So deep that who descends by recursion falls.
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: BIG }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  },
);
const body = fc.oneof(
  { weight: 8, arbitrary: json },
  {
    weight: 1,
    arbitrary: fc
      .tuple(json, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([text, part]) => text.slice(0, text.length * part)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => new Uint8Array(bytes)) },
);

/** @param token as the executor wants it; sometimes it is not sent */
export function webhookRequests(token: string): fc.Arbitrary<WebhookRequest> {
  const rarely = (value: string, others: readonly string[]): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(value) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    );
  return fc.record({
    method: rarely('POST', ['PUT', 'DELETE', 'PATCH', 'OPTIONS']),
    path: rarely('/', [
      '/api/v1/alerts',
      '/api/v1/pause',
      '/api/v1/resume',
      '/api/v1/decisions',
      '/%00',
      '//',
      '/?a[b]=c',
    ]),
    headers: fc.record({
      'content-type': rarely('application/json', [
        'text/plain',
        'application/json; charset=utf-7',
        'application/x-www-form-urlencoded',
        ';',
      ]),
      'content-encoding': rarely('identity', ['gzip', 'br', 'x']),
      authorization: rarely(`Bearer ${token}`, ['Bearer', 'Basic !', 'Bearer x']),
    }),
    body,
  });
}
