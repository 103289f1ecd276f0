//! Whatever a centre for text messages says, and however it arrives: no PDU is longer than the bound, what is inside it does not lead outside,
//! only questions are answered, and an answer is a PDU itself.

use cloakroom::wire::smpp::{self, MAX_PDU, What};

/// The bytes as they came from a socket.
pub fn check(data: &[u8]) {
    let mut rest = data;
    while let Ok(Some(length)) = smpp::length(rest) {
        assert!((16..=MAX_PDU).contains(&length));
        let Some((pdu, behind)) = rest.split_at_checked(length) else {
            break;
        };
        one(pdu);
        rest = behind;
    }
    // Where nothing is said of a length it is not known yet, and it never changes with what follows.
    for cut in 0..data.len().min(4) {
        assert_eq!(smpp::length(&data[..cut]), Ok(None));
    }
    if data.len() > 4 {
        assert_eq!(smpp::length(data), smpp::length(&data[..4]));
    }
}

fn one(pdu: &[u8]) {
    let Ok(arrived) = smpp::read(pdu) else {
        return;
    };
    let word = |at: usize| u32::from_be_bytes(pdu[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((arrived.status, arrived.sequence), (word(8), word(12)));
    let is_answer = word(4) >> 31 == 1;
    assert_eq!(arrived.what.is_answer(), is_answer);
    if let What::Deliver(delivery) = &arrived.what {
        assert!(delivery.text.len() <= 255);
        let text = &delivery.text[..];
        let inside = text.is_empty() || pdu.windows(text.len()).any(|window| window == text);
        assert!(inside, "its text is not its own");
        let _ = (delivery.about(), delivery.arrived());
    }
    let answer = smpp::answer(&arrived, smpp::OK);
    assert_eq!(answer.is_some(), !is_answer);
    if let Some(answer) = answer {
        assert_eq!(smpp::length(&answer), Ok(Some(answer.len())));
        let read = smpp::read(&answer).expect("our own");
        assert!(read.what.is_answer() && read.sequence == arrived.sequence);
    }
}
