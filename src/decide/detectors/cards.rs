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
        "cc",
        "ccn",
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
        "kreditkarte*",
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

/// First digits, from and to, and lengths. Source: the networks' own rules as gathered in ISO/IEC 7812 registers.
const ISSUERS: &[(&str, &str, &[usize])] = &[
    // UATP is not taken: a telephone or order number that begins with 1 is far more frequent.
    ("2200", "2204", &[16, 17, 18, 19]),   // Mir
    ("2221", "2720", &[16]),               // Mastercard
    ("300", "305", &[14, 16, 17, 18, 19]), // Diners Club
    ("3095", "3095", &[14, 16, 17, 18, 19]),
    ("34", "34", &[15]),                     // American Express
    ("3528", "3589", &[16, 17, 18, 19]),     // JCB
    ("36", "36", &[14, 15, 16, 17, 18, 19]), // Diners Club
    ("37", "37", &[15]),                     // American Express
    ("38", "39", &[14, 16, 17, 18, 19]),     // Diners Club
    ("4", "4", &[13, 16, 19]),               // Visa
    ("5018", "5018", MAESTRO),
    ("5019", "5019", &[16]), // Dankort
    ("5020", "5020", MAESTRO),
    ("5038", "5038", MAESTRO),
    ("506099", "506198", &[16, 18, 19]), // Verve
    ("508", "508", &[16]),               // RuPay
    ("51", "55", &[16]),                 // Mastercard
    ("5893", "5893", MAESTRO),
    ("6011", "6011", &[16, 17, 18, 19]), // Discover
    ("6062", "6062", &[16]),             // Hipercard, RuPay
    ("62", "62", &[16, 17, 18, 19]),     // UnionPay
    ("6304", "6304", MAESTRO),
    ("644", "649", &[16, 17, 18, 19]), // Discover
    ("65", "65", &[16, 17, 18, 19]),   // Discover, RuPay, Verve
    ("6759", "6759", MAESTRO),
    ("6761", "6763", MAESTRO),
    ("8600", "8600", &[16]), // Uzcard
    ("9792", "9792", &[16]), // Troy
    ("9860", "9860", &[16]), // Humo
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
    let form = if ON_CARDS.contains(&&*groups) {
        Form::Telling
    } else if groups.len() == 1 && number.len() == 13 {
        // Visa gives them out no more; goods of Germany and Japan have EANs that begin with 4.
        Form::Loose
    } else {
        Form::Usual
    };
    (form == Form::Telling || candidate.is_grouped(BY_PEOPLE))
        .then(|| Checked::written(number, form))
}

fn issued(number: &str) -> bool {
    ISSUERS.iter().any(|&(from, to, lengths)| {
        let first = &number[..from.len()];
        (from..=to).contains(&first) && lengths.contains(&number.len())
    })
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, found, with};

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
            ("3782 822463 10005", "High"),
            ("3056 930902 5904", "High"),
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
        for text in [
            "card 4111111111111112",
            "card 411111111111111",
            "card 41111111111111111",
            "card 5055555555555553",
            "card 0000000000000000",
            "card 1234567812345670",
            "card 0.4111111111111111",
            "card x4111111111111111",
            "card 4111111111111111a",
            "card 4111 1111 1111\n1111",
            "card 2720990000000007 1",
            "card 4111111111111111111",
        ] {
            let cards: Vec<String> = found(text)
                .into_iter()
                .filter(|f| f.starts_with("payment_card"))
                .collect();
            let issued = text.starts_with("card 2720");
            assert_eq!(cards.len(), usize::from(issued), "{text}");
        }
    }
}
