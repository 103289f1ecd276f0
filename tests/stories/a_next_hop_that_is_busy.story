# Not now: the client keeps the mail and tries again.
from anna@example.org
to bo@partner.example
hop dot: 451 4.3.2 busy
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
451 4.3.2 busy{*}
--- reply shared
250 2.0.0 kept
