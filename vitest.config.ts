import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['kernels/**/*.test.ts', 'src/**/*.test.ts', 'server/**/*.test.ts', 'test/**/*.test.ts'],
    // TensorFlow.js keeps its gradients in modules that Node cannot load by itself: their imports lack extensions.
    server: { deps: { inline: [/@tensorflow/] } },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Servers, browsers and pages take their time, more so on a busy machine; a second, the default, is too little.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/leftOut.ts'],
  },
});
