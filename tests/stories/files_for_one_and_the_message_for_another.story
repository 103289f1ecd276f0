# One mail, two decisions: the partner gets the file and keeps the text, the clinic gets everything sealed. Neither link opens the other's.
from anna@example.org
to bo@partner.example
to eva@clinic.example
--- policy
schema = 1
[[rule]]
id = "files"
why = "Files travel protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
[[rule]]
id = "clinic"
why = "What goes to the clinic is confidential."
when = { to = ["@clinic.example"] }
then = { action = "seal", unlock = "link", keep_for = "10 days" }
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>, Eva <eva@clinic.example>
Subject: Plan
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Here is the plan.
--b1
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
DTSTART:20251128T140200Z
SUMMARY:Meeting
END:VEVENT
END:VCALENDAR
--b1
Content-Type: text/csv; name="plan.csv"
Content-Disposition: attachment; filename="plan.csv"
Content-Transfer-Encoding: base64

d2hlbix3aGF0CjIwMjUsYnVpbGQK
--b1--
--- out bo@partner.example
Received: from client.test{*}
...
Here is the plan.
...
1 file from Anna Lind (21 bytes)
...
BEGIN:VCALENDAR
...
--- out shared bo@partner.example
Received: from client.test{*}
...
A message from Anna Lind (anna@example.org), with 2 files
...
{link}
...
--- out shared eva@clinic.example
Received: from client.test{*}
...
A message from Anna Lind (anna@example.org), with 2 files
...
{link}
...
--- out eva@clinic.example
Received: from client.test{*}
...
A message from Anna Lind (anna@example.org), with 2 files
...
--- files bo@partner.example
plan.csv: when,what
2025,build
--- files shared bo@partner.example
...
plan.csv: when,what
2025,build
...
--- reply
250 2.0.0{*}
--- reply lmtp
250 2.0.0{*}
250 2.0.0{*}
