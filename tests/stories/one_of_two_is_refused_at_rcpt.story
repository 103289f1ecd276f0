# One recipient is unknown: the client hears it at once, the other gets the mail.
from anna@example.org
to nobody@partner.example
to bo@partner.example
hop rcpt nobody@partner.example: 550 5.1.1 no such user here
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Plan
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Dear Bo,

here is the plan.

Anna
--b1
Content-Type: text/csv; name="plan.csv"
Content-Disposition: attachment; filename="plan.csv"
Content-Transfer-Encoding: base64

d2hlbix3aGF0CjIwMjUsYnVpbGQK
--b1--
--- out bo@partner.example
Received: from client.test{*}
...
X-Cloakroom-Transfer: {id}
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Plan
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Dear Bo,

here is the plan.

Anna

---------------------------------------------------------------
1 file from Anna Lind (21 bytes)
...
  plan.csv{*}
...
{link}
...
--b1--
--- out nobody@partner.example
nothing
--- files bo@partner.example
plan.csv: when,what
2025,build
--- reply
550 5.1.1 no such user here{*}
250 2.0.0{*}
--- reply milter
250 2.0.0 kept
