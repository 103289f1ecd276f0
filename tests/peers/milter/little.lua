-- A server that does not let its filters replace the body: the filter must not pretend to protect.
dofile(folder .. "/common.lua")

local conn = mt.connect(socket, 20, 0.1)
if mt.negotiate(conn, 6, 0, SMFIF_ADDHDRS) == nil then
    error("it is content with too little")
end
