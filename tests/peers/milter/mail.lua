-- Three mails on one connection, as the newest servers speak, and one each as older ones do.
dofile(folder .. "/common.lua")

local conn = begin(nil, nil, nil)
if mt.test_action(conn, SMFIF_ADDRCPT) or mt.test_action(conn, SMFIF_QUARANTINE) then
    error("it wants to do more than it needs")
end
for number = 1, 3 do
    whole(conn, "new-" .. number)
end
mt.disconnect(conn)

-- No step may be left out, nothing goes unanswered.
conn = begin(6, 0, SMFIF_ADDHDRS + SMFIF_CHGBODY + SMFIF_DELRCPT + SMFIF_CHGHDRS)
whole(conn, "strict-1")
whole(conn, "strict-2")
mt.disconnect(conn)

-- Sendmail 8.10.
conn = begin(2, 127, 31)
whole(conn, "old")
mt.disconnect(conn)
