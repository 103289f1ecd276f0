# The next hop's own words reach the client at RCPT, before any content.
from anna@example.org
to bo@partner.example
hop rcpt bo@partner.example: 550 5.1.1 no such user here
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
nothing
--- reply
550 5.1.1 no such user here{*}
--- reply shared
250 2.0.0 kept
