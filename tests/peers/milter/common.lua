-- What the scripts beside this one share: one client, and one mail with a file, packet by packet.
--
-- Setup: miltertest (Debian) with -D socket=inet:PORT@127.0.0.1 and -D folder=THIS-FOLDER.
-- Test:  tests/it/milter/talk.rs; each script ends with error() if the filter does not as it says.

function must(what, said)
    if said ~= nil then
        error(what .. ": " .. tostring(said))
    end
end

-- miltertest 1.5 takes the steps before the actions, whatever its manual says.
function begin(version, steps, actions)
    local conn = mt.connect(socket, 20, 0.1)
    if conn == nil then
        error("nobody listens")
    end
    must("negotiate", mt.negotiate(conn, version, steps, actions))
    must("conninfo", mt.conninfo(conn, "client.test", "127.0.0.1"))
    must("helo", mt.helo(conn, "client.test"))
    return conn
end

-- The steps of a mail, in order.
steps = {
    function(conn, id)
        mt.macro(conn, SMFIC_MAIL, "i", id, "{mail_mailer}", "smtp")
        must("mail", mt.mailfrom(conn, "<anna@example.org>", "BODY=8BITMIME"))
    end,
    function(conn, id)
        must("rcpt", mt.rcptto(conn, "<bo@partner.example>"))
    end,
    function(conn, id)
        if not mt.test_option(conn, SMFIP_NODATA) then
            must("data", mt.data(conn))
        end
    end,
    function(conn, id)
        must("From", mt.header(conn, "From", "Anna Lind <anna@example.org>"))
        must("To", mt.header(conn, "To", "Bo Ek <bo@partner.example>"))
        must("Subject", mt.header(conn, "Subject", "Plan " .. id))
        must("Message-ID", mt.header(conn, "Message-ID", "<" .. id .. "@example.org>"))
        must("MIME-Version", mt.header(conn, "MIME-Version", "1.0"))
        must("Content-Type", mt.header(conn, "Content-Type", "multipart/mixed;\n boundary=\"b1\""))
    end,
    function(conn, id)
        must("eoh", mt.eoh(conn))
    end,
    function(conn, id)
        must("body", mt.bodystring(conn, "--b1\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b1\r\n"))
        must("body", mt.bodystring(conn, "Content-Type: text/csv; name=\"plan.csv\"\r\n"))
        must("body", mt.bodystring(conn, "Content-Disposition: attachment; filename=\"plan.csv\"\r\n\r\nwhen,what\r\n--b1--\r\n"))
    end,
    function(conn, id)
        must("eom", mt.eom(conn))
    end,
}

-- All of them, and what must come of it.
function whole(conn, id)
    for _, step in ipairs(steps) do
        step(conn, id)
    end
    local said = mt.getreply(conn)
    if said ~= SMFIR_CONTINUE then
        error(id .. ": the last word is " .. string.char(said))
    end
    if not mt.eom_check(conn, MT_BODYCHANGE) then
        error(id .. ": the body stays")
    end
    if not mt.eom_check(conn, MT_HDRADD, "X-Cloakroom-Transfer") then
        error(id .. ": nothing says what the mail is")
    end
    if mt.eom_check(conn, MT_RCPTDELETE, "<bo@partner.example>") then
        error(id .. ": its recipient is gone")
    end
end
