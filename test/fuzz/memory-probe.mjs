/** Preloaded into a process that is watched, with `--expose-gc`: at SIGUSR2 it collects all garbage and tells what it still holds. */
process.on('SIGUSR2', () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`held ${heapUsed + external} bytes\n`);
});
