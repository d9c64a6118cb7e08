import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['kernels/**/*.test.ts', 'src/**/*.test.ts', 'server/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/leftOut.ts'],
  },
});
