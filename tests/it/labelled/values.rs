//! Numbers of every kind, valid, as people write them. Their check digits are computed here anew, not by the detectors that are measured.

use super::dice::Dice;

const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MIXED: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A number of this detector, in one of the ways it is written.
pub fn of(detector: &str, dice: &mut Dice) -> String {
    match detector {
        "ahv" => grouped(
            &until(
                dice,
                |d| format!("756{}", d.digits(10)),
                |n| weights(n, &[1, 3], 10),
            ),
            &[3, 4, 4, 2],
            ".",
        ),
        "api_token" => token(dice),
        "bsn" => until(
            dice,
            |d| d.digits(9),
            |n| {
                let minus = n
                    .iter()
                    .zip([9, 8, 7, 6, 5, 4, 3, 2, -1])
                    .map(|(d, w)| i64::from(*d) * w)
                    .sum::<i64>();
                minus % 11 == 0
            },
        ),
        "codice_fiscale" => codice_fiscale(dice),
        "cpr" => grouped(
            &until(
                dice,
                |d| format!("{}{}", d.born("dmy"), d.from(1000, 3999)),
                |n| weights(n, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11),
            ),
            &[6, 4],
            "-",
        ),
        "dni" => with_letter(&dice.digits(8), ""),
        "nie" => with_letter(&dice.digits(7), dice.one(&["X", "Y", "Z"])),
        "fodselsnummer" => {
            let number = until(
                dice,
                |d| format!("{}{}", d.born("dmy"), d.from(10_000, 49_999)),
                |n| {
                    weights(&n[..10], &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1], 11)
                        && weights(n, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
                },
            );
            either(dice, &number, &[6, 5], " ")
        }
        "hetu" => {
            let (date, serial) = (dice.born("dmy"), dice.from(100, 899));
            let rest = format!("{date}{serial}").parse::<usize>().expect("digits") % 31;
            format!(
                "{date}{}{serial}{}",
                dice.one(&["-", "-", "-", "Y", "X"]),
                &"0123456789ABCDEFHJKLMNPRSTUVWXY"[rest..=rest]
            )
        }
        "iban" => iban(dice),
        "imei" => until(dice, |d| format!("35{}", d.digits(13)), luhn),
        "krankenversichertennummer" => insured(dice),
        "mrz" => mrz(dice),
        "nhs_number" => {
            let number = until(
                dice,
                |d| format!("{}{}", d.one(&["4", "6", "7"]), d.digits(9)),
                |n| weights(n, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11),
            );
            either(dice, &number, &[3, 3, 4], " ")
        }
        "nino" => {
            let (prefix, digits, suffix) = (
                dice.one(&["AB", "JG", "HN", "PW", "SR"]),
                dice.digits(6),
                dice.one(&["A", "B", "C", "D"]),
            );
            either(
                dice,
                &format!("{prefix}{digits}{suffix}"),
                &[2, 2, 2, 2, 1],
                " ",
            )
        }
        "nir" => {
            let front = format!(
                "{}{}{:02}{:02}{}",
                dice.from(1, 2),
                dice.from(40, 99),
                dice.from(1, 12),
                dice.from(1, 95),
                dice.digits(6)
            );
            let key = 97 - front.parse::<u64>().expect("digits") % 97;
            either(
                dice,
                &format!("{front}{key:02}"),
                &[1, 2, 2, 2, 3, 3, 2],
                " ",
            )
        }
        "nrn" => {
            let front = format!("{}{:03}", dice.born("ymd"), dice.from(1, 997));
            let key = 97 - front.parse::<u64>().expect("digits") % 97;
            let number = format!("{front}{key:02}");
            let joined = grouped(&number, &[2, 2, 2, 3, 2], ".");
            format!("{}-{}", &joined[..8], &joined[9..])
        }
        "password" => format!(
            "{}{}{}!",
            dice.text(1, CAPITALS),
            dice.text(6, SMALL),
            dice.from(10, 99)
        ),
        "payment_card" => {
            let number = until(
                dice,
                |d| format!("{}{}", d.one(&["4", "51", "55"]), d.digits(15))[..16].to_owned(),
                luhn,
            );
            either(dice, &number, &[4, 4, 4, 4], " ")
        }
        "personnummer" => {
            let born = dice.born("ymd");
            grouped(
                &until(dice, |d| format!("{born}{}", d.from(1000, 9999)), luhn),
                &[6, 4],
                "-",
            )
        }
        "samordningsnummer" => {
            let born = dice.born("ymd");
            let day = born[4..].parse::<u64>().expect("digits") + 60;
            grouped(
                &until(
                    dice,
                    |d| format!("{}{day}{}", &born[..4], d.from(1000, 9999)),
                    luhn,
                ),
                &[6, 4],
                "-",
            )
        }
        "pesel" => until(
            dice,
            |d| format!("{}{}", d.born("ymd"), d.digits(5)),
            |n| weights(n, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10),
        ),
        "private_key" => {
            let lines: Vec<String> = (0..4).map(|_| dice.text(64, MIXED)).collect();
            let kind = dice.one(&["", "RSA ", "OPENSSH "]);
            format!(
                "-----BEGIN {kind}PRIVATE KEY-----\n{}\n-----END {kind}PRIVATE KEY-----",
                lines.join("\n")
            )
        }
        "ssn" => format!(
            "{:03}-{:02}-{:04}",
            dice.from(1, 665),
            dice.from(1, 99),
            dice.from(1, 9999)
        ),
        "steuer_id" => {
            let number = steuer_id(dice);
            either(dice, &number, &[2, 3, 3, 3], " ")
        }
        other => panic!("no numbers of {other}"),
    }
}

/// The same with one digit wrong, so that its check fails; what has no check is not asked for.
pub fn broken(detector: &str, dice: &mut Dice) -> String {
    let mut number = of(detector, dice).into_bytes();
    let at = number
        .iter()
        .rposition(u8::is_ascii_digit)
        .expect("a digit");
    number[at] = b'0' + (number[at] - b'0' + 1) % 10;
    String::from_utf8(number).expect("ASCII")
}

fn until(
    dice: &mut Dice,
    make: impl Fn(&mut Dice) -> String,
    passes: impl Fn(&[u8]) -> bool,
) -> String {
    loop {
        let number = make(dice);
        let digits: Vec<u8> = number.bytes().map(|c| c - b'0').collect();
        if passes(&digits) {
            return number;
        }
    }
}

fn weights(digits: &[u8], weights: &[u32], modulus: u32) -> bool {
    let sum: u32 = digits
        .iter()
        .zip(weights.iter().cycle())
        .map(|(&d, w)| u32::from(d) * w)
        .sum();
    sum.is_multiple_of(modulus)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &d)| {
            u32::from(if at % 2 == 1 {
                d * 2 / 10 + d * 2 % 10
            } else {
                d
            })
        })
        .sum();
    sum.is_multiple_of(10)
}

fn either(dice: &mut Dice, number: &str, sizes: &[usize], joint: &str) -> String {
    if dice.from(0, 1) == 0 {
        return number.to_owned();
    }
    grouped(number, sizes, joint)
}

fn grouped(number: &str, sizes: &[usize], joint: &str) -> String {
    let mut at = 0;
    let groups = sizes.iter().map(|size| {
        at += size;
        &number[at - size..at]
    });
    groups.collect::<Vec<_>>().join(joint)
}

fn with_letter(digits: &str, first: &str) -> String {
    let number = format!(
        "{}{digits}",
        "XYZ"
            .find(first)
            .filter(|_| !first.is_empty())
            .map_or(String::new(), |d| d.to_string())
    );
    let rest = number.parse::<usize>().expect("digits") % 23;
    format!("{first}{digits}{}", &"TRWAGMYFPDXBNJZSQVHLCKE"[rest..=rest])
}

fn iban(dice: &mut Dice) -> String {
    let (country, account) = match dice.from(0, 3) {
        0 => ("DE", dice.digits(18)),
        1 => ("AT", dice.digits(16)),
        2 => ("PL", dice.digits(24)),
        _ => ("NL", format!("ABNA{}", dice.digits(10))),
    };
    let digits: String = format!("{account}{country}00")
        .chars()
        .map(|c| c.to_digit(36).expect("of base 36").to_string())
        .collect();
    let rest = digits
        .bytes()
        .fold(0u32, |rest, c| (rest * 10 + u32::from(c - b'0')) % 97);
    let iban = format!("{country}{:02}{account}", 98 - rest);
    if dice.from(0, 1) == 0 {
        return iban;
    }
    iban.as_bytes()
        .chunks(4)
        .map(|g| String::from_utf8_lossy(g).into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// § 290 SGB V.
fn insured(dice: &mut Dice) -> String {
    let letter = dice.from(1, 26);
    let digits = dice.text(8, "0123456789");
    let all = format!("{letter:02}{digits}");
    let sum: u64 = all
        .bytes()
        .enumerate()
        .map(|(at, c)| {
            let product = u64::from(c - b'0') * (at as u64 % 2 + 1);
            product / 10 + product % 10
        })
        .sum();
    format!(
        "{}{digits}{}",
        &CAPITALS[letter as usize - 1..letter as usize],
        sum % 10
    )
}

/// Ten digits of which one stands twice, and one check digit of ISO 7064 MOD 11,10.
fn steuer_id(dice: &mut Dice) -> String {
    let mut pool: Vec<char> = "0123456789".chars().collect();
    pool.remove(dice.from(0, 9) as usize);
    pool.push(pool[dice.from(0, 8) as usize]);
    for at in (1..pool.len()).rev() {
        pool.swap(at, dice.from(0, at as u64) as usize);
    }
    let zero = usize::from(pool[0] == '0');
    pool.swap(0, zero * 5);
    if pool[0] == '0' {
        return steuer_id(dice);
    }
    let product = pool.iter().fold(10, |product, c| {
        let sum = (c.to_digit(10).expect("a digit") + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    format!("{}{}", pool.iter().collect::<String>(), (11 - product) % 10)
}

fn codice_fiscale(dice: &mut Dice) -> String {
    let consonants = "BCDFGLMNPRSTVZ";
    let names = format!("{}{}", dice.text(3, consonants), dice.text(3, consonants));
    let day = dice.from(1, 28) + 40 * dice.from(0, 1);
    let front = format!(
        "{names}{}{}{day:02}{}{}",
        dice.from(40, 99),
        dice.text(1, "ABCDEHLMPRST"),
        dice.text(1, "ABCDEFGHL"),
        dice.digits(3)
    );
    #[rustfmt::skip]
    let odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum: usize = front
        .chars()
        .enumerate()
        .map(|(at, c)| {
            let worth = c.to_digit(10).unwrap_or_else(|| c as u32 - 65) as usize;
            if at % 2 == 0 { odd[worth] } else { worth }
        })
        .sum();
    format!("{front}{}", &CAPITALS[sum % 26..=sum % 26])
}

fn mrz(dice: &mut Dice) -> String {
    let digit = |field: &str| {
        let worth = |c: char| c.to_digit(36).unwrap_or(0);
        let sum: u32 = field
            .chars()
            .zip([7, 3, 1].iter().cycle())
            .map(|(c, w)| worth(c) * w)
            .sum();
        format!("{field}{}", sum % 10)
    };
    let number = digit(&format!(
        "{}{}",
        dice.text(2, "CFGHJKLMNPRTVWXYZ"),
        dice.digits(7)
    ));
    let birth = digit(&dice.born("ymd"));
    let expiry = digit(&format!(
        "{}{:02}{:02}",
        dice.from(24, 34),
        dice.from(1, 12),
        dice.from(1, 28)
    ));
    let rest = format!("{number}{birth}{expiry}{}", "<".repeat(14) + "0");
    let all = digit(&rest);
    let last = &all[all.len() - 1..];
    let name = format!(
        "P<UTO{}<<{}",
        dice.text(7, CAPITALS),
        dice.text(5, CAPITALS)
    );
    format!(
        "{name:<<44}\n{number}UTO{birth}{}{expiry}{}0{last}",
        dice.one(&["M", "F"]),
        "<".repeat(14)
    )
}

/// CRC-32 behind thirty characters, and two kinds that have none.
fn token(dice: &mut Dice) -> String {
    match dice.from(0, 3) {
        0 => format!("glpat-{}", dice.text(20, MIXED)),
        1 => format!("sk_live_{}", dice.text(24, MIXED)),
        2 => format!("postgres://app:{}@db.example.org/app", dice.text(12, MIXED)),
        _ => {
            let random = dice.text(30, MIXED);
            let mut sum = crc32fast::hash(random.as_bytes()) as usize;
            let mut checksum = String::new();
            for _ in 0..6 {
                checksum.insert_str(0, &MIXED[sum % 62..=sum % 62]);
                sum /= 62;
            }
            format!("ghp_{random}{checksum}")
        }
    }
}
