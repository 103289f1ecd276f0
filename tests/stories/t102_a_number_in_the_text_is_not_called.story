# T102: a number in the text, in the signature or in a header field of the mail is nobody's word; only tag, our header fields and directories count.
from anna@example.org
to bo@partner.example
--- people
address,phone,language
eva@partner.example,+46701234599,
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Plan
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
X-Sms: +46701234550
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Dear Bo,

here is the plan. Call me at +46 70 123 45 47, or send the password to [sms:+46701234548].

Anna
+46 70 123 45 49
--b1
Content-Type: text/csv; name="plan.csv"
Content-Disposition: attachment; filename="plan.csv"
Content-Transfer-Encoding: base64

d2hlbix3aGF0CjIwMjUsYnVpbGQK
--b1--
--- out bo@partner.example
Received: from client.test{*}
...
Password: Anna Lind{*}
...
--- out anna@example.org
...
To: {*}anna@example.org{*}
...
{*}bo@partner.example{*}
...
--- phone
--- files bo@partner.example
plan.csv: when,what
2025,build
--- reply
250 2.0.0{*}
