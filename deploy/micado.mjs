#!/usr/bin/env node
/**
 * The command `micado`. Plain JavaScript without dependencies, because on a fresh clone nothing is installed yet: it
 * installs and builds what is missing or out of date, then hands over to `dist/deploy/main.js` in this same process.
 * `demo --cluster` plays on the engines of the tests, which nothing in deploy/ may import: it has an entry of its own.
 */
const LEAST_NODE = { major: 20, minor: 18 };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST_NODE.major || (major === LEAST_NODE.major && minor < LEAST_NODE.minor)) {
  console.error(
    `micado: needs Node.js ${LEAST_NODE.major}.${LEAST_NODE.minor} or newer; this is ${process.version} (${process.execPath})`,
  );
  process.exitCode = 1;
} else {
  const { prepare } = await import('./launcher/prepare.mjs');
  try {
    await prepare(new URL('..', import.meta.url));
    await import(
      isClusterDemo(process.argv.slice(2)) ? '../dist/test/cluster/demo/main.js' : '../dist/deploy/main.js'
    );
  } catch (error) {
    // A defect shows its stack; what the world does (a full disk, a missing right) is one line.
    const expected = error.name === 'PrepareError' || error.syscall !== undefined;
    console.error(expected ? `micado: ${error.message}` : error);
    process.exitCode = 1;
  }
}

function isClusterDemo([command, ...flags]) {
  return command === 'demo' && flags.includes('--cluster');
}
