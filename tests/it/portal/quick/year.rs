//! Twelve months of one pair, by a clock of its own: mails, browsers that come and go, holidays; after each step what must be true.

use super::world::{BO, Browser, World, on};
use cloakroom::transfer::quick::Rules;

/// Dice that fall the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn twelve_months_of_mails_and_browsers() {
    for (seed, keeps) in [(7, false), (11, true)] {
        let rules = Rules { keeps, ..on() };
        let world = World::new(rules);
        let (mut dice, mut day) = (Dice(seed), 0);
        // His browsers; when each was last used, and when it was set up, if it is a device.
        let mut browsers: Vec<(Browser<'_>, Option<(i64, i64)>)> = Vec::new();
        let (mut passwords, mut none) = (0, 0);
        while day < 365 {
            let pause = match dice.below(12) {
                0 => 31 + dice.below(10) as i64,
                _ => 1 + dice.below(9) as i64,
            };
            day += pause;
            world.days_pass(BO, pause);
            world.rounds();
            let is_device = |d: &Option<(i64, i64)>| {
                d.is_some_and(|(used, since)| day - used < 30 && day - since < 365)
            };
            let expected = browsers.iter().any(|(_, device)| is_device(device));
            let got = world.mail_to(BO);
            assert_eq!(got.password.is_none(), expected, "day {day}");
            match got.password {
                Some(_) => {
                    passwords += 1;
                    let browser = Browser::new(&world);
                    assert!(!browser.opens(&got));
                    browser.connect(&got);
                    browsers.push((browser, Some((day, day))));
                }
                None => {
                    none += 1;
                    // Somebody without a device stands before it.
                    assert!(!Browser::new(&world).opens(&got), "day {day}");
                    for (n, (browser, device)) in browsers.iter_mut().enumerate() {
                        let opens = browser.opens(&got);
                        assert_eq!(opens, is_device(device), "day {day} browser {n}");
                        if let Some((used, _)) = device.as_mut().filter(|_| opens) {
                            *used = day;
                        }
                    }
                    if dice.below(4) == 0 {
                        let (first, _) = &browsers[browsers
                            .iter()
                            .position(|(_, device)| is_device(device))
                            .expect("one is")];
                        let code = first.make_code(&got);
                        let browser = Browser::new(&world);
                        let entered = browser.type_in(&got, &format!("code={code}"));
                        assert_eq!(entered.status, 303, "day {day}");
                        browsers.push((browser, Some((day, day))));
                    }
                }
            }
            if dice.below(10) == 0 {
                let lost = dice.below(browsers.len() as u64) as usize;
                browsers[lost].0.clear();
                // The device is still known here until its time is over: its mails need none, and it cannot open them.
                let number = world.circle(BO).devices.len();
                assert!(number <= 20);
                browsers.remove(lost);
                let left = browsers.iter().any(|(_, device)| is_device(device));
                if !left {
                    // As its sender would.
                    let token = cloakroom::transfer::SenderLink::token(
                        world.store().master(),
                        &got.id,
                        None,
                    );
                    Browser::new(&world).post(&format!("/s/{token}/devices"), "to=0");
                    browsers.clear();
                } else {
                    dismiss_others(&world, &browsers, &got);
                }
            }
        }
        assert!(passwords >= 2 && none > 2 * passwords, "{passwords} {none}");
        assert!(world.circle(BO).devices.len() < 12);
    }
}

/// A lost device is removed by one that is left, so that its time does not go on.
fn dismiss_others(
    world: &World,
    browsers: &[(Browser<'_>, Option<(i64, i64)>)],
    got: &super::world::Got,
) {
    let (id, master) = (world.circle_id(BO), world.store().master());
    let ours: Vec<[u8; 32]> = browsers
        .iter()
        .filter_map(|(browser, _)| browser.token())
        .map(|hex| {
            let byte = |n: usize| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16);
            let bytes = std::array::from_fn(|n| byte(n).expect("hexadecimal"));
            id.device(
                &cloakroom::transfer::DeviceSecret::from_bytes(bytes),
                master,
            )
        })
        .collect();
    let lost: Vec<u32> = world
        .circle(BO)
        .devices
        .iter()
        .filter(|device| !ours.contains(&device.name))
        .map(|device| device.number)
        .collect();
    for number in lost {
        let form = format!("number={number}");
        let path = format!("/open/{}/devices/end", got.id);
        let mut done = browsers
            .iter()
            .map(|(browser, _)| browser.post(&path, &form));
        assert!(done.any(|answer| {
            let there = answer.field("location").unwrap_or_default().to_owned();
            there.ends_with("done=removed")
        }));
    }
}
