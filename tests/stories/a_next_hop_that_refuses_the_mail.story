# Refused after the dot: the transfer is abandoned, no password is sent, the client hears the next hop's words.
from anna@example.org
to bo@partner.example
hop dot: 554 5.6.0 not this one
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Plan [sms:+46701234547]
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
--- out anna@example.org
nothing
--- phone
--- phone shared
+46701234547 {*}{password}{*}
--- reply
554 5.6.0 not this one{*}
--- reply shared
250 2.0.0 kept
