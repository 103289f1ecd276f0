# A password that the sender chose is in no mail that leaves, the colleague's included, and is not told to the sender again.
from anna@example.org
to bo@partner.example
to carla@example.org
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
X-Cloakroom-Password: our old dog
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
--- out carla@example.org
Received: from client.test{*}
...
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
--- out shared carla@example.org
Received: from client.test{*}
...
X-Cloakroom-Transfer: {id}
From: Anna Lind <anna@example.org>
...
Dear Bo,
...
{link}
...
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
Password: Anna Lind{*}
...
--b1--
--- out anna@example.org
nothing
--- reply
250 2.0.0{*}
--- reply lmtp
250 2.0.0{*}
250 2.0.0{*}
