import { defineConfig } from 'vitest/config';

export default defineConfig({
  // TensorFlow.js keeps its gradients in modules that Node cannot load by itself: their imports lack extensions.
  test: { server: { deps: { inline: [/@tensorflow/] } } },
});
