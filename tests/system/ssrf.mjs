// SPDX-License-Identifier: MIT
// ssrf.mjs — 64 ways to write a host that is not public (R21); PORT, where there is one, is that of somebody who must not be reached.
export const HOSTS = [
  // this machine, as people and programs spell it
  '127.0.0.1', '127.0.0.1.', 'localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1',
  '0X7F.1', '0177.0.0.1', '017700000001', '0000000177.0.0.1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1', '0', '0.0.0.0', '0.0.0.1', '127.0.0.2', '127.255.255.254',
  'example.com@127.0.0.1', '8.8.8.8@127.0.0.1',
  // the same in IPv6: whole, short, mapped, compatible, translated, tunnelled
  '[::1]', '[::]', '[::2]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]',
  '[64:ff9b::127.0.0.1]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001::1]',
  // networks of ours, and what clouds tell about themselves
  '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.1.254', '169.254.169.254', '169.254.0.1', '[::ffff:169.254.169.254]',
  '[::ffff:10.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]', '100.64.0.1', '100.127.255.255',
  // nobody's: documentation, benchmarks, multicast, reserved
  '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '[ff02::1]',
  '[2001:db8::1]', '[100::1]',
]
