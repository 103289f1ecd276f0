//! Tries to reach the way back from where others could come: the addresses of this machine that are not loopback.

use crate::mta::Ours;
use crate::mta::doctor::Probe;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// This machine answers itself at once; a filter that swallows packets never does.
const PATIENCE: Duration = Duration::from_secs(2);

/// Of a machine with more addresses the first ones are tried.
const MOST: usize = 32;

/// Nothing is tried if the way back is not on loopback: then others are meant to reach it.
pub(super) async fn probes(ours: &Ours) -> Vec<Probe> {
    let ways = [&ours.back, &ours.back_verified].into_iter().flatten();
    let ports: Vec<u16> = ways
        .filter(|place| place.is_loopback())
        .map(|place| place.port)
        .collect();
    let mut tries = JoinSet::new();
    for address in addresses().into_iter().take(MOST) {
        for port in &ports {
            let at = SocketAddr::new(address, *port);
            tries.spawn(async move {
                let taken = timeout(PATIENCE, TcpStream::connect(at)).await;
                Probe {
                    at,
                    answered: matches!(taken, Ok(Ok(_))),
                }
            });
        }
    }
    let mut probes = tries.join_all().await;
    probes.sort_by_key(|probe| probe.at);
    probes
}

fn addresses() -> Vec<IpAddr> {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let mut all = four(&read("/proc/net/fib_trie"));
    all.extend(six(&read("/proc/net/if_inet6")));
    all.retain(|address| !address.is_loopback());
    all.sort();
    all.dedup();
    all
}

/// `|-- 192.0.2.2`, and below it `/32 host LOCAL`.
fn four(text: &str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    let mut last: Option<Ipv4Addr> = None;
    for line in text.lines() {
        match line.trim().strip_prefix("|-- ") {
            Some(address) => last = address.parse().ok(),
            None if line.contains("/32 host LOCAL") => found.extend(last.map(IpAddr::V4)),
            None => {}
        }
    }
    found
}

/// 32 digits, and four fields of which the third is the scope (0: everywhere); an address of a link alone needs its name too.
fn six(text: &str) -> Vec<IpAddr> {
    let address = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [digits, _, _, "00", ..] = words[..] else {
            return None;
        };
        let bits = u128::from_str_radix(digits, 16).ok()?;
        Some(IpAddr::V6(Ipv6Addr::from_bits(bits)))
    };
    text.lines().filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     |-- 192.0.2.2\n        \
/32 host LOCAL\n     |-- 192.0.2.255\n        /32 link BROADCAST\n";
        assert_eq!(four(trie), ["192.0.2.2".parse::<IpAddr>().expect("one")]);
        let table = "fd000000000000000000000000000002 02 40 00 80     eth0\nfe800000000000000000000000000001 02 40 20 80     eth0\nodd\n";
        assert_eq!(six(table), ["fd00::2".parse::<IpAddr>().expect("one")]);
    }
}
