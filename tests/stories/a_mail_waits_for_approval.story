# One recipient's rule holds the mail: it waits for all of them, its sender and the approver are told, and nothing of it has left.
from anna@example.org
to bo@partner.example
to carla@example.org
--- policy
schema = 1
[[rule]]
id = "tables"
why = "Tables wait for the officer."
when = { files_any = ["*.csv"] }
then = { action = "hold", release_by = ["dpo@example.org"] }
--- in
From: Anna Lind <anna@example.org>
To: Bo Ek <bo@partner.example>, Carla <carla@example.org>
Subject: Plan
Message-ID: <1@example.org>
Date: Fri, 21 Nov 2025 14:02:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

here is the plan.
--b1
Content-Type: text/csv; name="plan.csv"
Content-Disposition: attachment; filename="plan.csv"

when,what
--b1--
--- out dpo@example.org
...
Subject: Waiting for your approval: a mail from anna@example.org
...
A mail from anna@example.org waits until somebody releases it.{*}
...
To: bo@partner.example
To: carla@example.org
...
Why: Tables wait for the officer. (tables)
...
    cloakroom hold release {id}
    cloakroom hold release {id} --as-transfer
    cloakroom hold drop {id} --because "..."

Mail {id}
--- out anna@example.org
...
Subject: Your mail waits for approval
...
--- out bo@partner.example
nothing
--- out carla@example.org
nothing
--- reply
250 2.0.0 {id} taken: it waits for a decision, and its sender will be told
--- reply lmtp
250 2.0.0 {id} taken: it waits for a decision, and its sender will be told
250 2.0.0 {id} taken: it waits for a decision, and its sender will be told
--- reply milter
250 2.0.0 kept
