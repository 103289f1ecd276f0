//! A network such as `10.0.0.0/8` or `::1`: who may send, who may tell us the real client, whose line ends we mend.
//!
//! Promises: an IPv4 client that arrives as IPv4-mapped IPv6 (`::ffff:10.0.0.1`, a dual-stack listener) is the IPv4 client;
//! bits behind the prefix are refused, because `10.1.2.3/8` is a slip more often than an intention.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// Addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNetwork {
    /// Not an address, or not a prefix length behind the slash.
    Unreadable,
    /// There are bits behind the prefix.
    HostBits,
}

impl Network {
    /// `127.0.0.0/8` and `::1`: this machine.
    pub fn loopback() -> [Network; 2] {
        [
            Network {
                address: IpAddr::from([127, 0, 0, 0]),
                prefix: 8,
            },
            Network {
                address: IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
                prefix: 128,
            },
        ]
    }

    /// The one that an address is in, so many bits of IPv4 wide (32 at most) or of IPv6 (128 at most).
    pub fn around(address: IpAddr, v4: u8, v6: u8) -> Network {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let bits = masked(address.into(), v4) >> 96;
                Network {
                    address: IpAddr::V4(std::net::Ipv4Addr::from_bits(bits as u32)),
                    prefix: v4,
                }
            }
            IpAddr::V6(address) => Network {
                address: IpAddr::V6(masked(address.into(), v6).into()),
                prefix: v6,
            },
        }
    }

    /// True if the address is in it.
    pub fn contains(&self, client: IpAddr) -> bool {
        let client = client.to_canonical();
        client.is_ipv4() == self.address.is_ipv4()
            && masked(client, self.prefix) == bits(self.address)
    }

    /// How many leading bits count.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// True if it is so wide that it means strangers: more than a /8 of IPv4 or a /16 of IPv6.
    pub fn is_the_world(&self) -> bool {
        self.prefix < if self.address.is_ipv4() { 8 } else { 16 }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork::Unreadable)?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) => digits.parse().map_err(|_| NoNetwork::Unreadable)?,
            None => widest,
        };
        match prefix {
            p if p > widest => Err(NoNetwork::Unreadable),
            p if masked(address, p) != bits(address) => Err(NoNetwork::HostBits),
            prefix => Ok(Network { address, prefix }),
        }
    }
}

/// What is nobody's on the internet (IANA's registries of special addresses, RFC 6890): this machine, private and shared networks, links,
/// documentation, groups. An address that starts another way can still belong to the operator; nobody can know that here.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    // Tunnels that carry IPv4 inside, and documentation.
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
];

/// True if an address can be somebody's on the internet: not this machine, not a private network, not the cloud's own.
pub fn is_public(address: IpAddr) -> bool {
    let of = |text: &&str| text.parse::<Network>().is_ok_and(|n| n.contains(address));
    let special = NOT_PUBLIC.iter().any(of);
    match address.to_canonical() {
        IpAddr::V4(_) => !special,
        IpAddr::V6(v6) => match v6.segments() {
            // NAT64 (RFC 6052): the IPv4 address inside is who is called.
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public(IpAddr::from(Ipv4Addr::from_bits(
                u32::from(high) << 16 | u32::from(low),
            ))),
            [first, ..] => first >> 13 == 1 && !special,
        },
    }
}

/// The address's bits, the first one highest.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn masked(address: IpAddr, prefix: u8) -> u128 {
    let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
    bits(address) & mask
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.prefix == if self.address.is_ipv4() { 32 } else { 128 };
        match whole {
            true => write!(f, "{}", self.address),
            false => write!(f, "{}/{}", self.address, self.prefix),
        }
    }
}

impl fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoNetwork::Unreadable => {
                "a network is an address or a range, such as \"10.0.0.0/8\" or \"::1\""
            }
            NoNetwork::HostBits => "the address has bits behind the prefix",
        })
    }
}

impl std::error::Error for NoNetwork {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_network_around_it() {
        for (address, around) in [
            ("192.0.2.77", "192.0.0.0/16"),
            ("::ffff:192.0.2.77", "192.0.0.0/16"),
            ("2001:db8:1:2::7", "2001:db8::/32"),
        ] {
            let address: IpAddr = address.parse().expect("an address");
            let network = Network::around(address, 16, 32);
            assert_eq!(network.to_string(), around);
            assert!(network.contains(address));
        }
    }

    #[test]
    fn a_network_knows_its_members() {
        let rows = [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("::/0", "2001:db8::1", true),
            ("::1", "::1", true),
        ];
        for (network, client, inside) in rows {
            let network: Network = network.parse().unwrap_or_else(|e| panic!("{network}: {e}"));
            let client: IpAddr = client.parse().expect("the row is an address");
            assert_eq!(network.contains(client), inside, "{network} {client}");
        }
    }

    #[test]
    fn slips_are_refused() {
        for (text, why) in [
            ("10.1.2.3/8", NoNetwork::HostBits),
            ("10.0.0.0/33", NoNetwork::Unreadable),
            ("10.0.0/8", NoNetwork::Unreadable),
            ("localhost", NoNetwork::Unreadable),
            ("", NoNetwork::Unreadable),
        ] {
            assert_eq!(text.parse::<Network>(), Err(why), "{text}");
        }
    }

    #[test]
    fn the_printed_form_reads_back() {
        for text in ["127.0.0.0/8", "::1", "2001:db8::/32", "192.0.2.7"] {
            let network: Network = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(network.to_string(), text);
        }
        assert!(
            "0.0.0.0/0"
                .parse::<Network>()
                .is_ok_and(|n| n.is_the_world())
        );
    }

    #[test]
    fn t100_public_is_what_no_machine_of_ours_has() {
        let rows = [
            ("8.8.8.8", true),
            ("172.32.0.1", true),
            ("2606:4700::1111", true),
            ("64:ff9b::8.8.8.8", true),
            ("0.0.0.0", false),
            ("10.0.0.1", false),
            ("100.100.100.200", false),
            ("127.0.0.2", false),
            ("169.254.169.254", false),
            ("172.31.255.255", false),
            ("192.168.1.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::a9fe:a9fe", false),
            ("2002:7f00:1::", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ];
        for (address, public) in rows {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
        assert!(
            NOT_PUBLIC
                .iter()
                .all(|text| text.parse::<Network>().is_ok())
        );
    }
}
