# A rule looks for numbers, the archive asks for a password: nobody can say what is in it, so it is protected.
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
Subject: List
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Here is the list.
--b1
Content-Type: application/zip; name="staff.zip"
Content-Disposition: attachment; filename="staff.zip"
Content-Transfer-Encoding: base64

UEsDBBQAAQAAAHUPdl2os1s0JAAAABgAAAAJAAAAc3RhZmYuY3N2Lw8t7tLrWVcVQ4T+9aISX7Vy
MLUTZunPRx8pubM+IYjS8CYkUEsBAj8DFAABAAAAdQ92XaizWzQkAAAAGAAAAAkAJAAAAAAAAAAg
gKSBAAAAAHN0YWZmLmNzdgoAIAAAAAAAAQAYAPrvmiIlet0BAAAAAAAAAAAAAAAAAAAAAFBLBQYA
AAAAAQABAFsAAABLAAAAAAA=
--b1--
--- out bo@partner.example
Received: from client.test{*}
...
X-Cloakroom-Transfer: {id}
...
Here is the list.
...
{*}staff.zip{*}
...
{link}
...
--- reply
250 2.0.0{*}
