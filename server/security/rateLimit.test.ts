/** A client gets as much as the bucket holds, then as much as flows in, from one server or several. */
import { describe, expect, it, vi } from 'vitest';
import { RateLimiter, type Take } from './rateLimit.ts';

describe('a server by itself', () => {
  it('gives what a full bucket holds, then as much as flows in', () => {
    let now = 0;
    const limiter = new RateLimiter({ capacity: 60, seconds: 60, now: () => now });
    for (let i = 0; i < 60; i++) expect(limiter.take('a')).toBe(0);
    expect(limiter.take('a')).toBeCloseTo(1);
    expect(limiter.take('b'), 'another client').toBe(0);
    now += 500;
    expect(limiter.take('a')).toBeCloseTo(0.5);
    now += 500;
    expect(limiter.take('a')).toBe(0);
    expect(limiter.take('a')).toBeGreaterThan(0);
    now += 1e9;
    for (let i = 0; i < 60; i++) expect(limiter.take('a')).toBe(0);
    expect(limiter.take('a'), 'no more than it holds').toBeGreaterThan(0);
  });

  it('knows no limit where none is set', () => {
    const limiter = new RateLimiter({ capacity: 0, seconds: 60 });
    for (let i = 0; i < 1000; i++) expect(limiter.take('a')).toBe(0);
  });
});

describe('several servers on a database', () => {
  /** A bucket that does not fill up. */
  function sharedBucket(tokens: number): Take {
    return async (_key, cost) => {
      if (tokens < cost) return 5;
      tokens -= cost;
      return 0;
    };
  }

  it('share one bucket, and ask it by the handful', async () => {
    const take = vi.fn(sharedBucket(100));
    const servers = [1, 2, 3].map(() => new RateLimiter({ capacity: 100, seconds: 60, take, now: () => 0 }));
    let granted = 0;
    for (let i = 0; i < 300; i++) if ((await servers[i % 3].take('a')) === 0) granted++;
    expect(granted).toBe(100);
    expect(take.mock.calls.length).toBeLessThanOrEqual(53);
  });

  it('asks once for those who come together', async () => {
    const take = vi.fn(sharedBucket(1000));
    const limiter = new RateLimiter({ capacity: 1000, seconds: 60, take, now: () => 0 });
    await Promise.all(Array.from({ length: 20 }, () => limiter.take('a')));
    expect(take).toHaveBeenCalledTimes(1);
  });

  it('does not ask again before the time it was told to wait', async () => {
    let now = 0;
    const take = vi.fn(sharedBucket(0));
    const limiter = new RateLimiter({ capacity: 100, seconds: 60, take, now: () => now });
    expect(await limiter.take('a')).toBe(5);
    now += 2000;
    expect(await limiter.take('a')).toBeCloseTo(3);
    expect(take).toHaveBeenCalledTimes(1);
  });

  it('let people pass where the database does not answer', async () => {
    const limiter = new RateLimiter({
      capacity: 100,
      seconds: 60,
      take: () => Promise.reject(new Error('gone')),
    });
    expect(await limiter.take('a')).toBe(0);
  });
});
