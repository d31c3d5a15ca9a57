/**
 * Which of the new files Prometheus refuses to load, by halving. Every expression was parsed and every file has the right
 * shape before it was written, so this is the last line of defence (a template of the operator's own, a parser's defect);
 * at its end what is in the folder loads.
 */
export type RefusedFilesSearch<F> = {
  /** Files that were not there, in these words, when the rules last loaded. */
  readonly suspects: readonly F[];
  put(file: F): Promise<void>;
  /** Back to what loaded last, or away. */
  restore(file: F): Promise<void>;
  /** Whether Prometheus loads what is in the folder now. */
  accepts(): Promise<boolean>;
};

/** The guilty files; none when Prometheus refuses even without the suspects, because the fault lies elsewhere. */
export async function findRefusedFiles<F>(search: RefusedFilesSearch<F>): Promise<readonly F[]> {
  const { suspects, put, restore, accepts } = search;
  const each = async (files: readonly F[], act: (file: F) => Promise<void>): Promise<void> => {
    for (const file of files) await act(file);
  };
  await each(suspects, restore);
  if (!(await accepts())) {
    await each(suspects, put);
    return [];
  }
  const addGood = async (files: readonly F[]): Promise<readonly F[]> => {
    if (files.length === 0) return [];
    await each(files, put);
    if (await accepts()) return [];
    await each(files, restore);
    if (files.length === 1) return files;
    const middle = Math.ceil(files.length / 2);
    return [...(await addGood(files.slice(0, middle))), ...(await addGood(files.slice(middle)))];
  };
  const guilty = await addGood(suspects);
  if (guilty.length > 0) await accepts();
  return guilty;
}
