//! With a rule that seals the text too: no word of it stays in the mail, and the original comes back bit for bit.

use super::judge::body_replaced;
use super::pieces::{Piece, is_named, quoted_printable};
use super::{Bench, Case, House, files, is_right, kind, one_link, own, sha256, whole, word};
use cloakroom::client::{Client, Url, Visit};
use encoding_rs::Encoding;
use memchr::memmem;

const SEAL: &str = r#"
schema = 1
[[rule]]
id = "everything"
why = "Text and files travel sealed."
when = {}
then = { action = "seal", unlock = "link", keep_for = "10 days" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_word_of_sealed_real_mail_stays_behind_and_the_original_comes_back() {
    let Some(house) = House::open(SEAL).await else {
        return;
    };
    house.run("sealed", Sealed).await;
    house.running.stop().await;
}

struct Sealed;

impl Bench for Sealed {
    async fn judge(&self, case: &Case<'_>) -> Result<String, String> {
        let (sample, rest) = (case.sample, case.rest);
        if rest == sample.bytes {
            let kind = kind(sample, &["encrypted", "report", "smime-opaque"]);
            return kind
                .map(|kind| format!("untouched {kind}"))
                .ok_or("left alone, and it is neither encrypted nor a report".to_owned());
        }
        let (old, new) = (Piece::of(&sample.bytes), Piece::of(rest));
        let found = body_replaced(&old, &new)?;
        if let Some(word) = Words::of(&old).left_in(rest) {
            return Err(format!("{word:?} is still there"));
        }
        if case.whole.is_some() {
            return whole(case, &found).await;
        }
        let link = one_link(&found)?;
        if original(link).await? != without_blind_copies(&old, &sample.bytes) {
            return Err("the original is not what was sent".to_owned());
        }
        let fetched = case.house.fetch(sample, link).await?;
        for fact in files(sample, &old) {
            let is_it = |sha: &str| is_right(&fact["sha256"], &fact["sha256_any_of"], sha);
            if !fetched.iter().any(|file| is_it(&file.sha256)) {
                return Err(format!("{} is not in it", word(fact, "path")));
            }
        }
        let mail = sha256(&sample.bytes);
        let files = fetched.iter().filter(|file| file.sha256 != mail).count();
        Ok(format!("sealed    {files} of {}", own(sample).count()))
    }
}

/// Who got a blind copy is nobody's business, and no server behind us can take the field out of a file.
fn without_blind_copies(mail: &Piece<'_>, bytes: &[u8]) -> Vec<u8> {
    let mut left = bytes.to_vec();
    for field in mail.fields().into_iter().filter(|f| is_named(f, "Bcc")) {
        let at = memmem::find(&left, field).expect("it is one of its fields");
        left.drain(at..at + field.len());
    }
    left
}

/// Opens the message's page as a recipient does, both ways, and saves the original from there.
async fn original(link: &str) -> Result<Vec<u8>, String> {
    let client = Client::new(None).map_err(|e| e.to_string())?;
    let link: Url = link.parse().map_err(|e| format!("{e}"))?;
    let mut visit = Visit::to(client, &link);
    let at = |url: &Url, path: &str| url.at(path).map_err(|e| e.to_string());
    let unlock = at(&link, &format!("{}/unlock", link.path()))?;
    let answer = visit.post_form(&unlock, &[]).await;
    let answer = answer.map_err(|e| e.to_string())?;
    let place = answer.headers.get("location").ok_or("it stays closed")?;
    let place = place.to_str().map_err(|e| e.to_string())?.to_owned();
    let html = get(&mut visit, &at(&link, &format!("{place}/message?as=html"))?).await?;
    let text = get(&mut visit, &at(&link, &format!("{place}/message"))?).await?;
    let saved = regex::bytes::Regex::new(r#"href="(/open/[0-9A-Z]+/file/[0-9]+)""#);
    let saved = saved.expect("a pattern");
    let path = |page: &[u8]| {
        let found = saved.captures(page)?;
        Some(String::from_utf8_lossy(&found[1]).into_owned())
    };
    match (path(&html), path(&text)) {
        (Some(one), Some(other)) if one == other => get(&mut visit, &at(&link, &one)?).await,
        other => Err(format!("the pages lead to {other:?}")),
    }
}

async fn get(visit: &mut Visit, url: &Url) -> Result<Vec<u8>, String> {
    let stream = visit.get(url, None).await.map_err(|e| e.to_string())?;
    if stream.status != 200 {
        return Err(format!("{} answers {}", url.exposed(), stream.status));
    }
    let body = stream.whole(16 << 20).await;
    Ok(body.map_err(|e| e.to_string())?.to_vec())
}

/// Lines of a mail that must not be found behind the gateway.
struct Words(Vec<Vec<u8>>);

impl Words {
    /// Every line of every part with at least twelve letters, as sent, decoded, and in UTF-8; but for what stands in the mail's own
    /// header too, which stays.
    fn of(mail: &Piece<'_>) -> Words {
        let mut found = Vec::new();
        for leaf in mail.all().into_iter().filter(|p| !p.is_multipart()) {
            let decoded = leaf.decoded();
            let charset = leaf.charset().unwrap_or_default();
            let encoding = Encoding::for_label(charset.as_bytes());
            if let Some(encoding) = encoding.filter(|_| leaf.media_type().starts_with("text/")) {
                found.extend(lines_of(encoding.decode(&decoded).0.as_bytes()));
            }
            found.extend(lines_of(&decoded));
            found.extend(lines_of(leaf.body));
        }
        found.sort();
        found.dedup();
        let header = mail.fields().concat();
        let mut unfolded = header.clone();
        unfolded.retain(|b| !b"\r\n".contains(b));
        found.retain(|line| {
            memmem::find(&header, line).is_none() && memmem::find(&unfolded, line).is_none()
        });
        Words(found)
    }

    /// The first that is found in the mail, as it is, in quoted-printable or in base64.
    fn left_in(&self, mail: &[u8]) -> Option<String> {
        let unquoted = quoted_printable(mail);
        let symbols: Vec<u8> = mail
            .iter()
            .copied()
            .filter(|b| !b.is_ascii_whitespace())
            .collect();
        let is_left = |line: &&Vec<u8>| {
            memmem::find(mail, line).is_some()
                || memmem::find(&unquoted, line).is_some()
                || in_base64(line)
                    .iter()
                    .any(|form| memmem::find(&symbols, form.as_bytes()).is_some())
        };
        let line = self.0.iter().find(is_left)?;
        Some(String::from_utf8_lossy(line).into_owned())
    }
}

fn lines_of(text: &[u8]) -> Vec<Vec<u8>> {
    let is_letter = |b: &&u8| b.is_ascii_alphabetic() || **b >= 0x80;
    let lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    lines
        .filter(|line| line.iter().filter(is_letter).count() >= 12)
        // Words of MIME, which our part has too: they stand in the text of messages inside.
        .filter(|line| !line.starts_with(b"Content-") && *line != b"multipart/alternative")
        .map(<[u8]>::to_vec)
        .collect()
}

/// A line's base64 wherever it begins in a group of three, without the symbols that depend on its neighbours.
fn in_base64(line: &[u8]) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(line);
        let known = bytes.len() / 3 * 4;
        let symbols = encodify::base64::STANDARD.encode(&bytes);
        symbols[[0, 2, 3][before]..known].to_owned()
    })
}

#[test]
fn words_are_found_however_they_are_written() {
    let words = Words(vec!["Wir sehen uns in Umeå, mein Herz".as_bytes().to_vec()]);
    let text = |before: &str| format!("{before}Wir sehen uns in Umeå, mein Herz!\r\n");
    for before in ["", "a", "ab", "abc"] {
        let quoted = encodify::qp::BODY
            .encode(text(before).as_bytes())
            .to_owned();
        let base64 = encodify::base64::MIME.encode(text(before).as_bytes());
        for form in [text(before), quoted, base64] {
            assert!(words.left_in(form.as_bytes()).is_some(), "{form}");
        }
    }
    assert_eq!(words.left_in(b"Wir sehen uns in Lund"), None);
}
