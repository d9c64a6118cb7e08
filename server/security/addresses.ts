/** Addresses of clients: who is asking, also behind proxies that are trusted, and ranges such as `10.0.0.0/8`. */
import { BlockList, isIP } from 'node:net';

/** Whether a text is an IP address or a range in CIDR notation. */
export function isAddressRange(text: string): boolean {
  const [address, bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

/** IPv4 addresses that a socket of both kinds reports as IPv6 are those of IPv4 again. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

export class TrustedProxies {
  readonly #ranges = new BlockList();
  readonly #isEmpty: boolean;

  constructor(ranges: readonly string[]) {
    this.#isEmpty = ranges.length === 0;
    for (const range of ranges) {
      const [address, bits] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#ranges.addAddress(address, family);
      else this.#ranges.addSubnet(address, Number(bits), family);
    }
  }

  includes(address: string): boolean {
    if (this.#isEmpty) return false;
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && this.#ranges.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * Who sent a request: the other end of the socket or, as long as that is a trusted proxy, whom it names in
   * X-Forwarded-For, from the right, since clients can write what they like to its left.
   */
  clientOf(socketAddress: string, forwardedFor: string | undefined): string {
    let client = plainAddress(socketAddress);
    const hops = forwardedFor?.split(',') ?? [];
    while (hops.length > 0 && this.includes(client)) {
      const hop = plainAddress(hops.pop()!.trim());
      if (isIP(hop) === 0) break;
      client = hop;
    }
    return client;
  }
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** What limits are counted by: an IPv4 address, or the network of an IPv6 one, of which a household has 2^64. */
export function limitKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head, tail] = address.split('%')[0].split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
