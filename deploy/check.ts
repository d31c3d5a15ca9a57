/** `micado check user_data.yaml`: every problem at its place, and how large the rendered files would be. */
import {
  type CloudOptions,
  type CloudSurroundings,
  type PreparedCloud,
  prepareCloud,
} from './cloud-inputs.ts';
import { cloudInitSizes, MAX_USER_DATA_BYTES } from './core/cloud/plan-cloud-files.ts';
import { renderFindings } from './core/user-data/finding.ts';

export type CheckOutcome = { readonly ok: boolean; readonly text: string };

export async function runCheck(
  options: Pick<CloudOptions, 'userDataFile' | 'policyFile'>,
  around: CloudSurroundings,
): Promise<CheckOutcome> {
  const prepared = await prepareCloud(
    // Where it is rendered, the secret may be there.
    { ...options, missingSecret: 'warning', masterAddress: undefined, joinToken: undefined },
    around,
  );
  const text = describeFindings(prepared);
  if (prepared.result === undefined) return { ok: false, text };
  const { data, files } = prepared.result;
  const sizes = cloudInitSizes(files).map(({ file, bytes }) => `${file} ${bytes}`);
  const { min, max } = data.scaling;
  const summary = `${options.userDataFile}: fine: ${data.cloud}, ${min} to ${max} workers; bytes of ${MAX_USER_DATA_BYTES}: ${sizes.join(', ')}\n`;
  return { ok: true, text: text + summary };
}

export const describeFindings = ({ found }: PreparedCloud): string =>
  found.map(({ file, findings }) => renderFindings(file, findings)).join('');
