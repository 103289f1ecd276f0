use super::*;

fn mail(line: &str) -> MailFrom {
    match command(line.as_bytes()) {
        Ok(Command::Mail(mail)) => mail,
        other => panic!("{line}: {other:?}"),
    }
}

fn rcpt(line: &str) -> RcptTo {
    match command(line.as_bytes()) {
        Ok(Command::Rcpt(rcpt)) => rcpt,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn simple_commands_are_known_in_any_case() {
    let rows = [
        ("DATA", Command::Data),
        ("data", Command::Data),
        ("QUIT  ", Command::Quit),
        ("RSET", Command::Rset),
        ("NOOP", Command::Noop),
        ("NOOP are you there", Command::Noop),
        ("HELP MAIL", Command::Help),
        ("VRFY bo", Command::Vrfy),
        ("STARTTLS", Command::StartTls),
        ("EHLO mail.example", Command::Ehlo("mail.example".into())),
        ("EHLO [127.0.0.1]", Command::Ehlo("[127.0.0.1]".into())),
        ("helo my_host", Command::Helo("my_host".into())),
        ("LHLO a.example", Command::Lhlo("a.example".into())),
    ];
    for (line, expected) in rows {
        assert_eq!(command(line.as_bytes()), Ok(expected), "{line}");
    }
}

#[test]
fn paths_are_kept_as_written() {
    let rows = [
        ("MAIL FROM:<>", ""),
        ("mail from:<a@b.example>", "a@b.example"),
        ("MAIL FROM:<\"a b\"@c.example>", "\"a b\"@c.example"),
        ("MAIL FROM:<\"a>b\"@c.example>", "\"a>b\"@c.example"),
        (
            "MAIL FROM:<\"a\\\"> b\"@c.example>",
            "\"a\\\"> b\"@c.example",
        ),
        ("MAIL FROM:<@x,@y:a@b.example>", "@x,@y:a@b.example"),
        ("MAIL FROM:<jörg@b.example> SMTPUTF8", "jörg@b.example"),
    ];
    for (line, path) in rows {
        assert_eq!(mail(line).path, path, "{line}");
    }
    assert_eq!(rcpt("RCPT TO:<postmaster>").path, "postmaster");
}

#[test]
fn parameters_are_read_and_kept() {
    let m = mail("MAIL FROM:<a@b.example> size=1000 BODY=8BITMIME SMTPUTF8 RET=hdrs ENVID=QQ+2031");
    assert_eq!((m.size, m.eight_bit, m.utf8), (Some(1000), true, true));
    assert_eq!(
        (m.ret.as_deref(), m.envid.as_deref()),
        (Some("HDRS"), Some("QQ+2031"))
    );
    let r = rcpt("RCPT TO:<a@b.example> NOTIFY=success,DELAY ORCPT=rfc822;Bob+2B@x.example");
    assert_eq!(r.notify.as_deref(), Some("SUCCESS,DELAY"));
    assert_eq!(r.orcpt.as_deref(), Some("rfc822;Bob+2B@x.example"));
    let r = rcpt("RCPT TO:<a@b.example> ORCPT=utf-8;jörg@x.example");
    assert_eq!(r.orcpt.as_deref(), Some("utf-8;jörg@x.example"));
    assert_eq!(mail("MAIL FROM:<> SIZE=0").size, Some(0));
    assert_eq!(mail("MAIL FROM:<>").size, None);
    assert!(mail("MAIL FROM:<a@b.example> requiretls").require_tls);
    assert!(!mail("MAIL FROM:<a@b.example>").require_tls);
}

#[test]
fn a_chunk_says_in_plain_digits_how_long_it_is_or_nothing_behind_it_is_believed() {
    let good: [(&str, u64, bool); 9] = [
        ("BDAT 3", 3, false),
        ("BDAT 3 LAST", 3, true),
        ("bdat 3 last", 3, true),
        ("Bdat 0", 0, false),
        ("BDAT 0 LAST", 0, true),
        // Decimal, as RFC 3030 has it; nobody behind us sees it.
        ("BDAT 03", 3, false),
        ("BDAT 08 LAST", 8, true),
        ("BDAT 18446744073709551615", u64::MAX, false),
        ("BDAT 00000000000000000007 LAST", 7, true),
    ];
    for (line, octets, last) in good {
        let chunk = Chunk { octets, last };
        assert_eq!(command(line.as_bytes()), Ok(Command::Bdat(chunk)), "{line}");
    }
    let bad: [&[u8]; 42] = [
        b"BDAT",
        b"BDAT ",
        b"BDAT  3",
        b"BDAT 3 ",
        b"BDAT 3  LAST",
        b"BDAT 3 LAST ",
        b"BDAT 3\tLAST",
        b"BDAT\t3",
        b"BDAT 3\t",
        b"BDAT 3 LAST x",
        b"BDAT 3 LAST LAST",
        b"BDAT 3 LASTX",
        b"BDAT 3 LAS",
        b"BDAT 3LAST",
        b"BDAT LAST",
        b"BDAT LAST 3",
        b"BDAT 3 3",
        b"BDAT 3,LAST",
        b"BDAT -1",
        b"BDAT -0",
        b"BDAT +5",
        b"BDAT + 5",
        b"BDAT 0x10",
        b"BDAT 1e3",
        b"BDAT 3.0",
        b"BDAT 3k",
        b"BDAT 1_000",
        b"BDAT 1'000",
        b"BDAT 18446744073709551616",
        b"BDAT 99999999999999999999",
        b"BDAT 99999999999999999999999 LAST",
        b"BDAT 000000000000000000003",
        b"BDAT 3\0",
        b"BDAT 3\0LAST",
        b"BDAT 3\r",
        b"BDAT 3\rLAST",
        b"BDAT\x003",
        b"BDAT 3 LAST\x1a",
        "BDAT \u{663}".as_bytes(),
        "BDAT\u{a0}3".as_bytes(),
        b"BDAT3",
        b"BDAT=3",
    ];
    for line in bad {
        let shown = line.escape_ascii();
        assert_eq!(command(line), Err(Malformed::Chunk), "{shown}");
    }
    assert_eq!(command(b" BDAT 3"), Err(Malformed::Unknown));
    assert_eq!(command(b"BDA 3"), Err(Malformed::Unknown));
    assert_eq!(command(b"BURL imap://x LAST"), Err(Malformed::NotOffered));
}

#[test]
fn what_is_not_written_as_the_rfcs_have_it_is_refused() {
    use Malformed::*;
    let rows: [(&[u8], Malformed); 54] = [
        // Paths.
        (b"MAIL FROM: <a@b.example>", Syntax(MAIL)),
        (b"MAIL  FROM:<a@b.example>", Syntax(MAIL)),
        (b"MAIL FROM:a@b.example", Syntax(MAIL)),
        (b"MAIL FROM:<a@b.example", Syntax(MAIL)),
        (b"MAIL FROM:<a b@c.example>", Syntax(MAIL)),
        (b"MAIL FROM:<a@b.example>SIZE=1", Syntax(MAIL)),
        (b"MAIL TO:<a@b.example>", Syntax(MAIL)),
        (b"MAIL", Syntax(MAIL)),
        (b"RCPT FROM:<a@b.example>", Syntax(RCPT)),
        (
            b"MAIL FROM:<a@b.example>\rRCPT TO:<c@d.example>",
            BareLineEnd,
        ),
        (b"MAIL FROM:<\"a\r\nDATA\"@b.example>", BareLineEnd),
        (b"MAIL FROM:<a@b.example> SIZE=1\rX", BareLineEnd),
        (b"MAIL FROM:<a\0@b.example>", NotText),
        (b"MAIL FROM:<a\xff@b.example>", NotText),
        (b"MAIL FROM:<a@b.example>\tSIZE=1", NotText),
        // Parameters of MAIL.
        (
            b"MAIL FROM:<> SIZE=99999999999999999999999",
            Parameter("SIZE"),
        ),
        (b"MAIL FROM:<> SIZE=-1", Parameter("SIZE")),
        (b"MAIL FROM:<> SIZE= 5", Parameter("SIZE")),
        (b"MAIL FROM:<> SIZE=1 SIZE=2", Parameter("SIZE")),
        (b"MAIL FROM:<> SIZE", Parameter("SIZE")),
        (b"MAIL FROM:<> BODY=BINARYMIME", Parameter("BODY")),
        (b"MAIL FROM:<> BODY=9BIT", Parameter("BODY")),
        (b"MAIL FROM:<> RET=FULL RET=HDRS", Parameter("RET")),
        (b"MAIL FROM:<> RET=SOME", Parameter("RET")),
        (b"MAIL FROM:<> ENVID=a+0D+0AQUIT", Parameter("ENVID")),
        (b"MAIL FROM:<> ENVID=a=b", Parameter("ENVID")),
        (b"MAIL FROM:<> AUTH", Parameter("AUTH")),
        (b"MAIL FROM:<> AUTH=", Parameter("AUTH")),
        (b"MAIL FROM:<> AUTH=anna", Parameter("AUTH")),
        (b"MAIL FROM:<> AUTH=a@b+0D", Parameter("AUTH")),
        (b"MAIL FROM:<> AUTH=<> AUTH=<>", Parameter("AUTH")),
        (b"MAIL FROM:<> SMTPUTF8=yes", UnknownParameter),
        (b"MAIL FROM:<> REQUIRETLS=yes", UnknownParameter),
        (
            b"MAIL FROM:<> REQUIRETLS REQUIRETLS",
            Parameter("REQUIRETLS"),
        ),
        (b"MAIL FROM:<> NOTIFY=NEVER", UnknownParameter),
        // Parameters of RCPT.
        (
            b"RCPT TO:<a@b.example> NOTIFY=NEVER,SUCCESS",
            Parameter("NOTIFY"),
        ),
        (
            b"RCPT TO:<a@b.example> NOTIFY=SUCCESS,NEVER",
            Parameter("NOTIFY"),
        ),
        (
            b"RCPT TO:<a@b.example> NOTIFY=SUCCESS,",
            Parameter("NOTIFY"),
        ),
        (
            b"RCPT TO:<a@b.example> NOTIFY=SUCCESS, ORCPT=rfc822;a",
            Parameter("NOTIFY"),
        ),
        (b"RCPT TO:<a@b.example> NOTIFY=", Parameter("NOTIFY")),
        (
            b"RCPT TO:<a@b.example> ORCPT=rfc822;x+0D+0ADATA",
            Parameter("ORCPT"),
        ),
        (b"RCPT TO:<a@b.example> ORCPT=rfc822;", Parameter("ORCPT")),
        (
            b"RCPT TO:<a@b.example> ORCPT=a@b.example",
            Parameter("ORCPT"),
        ),
        (b"RCPT TO:<a@b.example> SIZE=1", UnknownParameter),
        // Verbs.
        (b"STARTTLS now", Syntax("STARTTLS")),
        (b"DATA 5", Syntax("DATA")),
        (b"EHLO a b", Syntax("EHLO name")),
        (b"EHLO <script>", Syntax("EHLO name")),
        (b" QUIT", Unknown),
        (b"", Unknown),
        (b"X-UNKNOWN a", Unknown),
        (b"AUTH", Syntax("AUTH mechanism [initial response]")),
        (
            b"AUTH PLAIN AGEAYg== x",
            Syntax("AUTH mechanism [initial response]"),
        ),
        (
            b"AUTH PLAIN  AGEAYg==",
            Syntax("AUTH mechanism [initial response]"),
        ),
    ];
    for (line, why) in rows {
        assert_eq!(command(line), Err(why), "{}", line.escape_ascii());
    }
}

#[test]
fn other_protocols_are_told_apart() {
    let rows: [(&[u8], Malformed); 4] = [
        (b"GET / HTTP/1.1", Malformed::OtherProtocol),
        (b"POST /x HTTP/1.1", Malformed::OtherProtocol),
        (b"Host: mail.example", Malformed::OtherProtocol),
        (b"\x16\x03\x01\x02\x00", Malformed::OtherProtocol),
    ];
    for (line, why) in rows {
        assert_eq!(command(line), Err(why), "{}", line.escape_ascii());
    }
}

#[test]
fn lines_have_their_limits() {
    let noop = format!("NOOP {}", "x".repeat(505));
    assert_eq!(command(noop.as_bytes()), Ok(Command::Noop));
    assert_eq!(
        command(format!("{noop}x").as_bytes()),
        Err(Malformed::TooLong)
    );
    let long = format!("RCPT TO:<{}@b.example>", "x".repeat(5000));
    assert_eq!(command(long.as_bytes()), Err(Malformed::TooLong));
    let wide = format!("RCPT TO:<a@b.example>{}", " ".repeat(2000));
    assert!(
        command(wide.as_bytes()).is_ok(),
        "spaces at the end do not count"
    );
}
