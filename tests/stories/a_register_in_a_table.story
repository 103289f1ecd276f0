# Ten numbers under one heading: the text says nothing about them, the file does. Its name is not in the mail either.
from anna@example.org
to bo@partner.example
--- policy
[[rule]]
id = "register"
why = "The mail contains ten or more identity numbers."
when = { finds = [{ detector = "bsn", at_least = 10, distinct = true }] }
then = { action = "transfer", unlock = "link", hide_names = true }
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: List
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Here is the list.
--b1
Content-Type: text/csv; name="staff.csv"
Content-Disposition: attachment; filename="staff.csv"

name;BSN
P0;999900006
P1;999900018
P2;999900031
P3;999900043
P4;999900055
P5;999900067
P6;999900079
P7;999900080
P8;999900092
P9;999900109
--b1--
--- out bo@partner.example
Received: from client.test{*}
...
X-Cloakroom-Transfer: {id}
...
Here is the list.
...
{link}
...
--- files bo@partner.example
staff.csv: name;BSN | P0;999900006 | {*}
--- reply
250 2.0.0{*}
