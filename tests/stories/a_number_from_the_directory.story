# No number in the mail, but in the directory: the password goes there, and the receipt says whose number it is.
from anna@example.org
to bo@partner.example
--- people
address,phone,language
Bo@partner.example,+46 70-123 45 56,
eva@partner.example,+4930123456,de
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
Password: sent as a text message to the number ending in 56.
...
--- out anna@example.org
...
bo@partner.example{*}text message to the number ending in 56 (from the dire=
ctory)
...
--- phone
+46701234556 {*}{password}{*}
--- files bo@partner.example
plan.csv: when,what
2025,build
--- reply
250 2.0.0{*}
