"""A gateway with a portal for measurements: started, given mail, and its links opened."""
import base64, hashlib, http.client, json, os, re, smtplib, ssl, subprocess, time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("CLOAKROOM", os.path.join(HERE, "../../target/release/cloakroom"))
BLOCK = hashlib.shake_256(b"downloads").digest(57 * 18396)  # 1 MiB less a little, whole lines of base64

POLICY = """schema = 1
[[rule]]
id = "all"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link" }
"""
CONFIG = """schema = 1
[identity]
organisation = "Load"
domains = ["inside.example"]
[intake]
smtp = "127.0.0.1:0"
next_hop = "folder:out"
max_message = "64 GiB"
state = "spool"
[portal]
listen = "127.0.0.1:0"
url = "{scheme}://127.0.0.1:0"
{tls}
[store]
path = "store"
master_key = "master.key"
[policy]
dir = "policies"
[log]
level = "error"
"""


TLS = """tls = "files"
[tls]
certificate = "cert.pem"
key = "key.pem"
"""


def start(folder, tls=False):
    """A gateway in this folder; where it listens, by door."""
    os.makedirs(folder + "/policies")
    os.makedirs(folder + "/out")
    open(folder + "/policies/all.toml", "w").write(POLICY)
    if tls:
        certify(folder)
    text = CONFIG.format(scheme="https" if tls else "http", tls=TLS if tls else "")
    open(folder + "/cloakroom.toml", "w").write(text)
    subprocess.run([PROGRAM, "key", "init", folder + "/master.key"], check=True, stdout=subprocess.DEVNULL)
    gateway = subprocess.Popen([PROGRAM, "serve", "--config", folder + "/cloakroom.toml"], stdout=subprocess.PIPE, text=True)
    doors = {}
    while not {"smtp", "portal"} <= doors.keys():
        line = json.loads(gateway.stdout.readline())
        doors[line["listening"]] = line["address"].rsplit(":", 1)
    return gateway, doors


def certify(folder):
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"]
    subprocess.run(["openssl", *options.split(), *files], check=True, stderr=subprocess.DEVNULL)
    os.chmod(folder + "/key.pem", 0o600)


def mail(door, blocks):
    """Sends blocks of file, a block at a time. Gives the seconds from the final dot to its answer."""
    client = smtplib.SMTP(door[0], int(door[1]), timeout=3600)
    client.ehlo("load.example")
    for command in ["MAIL FROM:<a@inside.example>", "RCPT TO:<b@outside.example>"]:
        assert client.docmd(command)[0] == 250
    assert client.docmd("DATA")[0] == 354
    head = (
        "From: a@inside.example\r\nTo: b@outside.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        "Content-Type: application/octet-stream; name=big.bin\r\n"
        "Content-Disposition: attachment; filename=big.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    client.sock.sendall(head.encode())
    lines = base64.encodebytes(BLOCK).replace(b"\n", b"\r\n")
    for _ in range(blocks):
        client.sock.sendall(lines)
    client.sock.sendall(b".\r\n")
    began = time.monotonic()
    code, text = client.getreply()
    assert code == 250, text
    client.close()
    return time.monotonic() - began


def link(folder):
    for root, _, names in os.walk(folder + "/out"):
        for name in names:
            found = re.search(rb"/t/([0-9a-z]{32})", open(os.path.join(root, name), "rb").read())
            if found:
                return found[1].decode()
    raise SystemExit("no link")


def unlock(door, token, authority=None):
    """The cookie and the path behind a link; over TLS if the certificate to believe is given."""
    where = (door[0], int(door[1]))
    if authority:
        portal = http.client.HTTPSConnection(*where, context=ssl.create_default_context(cafile=authority))
    else:
        portal = http.client.HTTPConnection(*where)
    portal.request("POST", f"/t/{token}/unlock", "", {"Content-Type": "application/x-www-form-urlencoded"})
    answer = portal.getresponse()
    assert answer.status == 303, answer.status
    return answer.getheader("Set-Cookie").split(";")[0], answer.getheader("Location")


def memory(pid):
    status = open(f"/proc/{pid}/status").read()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1])
