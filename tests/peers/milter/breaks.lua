-- The server closes, or gives the mail up, behind each of its packets. The next mail is taken as if nothing had been.
dofile(folder .. "/common.lua")

for last = 1, #steps do
    local conn = begin(nil, nil, nil)
    for number = 1, last do
        steps[number](conn, "closed-" .. last)
    end
    -- Without a word.
    mt.disconnect(conn, false)
end

local conn = begin(nil, nil, nil)
for last = 1, #steps do
    for number = 1, last do
        steps[number](conn, "given-up-" .. last)
    end
    must("abort", mt.abort(conn))
    whole(conn, "behind-" .. last)
end
mt.disconnect(conn)
