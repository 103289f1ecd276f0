# Who writes to an outsider and wants a copy gets the original: no password has to find a way to it.
from anna@example.org
to bo@partner.example
to anna@example.org
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Cc: Anna Lind <anna@example.org>
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
--- reply
250 {*}
--- reply lmtp
250 {*}
250 {*}
--- files bo@partner.example
plan.csv: when,what
2025,build
