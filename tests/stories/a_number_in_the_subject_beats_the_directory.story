# The sender knows best whom he writes to: his number counts, and the directory is not asked.
from anna@example.org
to bo@partner.example
--- people
address,phone,language
bo@partner.example,+46701234556,sv
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Plan [sms:+46 70 123 45 47]
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
Password: sent as a text message to the number ending in 47.
...
--- out anna@example.org
...
bo@partner.example{*}text message to the number ending in 47
...
--- phone
+46701234547 {*}{password}{*}
--- files bo@partner.example
plan.csv: when,what
2025,build
--- reply
250 2.0.0{*}
