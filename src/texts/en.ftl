# Every language has the same keys with the same arguments; a test compares them.
# Arguments are ready for people: $size is "5.3 MB", $date is a long date with its zone, $days is a number.
#
# Glossary, one word per thing:
# transfer: transfer; link: link; password: password; code: code; file: file; mail: mail; message: message; mailbox: mailbox
# sender: sender; recipient: recipient; operators: operators; receipt: receipt
# take back (withdraw a mail that waits); extend; fetch (in lists), download; expire; delete
# locked after wrong tries: locked, unlock; approve, release; drop; protected

### The block in the mail

# Title of the block. $sender is a person's name.
block-title = { $count ->
    [one] 1 file from { $sender } ({ $size })
   *[other] { $count } files from { $sender } ({ $size })
}
# Behind the last file that is listed.
block-more = { $count ->
    [one] and 1 more file
   *[other] and { $count } more files
}
# A link follows on a line of its own.
block-view = { $count ->
    [one] View it here:
   *[other] View them here:
}
block-button = { $count ->
    [one] View the file
   *[other] View the { $count } files
}
# A link follows.
block-button-leads = The button leads to
block-password-sms = Password: sent as a text message to the number ending in { $digits }.
block-password-sender = Password: { $sender } will give it to you in person or by phone.
# $way is the operator's own text, such as "by the reception desk".
block-password-other = Password: you will get it { $way }.
way-separately = separately
block-password-code = Code: you will get it by mail when you open the link.
block-password-quick = No password is needed on a device that you have set up.
block-password-agreed = Password: the one that you have agreed on with { $organisation }.
block-until = Available until { $date }.
block-genuine = { $organisation } sends files this way. You need no account, and nobody will ask for the password of your mailbox.
# A link follows.
block-check = How to check that this is genuine

### A mail whose text travels protected too

# $count is the number of files, also 0.
sealed-title = { $count ->
    [0] A message from { $sender } ({ $address })
    [one] A message from { $sender } ({ $address }), with 1 file
   *[other] A message from { $sender } ({ $address }), with { $count } files
}
# A link follows on a line of its own.
sealed-read = Read it here:
sealed-button = Read the message
sealed-answer = You can answer on the same page; your answer travels protected.
sealed-genuine = { $organisation } sends confidential messages this way. You need no account, and nobody will ask for the password of your mailbox.
# Instead of the mail's own subject, where a rule hides it.
sealed-subject = Message from { $organisation }
# Senders type it between dashes, on a line of its own: what stands above stays open. Lower case. Known in every language at once.
sealed-line = protected from here

### Pages: frame

page-title = { $title } - { $organisation }
page-title-error = Error: { $title }
page-skip = Skip to the content
page-language = Language
page-language-now = Language: { $name }
# The name of this language, in this language.
page-this-language = English
footer-genuine = Is this genuine?
footer-accessibility = Accessibility
footer-privacy = Privacy
footer-transfer = Transfer { $id }

### Pages: unlock

unlock-heading = Files from { $sender }
unlock-heading-message = Message from { $sender }
unlock-sent = { $address }, sent { $date } to { $recipient }
unlock-password = Password
unlock-hint-sms = It was sent as a text message to the number ending in { $digits }.
unlock-hint-sender = { $sender } will give it to you in person or by phone.
unlock-hint-other = You will get it { $way }.
unlock-hint-agreed = It is the password that you have agreed on with { $organisation }.
unlock-no-password-needed = No password is needed.
unlock-remember = Remember this browser for 30 days (not on a shared computer)
# Instead of the field for the password.
unlock-remembered = This browser is remembered. You need no password here.
forget-browser = Forget this browser
unlock-open = Open
unlock-missing = No password?
unlock-missing-text = It can take a few minutes to arrive. If nothing comes, answer the mail and ask { $sender }.
unlock-until = Available until { $date }
ask-password = Ask { $sender } for the password
ask-unlock = Ask { $sender } to unlock it
# $time is a day and a time.
asked = { $sender } was asked on { $time }.
unlock-phone = Open on phone
unlock-phone-text = Point the camera of your phone at this code. It holds the link only: the phone will ask for the password too.
unlock-phone-code = QR code with the address of this page
terms-heading = Terms of use
terms-agree = I agree to the terms of use
# Behind the sentence above, in brackets: a link to them.
terms-read = read them
terms-missing = Please agree to the terms of use first.
unlock-empty = Please enter the password.
wrong-password = { $tries ->
    [0] That password does not match.
    [one] That password does not match. 1 try left, then a pause of one hour.
   *[other] That password does not match. { $tries } tries left, then a pause of one hour.
}
wrong-password-hint = Capital letters, spaces and dashes make no difference.
# $time is a time of day, such as 15:24.
paused = Too many tries. Next try possible at { $time }.
locked = Locked after too many wrong passwords. The files are safe. Answer the mail and ask { $sender } to unlock them.

### Pages: a code by mail instead of a password

code-why = To open this page you need a code. It is sent to { $recipient }, the mailbox that got the link.
code-send = Send me a code
code-label = Code
# $time is a time of day, such as 15:24.
code-hint = A mail with a six-digit code was sent to { $recipient }. The code is valid until { $time }.
code-missing = No code?
code-missing-text = It can take a few minutes to arrive; look among unwanted mail too. If nothing comes, answer the mail with the link and ask { $sender }.
code-again = Send another code
code-empty = Please enter the code.
code-over = No code is valid any more. Please ask for a new one.
wrong-code = { $tries ->
    [0] That code does not match.
    [one] That code does not match. 1 try left, then a pause of one hour.
   *[other] That code does not match. { $tries } tries left, then a pause of one hour.
}
# $time is a day and a time.
code-limit = Enough codes have been sent for now. The next one can be sent from { $time }.
code-not-sent = The code could not be sent just now. Please try again in a few minutes.
code-refused = No code can be sent to { $recipient }. Answer the mail with the link and ask { $sender }.
locked-codes = Locked after too many wrong codes. The files are safe. Answer the mail with the link and ask { $sender } to unlock them.

### Pages: a mail that waits

approve-heading = A mail waits for your approval
approve-hidden = What it says is not shown here, and no name of a file.
approve-release = Release
approve-transfer = Release as links
approve-transfer-hint = Released as links, its files leave behind a link at least.
approve-because = Why it is dropped, for its sender (optional)
approve-drop = Drop
withdraw-heading = Your mail waits for approval
withdraw-text = It has not left. As long as nobody has decided, you can withdraw it: then nobody gets it.
withdraw-button = Withdraw
decided-heading = It was decided
# $who is an address, or the operators.
decided-released = The mail was released by { $who }: { $date }.
decided-dropped = The mail was dropped by { $who }: { $date }. It has not left and will not leave.
decided-withdrawn = The mail was withdrawn by { $who }: { $date }. It has not left and will not leave.
decided-over = Nobody decided about the mail in time. It was dropped: { $date }.
# $approvers are addresses.
decided-asked = Asked were: { $approvers }.

### Pages: nothing here, something wrong

gone-heading = These files are no longer here
gone-text = They may have expired or been taken back. If you have the mail, answer it to reach the sender.
session-heading = Please open the link again
session-text = This page was open for a long time and has been locked. Open the link in the mail again.
busy-heading = One moment, please
busy-text = Many people are opening files right now. Please try again in a minute.
missed-text = Many links that lead nowhere were opened from your network in a short time. Please try again in a minute.
too-often = Too many tries in a short time. Please wait a minute, then try again.
error-heading = That did not work
error-text = Something went wrong here. Nothing is lost; please try again in a few minutes.
error-reference = Reference for questions: { $id }
not-found-heading = There is no such page
not-found-text = Please check that you have the whole link from the mail.

### Pages: files

files-heading = Files from { $sender }
files-summary = { $count ->
    [one] 1 file, { $size }.
   *[other] { $count } files, { $size }.
}
files-until = Available until { $date } ({ $left }).
files-all = Download all as ZIP, { $size }
files-download = Download
# Read aloud instead of "Download", so that each button says what it is for.
files-download-name = Download { $name }, { $size }
files-details = Details
files-type = Type
files-checksum = SHA-256
files-fetched = Downloaded { $date }
files-fetched-times = { $count ->
    [one] Downloaded once
   *[other] Downloaded { $count } times
}
files-left = { $count ->
    [one] Can be downloaded 1 more time
   *[other] Can be downloaded { $count } more times
}
files-used-up = All permitted downloads have been used. Answer the mail to ask for more.
files-message = Message
files-open-message = Open message
# Instead of a button, where only a mail program can show the message.
files-mail-only = Save the message and open it in your mail program.
files-lock = Lock this page
files-none = There are no files, only a message.
files-delete = I have everything, delete it now
delete-heading = Delete it now?
delete-text = Then nobody can open your link any more, not even you. Other recipients of the same mail keep theirs. The sender can see that you have deleted it.
delete-left = { $count ->
    [one] 1 file has not been downloaded yet.
   *[other] { $count } files have not been downloaded yet.
}
delete-now = Delete it
delete-not = Back, delete nothing
days-left = { $days ->
    [0] last day
    [one] 1 day
   *[other] { $days } days
}

### Pages: message

message-heading = Message from { $sender }
message-back = Files
message-back-files = { $count ->
    [one] Files (1)
   *[other] Files ({ $count })
}
message-print = Print
message-save = Save as .eml
message-from = From
message-to = To
message-date = Date
message-subject = Subject
message-no-subject = (no subject)
message-pictures = Pictures from the internet are not loaded.
message-no-text = This message has no text to show. Please save it and open it in your mail program.
message-too-large = This message is too large to show here. Please save it and open it in your mail program.
message-cut = The message is longer than this page can show. Save it to read all of it.
message-as-html = Show with formatting
message-as-text = Show as plain text

### Pages: kinds of files, as people call them

type-archive = Archive
type-document = Text document
type-file = File
type-film = Video
type-mail = Mail
type-pdf = PDF document
type-picture = Picture
type-slides = Presentation
type-sound = Sound
type-table = Spreadsheet
type-text = Text

### Pages: the same for everyone

bad-request-text = Your browser sent something that could not be understood. Please open the link in the mail again.
closed-heading = The page is locked
closed-text = To see the files again, open the link in the mail.
forgotten-heading = This browser is forgotten
forgotten-text = The password is asked for again the next time, for everything that was opened in this browser.
home-heading = Files and messages from { $organisation }
home-text = Files are not listed here. Open the link in the mail that you received.
home-genuine = You need no account, and nobody will ask for the password of your mailbox.
home-send = Send files to us
deleted-heading = It is deleted
deleted-text = Your link opens nothing any more. What you have downloaded stays with you.
# $host is the name of the server, such as files.example.org.
genuine-host = The address of these pages begins with { $host }. Look at it in the address line of your browser before you type a password.
genuine-never = You need no account. Nobody will ask for the password of your mailbox, for money, or for a program to be installed.
genuine-check = If you doubt a mail, do not answer it. Call the sender by a number that you knew before, or go to the pages of { $organisation } by yourself.
accessibility-aim = These pages are made to meet the Web Content Accessibility Guidelines (WCAG) 2.2, level AA, and European standard EN 301 549.
accessibility-how = They work without scripts, with the keyboard, with screen readers and enlarged to 400 %, in light and dark colours. Passwords can be pasted.
accessibility-problem = If something does not work for you, answer the mail that brought you here: { $organisation } will send you the files another way.
privacy-files = The files are stored encrypted. They can be opened only with the link from the mail and, where one is asked for, the password. After the date shown they are deleted.
privacy-cookie = One cookie keeps the page open after you unlocked it. It is deleted when you lock the page or close the browser.
privacy-known = A second cookie says for 30 days that this browser has opened a link, so that nobody else’s wrong passwords can keep you out. Only if you ask for it, it also opens the link without the password. It is deleted when you choose “Forget this browser”.
privacy-quick = If you set up a device without a password, a cookie of its own keeps its key. We keep what it is known by, when it was set up and when it was last used; all of it ends when you remove the device, or when it was not used for a long time and nothing that was sent before is left. A page that opens only on devices puts that cookie there for a day, so that a code can be entered.
privacy-terms = A third cookie remembers for 30 days that you have agreed to the terms of use.
privacy-send = If you write to { $organisation } from here, one cookie waits ten minutes for the code, and another says for 30 days that your address was proven in this browser. It is kept for 30 days more, so that others who ask for codes to your address cannot keep you out. It is deleted when you choose “That is not me”. The addresses you wrote to may be kept to propose them to you; you can empty that list, and it is deleted when you have not used it for 30 days.
privacy-nothing = There is no other cookie, and nothing is measured.
privacy-log = { $organisation } records when files are opened and downloaded, and from which internet address, to protect you and the sender. The sender may be told that files were downloaded.
privacy-others = These pages load nothing from anyone else, and nobody else learns that you were here.

### Notices

# The text message; at most 160 characters of GSM 03.38 with ordinary names. No link. The last line ("@host #PASSWORD") is added by the program.
sms = { $organisation }: password for the files from { $sender }: { $password }. Enter it on { $host }
# Mail to the sender, who hands the password on.
password-mail-subject = { $count ->
    [one] Please hand on a password
   *[other] Please hand on { $count } passwords
}
password-mail-intro = { $count ->
    [one] Your message has left, protected. Please give this recipient the password, in person or by phone, not by mail:
   *[other] Your message has left, protected. Please give each recipient the password, in person or by phone, not by mail:
}
password-mail-until = The files are available until { $date }.
password-mail-genuine = The link is already with the recipients. This mail goes to you only.
# Mail with a code to the mailbox that got the link. No link in it, and no code in its subject, which mail servers write into their logs.
code-mail-subject = Your code from { $organisation }
code-mail-text = Your code for opening what { $sender } sent you:
# $time is a time of day, such as 15:24.
code-mail-until = Enter it on the page that asks for it, before { $time }. It can be used once.
code-mail-genuine = You did not ask for a code? Then do nothing: without it the page stays closed. Give it to nobody; { $organisation } never asks for it by phone or mail.
notice-failed-subject = A password could not be delivered
notice-failed-text = The password for { $recipient } could not be delivered. Please give it in person or by phone, or send the message again.

### Receipt to the sender

receipt-subject = { $count ->
    [0] Sent protected: { $subject }
    [one] Sent with 1 file as a link: { $subject }
   *[other] Sent with { $count } files as links: { $subject }
}
receipt-intro = { $count ->
    [0] Your message “{ $subject }” has left. Its text was replaced by a link.
    [one] Your message “{ $subject }” has left. Its file ({ $size }) was replaced by a link.
   *[other] Your message “{ $subject }” has left. Its { $count } files ({ $size }) were replaced by a link.
}
receipt-why = Why
receipt-until = Until
receipt-to = To
receipt-password = Password
receipt-password-sms = text message to the number ending in { $digits }
# Behind a telephone number: where it came from.
number-from-directory = from the directory
number-from-earlier = from an earlier mail of yours
receipt-password-tell = please tell { $recipient }: { $password }
receipt-password-none = none needed
receipt-password-other = { $way }
receipt-by-phone = By phone or in person, not by mail.
receipt-original = got the original files
receipt-shared = shares a link with others
receipt-transfer = Transfer { $id }
receipt-password-code = a code by mail, when the page asks for it
receipt-password-quick = none needed: it opens on a device that the recipient has set up
receipt-password-known = the one that you chose
# Of a recipient, to the sender: a password that was agreed on once, by telephone or contract, and is not sent.
password-agreed-with-them = the one that is agreed with them
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Sent protected
    [one] Sent with 1 file as a link
   *[other] Sent with { $count } files as links
}
receipt-left-intro = { $count ->
    [0] Your message has left. Its text was replaced by a link.
    [one] Your message has left. Its file ({ $size }) was replaced by a link.
   *[other] Your message has left. Its { $count } files ({ $size }) were replaced by a link.
}
receipt-waits = does not have the message yet: it is still being tried
receipt-unclear = may not have the message: the next mail server did not say so
# $text is what a mail server said, with its code.
receipt-refused = did not get the message: { $text }
# A link follows on a line of its own.
receipt-page = See who fetched what, change the date, take it back:
# REVOKE stays as it is in every language.
receipt-revoke = Take it back now: answer this mail with the word REVOKE.

### Later notices to the sender

downloaded-subject = Downloaded: files for { $recipient }
downloaded-text = { $count ->
    [one] { $name } was downloaded from the page made for { $recipient } ({ $date }).
   *[other] { $name } and more, { $count } files in all, were downloaded from the page made for { $recipient } ({ $date }).
}
unread-subject = Not fetched yet: files for { $recipient }
unread-text = The files for { $recipient } expire on { $date }. Nobody has fetched them.
# Mail to the sender: whoever has the link asks for help.
asked-subject = Password missing: files for { $recipient }
asked-password = Somebody with the link made for { $recipient } asks you for the password.
asked-locked = Somebody with the link made for { $recipient } asks you to unlock the page: it is locked after too many wrong tries.
# $time is a day and a time.
asked-when = { $count ->
    [one] It was asked on { $time }.
   *[other] It was asked on { $time }, { $count } times within a day.
}
asked-hand-on = If you have the password, please give it in person or by phone, not by mail.
asked-again = If you do not have it any more, send the message again: it gets a new one.
asked-lift = The files are safe. Ask by phone whether the tries were theirs; then lift the lock.
# A link follows on a line of its own.
asked-page = What you can do about it stands on your page:
asked-genuine = Nobody asked? Then do nothing: nothing was opened.
locked-subject = Locked: files for { $recipient }
locked-text = { $tries } wrong passwords: the page for { $recipient } is locked. The files are safe; other recipients are not affected.
downloaded-day-subject = Downloads of { $date }
downloaded-day-text = These files were downloaded from pages made for your recipients:
unread-do = If they are still needed, remind the recipient or change the date on the page below. If not, you need do nothing.
locked-codes-text = { $tries } wrong codes: the page for { $recipient } is locked. The files are safe; other recipients are not affected.
locked-do = On the page below you can unlock it or take the files back. Ask the recipient first whether the tries were theirs.
locked-deleted-text = { $tries } wrong passwords: as { $organisation } wants it, the page for { $recipient } was deleted. Nobody has opened the files with these tries; other recipients are not affected.
locked-deleted-do = This cannot be undone. If the files are still needed, send the message again.
# To an administrator.
locked-sender = Sender of the message: { $sender }
locked-from = The last try came from { $address }
revoked-subject = Taken back: nobody can open it any more
revoked-text = Taken back: nobody can open the files any more. Copies that somebody has downloaded stay where they are.
revoked-text-one = Taken back for { $recipient }: this page cannot be opened any more. Copies that somebody has downloaded stay where they are.
revoked-never = Nobody had downloaded anything before.
revoked-before = { $count ->
    [one] From the page made for { $recipient } 1 file had been downloaded before, the last time on { $date }.
   *[other] From the page made for { $recipient } { $count } files had been downloaded before, the last time on { $date }.
}
extended-subject = Available until { $date }
extended-text = The files are available until { $date } now.

### The sender's page

sender-title = Your transfer { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Sent { $date }.
    [one] 1 file, { $size }. Sent { $date }.
   *[other] { $count } files, { $size }. Sent { $date }.
}
sender-files = { $count ->
    [one] 1 file
   *[other] { $count } files
}
sender-people = Recipients
sender-mail = Mail
sender-mail-sent = sent
sender-mail-held = on its way
sender-mail-lost = not delivered
sender-mail-waits = not delivered yet
# Each is a time of day, or a day and a time.
sender-mail-tried = Tried since { $since }, again { $next }, until { $until } at the latest.
# $text is a reply of a mail server.
sender-mail-answer = The mail server says: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = taken back: { $time }
sender-mail-deleted = deleted by the recipient: { $time }
sender-password-sms = text message to the number ending in { $digits }
sender-password-you = you hand it on
sender-password-code = code by mail when the link is opened
sender-downloads = Fetched
sender-fetched-never = not yet
sender-opened = opened, nothing fetched yet: { $time }
# $count of $of files.
sender-fetched = { $count } of { $of }, last: { $time }
sender-locked = Locked after too many wrong passwords: { $time }
sender-paused = Pause after wrong passwords until { $time }
sender-lift = Unlock
sender-revoke-one = Take back
sender-revoke-for = Take back from { $recipient }
sender-until = End
sender-new-day = Available until the end of
sender-latest = At the latest { $date }
sender-change = Change
sender-revoke-title = Take back
sender-revoke-text = Nobody can open it any more, from this moment. This cannot be undone. What was downloaded before stays with whoever has it.
sender-revoke-all = Take back from everybody
sender-history = History
sender-history-note = A download means: from the page made for that recipient. Nobody can know who read it.
sender-is-revoked = It was taken back. Nobody can open it any more.
sender-is-expired = It has ended. Nobody can open it any more.
sender-over-heading = This transfer has ended
sender-over-text = Its files are deleted, and its history with them.
sender-done-revoked = Taken back. Nobody who had that link can open anything any more.
sender-done-extended = The end was changed.
sender-done-latest = The end was changed, to the latest time that is allowed.
sender-done-lifted = Unlocked. The password can be tried again.
sender-done-nothing = There was nothing to change.
sender-no-day = Please enter a day.
sender-past = That day is over. To end it now, take it back.
prefs-heading = What you are told
prefs-back = Your transfer
# $address is the sender's.
prefs-text = For all mails that { $address } sends, from now on.
prefs-receipts = A receipt for each mail with protected files
prefs-yes = yes
prefs-no = no
prefs-downloads = When files are downloaded
prefs-each = a mail each time, a little later
prefs-daily = one mail a day
prefs-off = no mail
prefs-language = Language of these mails
prefs-language-own = that of each mail
prefs-always = You are told in any case when a page was locked, when nobody has fetched something that ends soon, and when something was taken back.
prefs-save = Save
prefs-saved = Saved. If anything has changed, a mail to you will say so too.
prefs-fewer = Choose which of these mails you get:
chosen-subject = What you are told was changed
chosen-text = On the page of one of your transfers it was chosen which mails you get from now on:
chosen-other = If that was not you, somebody else has a link of yours. Please change it back here, and tell whoever looks after mail in your organisation:
takeback-heading = Take back from everybody?
takeback-heading-one = Take back?
takeback-text = Nobody of these can open it any more, from this moment:
takeback-note = This cannot be undone. What was downloaded before stays with whoever has it.
takeback-yes = Take back
takeback-no = Leave it
event-sent = Sent
event-opened = Opened
event-fetched = { $count ->
    [one] 1 file downloaded
   *[other] { $count } files downloaded
}
event-fetched-names = Downloaded: { $names }
event-locked = Locked after too many wrong passwords
event-lifted = { $by ->
    [sender] Unlocked by you
   *[other] Unlocked by the operators
}
event-asked = The password was asked for
event-answered = An answer was written
event-revoked = { $by ->
    [sender] Taken back by you
    [operator] Taken back by the operators
   *[other] Deleted after too many wrong passwords
}
event-extended = { $by ->
    [sender] You changed the end to { $date }
   *[other] The operators changed the end to { $date }
}
event-link-sent = { $by ->
    [sender] New link sent by you
   *[other] New link sent by the operators
}
event-password-sent = { $by ->
    [sender] New password made by you
   *[other] New password made by the operators
}
event-password-shown = { $by ->
    [sender] New password made by you and shown to you
   *[other] New password made by the operators and shown to them
}
event-deleted = Deleted by the recipient
event-text-arrived = The text message with the password was delivered

### Commands by mail: a sender answers a receipt

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = revoke, take back, withdraw
command-extend = extend
command-who = who
command-numbers = numbers
command-forget = forget
command-unlock = unlock
command-help = help
command-days = d, day, days
command-weeks = w, week, weeks
told-subject-done = Done: transfer { $id }
told-subject-not = Not done: transfer { $id }
told-subject-who = Who fetched what: transfer { $id }
told-subject-help = What you can answer: transfer { $id }
told-revoked = Taken back: nobody can open transfer { $id } any more. What was downloaded before stays with whoever has it.
told-revoked-one = Taken back: { $recipient } cannot open transfer { $id } any more. What was downloaded before stays there.
told-extended = Transfer { $id } ends: { $date }.
told-latest = That is the latest that is allowed.
told-lifted = Unlocked: the password can be tried again.
told-no-recipient = Nothing was changed: transfer { $id } has no link for { $recipient }.
told-past = Nothing was changed: that day is over. To end it now, answer with the word revoke.
told-over = Nothing was changed: transfer { $id } has ended or was taken back before.
told-not-locked = Nothing was changed: nothing is locked.
told-unread = Nothing was changed: your answer could not be understood.
told-how = Write one of these in the first line of your answer to a receipt:
# In front of the colon stands one of the words above.
told-how-revoke = revoke: nobody can open it any more
told-how-revoke-one = revoke bo@partner.example: only this recipient cannot
told-how-extend = extend 7d: it ends 7 days later (also: extend 2 weeks, extend 2025-12-24)
told-how-who = who: who has opened and fetched what
told-how-unlock = unlock: passwords can be tried again
told-how-numbers = numbers: the telephone numbers that you gave with earlier mails
told-how-forget = forget bo@partner.example, or forget: such a number, or all, are not used any more
told-subject-numbers = Telephone numbers of your mails
told-numbers-none = No telephone number of yours is remembered.
told-numbers = These telephone numbers, which you gave with earlier mails, are used where you give none:
told-number = { $recipient }: ends in { $digits }, used last { $date }
told-forgot = { $count ->
    [0] No such telephone number was remembered.
    [one] One telephone number was forgotten.
   *[other] { $count } telephone numbers were forgotten.
}
told-how-help = help: this list
told-who-revoked = taken back
told-who-locked = locked after too many wrong passwords
told-who-never = not opened yet
# $date is a day and a time.
told-who-opened = opened { $date }, fetched { $count } of { $of }

### Mails that wait for approval

# To an approver. $sender is an address.
hold-ask-subject = Waiting for your approval: a mail from { $sender }
hold-ask-text = A mail from { $sender } waits until somebody releases it. You may. What it says is not shown here.
hold-ask-until = If nobody decides until { $date }, it is dropped and its sender is told.
hold-ask-how = On the mail gateway, one of these decides:
# A link follows on a line of its own.
hold-ask-page = Decide on this page:
hold-withdraw-page = As long as nobody has decided, you can withdraw it here:
# One line per recipient.
hold-to = To: { $recipient }
hold-sent = Sent: { $date }
hold-size = { $count ->
    [0] Size: { $size }, no files
    [one] Size: { $size }, 1 file
   *[other] Size: { $size }, { $count } files
}
# $rule is the id of a rule, $text its reason.
hold-why = Why: { $text } ({ $rule })
hold-mail = Mail { $id }
hold-operator = the operators of the mail gateway
# To the sender.
hold-waits-subject = Your mail waits for approval
hold-waits-text = Your mail has not left yet: it waits for approval by { $approvers }. You need not do anything.
hold-waits-until = If nobody decides until { $date }, it is dropped and you are told.
hold-released-subject = Your mail was released
hold-released-text = Your mail was released by { $who } and is on its way.
hold-dropped-subject = Your mail was not released
hold-dropped-text = Your mail was dropped by { $who }. It has not left and will not leave.
hold-dropped-because = They write: { $text }
hold-over-subject = Your mail was not released in time
hold-over-text = Nobody decided about your mail in time. It was dropped and has not left. Ask for approval, then send it again.
hold-missed-subject = Not decided in time: a mail from a colleague
hold-missed-text = Nobody decided about the mail from { $sender } in time. It was dropped, and its sender was told.
hold-failed-subject = Your mail could not be delivered to everyone
hold-failed-text = Your mail was released, but it did not reach:

# A sender says how those get their password whom no way reaches.
unreached-subject = Your mail waits: how do they get the password?
unreached-heading = How do they get the password?
unreached-text = Your mail has not left yet: there is no way to bring these recipients their password.
unreached-how-phone = Give their mobile numbers, or choose another way, on this page:
unreached-how = Choose how they get it on this page:
unreached-until = Without an answer until { $date } the mail is dropped, and you are told.
unreached-way-number = By text message
unreached-number = Mobile number, such as +46 70 123 45 67
unreached-way-sender = I get it by mail and tell them myself
unreached-way-link = No password: whoever reads the mail can open the files
unreached-send = Send
unreached-keep = Save
unreached-approval = Somebody has to release the mail besides. Whatever is missing then comes to you.
unreached-withdraw = Or nobody gets it:
unreached-mend = Something is missing. Nothing was sent.
unreached-choose = Choose a way.
unreached-no-country = Write the number with its country, such as +46 70 123 45 67.
unreached-no-number = This is no telephone number: check its digits.
unreached-wrong-kind = No text message can be sent to this number.
unreached-over-subject = Your mail was not sent
unreached-over-text = Nobody said in time how its recipients get their password. The mail was dropped and has not left. Send it again, with a telephone number such as { $tag } in its subject.

### Delivery reports, to the sender

report-failed-subject = Your mail did not reach everyone
report-failed-text = Your mail did not reach these recipients, and it is not tried again:
report-failed-advice = Nothing else is the matter with your mail: this is only about the recipients above. Please check their addresses and send it to them again. If the addresses are right, show this mail to your IT support.
report-unclear-subject = Your mail may not have reached everyone
report-unclear-text = It is not known whether your mail reached these recipients. The connection was lost each time, before the next mail server said so:
report-unclear-advice = Please ask them before you send it again.
report-delayed-subject = Your mail is late
report-delayed-text = Your mail has not reached these recipients yet. It is still being tried, and you need not do anything:
report-delayed-until = If it does not succeed until { $date }, you are told.
report-relayed-subject = Your mail was handed on
report-relayed-text = Your mail was handed on for these recipients. The next mail server does not report what becomes of it:
# $text is what the next mail server said, with its code.
report-said = The next mail server said: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Our mail server noted: { $text }

### Pages: writing back

files-reply = Reply
# The form with a text and files. $name is a person's name.
write-heading = Reply to { $name }
write-back = Back to the files
write-others = Send it also to
write-text = Your text
write-files = Files
# $size is a size, such as "20.0 GB".
write-files-hint = Up to { $size } together. On a phone you can also take a picture.
write-here = Already here
write-cut = These files did not arrive completely. Choose them again:
write-send = Send
write-wait = Text and files are sent together. With large files this takes a while: keep this page open until the next one appears.
write-empty = Write a text or choose a file.
write-too-large = That is too much. Files may have { $size } together.
write-too-many-files = These are too many files. Put them into a ZIP file, or send them in two replies.
write-too-many = You have sent several replies today. Please try again tomorrow.
write-unfinished = A file did not arrive completely. Please choose it again.
write-no-room = There is no room for these files at the moment. Please try again later.
write-nobody = Choose somebody to send it to.
write-gone = This reply was sent or has ended. Start a new one.
write-waiting = These files are on their way. You can send when all of them are there.
write-done = Here
write-lost = Line lost, continues by itself
write-failed = Not taken
write-retry = Try again
write-remove = Remove
written-heading = Sent to { $name }
written-to = To
written-time = Time
written-number = Reference
# $address is the reader's own masked address, such as "b…@partner.example".
written-copy = Would you like this receipt by mail to { $address }?
written-copy-send = Send me the receipt
written-copied = The receipt goes to { $address }.

### People who were sent nothing, and write to us

# $name is the organisation.
send-heading = Send files to { $name }
send-why = You write to people at { $organisation }, with files of any size. First your address is checked: a mail with a code goes there.
send-address = Your mail address
send-name = Your name (may be left out)
send-address-wrong = Enter your whole mail address, such as name@example.com.
send-subject = Subject
send-code-heading = Enter the code
# $time is a time of day, such as 15:24.
send-code-hint = If { $address } may write to us, a mail with an eight-digit code is on its way there. Enter it here, in this browser, before { $time }.
send-code-wrong = That code does not match. Tries left: { $tries }.
send-code-missing = It can take a few minutes to arrive; look among unwanted mail too. Only a few codes an hour are sent to one address.
send-other-address = Use another address or ask again
send-continue = Continue
send-you = You write as { $address }.
send-not-me = That is not me: forget this browser
send-to-hint = Addresses at { $organisation }, with commas between several.
send-book = People you wrote to
send-book-text = These addresses are proposed to you in every browser where you proved your address. The list is deleted when you have not used it for 30 days.
send-book-empty = Empty this list
send-nobody = Enter whom it goes to.
# $most is a number.
send-too-many = At most { $most } addresses at once.
send-not-ours = You cannot write to { $address } from here: only to addresses at { $organisation }.
send-unknown = Mail for { $address } cannot be delivered. Check how it is written.
send-limit = That is enough for today. Please try again tomorrow.
send-too-many-files = These are too many files. Put them into a ZIP file, or send twice.
send-gone = This was sent or has ended. Start anew.
send-more = Send something else
# The mail with the code.
guest-mail-text = Your code for sending files to { $organisation }:
# $time is a day and a time.
guest-mail-asked = It was asked for at { $time }, from the network address { $address }.
guest-mail-genuine = That was not you? Then do nothing: without the code nobody can write in your name. Give it to nobody; { $organisation } never asks for it by phone or mail.

### The mail that brings an answer in

# The name in From. $name is a person's name or address, $organisation is ours.
written-from = { $name } via { $organisation }
# Behind the text. $host is our portal, such as "files.example.org".
written-by-reply = Written on { $host }, { $date }, by whoever opened the files that were sent to { $address }.
# $proven is a date and time.
written-by-address = Written on { $host }, { $date }, by whoever reads the mailbox { $address }: a code sent there was entered on { $proven }.
written-reference = Reference { $id }
written-unwanted = Unwanted? Your IT can shut this address out: give them the reference.
# Below a text from outside. $link is the page that reports it.
written-report = Something wrong with it? Report it: { $link }
written-no-subject = Files from { $name }
written-copy-subject = Your message to { $organisation }
written-copy-text = Your message was sent to { $organisation }.
# A file that no scanner has looked at. $name is its name.
written-unscanned = Not checked for malware, because it is too large: { $name }

### What a scanner says of what was written

checked-heading = Being checked
checked-text = Your message is being checked for malware. It is delivered once that is done; you need not wait here. If it cannot be delivered, you get a mail.
checked-again = Look again
denied-heading = Not delivered
# $file is the name of a file.
denied-infected = “{ $file }” was not delivered: the scanner of { $organisation } takes it for malware. The rest of your message was not delivered either.
denied-infected-text = Your message was not delivered: the scanner of { $organisation } takes its text for malware.
denied-too-large = “{ $file }” was not delivered: it is larger than what { $organisation } can check for malware. The rest of your message was not delivered either.
denied-unchecked = Your message was not delivered: it could not be checked for malware in time.
denied-do = If you think that this is a mistake, reach { $organisation } in another way.
denied-subject = Your message to { $organisation } was not delivered
# To administrators.
denied-admin-subject = Malware was refused
denied-admin-text = { $address } wrote on our pages, and the scanner takes it for malware. Nothing of it was delivered, and the people it was for were not told.
# $found is the scanner's name for it, such as "Win.Test.EICAR_HDB-1".
denied-admin-found = The scanner calls it { $found }.

### A new link and password

asked-renew = If you do not have it any more, you can have a new link and password made.
asked-renew-locked = You can also have a new link and password made: then the old ones open nothing any more.
locked-renew = There you can also have a new link and password made for this recipient.
receipt-recovery-all = If a link or a password is lost, you can have new ones made on that page.
receipt-recovery-some = If a link or a password is lost: for some recipients you can have new ones made on that page; for the others send the message again.
receipt-recovery-none = If a link or a password is lost, nobody can replace it: send the message again.
sender-lost = If it is lost
sender-recovery-gateway = A new link and password can be made.
sender-recovery-none = Link and password cannot be replaced: send the message again.
sender-renew = New link and password
sender-renew-link = New link
sender-done-renewed = A new link is on its way by mail. The one before opens nothing any more.
sender-done-often = Nothing was changed: new links can be made 5 times a day and 20 times in all.
sender-done-before = This was done already, a moment ago. The history below says when.
sender-done-shown = The new password was made and shown a moment ago, and nobody can show it again. If you did not see it, make a new link and password once more.
sender-done-held = Nothing was changed: the message has not left yet, or nobody knows whether it has.
sender-done-no-way = Nothing was changed: the new password has no way to the recipient.
sender-done-lost = Nothing was changed: link and password cannot be replaced.
renew-heading = Make a new link and password?
renew-heading-link = Make a new link?
renew-for = This is for:
renew-text = The new link goes out by mail at once. The link that was sent before opens nothing any more from this moment, and browsers that knew it are forgotten. A link cannot be sent again as it was: only its recipient has it.
renew-password = The password before ends too.
renew-chosen = The one that was chosen by hand is replaced by one that is made here.
renew-how = The new password
renew-same = goes the same way as the first
renew-show = is shown to me
renew-show-hint = Once, and you hand it on by phone or in person.
renew-yes = Make it
shown-heading = The new password
shown-link = A new link is on its way by mail. The one before opens nothing any more.
shown-for = The password that goes with it, for:
shown-once = It is shown this once and kept nowhere. If it is lost, have another one made.
shown-by-phone = Please give it by phone or in person, not by mail.
shown-back = Back to your transfer
renewed-subject = New link to the files from { $sender }
renewed-subject-message = New link to the message from { $sender }
renewed-text = Here is a new link. The link that you had before, and its password, open nothing any more.
renewed-text-link = Here is a new link. The link that you had before opens nothing any more.
renewed-failed-subject = New link not delivered
renewed-failed-text = The mail with the new link could not be delivered, and no password was sent:
command-resend = resend, send again, new link, new password
told-renewed = A new link of transfer { $id } is on its way by mail. The one before opens nothing any more.
told-lost = Nothing was changed: link and password cannot be replaced. Send the message again.
told-too-often = Nothing was changed: new links can be made 5 times a day and 20 times in all.
told-which-one = Nothing was changed: there are several recipients. Write for whom: resend bo@partner.example
told-not-left = Nothing was changed: the message has not left yet, or nobody knows whether it has.
told-no-way = Nothing was changed: the new password has no way to the recipient.
told-how-resend = resend bo@partner.example: a new link and password, if they can be replaced

### Devices without a password

unlock-device-here = This device is set up. You need no password here.
unlock-device = It opens without a password on a device that you have set up for mails from { $sender }. This browser is not one of them, or its cookies were deleted, or these pages have moved to another address.
unlock-device-hint = You can make a code on a device that is set up: open one of these links there, choose “Devices without a password” and then “Make a code”.
unlock-device-none = No such device any more?
unlock-device-none-text = { $sender } can end this and send it again with a password. The help desk of the sender can give you a code too.
files-quick = Next time without a password?
files-quick-text = Set up this browser, and further mails of this sender open in it without a password.
devices-heading = Devices without a password
devices-back = Back
devices-offer = If you set up this browser, mails from { $sender } open in it without a password, also earlier ones that were sent to you this way.
devices-rules = It ends when the device is not used for { $time }, when cookies are deleted, and with a private window when that is closed. Do not set up a computer that others use too.
devices-idle = { $days ->
    [one] one day
   *[other] { $days } days
}
devices-set-up = Set up this browser
devices-prove = So that it is certain who sets it up, a code is sent to { $recipient }.
devices-elsewhere = This browser cannot be set up from here. Make a code on a device that is set up, and enter it where the next mail from { $sender } asks for it.
devices-here = Mails from { $sender } open in this browser without a password.
devices-done = This browser is set up.
devices-too-many = This mailbox has as many devices as there can be. On one of them choose “Devices without a password” and remove one that is not needed, then try again. If there is none at hand, the help desk of the sender can end all of them.
devices-no-cookie = This browser did not have the cookie that it needs for this. Please enter the code once more. If you read this again, allow cookies for these pages.
devices-over = Nothing was changed: that is not possible here, or not any more.
devices-list = Your devices
devices-name = Device { $number }
devices-this = this one
devices-times = set up on { $since }, last used on { $used }
devices-remove = Remove
devices-remove-one = Remove device { $number }
devices-removed = The device was removed. It opens nothing without a password any more.
devices-another = Another device
devices-another-text = A code lets another device of yours, or of a colleague who shares the mailbox, open all of this without a password.
devices-another-button = Make a code
devices-code = Code for another device
devices-code-how = On the other device open a link in a mail from { $sender } and enter the code. It is valid until { $time }, once, and is shown only here.
devices-end = Passwords again
devices-end-text = From then on { $sender } sends you a password again, and what was sent without one opens nowhere any more.
devices-end-button = Ask for passwords again
devices-ended = From now on you get passwords again.
devices-ready-heading = This browser is set up
devices-ready-text = The next mail of this sender opens in it without a password. What was sent before stays closed here; the sender can send it again.
passkey-set-up = Use a passkey instead
passkey-open = Open with your passkey
passkey-failed = That did not work. Nothing was opened or set up. Try again, or go on without a passkey: not every one can do this.
passkey-done = Your passkey is set up. Mails of this sender open with it in every browser that has it.
passkey-mark = passkey
passkey-here = Mails from { $sender } open with your passkey, without a password.
sender-quick-end = Passwords again
sender-quick-end-for = Passwords again for { $recipient }
sender-done-parted = From your next mail on this recipient gets a password again. What opened on a device alone opens there no more.
quick-mail-added-subject = A device opens mails without a password
quick-mail-added-text = Device { $number } was set up just now. It opens what { $sender } sends to { $recipient } without a password.
quick-mail-added-more = That was not you? Open a link of this sender on another of your devices and remove it under “Devices without a password”, or ask the sender to send passwords again.
quick-mail-code-subject = A code for a device was given out
quick-mail-code-text = An operator has made a code. Whoever enters it within a day opens what { $sender } sends to { $recipient } without a password.
quick-mail-code-more = Nobody asked for one? Please tell the operators at once.
quick-mail-ended-subject = Passwords again
quick-mail-ended-text = What { $sender } sends to { $recipient } needs a password again from the next mail on.
quick-mail-ended-more = What was sent without a password opens no more. The sender can send it again.
### Reporting what came in by our pages
report-heading = Report this message
report-text = Those who run this service hear who wrote it, when and to whom, and its reference; not what it says.
report-because = What is wrong with it (optional)
report-button = Report
reported-heading = This message was reported
# $date is when somebody reported it.
reported-text = Those who run this service know of it since { $date }.
reported-subject = A message from outside was reported
reported-mail-text = Somebody who got a message that was written on our pages reports it. What it says is not in this mail.
# $text is a sentence of who reports it.
reported-because = What is wrong with it: { $text }

### Administrators: text messages that a limit has stopped
paused-subject = Text messages were stopped: is an account abused?
# $prefix is the beginning of telephone numbers, $channel the name of a channel.
paused-numbers = In one hour, text messages were wanted to more numbers that begin with { $prefix } than your limit allows. No more of them leave by “{ $channel }”.
paused-money = In one day, the text messages of “{ $channel }” have cost what they may. No more of them leave.
paused-until = This lasts until { $date } at least. Their passwords take the next way, in the end to the senders.
paused-first = The first that stayed was for a mail from { $sender }.
paused-look = If nobody knows a reason, somebody’s account may be abused to earn money with calls. The lines “noticed” of the log name the mails.
