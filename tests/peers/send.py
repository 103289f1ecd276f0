# A mail program: Python's smtplib and email packages (version 3.9 or newer), nothing else.
#
# Setup: a server that speaks SMTP (or LMTP with --lmtp) on 127.0.0.1. With --ca, STARTTLS comes first and the certificate must be good.
# Test:  one mail with a text and one attachment, its name in whatever letters, made by `email` as other Python programs make it.
#        Prints who was refused as "ADDRESS: CODE TEXT"; exits 0 if the mail was taken for everybody, 1 if not.

import argparse, smtplib, ssl, sys
from email.message import EmailMessage

arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int, required=True)
arguments.add_argument("--lmtp", action="store_true")
arguments.add_argument("--ca")
arguments.add_argument("--local", help="our own address, to be told from others by")
arguments.add_argument("--from", dest="sender", required=True)
arguments.add_argument("--to", action="append", required=True)
arguments.add_argument("--subject", default="Documents")
arguments.add_argument("--text", default="Please find it attached.")
arguments.add_argument("--attach", help="a file")
arguments.add_argument("--name", help="what the attachment is called")
asked = arguments.parse_args()

mail = EmailMessage()
mail["From"] = asked.sender
mail["To"] = ", ".join(asked.to)
mail["Subject"] = asked.subject
mail["Message-ID"] = f"<{asked.subject.encode().hex()}@client.example.org>"
mail.set_content(f"{asked.text}\n\nÅsa\n")
if asked.attach:
    with open(asked.attach, "rb") as file:
        mail.add_attachment(file.read(), maintype="application", subtype="octet-stream", filename=asked.name)

source = (asked.local, 0) if asked.local else None
if asked.lmtp:
    # LMTP of smtplib takes its source address apart from the constructor of SMTP.
    server = smtplib.LMTP("127.0.0.1", asked.port, local_hostname="client.example.org", source_address=source)
else:
    server = smtplib.SMTP("127.0.0.1", asked.port, local_hostname="client.example.org", source_address=source)
if asked.ca:
    server.starttls(context=ssl.create_default_context(cafile=asked.ca))
try:
    refused = server.send_message(mail, asked.sender, asked.to)
except smtplib.SMTPRecipientsRefused as error:
    refused = error.recipients
except smtplib.SMTPResponseException as error:
    refused = {to: (error.smtp_code, error.smtp_error) for to in asked.to}
server.close()
for address, (code, text) in refused.items():
    print(f"{address}: {code} {text.decode(errors='replace')}")
sys.exit(1 if refused else 0)
