//! miltertest (Debian) as a mail server that tells what a filter says to a mail: `tests/peers/milter/common.lua`, and a script of its packets.

use super::process::{ended, peer};
use std::fmt::Write;
use std::net::SocketAddr;

/// The folder of the scripts.
pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/milter");

/// What stays with the server has another body, and a field that names the transfer.
pub const CHANGED: &str = "changed named";
/// Neither.
pub const AS_IT_CAME: &str = "as it came";
/// It has no answer: miltertest keeps what it hears in a buffer of 4 KiB on its stack, which the body of a sealed mail does not fit into.
pub const TOO_LARGE: &str = "too large for miltertest";

/// What the last word was: the reply to the client, and of a mail that stays [`CHANGED`] or [`AS_IT_CAME`]. miltertest does not tell what
/// stands in a reply: any is the `wanted` one, if that is no yes.
pub fn told(
    filter: SocketAddr,
    (from, to, mail): (&str, &[String], &[u8]),
    wanted: &str,
) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = folder.path().join("mail.lua");
    std::fs::write(&script, packets(from, to, mail) + LAST_WORD).expect("written");
    let mut miltertest = peer("miltertest");
    let socket = format!("socket=inet:{}@127.0.0.1", filter.port());
    miltertest.args(["-D", &socket, "-D", &format!("folder={FOLDER}"), "-s"]);
    let (well, said) = tokio::task::block_in_place(|| ended(miltertest.arg(&script)));
    if !well {
        return match said.contains("stack smashing") {
            true => vec![TOO_LARGE.into()],
            false => vec![said],
        };
    }
    let said = said.lines().last().unwrap_or_default().trim();
    match said.split_once(' ').unwrap_or((said, "")) {
        ("c" | "a", "") => vec!["250 2.0.0 kept".into(), AS_IT_CAME.into()],
        ("c" | "a", kept) => vec!["250 2.0.0 kept".into(), kept.into()],
        ("d", _) => vec!["250 2.0.0 kept".into()],
        ("y", "") if !wanted.starts_with('2') => vec![wanted.into()],
        _ => vec![format!("{said:?}, not {wanted}")],
    }
}

fn packets(from: &str, to: &[String], mail: &[u8]) -> String {
    let at = memchr::memmem::find(mail, b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
    let (header, body) = (&mail[..at], mail.get(at + 2..).unwrap_or_default());
    let mut script = format!(
        "dofile(folder .. \"/common.lua\")\nlocal conn = begin(nil, nil, nil)\n\
         must(\"mail\", mt.mailfrom(conn, \"<{from}>\", \"BODY=8BITMIME\"))\n"
    );
    for to in to {
        writeln!(script, "must(\"rcpt\", mt.rcptto(conn, \"<{to}>\"))").expect("memory");
    }
    let text = String::from_utf8_lossy(header)
        .replace("\r\n ", "\n ")
        .replace("\r\n\t", "\n\t");
    for field in text.split("\r\n").filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once(':').expect("a field");
        let [name, value] = [name, value.trim_start()].map(|text| quoted(text.as_bytes()));
        writeln!(script, "must(\"header\", mt.header(conn, {name}, {value}))").expect("memory");
    }
    script
        + &format!(
            "must(\"eoh\", mt.eoh(conn))\nmust(\"body\", mt.bodystring(conn, {}))\nmust(\"eom\", mt.eom(conn))\n",
            quoted(body)
        )
}

const LAST_WORD: &str = "local said = string.char(mt.getreply(conn))
if mt.eom_check(conn, MT_BODYCHANGE) then said = said .. \" changed\" end
if mt.eom_check(conn, MT_HDRADD, \"X-Cloakroom-Transfer\") then said = said .. \" named\" end
print(said)
mt.disconnect(conn)
";

/// As Lua has it: every byte that is not plain by its number.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' | 0..0x20 | 0x7f.. => write!(out, "\\{byte:03}").expect("memory"),
            byte => out.push(char::from(*byte)),
        }
    }
    out + "\""
}
