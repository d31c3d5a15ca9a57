/** Projects by what they need: `unit` nothing, `real` dockerd, Prometheus and Alertmanager, `vm` an emulated machine too. */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' },
    ],
  },
};

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{house,unit,golden,contract,e2e,chaos}/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'real',
      setupFilesAfterEnv: ['<rootDir>/test/real/setup.ts'],
      testMatch: ['<rootDir>/test/real/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'vm',
      setupFilesAfterEnv: ['<rootDir>/test/vm/setup.ts'],
      testMatch: ['<rootDir>/test/vm/**/*.test.ts'],
    },
  ],
  // Most of a test with real parts is waiting: one at a time leaves most of two cores idle. A worker that has become large
  // is replaced, since what a test file has loaded is never freed.
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/sequencer.mjs',
  workerIdleMemoryLimit: '1GB',
  coverageProvider: 'babel',
  collectCoverageFrom: ['{deploy,executor,exporter,internal,rulegen}/**/*.ts'],
};
