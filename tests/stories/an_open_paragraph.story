# The sender drew a line: what stands above it stays open, in text and HTML; all else, the subject too where the rule says so, is sealed.
from anna@example.org
to bo@partner.example
--- policy
schema = 1
[[rule]]
id = "personal"
why = "What goes there is personal."
when = { to = ["@partner.example"] }
then = { action = "seal", unlock = "link", keep_for = "10 days", hide_subject = true }
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Your findings
Thread-Topic: Your findings
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><p>Dear Bo,</p><p>this is about yesterday.</p><p>— protected from here —</p><p>The findings are bad.</p></body></html>
--- out bo@partner.example
Received: from client.test{*}
...
X-Cloakroom-Transfer: {id}
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>
Subject: Message from {*}
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
MIME-Version: 1.0
...
Dear Bo,

this is about yesterday.

---------------------------------------------------------------
A message from Anna Lind (anna@example.org)

Read it here:
{link}
...
<p dir=3D"auto">Dear Bo,<br>
<br>
this is about yesterday.</p>
<!-- cloakroom:begin {id} -->
...
--- files bo@partner.example
Your findings.eml: {*}The findings are bad.{*}
--- reply
250 2.0.0{*}
