/** Who is asking, behind proxies that are trusted and those that are not. */
import { describe, expect, it } from 'vitest';
import { isAddressRange, limitKey, TrustedProxies } from './addresses.ts';

describe('TrustedProxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '::1']);

  it.each([
    ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['10.1.2.3', 'unknown', '10.1.2.3'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['::1', '2001:db8::5', '2001:db8::5'],
  ])('takes a request from %s, forwarded for %s, for one from %s', (socket, forwarded, client) => {
    expect(proxies.clientOf(socket, forwarded)).toBe(client);
  });

  it('trusts nobody where none is named', () => {
    expect(new TrustedProxies([]).clientOf('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
  });
});

describe('limitKey', () => {
  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['2001:db8:0:1:aaaa::1', '2001:db8:0:1::/64'],
    ['2001:db8:0:1:bbbb:1:2:3', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s by %s', (address, key) => {
    expect(limitKey(address)).toBe(key);
  });
});

describe('isAddressRange', () => {
  it.each(['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'])('takes %s', (text) => {
    expect(isAddressRange(text)).toBe(true);
  });
  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '1.2.3', '::1/129', '1.2.3.4/8/8'])(
    'refuses "%s"',
    (text) => {
      expect(isAddressRange(text)).toBe(false);
    },
  );
});
