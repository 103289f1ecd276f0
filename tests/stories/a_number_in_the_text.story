# A rule that takes files finds a number in the text: taking the files would protect nothing, so the text goes along.
from anna@example.org
to bo@partner.example
--- policy
[[rule]]
id = "numbers"
why = "The mail contains an identity number."
when = { finds = ["bsn"] }
then = { action = "transfer", unlock = "link" }
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Registration
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

The BSN is 111222333.
--- out bo@partner.example
Received: from client.test{*}
...
X-Cloakroom-Transfer: {id}
...
Subject: Registration
...
A message from Anna Lind (anna@example.org)
...
{link}
...
--- reply
250 2.0.0{*}
