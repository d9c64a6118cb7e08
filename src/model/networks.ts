/** The networks that speed is compared on: four from a tutorial's smallest to one of real size, and a rival's own. */
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  type ModelSpec,
  maxPool2d,
  relu,
  sequential,
} from './layers.ts';

const input = [28, 28, 1];

const convolutionBlock = (filters: number): LayerSpec[] => [
  conv2d({ filters, kernelSize: 3, padding: 'same' }),
  batchNorm(),
  relu(),
];

export const NETWORKS: Record<'tfjs' | 'keras' | 'triple64' | 'deep' | 'convnet', ModelSpec> = {
  /** Of TensorFlow.js's MNIST tutorial. */
  tfjs: sequential({ name: 'tfjs', input }, [
    conv2d({ filters: 8, kernelSize: 5 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 5 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 10 }),
  ]),
  /** Of Keras's "Simple MNIST convnet". */
  keras: sequential({ name: 'keras', input }, [
    conv2d({ filters: 32, kernelSize: 3 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.5 }),
    dense({ units: 10 }),
  ]),
  triple64: sequential({ name: 'triple64', input }, [
    ...convolutionBlock(64),
    maxPool2d({ poolSize: 2 }),
    ...convolutionBlock(64),
    maxPool2d({ poolSize: 2 }),
    ...convolutionBlock(64),
    flatten(),
    dropout({ rate: 0.25 }),
    dense({ units: 128 }),
    relu(),
    dropout({ rate: 0.5 }),
    dense({ units: 10 }),
  ]),
  deep: sequential({ name: 'deep', input }, [
    ...convolutionBlock(32),
    ...convolutionBlock(32),
    maxPool2d({ poolSize: 2 }),
    ...convolutionBlock(64),
    ...convolutionBlock(64),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.4 }),
    dense({ units: 128 }),
    relu(),
    dense({ units: 10 }),
  ]),
  /** Of jax-js's MNIST example. */
  convnet: sequential({ name: 'convnet', input }, [
    conv2d({ filters: 24, kernelSize: 5 }),
    maxPool2d({ poolSize: 2 }),
    relu(),
    conv2d({ filters: 32, kernelSize: 3 }),
    maxPool2d({ poolSize: 2 }),
    relu(),
    flatten(),
    dense({ units: 128 }),
    relu(),
    dense({ units: 10 }),
  ]),
};
