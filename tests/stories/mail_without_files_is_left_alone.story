# No rule touches it: it leaves as it came, but for one Received line.
from anna@example.org
to bo@partner.example
--- in
From: Anna Lind <anna@example.org>
To: bo@partner.example
Subject: Lunch
Message-ID: <2@example.org>
Content-Type: text/plain

.. at twelve?
. 
Anna
--- out bo@partner.example
Received: from client.test{*}
...
From: Anna Lind <anna@example.org>
To: bo@partner.example
Subject: Lunch
Message-ID: <2@example.org>
Content-Type: text/plain

.. at twelve?
. 
Anna
--- reply
250 2.0.0{*}
