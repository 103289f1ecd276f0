//! A mail client for tests: sends one mail by SMTP or LMTP and gives back the replies that count.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Which door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Lmtp,
    Smtp,
}

/// Sends a mail (CRLF line ends) and returns the replies: the refusing ones at MAIL and RCPT, then those after the final dot.
pub async fn send(
    door: Door,
    to: SocketAddr,
    from: &str,
    recipients: &[String],
    mail: &[u8],
) -> Vec<String> {
    let replies = try_send(door, to, from, recipients, mail).await;
    replies.expect("the gateway reads and answers")
}

/// The same for a gateway that may die meanwhile.
pub async fn try_send(
    door: Door,
    to: SocketAddr,
    from: &str,
    recipients: &[String],
    mail: &[u8],
) -> io::Result<Vec<String>> {
    send_over(TcpStream::connect(to).await?, door, from, recipients, mail).await
}

/// The same over a connection on which nothing was said yet.
pub async fn send_over(
    stream: TcpStream,
    door: Door,
    from: &str,
    recipients: &[String],
    mail: &[u8],
) -> io::Result<Vec<String>> {
    let mut stream = BufReader::new(stream);
    let mut replies = Vec::new();
    reply(&mut stream).await?;
    let hello = if door == Door::Lmtp { "LHLO" } else { "EHLO" };
    say(&mut stream, &format!("{hello} client.test")).await?;
    let header = memchr::memmem::find(mail, b"\r\n\r\n").unwrap_or(mail.len());
    let utf8 = match (mail.is_ascii(), mail[..header].is_ascii()) {
        (true, _) => "",
        // RFC 6152; Sendmail knows nothing of the other.
        (false, true) => " BODY=8BITMIME",
        (false, false) => " BODY=8BITMIME SMTPUTF8",
    };
    let mut answer = say(&mut stream, &format!("MAIL FROM:<{from}>{utf8}")).await?;
    if !answer.starts_with('2') {
        return Ok(vec![answer]);
    }
    let mut accepted = 0;
    for recipient in recipients {
        answer = say(&mut stream, &format!("RCPT TO:<{recipient}>")).await?;
        if answer.starts_with('2') {
            accepted += 1
        } else {
            replies.push(answer)
        }
    }
    if accepted == 0 {
        return Ok(replies);
    }
    let go_on = say(&mut stream, "DATA").await?;
    assert!(go_on.starts_with("354"), "{go_on}");
    stream.write_all(&stuff(mail)).await?;
    stream.write_all(b".\r\n").await?;
    let answers = if door == Door::Lmtp { accepted } else { 1 };
    for _ in 0..answers {
        replies.push(reply(&mut stream).await?);
    }
    // The answers are there: how the connection ends does not matter any more.
    let _ = say(&mut stream, "QUIT").await;
    Ok(replies)
}

/// Says one thing after the other, each when the one before was answered: the answers, that to QUIT not among them.
pub async fn converse(to: SocketAddr, things: &[Vec<u8>]) -> io::Result<Vec<String>> {
    let mut stream = BufReader::new(TcpStream::connect(to).await?);
    reply(&mut stream).await?;
    let mut replies = Vec::new();
    for thing in things {
        stream.write_all(thing).await?;
        replies.push(reply(&mut stream).await?);
    }
    let _ = say(&mut stream, "QUIT").await;
    Ok(replies)
}

/// Dots at the beginning of lines doubled (RFC 5321 section 4.5.2).
pub fn stuff(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len());
    for line in mail.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> io::Result<String> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    reply(stream).await
}

async fn reply(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let last = line.len() < 4 || line.as_bytes()[3] == b' ';
        all.push_str(line.trim_end());
        if last {
            return Ok(all);
        }
        all.push('\n');
    }
}
