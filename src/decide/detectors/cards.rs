//! Payment cards.
//!
//! Promises: an issuer's range, its length, and Luhn. Leaves to others: which bank, whether the card was given out.

use super::checks::luhn;
use super::{Candidate, Checked, Confidence, Detector, Family, Form};

/// ISO/IEC 7812-1. Written in groups as on a card, it speaks for itself.
pub const PAYMENT_CARD: &Detector = &Detector {
    name: "payment_card",
    title: "Payment card number",
    country: "",
    family: Family::Account,
    lengths: &[12, 13, 14, 15, 16, 17, 18, 19],
    check: card,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "card",
        "cards",
        "cardnumber*",
        "cardno",
        "creditcard*",
        "credit card",
        "debit card",
        "pan",
        "visa",
        "visacard",
        "mastercard*",
        "maestro",
        "amex",
        "american express",
        "diners",
        "discover card",
        "jcb",
        "unionpay",
        "cvv",
        "cvc",
        "cvv2",
        "expiry",
        "expires",
        "exp date",
        "valid thru",
        "cardholder*",
        "kredittkort*",
        "kreditkarte*",
        "karte",
        "kartennummer*",
        "kartennr",
        "zahlungskarte*",
        "bankkarte*",
        "karteninhaber*",
        "gültig bis",
        "creditkaart*",
        "kaartnummer*",
        "betaalkaart*",
        "bankkaart*",
        "betaalpas*",
        "pasnummer*",
        "kaart",
        "kaarthouder*",
        "vervaldatum",
        "carte bancaire",
        "carte bleue",
        "carte de crédit",
        "carte",
        "tarjeta*",
        "carta di credito",
        "carta",
        "cartão",
        "cartões",
        "kortnummer*",
        "kortnr",
        "kreditkort*",
        "betalkort*",
        "betalingskort*",
        "bankkort*",
        "kontokort*",
        "luottokort*",
        "maksukort*",
        "kortin*",
        "karta",
        "karty",
        "kartou",
        "numer karty",
        "číslo karty",
        "bankkártya*",
        "kártyaszám*",
        "kredi kart*",
        "карта",
        "карты",
        "карту",
    ],
};

/// The first six digits, from and to, and lengths. Source: ranges as the networks publish them to merchants.
const ISSUERS: &[(u32, u32, &[usize])] = &[
    // UATP is not taken: a telephone or order number that begins with 1 is far more frequent.
    (220_000, 220_499, &[16, 17, 18, 19]),     // Mir
    (222_100, 272_099, &[16]),                 // Mastercard
    (300_000, 305_999, &[14, 16, 17, 18, 19]), // Diners Club
    (309_500, 309_599, &[14, 16, 17, 18, 19]),
    (340_000, 349_999, &[15]),                     // American Express
    (352_800, 358_999, &[16, 17, 18, 19]),         // JCB
    (360_000, 369_999, &[14, 15, 16, 17, 18, 19]), // Diners Club
    (370_000, 379_999, &[15]),                     // American Express
    (380_000, 399_999, &[14, 16, 17, 18, 19]),     // Diners Club
    (400_000, 499_999, &[13, 16, 19]),             // Visa
    (501_800, 501_899, MAESTRO),
    (501_900, 501_999, &[16]), // Dankort
    (502_000, 502_099, MAESTRO),
    (503_800, 503_899, MAESTRO),
    (506_099, 506_198, &[16, 18, 19]), // Verve
    (508_000, 508_999, &[16]),         // RuPay
    (510_000, 559_999, &[16]),         // Mastercard
    (589_300, 589_399, MAESTRO),
    (601_100, 601_199, &[16, 17, 18, 19]), // Discover
    (606_200, 606_299, &[16]),             // Hipercard, RuPay
    (620_000, 629_999, &[16, 17, 18, 19]), // UnionPay
    (630_400, 630_499, MAESTRO),
    (644_000, 649_999, &[16, 17, 18, 19]), // Discover
    (650_000, 659_999, &[16, 17, 18, 19]), // Discover, RuPay, Verve
    (675_900, 675_999, MAESTRO),
    (676_100, 676_399, MAESTRO),
    (860_000, 860_099, &[16]), // Uzcard
    (979_200, 979_299, &[16]), // Troy
    (986_000, 986_099, &[16]), // Humo
];

const MAESTRO: &[usize] = &[12, 13, 14, 15, 16, 17, 18, 19];

/// Groups as they are embossed.
const ON_CARDS: &[&[usize]] = &[
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 3],
    &[6, 13],
];

/// Other groups that people write.
const BY_PEOPLE: &[&[usize]] = &[
    &[8, 8],
    &[4, 4, 4, 3],
    &[4, 4, 4, 2],
    &[4, 4, 4, 1],
    &[4, 4, 4],
    &[6, 4, 4],
    &[4, 3, 3, 3],
    &[4, 4, 8],
    &[4, 12],
];

fn card(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let numeric = number.bytes().all(|b| b.is_ascii_digit());
    if !(numeric && issued(number) && luhn(number)) {
        return None;
    }
    let groups = candidate.groups();
    // Weights of a sorting order and versions have dots: `4300.0020.0011.0002`.
    let dotted = candidate.written.contains('.');
    let on_card = ON_CARDS.contains(&&*groups);
    let form = if on_card && !dotted {
        Form::Telling
    } else if groups.len() == 1 && number.len() == 13 {
        // Visa gives them out no more; goods of Germany and Japan have EANs that begin with 4.
        Form::Loose
    } else {
        Form::Usual
    };
    (on_card || candidate.is_grouped(BY_PEOPLE)).then(|| Checked::written(number, form))
}

fn issued(number: &str) -> bool {
    let first = number[..6]
        .bytes()
        .fold(0, |first, b| first * 10 + u32::from(b - b'0'));
    ISSUERS
        .iter()
        .any(|&(from, to, lengths)| (from..=to).contains(&first) && lengths.contains(&number.len()))
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, with};

    #[test]
    fn test_numbers_of_the_networks_are_found() {
        // Published for tests by card networks and payment services (PayPal, Stripe, Adyen).
        for number in [
            "4111111111111111",
            "4242424242424242",
            "4012888888881881",
            "5555555555554444",
            "5105105105105100",
            "2223003122003222",
            "378282246310005",
            "371449635398431",
            "30569309025904",
            "38520000023237",
            "36227206271667",
            "6011111111111117",
            "6011000990139424",
            "3530111333300000",
            "3566002020360505",
            "6200000000000005",
            "6759649826438453",
            "5019555544445555",
            "9792030000000000",
            "2201382000000013",
        ] {
            assert_eq!(bare("payment_card", number), "Medium", "{number}");
            assert_eq!(
                with("payment_card", "Credit card", number),
                "High",
                "{number}"
            );
        }
    }

    #[test]
    fn groups_as_on_a_card_speak_for_themselves() {
        for (number, want) in [
            ("4111 1111 1111 1111", "High"),
            ("4111-1111-1111-1111", "High"),
            ("4111.1111.1111.1111", "Medium"),
            ("3782 822463 10005", "High"),
            ("3056 930902 5904", "High"),
            ("4111 1111 1111\n1111", "High"),
            ("41111111 11111111", "Medium"),
            ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "Medium"),
            ("41 11 11 11 11 11 11 11", ""),
        ] {
            assert_eq!(bare("payment_card", number), want, "{number}");
        }
    }

    #[test]
    fn a_number_as_goods_have_counts_less() {
        assert_eq!(bare("payment_card", "4222222222222"), "Low");
        assert_eq!(with("payment_card", "visa", "4222222222222"), "Medium");
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "4111111111111112",
            "411111111111111",
            "41111111111111111",
            "5055555555555553",
            "0000000000000000",
            "1234567812345670",
            "0.4111111111111111",
            "x4111111111111111",
            "4111111111111111a",
            "4111\n1111 1111\n1111",
            "4111111111111111111",
        ] {
            assert_eq!(with("payment_card", "card", number), "", "{number}");
        }
    }
}
