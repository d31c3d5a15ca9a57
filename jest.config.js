/** Projects by what they need: `unit` needs nothing, `real` needs dockerd, Prometheus and Alertmanager. */
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
      testMatch: ['<rootDir>/test/{house,unit,golden,contract,e2e}/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'real',
      setupFilesAfterEnv: ['<rootDir>/test/real/setup.ts'],
      testMatch: ['<rootDir>/test/real/**/*.test.ts'],
    },
  ],
  coverageProvider: 'babel',
  collectCoverageFrom: ['{deploy,executor,exporter,internal,rulegen}/**/*.ts'],
};
