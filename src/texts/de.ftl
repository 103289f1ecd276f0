# Anrede: Sie.
#
# Glossary, one word per thing:
# transfer: Transfer; link: Link; password: Passwort; code: Code; file: Datei; mail: Mail; message: Nachricht; mailbox: Postfach
# sender: Absender; recipient: Empfänger; operators: Betreiber; receipt: Beleg
# take back, withdraw: zurückziehen; extend: verlängern; fetch: abholen; download: herunterladen; expire: ablaufen; delete: löschen
# locked after wrong tries: gesperrt, entsperren; approve, release: freigeben; drop: verwerfen; protected: geschützt

### Der Block in der Mail

block-title = { $count ->
    [one] 1 Datei von { $sender } ({ $size })
   *[other] { $count } Dateien von { $sender } ({ $size })
}
block-more = { $count ->
    [one] und 1 weitere Datei
   *[other] und { $count } weitere Dateien
}
block-view = { $count ->
    [one] Hier können Sie sie ansehen:
   *[other] Hier können Sie sie ansehen:
}
block-button = { $count ->
    [one] Datei ansehen
   *[other] { $count } Dateien ansehen
}
block-button-leads = Die Schaltfläche führt zu
block-password-sms = Passwort: als SMS an die Nummer gesendet, die auf { $digits } endet.
block-password-sender = Passwort: { $sender } teilt es Ihnen persönlich oder telefonisch mit.
block-password-other = Passwort: Sie erhalten es { $way }.
way-separately = getrennt
block-password-code = Code: Sie erhalten ihn per Mail, wenn Sie den Link öffnen.
block-password-quick = Auf einem Gerät, das Sie eingerichtet haben, ist kein Passwort nötig.
block-password-agreed = Passwort: das mit { $organisation } vereinbarte.
block-until = Verfügbar bis { $date }.
block-genuine = { $organisation } versendet Dateien auf diesem Weg. Sie brauchen kein Konto, und niemand wird Sie nach dem Passwort Ihres Postfachs fragen.
block-check = So prüfen Sie, ob diese Nachricht echt ist

### Eine Mail, deren Text ebenfalls geschützt reist

sealed-title = { $count ->
    [0] Eine Nachricht von { $sender } ({ $address })
    [one] Eine Nachricht von { $sender } ({ $address }) mit 1 Datei
   *[other] Eine Nachricht von { $sender } ({ $address }) mit { $count } Dateien
}
sealed-read = Hier können Sie sie lesen:
sealed-button = Nachricht lesen
sealed-answer = Sie können auf derselben Seite antworten; auch Ihre Antwort wird geschützt übertragen.
sealed-genuine = { $organisation } versendet vertrauliche Nachrichten auf diesem Weg. Sie brauchen kein Konto, und niemand wird Sie nach dem Passwort Ihres Postfachs fragen.
sealed-subject = Nachricht von { $organisation }
sealed-line = ab hier geschützt

### Seiten: Rahmen

page-title = { $title } - { $organisation }
page-title-error = Fehler: { $title }
page-skip = Zum Inhalt springen
page-language = Sprache
page-language-now = Sprache: { $name }
page-this-language = Deutsch
footer-genuine = Ist diese Seite echt?
footer-accessibility = Barrierefreiheit
footer-privacy = Datenschutz
footer-transfer = Transfer { $id }

### Seiten: Öffnen

unlock-heading = Dateien von { $sender }
unlock-heading-message = Nachricht von { $sender }
unlock-sent = { $address }, gesendet am { $date } an { $recipient }
unlock-password = Passwort
unlock-hint-sms = Es wurde als SMS an die Nummer gesendet, die auf { $digits } endet.
unlock-hint-sender = { $sender } teilt es Ihnen persönlich oder telefonisch mit.
unlock-hint-other = Sie erhalten es { $way }.
unlock-hint-agreed = Es ist das Passwort, das Sie mit { $organisation } vereinbart haben.
unlock-no-password-needed = Es wird kein Passwort benötigt.
unlock-remember = Diesen Browser 30 Tage lang merken (nicht auf einem gemeinsam genutzten Computer)
# Instead of the field for the password.
unlock-remembered = Dieser Browser ist gemerkt. Sie brauchen hier kein Passwort.
forget-browser = Diesen Browser vergessen
unlock-open = Öffnen
unlock-missing = Kein Passwort?
unlock-missing-text = Es kann einige Minuten dauern, bis es ankommt. Wenn nichts kommt, antworten Sie auf die Mail und fragen Sie { $sender }.
unlock-until = Verfügbar bis { $date }
ask-password = { $sender } nach dem Passwort fragen
ask-unlock = { $sender } bitten, die Sperre aufzuheben
asked = { $sender } wurde gefragt: { $time }.
unlock-phone = Auf dem Telefon öffnen
unlock-phone-text = Richten Sie die Kamera Ihres Telefons auf diesen Code. Er enthält nur den Link: Auch das Telefon fragt nach dem Passwort.
unlock-phone-code = QR-Code mit der Adresse dieser Seite
# With a soft hyphen, for narrow screens.
terms-heading = Nutzungs­bedingungen
terms-agree = Ich stimme den Nutzungsbedingungen zu
terms-read = lesen
terms-missing = Bitte stimmen Sie zuerst den Nutzungsbedingungen zu.
unlock-empty = Bitte geben Sie das Passwort ein.
wrong-password = { $tries ->
    [0] Dieses Passwort passt nicht.
    [one] Dieses Passwort passt nicht. Noch 1 Versuch, dann eine Pause von einer Stunde.
   *[other] Dieses Passwort passt nicht. Noch { $tries } Versuche, dann eine Pause von einer Stunde.
}
wrong-password-hint = Groß- und Kleinschreibung, Leerzeichen und Bindestriche spielen keine Rolle.
paused = Zu viele Versuche. Der nächste Versuch ist um { $time } Uhr möglich.
locked = Nach zu vielen falschen Passwörtern gesperrt. Die Dateien sind sicher. Antworten Sie auf die Mail und bitten Sie { $sender }, sie zu entsperren.

### Seiten: ein Code per Mail statt eines Passworts

code-why = Um diese Seite zu öffnen, brauchen Sie einen Code. Er wird an { $recipient } gesendet, das Postfach mit dem Link.
code-send = Code zusenden
code-label = Code
code-hint = Eine Mail mit sechs Ziffern wurde an { $recipient } gesendet. Sie gelten bis { $time } Uhr.
code-missing = Kein Code?
code-missing-text = Es kann einige Minuten dauern, bis er ankommt; sehen Sie auch bei unerwünschten Mails nach. Wenn nichts kommt, antworten Sie auf die Mail mit dem Link und fragen Sie { $sender }.
code-again = Neuen Code zusenden
code-empty = Bitte geben Sie den Code ein.
code-over = Es gilt kein Code mehr. Bitte lassen Sie sich einen neuen zusenden.
wrong-code = { $tries ->
    [0] Dieser Code passt nicht.
    [one] Dieser Code passt nicht. Noch 1 Versuch, dann eine Pause von einer Stunde.
   *[other] Dieser Code passt nicht. Noch { $tries } Versuche, dann eine Pause von einer Stunde.
}
code-limit = Für den Moment wurden genug Codes gesendet. Der nächste kann ab { $time } Uhr gesendet werden.
code-not-sent = Der Code konnte gerade nicht gesendet werden. Bitte versuchen Sie es in einigen Minuten noch einmal.
code-refused = An { $recipient } kann kein Code gesendet werden. Antworten Sie auf die Mail mit dem Link und fragen Sie { $sender }.
locked-codes = Nach zu vielen falschen Codes gesperrt. Die Dateien sind sicher. Antworten Sie auf die Mail mit dem Link und bitten Sie { $sender }, sie zu entsperren.

### Seiten: eine Mail, die wartet

approve-heading = Eine Mail wartet auf Ihre Freigabe
approve-hidden = Was darin steht, wird hier nicht gezeigt, auch keine Dateinamen.
approve-release = Freigeben
approve-transfer = Als Links freigeben
approve-transfer-hint = Als Links freigegeben gehen ihre Dateien zumindest hinter einem Link hinaus.
approve-because = Warum sie verworfen wird, für den Absender (freiwillig)
approve-drop = Verwerfen
withdraw-heading = Ihre Mail wartet auf Freigabe
withdraw-text = Sie ist nicht hinausgegangen. Solange niemand entschieden hat, können Sie sie zurückziehen: dann bekommt sie niemand.
withdraw-button = Zurückziehen
decided-heading = Es wurde entschieden
# $who is an address, or the operators.
decided-released = Die Mail wurde freigegeben von { $who }: { $date }.
decided-dropped = Die Mail wurde verworfen von { $who }: { $date }. Sie ist nicht hinausgegangen und wird es auch nicht.
decided-withdrawn = Die Mail wurde zurückgezogen von { $who }: { $date }. Sie ist nicht hinausgegangen und wird es auch nicht.
decided-over = Niemand hat rechtzeitig über die Mail entschieden. Sie wurde verworfen: { $date }.
# $approvers are addresses.
decided-asked = Gefragt waren: { $approvers }.

### Seiten: nichts da, etwas stimmt nicht

gone-heading = Diese Dateien sind nicht mehr hier
gone-text = Sie sind vielleicht abgelaufen oder wurden zurückgezogen. Wenn Sie die Mail haben, antworten Sie darauf, um den Absender zu erreichen.
session-heading = Bitte öffnen Sie den Link noch einmal
session-text = Diese Seite war lange offen und wurde deshalb gesperrt. Öffnen Sie den Link in der Mail noch einmal.
busy-heading = Einen Moment, bitte
busy-text = Im Moment öffnen viele Personen Dateien. Bitte versuchen Sie es in einer Minute noch einmal.
missed-text = Aus Ihrem Netz wurden in kurzer Zeit viele Links geöffnet, die nirgendwohin führen. Bitte versuchen Sie es in einer Minute noch einmal.
too-often = Zu viele Versuche in kurzer Zeit. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.
error-heading = Das hat nicht geklappt
error-text = Hier ist etwas schiefgegangen. Nichts ist verloren; bitte versuchen Sie es in einigen Minuten noch einmal.
error-reference = Kennung für Rückfragen: { $id }
not-found-heading = Diese Seite gibt es nicht
not-found-text = Bitte prüfen Sie, ob Sie den ganzen Link aus der Mail haben.

### Seiten: Dateien

files-heading = Dateien von { $sender }
files-summary = { $count ->
    [one] 1 Datei, { $size }.
   *[other] { $count } Dateien, { $size }.
}
files-until = Verfügbar bis { $date } ({ $left }).
files-all = Alle als ZIP herunterladen, { $size }
files-download = Herunterladen
files-download-name = { $name } herunterladen, { $size }
files-details = Einzelheiten
files-type = Typ
files-checksum = SHA-256
files-fetched = Heruntergeladen am { $date }
files-fetched-times = { $count ->
    [one] Einmal heruntergeladen
   *[other] { $count }-mal heruntergeladen
}
files-left = { $count ->
    [one] Kann noch 1-mal heruntergeladen werden
   *[other] Kann noch { $count }-mal heruntergeladen werden
}
files-used-up = Die Zahl der erlaubten Downloads ist erreicht. Antworten Sie auf die Mail, um weitere zu erbitten.
files-message = Nachricht
files-open-message = Nachricht öffnen
files-mail-only = Speichern Sie die Nachricht und öffnen Sie sie in Ihrem Mailprogramm.
files-lock = Diese Seite sperren
files-none = Es gibt keine Dateien, nur eine Nachricht.
files-delete = Ich habe alles, jetzt löschen
delete-heading = Jetzt löschen?
delete-text = Danach kann niemand mehr Ihren Link öffnen, auch Sie nicht. Andere Empfänger derselben Mail behalten ihren. Der Absender kann sehen, dass Sie gelöscht haben.
delete-left = { $count ->
    [one] 1 Datei wurde noch nicht heruntergeladen.
   *[other] { $count } Dateien wurden noch nicht heruntergeladen.
}
delete-now = Löschen
delete-not = Zurück, nichts löschen
days-left = { $days ->
    [0] letzter Tag
    [one] noch 1 Tag
   *[other] noch { $days } Tage
}

### Seiten: Nachricht

message-heading = Nachricht von { $sender }
message-back = Dateien
message-back-files = { $count ->
    [one] Dateien (1)
   *[other] Dateien ({ $count })
}
message-print = Drucken
message-save = Als .eml speichern
message-from = Von
message-to = An
message-date = Datum
message-subject = Betreff
message-no-subject = (kein Betreff)
message-pictures = Bilder aus dem Internet werden nicht geladen.
message-no-text = Diese Nachricht enthält keinen Text, der hier gezeigt werden kann. Bitte speichern Sie sie und öffnen Sie sie in Ihrem Mailprogramm.
message-too-large = Diese Nachricht ist zu groß, um sie hier zu zeigen. Bitte speichern Sie sie und öffnen Sie sie in Ihrem Mailprogramm.
message-cut = Die Nachricht ist länger, als diese Seite zeigen kann. Speichern Sie sie, um alles zu lesen.
message-as-html = Mit Formatierung zeigen
message-as-text = Als reinen Text zeigen

### Seiten: Arten von Dateien, wie man sie nennt

type-archive = Archiv
type-document = Textdokument
type-file = Datei
type-film = Video
type-mail = Mail
type-pdf = PDF-Dokument
type-picture = Bild
type-slides = Präsentation
type-sound = Ton
type-table = Tabelle
type-text = Text

### Seiten: für alle gleich

bad-request-text = Ihr Browser hat etwas gesendet, das nicht verstanden wurde. Bitte öffnen Sie den Link in der Mail noch einmal.
closed-heading = Die Seite ist gesperrt
closed-text = Um die Dateien wieder zu sehen, öffnen Sie den Link in der Mail.
forgotten-heading = Dieser Browser ist vergessen
forgotten-text = Beim nächsten Mal wird wieder nach dem Passwort gefragt, bei allem, was in diesem Browser geöffnet wurde.
home-heading = Dateien und Nachrichten von { $organisation }
home-text = Hier sind keine Dateien aufgelistet. Öffnen Sie den Link in der Mail, die Sie erhalten haben.
home-genuine = Sie brauchen kein Konto, und niemand wird Sie nach dem Passwort Ihres Postfachs fragen.
home-send = Dateien an uns senden
deleted-heading = Es ist gelöscht
deleted-text = Ihr Link öffnet nichts mehr. Was Sie heruntergeladen haben, bleibt bei Ihnen.
genuine-host = Die Adresse dieser Seiten beginnt mit { $host }. Sehen Sie in der Adresszeile Ihres Browsers nach, bevor Sie ein Passwort eingeben.
genuine-never = Sie brauchen kein Konto. Niemand fragt nach dem Passwort Ihres Postfachs, nach Geld oder danach, ein Programm zu installieren.
genuine-check = Wenn Sie bei einer Mail zweifeln, antworten Sie nicht darauf. Rufen Sie den Absender unter einer Nummer an, die Sie schon kannten, oder gehen Sie selbst auf die Seiten von { $organisation }.
accessibility-aim = Diese Seiten sollen die Richtlinien für barrierefreie Webinhalte (WCAG) 2.2, Stufe AA, und die europäische Norm EN 301 549 erfüllen.
accessibility-how = Sie funktionieren ohne Skripte, mit der Tastatur, mit Screenreadern und auf 400 % vergrößert, in hellen und dunklen Farben. Passwörter können eingefügt werden.
accessibility-problem = Wenn etwas für Sie nicht funktioniert, antworten Sie auf die Mail, die Sie hierher geführt hat: { $organisation } sendet Ihnen die Dateien auf anderem Weg.
privacy-files = Die Dateien sind verschlüsselt gespeichert. Sie lassen sich nur mit dem Link aus der Mail und, wo danach gefragt wird, dem Passwort öffnen. Nach dem angezeigten Datum werden sie gelöscht.
privacy-cookie = Ein Cookie hält die Seite offen, nachdem Sie sie geöffnet haben. Es wird gelöscht, wenn Sie die Seite sperren oder den Browser schließen.
privacy-known = Ein zweites Cookie sagt 30 Tage lang, dass dieser Browser einen Link geöffnet hat, damit falsche Passwörter anderer Sie nicht aussperren. Nur wenn Sie es wünschen, öffnet es den Link auch ohne Passwort. Es wird gelöscht, wenn Sie „Diesen Browser vergessen“ wählen.
privacy-quick = Wenn Sie ein Gerät ohne Passwort einrichten, bewahrt ein eigenes Cookie seinen Schlüssel auf. Wir speichern, woran es zu erkennen ist, wann es eingerichtet und wann es zuletzt benutzt wurde; all das endet, wenn Sie das Gerät entfernen, oder wenn es lange nicht benutzt wurde und nichts mehr da ist, was vorher gesendet wurde. Eine Seite, die sich nur auf Geräten öffnet, legt dieses Cookie für einen Tag an, damit ein Code eingegeben werden kann.
privacy-terms = Ein drittes Cookie merkt sich 30 Tage lang, dass Sie den Nutzungsbedingungen zugestimmt haben.
privacy-send = Wenn Sie von hier aus an { $organisation } schreiben, wartet ein Cookie zehn Minuten lang auf den Code, und ein weiteres sagt 30 Tage lang, dass Ihre Adresse in diesem Browser bestätigt wurde. Es bleibt weitere 30 Tage gespeichert, damit andere, die Codes an Ihre Adresse anfordern, Sie nicht aussperren können. Es wird gelöscht, wenn Sie „Das bin ich nicht“ wählen. Die Adressen, an die Sie geschrieben haben, können aufbewahrt werden, um sie Ihnen vorzuschlagen; Sie können diese Liste leeren, und sie wird gelöscht, wenn Sie sie 30 Tage nicht benutzt haben.
privacy-nothing = Ein weiteres Cookie gibt es nicht, und es wird nichts gemessen.
privacy-log = { $organisation } zeichnet auf, wann und von welcher Internetadresse Dateien geöffnet und heruntergeladen werden, um Sie und den Absender zu schützen. Der Absender kann erfahren, dass Dateien heruntergeladen wurden.
privacy-others = Diese Seiten laden nichts von Dritten, und niemand sonst erfährt, dass Sie hier waren.

### Mitteilungen

sms = { $organisation }: Passwort für die Dateien von { $sender }: { $password }. Eingeben auf { $host }
password-mail-subject = { $count ->
    [one] Bitte geben Sie ein Passwort weiter
   *[other] Bitte geben Sie { $count } Passwörter weiter
}
password-mail-intro = { $count ->
    [one] Ihre Nachricht ist geschützt versendet. Bitte teilen Sie dem Empfänger das Passwort persönlich oder telefonisch mit, nicht per Mail:
   *[other] Ihre Nachricht ist geschützt versendet. Bitte teilen Sie jedem Empfänger sein Passwort persönlich oder telefonisch mit, nicht per Mail:
}
password-mail-until = Die Dateien sind verfügbar bis { $date }.
password-mail-genuine = Den Link haben die Empfänger bereits. Diese Mail geht nur an Sie.
code-mail-subject = Ihr Code von { $organisation }
code-mail-text = Ihr Code, um zu öffnen, was { $sender } Ihnen gesendet hat:
code-mail-until = Geben Sie ihn vor { $time } Uhr auf der Seite ein, die danach fragt. Er gilt einmal.
code-mail-genuine = Sie haben keinen Code angefordert? Dann tun Sie nichts: Ohne ihn bleibt die Seite geschlossen. Geben Sie ihn niemandem; { $organisation } fragt nie per Telefon oder Mail danach.
notice-failed-subject = Ein Passwort konnte nicht zugestellt werden
notice-failed-text = Das Passwort für { $recipient } konnte nicht zugestellt werden. Bitte teilen Sie es persönlich oder telefonisch mit, oder senden Sie die Nachricht noch einmal.

### Beleg für den Absender

receipt-subject = { $count ->
    [0] Geschützt gesendet: { $subject }
    [one] Mit 1 Datei als Link gesendet: { $subject }
   *[other] Mit { $count } Dateien als Links gesendet: { $subject }
}
receipt-intro = { $count ->
    [0] Ihre Nachricht „{ $subject }“ ist versendet. Ihr Text wurde durch einen Link ersetzt.
    [one] Ihre Nachricht „{ $subject }“ ist versendet. Ihre Datei ({ $size }) wurde durch einen Link ersetzt.
   *[other] Ihre Nachricht „{ $subject }“ ist versendet. Ihre { $count } Dateien ({ $size }) wurden durch einen Link ersetzt.
}
receipt-why = Grund
receipt-until = Bis
receipt-to = An
receipt-password = Passwort
receipt-password-sms = SMS an die Nummer mit den letzten Ziffern { $digits }
number-from-directory = aus dem Verzeichnis
number-from-earlier = aus einer früheren E-Mail von Ihnen
receipt-password-tell = bitte teilen Sie { $recipient } mit: { $password }
receipt-password-none = nicht nötig
receipt-password-other = { $way }
receipt-by-phone = Telefonisch oder persönlich, nicht per Mail.
receipt-original = hat die Originaldateien erhalten
receipt-shared = teilt sich einen Link mit anderen
receipt-transfer = Transfer { $id }
receipt-password-code = ein Code per Mail, wenn die Seite danach fragt
receipt-password-quick = nicht nötig: öffnet sich auf einem Gerät, das der Empfänger eingerichtet hat
receipt-password-known = das von Ihnen gewählte
password-agreed-with-them = das fest vereinbarte
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Geschützt gesendet
    [one] Mit 1 Datei als Link gesendet
   *[other] Mit { $count } Dateien als Links gesendet
}
receipt-left-intro = { $count ->
    [0] Ihre Nachricht ist unterwegs. Der Text wurde durch einen Link ersetzt.
    [one] Ihre Nachricht ist unterwegs. Die Datei ({ $size }) wurde durch einen Link ersetzt.
   *[other] Ihre Nachricht ist unterwegs. Die { $count } Dateien ({ $size }) wurden durch einen Link ersetzt.
}
receipt-waits = hat die Nachricht noch nicht: die Zustellung wird weiter versucht
receipt-unclear = hat die Nachricht vielleicht nicht: der nächste Mailserver hat es nicht bestätigt
# $text is what a mail server said, with its code.
receipt-refused = hat die Nachricht nicht bekommen: { $text }
# A link follows on a line of its own.
receipt-page = Sehen, wer was abgeholt hat, das Datum ändern, zurückziehen:
# REVOKE stays as it is in every language.
receipt-revoke = Sofort zurückziehen: Antworten Sie auf diese Mail mit dem Wort REVOKE.

### Spätere Mitteilungen an den Absender

downloaded-subject = Heruntergeladen: Dateien für { $recipient }
downloaded-text = { $count ->
    [one] { $name } wurde von der Seite für { $recipient } heruntergeladen ({ $date }).
   *[other] { $name } und weitere, zusammen { $count } Dateien, wurden von der Seite für { $recipient } heruntergeladen ({ $date }).
}
unread-subject = Noch nicht abgeholt: Dateien für { $recipient }
unread-text = Die Dateien für { $recipient } laufen ab: { $date }. Niemand hat sie abgeholt.
asked-subject = Passwort fehlt: Dateien für { $recipient }
asked-password = Jemand mit dem Link für { $recipient } fragt Sie nach dem Passwort.
asked-locked = Jemand mit dem Link für { $recipient } bittet Sie, die Seite zu entsperren: Sie ist nach zu vielen falschen Versuchen gesperrt.
asked-when = { $count ->
    [one] Gefragt wurde: { $time }.
   *[other] Gefragt wurde: { $time }, { $count } Mal innerhalb eines Tages.
}
asked-hand-on = Wenn Sie das Passwort haben, geben Sie es bitte persönlich oder am Telefon weiter, nicht per Mail.
asked-again = Wenn Sie es nicht mehr haben, senden Sie die Nachricht noch einmal: Sie bekommt ein neues.
asked-lift = Die Dateien sind sicher. Fragen Sie am Telefon nach, ob die Versuche von dort kamen, und heben Sie dann die Sperre auf.
asked-page = Was Sie tun können, steht auf Ihrer Seite:
asked-genuine = Niemand hat gefragt? Dann tun Sie nichts: Es wurde nichts geöffnet.
locked-subject = Gesperrt: Dateien für { $recipient }
locked-text = { $tries } falsche Passwörter: Die Seite für { $recipient } ist gesperrt. Die Dateien sind sicher; andere Empfänger sind nicht betroffen.
downloaded-day-subject = Heruntergeladen am { $date }
downloaded-day-text = Diese Dateien wurden von den Seiten Ihrer Empfänger heruntergeladen:
unread-do = Wenn sie noch gebraucht werden, erinnern Sie den Empfänger oder ändern Sie das Datum auf der Seite unten. Wenn nicht, brauchen Sie nichts zu tun.
locked-codes-text = { $tries } falsche Codes: Die Seite für { $recipient } ist gesperrt. Die Dateien sind sicher; andere Empfänger sind nicht betroffen.
locked-do = Auf der Seite unten können Sie sie entsperren oder die Dateien zurückziehen. Fragen Sie vorher den Empfänger, ob die Versuche von ihm waren.
locked-deleted-text = { $tries } falsche Passwörter: Wie { $organisation } es vorsieht, wurde die Seite für { $recipient } gelöscht. Mit diesen Versuchen hat niemand die Dateien geöffnet; andere Empfänger sind nicht betroffen.
locked-deleted-do = Das lässt sich nicht rückgängig machen. Wenn die Dateien noch gebraucht werden, senden Sie die Nachricht noch einmal.
# To an administrator.
locked-sender = Absender der Nachricht: { $sender }
locked-from = Der letzte Versuch kam von { $address }
revoked-subject = Zurückgezogen: niemand kann es mehr öffnen
revoked-text = Zurückgezogen: Niemand kann die Dateien mehr öffnen. Bereits heruntergeladene Kopien bleiben, wo sie sind.
revoked-text-one = Zurückgezogen für { $recipient }: Diese Seite lässt sich nicht mehr öffnen. Bereits heruntergeladene Kopien bleiben, wo sie sind.
revoked-never = Vorher hatte niemand etwas heruntergeladen.
revoked-before = { $count ->
    [one] Von der Seite für { $recipient } war vorher 1 Datei heruntergeladen worden, zuletzt am { $date }.
   *[other] Von der Seite für { $recipient } waren vorher { $count } Dateien heruntergeladen worden, zuletzt am { $date }.
}
extended-subject = Verfügbar bis { $date }
extended-text = Die Dateien sind jetzt verfügbar bis { $date }.

### Die Seite des Absenders

sender-title = Ihr Transfer { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Gesendet am { $date }.
    [one] 1 Datei, { $size }. Gesendet am { $date }.
   *[other] { $count } Dateien, { $size }. Gesendet am { $date }.
}
sender-files = { $count ->
    [one] 1 Datei
   *[other] { $count } Dateien
}
sender-people = Empfänger
sender-mail = E-Mail
sender-mail-sent = gesendet
sender-mail-held = unterwegs
sender-mail-lost = nicht zugestellt
sender-mail-waits = noch nicht zugestellt
# Each is a time of day, or a day and a time.
sender-mail-tried = Versucht seit { $since }, wieder { $next }, längstens bis { $until }.
# $text is a reply of a mail server.
sender-mail-answer = Der Mailserver sagt: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = zurückgezogen: { $time }
sender-mail-deleted = vom Empfänger gelöscht: { $time }
sender-password-sms = SMS an die Nummer, die auf { $digits } endet
sender-password-you = Sie geben es weiter
sender-password-code = Code per Mail beim Öffnen des Links
sender-downloads = Abgeholt
sender-fetched-never = noch nicht
sender-opened = geöffnet, noch nichts abgeholt: { $time }
# $count of $of files.
sender-fetched = { $count } von { $of }, zuletzt: { $time }
sender-locked = Gesperrt nach zu vielen falschen Passwörtern: { $time }
sender-paused = Pause nach falschen Passwörtern bis { $time }
sender-lift = Entsperren
sender-revoke-one = Zurückziehen
sender-revoke-for = Von { $recipient } zurückziehen
sender-until = Ende
sender-new-day = Verfügbar bis zum Ende des Tages
sender-latest = Spätestens { $date }
sender-change = Ändern
sender-revoke-title = Zurückziehen
sender-revoke-text = Ab diesem Augenblick kann niemand mehr etwas öffnen. Das lässt sich nicht rückgängig machen. Was schon heruntergeladen wurde, behält, wer es hat.
sender-revoke-all = Von allen zurückziehen
sender-history = Verlauf
sender-history-note = Heruntergeladen heißt: von der Seite für diesen Empfänger. Wer es gelesen hat, kann niemand wissen.
sender-is-revoked = Er wurde zurückgezogen. Niemand kann ihn mehr öffnen.
sender-is-expired = Er ist abgelaufen. Niemand kann ihn mehr öffnen.
sender-over-heading = Dieser Transfer ist beendet
sender-over-text = Die Dateien sind gelöscht und der Verlauf mit ihnen.
sender-done-revoked = Zurückgezogen. Wer diesen Link hatte, kann nichts mehr öffnen.
sender-done-extended = Das Ende wurde geändert.
sender-done-latest = Das Ende wurde geändert, auf den spätesten erlaubten Zeitpunkt.
sender-done-lifted = Entsperrt. Das Passwort kann wieder eingegeben werden.
sender-done-nothing = Es gab nichts zu ändern.
sender-no-day = Bitte geben Sie einen Tag ein.
sender-past = Dieser Tag ist vorbei. Um jetzt zu beenden, ziehen Sie den Transfer zurück.
prefs-heading = Worüber Sie benachrichtigt werden
prefs-back = Ihr Transfer
# $address is the sender's.
prefs-text = Gilt ab jetzt für alle Mails, die { $address } sendet.
prefs-receipts = Eine Quittung für jede Mail mit geschützten Dateien
prefs-yes = ja
prefs-no = nein
prefs-downloads = Wenn Dateien heruntergeladen werden
prefs-each = jedes Mal eine Mail, etwas später
prefs-daily = eine Mail am Tag
prefs-off = keine Mail
prefs-language = Sprache dieser Mails
prefs-language-own = die der jeweiligen Mail
prefs-always = In jedem Fall erfahren Sie, wenn eine Seite gesperrt wurde, wenn etwas bald endet, das niemand abgerufen hat, und wenn etwas zurückgezogen wurde.
prefs-save = Speichern
prefs-saved = Gespeichert. Hat sich etwas geändert, sagt es auch eine Mail an Sie.
prefs-fewer = Wählen Sie, welche dieser Mails Sie bekommen:
chosen-subject = Ihre Benachrichtigungen wurden geändert
chosen-text = Auf der Seite eines Ihrer Transfers wurde gewählt, welche Mails Sie ab jetzt bekommen:
chosen-other = Wenn Sie das nicht waren, hat jemand anderes einen Ihrer Links. Bitte ändern Sie es hier zurück und sagen Sie es den Zuständigen für Mail in Ihrer Organisation:
takeback-heading = Von allen zurückziehen?
takeback-heading-one = Zurückziehen?
takeback-text = Niemand von diesen kann ab diesem Augenblick noch etwas öffnen:
takeback-note = Das lässt sich nicht rückgängig machen. Was schon heruntergeladen wurde, behält, wer es hat.
takeback-yes = Zurückziehen
takeback-no = So lassen
event-sent = Gesendet
event-opened = Geöffnet
event-fetched = { $count ->
    [one] 1 Datei heruntergeladen
   *[other] { $count } Dateien heruntergeladen
}
event-fetched-names = Heruntergeladen: { $names }
event-locked = Gesperrt nach zu vielen falschen Passwörtern
event-lifted = { $by ->
    [sender] Von Ihnen entsperrt
   *[other] Von den Betreibern entsperrt
}
event-asked = Nach dem Passwort wurde gefragt
event-answered = Eine Antwort wurde geschrieben
event-revoked = { $by ->
    [sender] Von Ihnen zurückgezogen
    [operator] Von den Betreibern zurückgezogen
   *[other] Gelöscht nach zu vielen falschen Passwörtern
}
event-extended = { $by ->
    [sender] Von Ihnen geändert, neues Ende: { $date }
   *[other] Von den Betreibern geändert, neues Ende: { $date }
}
event-link-sent = { $by ->
    [sender] Neuer Link, von Ihnen gesendet
   *[other] Neuer Link, von den Betreibern gesendet
}
event-password-sent = { $by ->
    [sender] Neues Passwort, von Ihnen veranlasst
   *[other] Neues Passwort, von den Betreibern veranlasst
}
event-password-shown = { $by ->
    [sender] Neues Passwort, von Ihnen veranlasst und Ihnen angezeigt
   *[other] Neues Passwort, von den Betreibern veranlasst und ihnen angezeigt
}
event-deleted = Vom Empfänger gelöscht
event-text-arrived = Die SMS mit dem Passwort ist angekommen

### Antworten des Absenders auf einen Beleg

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = zurückziehen, zurücknehmen, widerrufen
command-extend = verlängern
command-who = wer
command-numbers = nummern, nummer
command-forget = vergessen, vergiss
command-unlock = entsperren
command-help = hilfe
command-days = t, tag, tage
command-weeks = w, woche, wochen
told-subject-done = Erledigt: Transfer { $id }
told-subject-not = Nicht erledigt: Transfer { $id }
told-subject-who = Wer was abgeholt hat: Transfer { $id }
told-subject-help = Was Sie antworten können: Transfer { $id }
told-revoked = Zurückgezogen: Niemand kann Transfer { $id } mehr öffnen. Was schon heruntergeladen wurde, behält, wer es hat.
told-revoked-one = Zurückgezogen: { $recipient } kann Transfer { $id } nicht mehr öffnen. Was schon heruntergeladen wurde, bleibt dort.
told-extended = Transfer { $id } endet: { $date }.
told-latest = Das ist der späteste erlaubte Zeitpunkt.
told-lifted = Entsperrt: Das Passwort kann wieder eingegeben werden.
told-no-recipient = Nichts wurde geändert: Transfer { $id } hat keinen Link für { $recipient }.
told-past = Nichts wurde geändert: Dieser Tag ist vorbei. Um jetzt zu beenden, antworten Sie mit dem Wort zurückziehen.
told-over = Nichts wurde geändert: Transfer { $id } ist schon beendet oder zurückgezogen.
told-not-locked = Nichts wurde geändert: Nichts ist gesperrt.
told-unread = Nichts wurde geändert: Ihre Antwort war nicht zu verstehen.
told-how = Schreiben Sie eines davon in die erste Zeile Ihrer Antwort auf einen Beleg:
# In front of the colon stands one of the words above.
told-how-revoke = zurückziehen: Niemand kann den Transfer mehr öffnen
told-how-revoke-one = zurückziehen bo@partner.example: nur dieser Empfänger nicht mehr
told-how-extend = verlängern 7 Tage: Er endet 7 Tage später (auch: verlängern 2 Wochen, verlängern 2025-12-24)
told-how-who = wer: wer was geöffnet und abgeholt hat
told-how-unlock = entsperren: Passwörter können wieder eingegeben werden
told-how-numbers = nummern: die Telefonnummern, die Sie mit früheren E-Mails angegeben haben
told-how-forget = vergessen bo@partner.example, oder vergessen: eine solche Nummer, oder alle, werden nicht mehr verwendet
told-subject-numbers = Telefonnummern Ihrer E-Mails
told-numbers-none = Keine Telefonnummer von Ihnen ist gemerkt.
told-numbers = Diese Telefonnummern, die Sie mit früheren E-Mails angegeben haben, gelten, wo Sie keine angeben:
told-number = { $recipient }: endet auf { $digits }, zuletzt verwendet { $date }
told-forgot = { $count ->
    [0] Keine solche Telefonnummer war gemerkt.
    [one] Eine Telefonnummer wurde vergessen.
   *[other] { $count } Telefonnummern wurden vergessen.
}
told-how-help = hilfe: diese Liste
told-who-revoked = zurückgezogen
told-who-locked = gesperrt nach zu vielen falschen Passwörtern
told-who-never = noch nicht geöffnet
# $date is a day and a time.
told-who-opened = geöffnet { $date }, { $count } von { $of } abgeholt

### Mails that wait for approval

# To an approver. $sender is an address.
hold-ask-subject = Wartet auf Ihre Freigabe: eine E-Mail von { $sender }
hold-ask-text = Eine E-Mail von { $sender } wartet, bis jemand sie freigibt. Sie dürfen das. Der Inhalt wird hier nicht gezeigt.
hold-ask-until = Entscheidet bis { $date } niemand, wird sie verworfen und der Absender benachrichtigt.
hold-ask-how = Am Mail-Gateway entscheidet einer dieser Befehle:
# A link follows on a line of its own.
hold-ask-page = Entscheiden Sie auf dieser Seite:
hold-withdraw-page = Solange niemand entschieden hat, können Sie sie hier zurückziehen:
# One line per recipient.
hold-to = An: { $recipient }
hold-sent = Gesendet: { $date }
hold-size = { $count ->
    [0] Größe: { $size }, keine Dateien
    [one] Größe: { $size }, 1 Datei
   *[other] Größe: { $size }, { $count } Dateien
}
# $rule is the id of a rule, $text its reason.
hold-why = Grund: { $text } ({ $rule })
hold-mail = E-Mail { $id }
hold-operator = den Betreibern des Mail-Gateways
# To the sender.
hold-waits-subject = Ihre E-Mail wartet auf Freigabe
hold-waits-text = Ihre E-Mail ist noch nicht abgegangen: Sie wartet auf Freigabe durch { $approvers }. Sie müssen nichts tun.
hold-waits-until = Entscheidet bis { $date } niemand, wird sie verworfen, und Sie werden benachrichtigt.
hold-released-subject = Ihre E-Mail wurde freigegeben
hold-released-text = Ihre E-Mail wurde von { $who } freigegeben und ist unterwegs.
hold-dropped-subject = Ihre E-Mail wurde nicht freigegeben
hold-dropped-text = Ihre E-Mail wurde von { $who } verworfen. Sie ist nicht abgegangen und geht nicht mehr ab.
hold-dropped-because = Die Begründung: { $text }
hold-over-subject = Ihre E-Mail wurde nicht rechtzeitig freigegeben
hold-over-text = Über Ihre E-Mail hat niemand rechtzeitig entschieden. Sie wurde verworfen und ist nicht abgegangen. Bitten Sie um Freigabe und senden Sie sie erneut.
hold-missed-subject = Nicht rechtzeitig entschieden: eine E-Mail aus dem Haus
hold-missed-text = Über die E-Mail von { $sender } hat niemand rechtzeitig entschieden. Sie wurde verworfen, der Absender wurde benachrichtigt.
hold-failed-subject = Ihre E-Mail konnte nicht allen zugestellt werden
hold-failed-text = Ihre E-Mail wurde freigegeben, hat aber nicht erreicht:

# Ein Absender sagt, wie jene ihr Passwort bekommen, die kein Weg erreicht.
unreached-subject = Ihre E-Mail wartet: Wie kommt das Passwort an?
unreached-heading = Wie kommt das Passwort an?
unreached-text = Ihre E-Mail ist noch nicht abgegangen: Es gibt keinen Weg, diesen Empfängern ihr Passwort zu bringen.
unreached-how-phone = Geben Sie auf dieser Seite ihre Mobilnummern an oder wählen Sie einen anderen Weg:
unreached-how = Wählen Sie auf dieser Seite, wie sie es bekommen:
unreached-until = Ohne Antwort bis { $date } wird die E-Mail verworfen, und Sie erfahren davon.
unreached-way-number = Per SMS
unreached-number = Mobilnummer, zum Beispiel +46 70 123 45 67
unreached-way-sender = Ich bekomme es per E-Mail und gebe es selbst weiter
unreached-way-link = Kein Passwort: Wer die E-Mail liest, kann die Dateien öffnen
unreached-send = Senden
unreached-keep = Speichern
unreached-approval = Außerdem muss jemand die E-Mail freigeben. Was dann noch fehlt, kommt zu Ihnen.
unreached-withdraw = Oder niemand bekommt sie:
unreached-mend = Es fehlt noch etwas. Nichts wurde gesendet.
unreached-choose = Wählen Sie einen Weg.
unreached-no-country = Schreiben Sie die Nummer mit ihrem Land, zum Beispiel +46 70 123 45 67.
unreached-no-number = Das ist keine Telefonnummer: Prüfen Sie die Ziffern.
unreached-wrong-kind = An diese Nummer kann keine SMS gesendet werden.
unreached-over-subject = Ihre E-Mail wurde nicht gesendet
unreached-over-text = Niemand hat rechtzeitig gesagt, wie die Empfänger ihr Passwort bekommen. Die E-Mail wurde verworfen und ist nicht abgegangen. Senden Sie sie erneut, mit einer Telefonnummer wie { $tag } im Betreff.

### Zustellberichte, an Absender

report-failed-subject = Ihre E-Mail hat nicht alle erreicht
report-failed-text = Ihre E-Mail hat diese Empfänger nicht erreicht, und es wird nicht weiter versucht:
report-failed-advice = Sonst ist mit Ihrer E-Mail alles in Ordnung: Es geht nur um die Empfänger oben. Bitte prüfen Sie deren Adressen und senden Sie die E-Mail noch einmal an sie. Stimmen die Adressen, zeigen Sie diese Nachricht Ihrer IT-Betreuung.
report-unclear-subject = Ihre E-Mail hat vielleicht nicht alle erreicht
report-unclear-text = Es ist nicht bekannt, ob Ihre E-Mail diese Empfänger erreicht hat. Die Verbindung brach jedes Mal ab, bevor der nächste Mailserver es bestätigte:
report-unclear-advice = Bitte fragen Sie nach, bevor Sie noch einmal senden.
report-delayed-subject = Ihre E-Mail verspätet sich
report-delayed-text = Ihre E-Mail hat diese Empfänger noch nicht erreicht. Es wird weiter versucht, Sie müssen nichts tun:
report-delayed-until = Gelingt es bis { $date } nicht, erfahren Sie es.
report-relayed-subject = Ihre E-Mail wurde weitergegeben
report-relayed-text = Ihre E-Mail wurde für diese Empfänger weitergegeben. Der nächste Mailserver meldet nicht, was aus ihr wird:
# $text is what the next mail server said, with its code.
report-said = Der nächste Mailserver schrieb: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Unser Mailserver notierte: { $text }

### Pages: writing back

files-reply = Antworten
write-heading = Antwort an { $name }
write-back = Zurück zu den Dateien
write-others = Auch senden an
write-text = Ihr Text
write-files = Dateien
write-files-hint = Zusammen bis { $size }. Auf dem Telefon können Sie auch ein Bild aufnehmen.
write-here = Schon hier
write-cut = Diese Dateien sind nicht vollständig angekommen. Wählen Sie sie noch einmal aus:
write-send = Senden
write-wait = Text und Dateien werden zusammen gesendet. Bei großen Dateien dauert das: Lassen Sie diese Seite offen, bis die nächste erscheint.
write-empty = Schreiben Sie einen Text, oder wählen Sie eine Datei aus.
write-too-large = Das ist zu viel. Dateien dürfen zusammen { $size } haben.
write-too-many-files = Das sind zu viele Dateien. Packen Sie sie in eine ZIP-Datei, oder senden Sie zwei Antworten.
write-too-many = Sie haben heute schon mehrere Antworten gesendet. Bitte versuchen Sie es morgen wieder.
write-unfinished = Eine Datei ist nicht vollständig angekommen. Bitte wählen Sie sie noch einmal aus.
write-no-room = Für diese Dateien ist im Moment kein Platz. Bitte versuchen Sie es später wieder.
write-nobody = Wählen Sie aus, wer es bekommen soll.
write-gone = Diese Antwort wurde gesendet oder ist abgelaufen. Beginnen Sie eine neue.
write-waiting = Diese Dateien sind unterwegs. Sie können senden, wenn alle da sind.
write-done = Da
write-lost = Verbindung unterbrochen, geht von selbst weiter
write-failed = Nicht angenommen
write-retry = Noch einmal
write-remove = Entfernen
written-heading = Gesendet an { $name }
written-to = An
written-time = Zeit
written-number = Kennzeichen
written-copy = Möchten Sie diese Bestätigung per Mail an { $address }?
written-copy-send = Bestätigung zusenden
written-copied = Die Bestätigung geht an { $address }.

### People who were sent nothing, and write to us

send-heading = Dateien an { $name } senden
send-why = Sie schreiben an Menschen bei { $organisation }, mit Dateien jeder Größe. Zuerst wird Ihre Adresse geprüft: Eine Mail mit einem Code geht dorthin.
send-address = Ihre Mailadresse
send-name = Ihr Name (kann wegbleiben)
send-address-wrong = Geben Sie Ihre ganze Mailadresse ein, etwa name@example.com.
send-subject = Betreff
send-code-heading = Code eingeben
send-code-hint = Wenn { $address } an uns schreiben darf, ist eine Mail mit einem achtstelligen Code dorthin unterwegs. Geben Sie ihn vor { $time } Uhr hier in diesem Browser ein.
send-code-wrong = Dieser Code stimmt nicht. Verbleibende Versuche: { $tries }.
send-code-missing = Es kann einige Minuten dauern, bis er ankommt; sehen Sie auch unter der unerwünschten Mail nach. An eine Adresse werden nur wenige Codes pro Stunde gesendet.
send-other-address = Eine andere Adresse verwenden oder neu anfordern
send-continue = Weiter
send-you = Sie schreiben als { $address }.
send-not-me = Das bin ich nicht: diesen Browser vergessen
send-to-hint = Adressen bei { $organisation }, mehrere mit Kommas dazwischen.
send-book = An wen Sie geschrieben haben
send-book-text = Diese Adressen werden Ihnen in jedem Browser vorgeschlagen, in dem Sie Ihre Adresse bestätigt haben. Die Liste wird gelöscht, wenn Sie sie 30 Tage nicht benutzt haben.
send-book-empty = Diese Liste leeren
send-nobody = Geben Sie an, an wen es geht.
send-too-many = Höchstens { $most } Adressen auf einmal.
send-not-ours = Von hier aus können Sie nicht an { $address } schreiben, nur an Adressen bei { $organisation }.
send-unknown = Mail an { $address } kann nicht zugestellt werden. Prüfen Sie die Schreibweise.
send-limit = Für heute ist das genug. Bitte versuchen Sie es morgen wieder.
send-too-many-files = Das sind zu viele Dateien. Packen Sie sie in eine ZIP-Datei, oder senden Sie zweimal.
send-gone = Das wurde gesendet oder ist beendet. Beginnen Sie neu.
send-more = Noch etwas senden
guest-mail-text = Ihr Code, um Dateien an { $organisation } zu senden:
guest-mail-asked = Er wurde angefordert: { $time }, von der Netzadresse { $address }.
guest-mail-genuine = Das waren nicht Sie? Dann tun Sie nichts: Ohne den Code kann niemand in Ihrem Namen schreiben. Geben Sie ihn niemandem; { $organisation } fragt nie per Telefon oder Mail danach.

### The mail that brings an answer in

written-from = { $name } über { $organisation }
written-by-reply = Geschrieben auf { $host }, { $date }, von einer Person, die die an { $address } gesendeten Dateien geöffnet hat.
written-by-address = Geschrieben auf { $host }, { $date }, von einer Person, die das Postfach { $address } liest: Ein dorthin gesendeter Code wurde eingegeben: { $proven }.
written-reference = Kennzeichen { $id }
written-unwanted = Unerwünscht? Ihre IT kann diese Adresse aussperren: Nennen Sie ihr die Referenz.
written-report = Stimmt damit etwas nicht? Melden Sie es: { $link }
written-no-subject = Dateien von { $name }
written-copy-subject = Ihre Nachricht an { $organisation }
written-copy-text = Ihre Nachricht an { $organisation } wurde gesendet.
written-unscanned = Nicht auf Schadsoftware geprüft, da zu groß: { $name }

checked-heading = Wird geprüft
checked-text = Ihre Nachricht wird auf Schadsoftware geprüft. Danach wird sie zugestellt; Sie müssen hier nicht warten. Falls sie nicht zugestellt werden kann, erhalten Sie eine Mail.
checked-again = Noch einmal nachsehen
denied-heading = Nicht zugestellt
denied-infected = „{ $file }“ wurde nicht zugestellt: Die Prüfung von { $organisation } hält die Datei für Schadsoftware. Auch der Rest Ihrer Nachricht wurde nicht zugestellt.
denied-infected-text = Ihre Nachricht wurde nicht zugestellt: Die Prüfung von { $organisation } hält ihren Text für Schadsoftware.
denied-too-large = „{ $file }“ wurde nicht zugestellt: Die Datei ist größer, als { $organisation } auf Schadsoftware prüfen kann. Auch der Rest Ihrer Nachricht wurde nicht zugestellt.
denied-unchecked = Ihre Nachricht wurde nicht zugestellt: Sie konnte nicht rechtzeitig auf Schadsoftware geprüft werden.
denied-do = Wenn Sie das für einen Irrtum halten, wenden Sie sich bitte auf anderem Weg an { $organisation }.
denied-subject = Ihre Nachricht an { $organisation } wurde nicht zugestellt
denied-admin-subject = Schadsoftware wurde abgewiesen
denied-admin-text = { $address } hat auf unseren Seiten geschrieben, und die Prüfung hält es für Schadsoftware. Nichts davon wurde zugestellt, und die Personen, für die es bestimmt war, wurden nicht benachrichtigt.
denied-admin-found = Die Prüfung nennt es { $found }.

### A new link and password

asked-renew = Wenn Sie es nicht mehr haben, können Sie einen neuen Link und ein neues Passwort erstellen lassen.
asked-renew-locked = Sie können auch einen neuen Link und ein neues Passwort erstellen lassen: Die alten öffnen dann nichts mehr.
locked-renew = Dort können Sie für diesen Empfänger auch einen neuen Link und ein neues Passwort erstellen lassen.
receipt-recovery-all = Geht ein Link oder ein Passwort verloren, können Sie auf dieser Seite neue erstellen lassen.
receipt-recovery-some = Geht ein Link oder ein Passwort verloren: Für einige Empfänger können Sie auf dieser Seite neue erstellen lassen, für die anderen senden Sie die Nachricht noch einmal.
receipt-recovery-none = Geht ein Link oder ein Passwort verloren, kann niemand es ersetzen: Senden Sie dann die Nachricht noch einmal.
sender-lost = Bei Verlust
sender-recovery-gateway = Link und Passwort können neu erstellt werden.
sender-recovery-none = Link und Passwort lassen sich nicht ersetzen: Senden Sie die Nachricht noch einmal.
sender-renew = Neuer Link und neues Passwort
sender-renew-link = Neuer Link
sender-done-renewed = Ein neuer Link ist per Mail unterwegs. Der bisherige öffnet nichts mehr.
sender-done-often = Nichts wurde geändert: Neue Links gibt es 5 Mal am Tag und insgesamt 20 Mal.
sender-done-before = Das wurde eben schon erledigt. Wann, steht unten im Verlauf.
sender-done-shown = Das neue Passwort wurde eben erstellt und angezeigt; noch einmal kann es niemand anzeigen. Wenn Sie es nicht gesehen haben, erstellen Sie Link und Passwort noch einmal neu.
sender-done-held = Nichts wurde geändert: Die Nachricht ist noch nicht hinausgegangen, oder niemand weiß, ob sie es ist.
sender-done-no-way = Nichts wurde geändert: Für das neue Passwort gibt es keinen Weg zum Empfänger.
sender-done-lost = Nichts wurde geändert: Link und Passwort lassen sich nicht ersetzen.
renew-heading = Link und Passwort neu erstellen?
renew-heading-link = Link neu erstellen?
renew-for = Das gilt für:
renew-text = Der neue Link geht sofort per Mail hinaus. Der bisherige Link öffnet ab diesem Augenblick nichts mehr, und Browser, die ihn kannten, werden vergessen. Ein Link kann nicht unverändert noch einmal gesendet werden: Nur sein Empfänger hat ihn.
renew-password = Auch das bisherige Passwort gilt dann nicht mehr.
renew-chosen = Das selbst gewählte wird durch eines ersetzt, das hier erstellt wird.
renew-how = Das neue Passwort
renew-same = geht denselben Weg wie das erste
renew-show = wird mir angezeigt
renew-show-hint = Ein einziges Mal, und Sie geben es am Telefon oder persönlich weiter.
renew-yes = Erstellen
shown-heading = Das neue Passwort
shown-link = Ein neuer Link ist per Mail unterwegs. Der bisherige öffnet nichts mehr.
shown-for = Das Passwort dazu, für:
shown-once = Es wird nur dieses eine Mal angezeigt und nirgends aufbewahrt. Geht es verloren, lassen Sie ein weiteres erstellen.
shown-by-phone = Bitte geben Sie es am Telefon oder persönlich weiter, nicht per Mail.
shown-back = Zurück zu Ihrem Transfer
renewed-subject = Neuer Link zu den Dateien von { $sender }
renewed-subject-message = Neuer Link zur Nachricht von { $sender }
renewed-text = Hier ist ein neuer Link. Ihr bisheriger Link und das Passwort dazu öffnen nichts mehr.
renewed-text-link = Hier ist ein neuer Link. Ihr bisheriger Link öffnet nichts mehr.
renewed-failed-subject = Neuer Link nicht zugestellt
renewed-failed-text = Die Mail mit dem neuen Link konnte nicht zugestellt werden, und es wurde kein Passwort gesendet:
command-resend = erneut senden, neuer link, neues passwort
told-renewed = Ein neuer Link des Transfers { $id } ist per Mail unterwegs. Der bisherige öffnet nichts mehr.
told-lost = Nichts wurde geändert: Link und Passwort lassen sich nicht ersetzen. Senden Sie die Nachricht noch einmal.
told-too-often = Nichts wurde geändert: Neue Links gibt es 5 Mal am Tag und insgesamt 20 Mal.
told-which-one = Nichts wurde geändert: Es gibt mehrere Empfänger. Schreiben Sie, für wen: erneut senden bo@partner.example
told-not-left = Nichts wurde geändert: Die Nachricht ist noch nicht hinausgegangen, oder niemand weiß, ob sie es ist.
told-no-way = Nichts wurde geändert: Für das neue Passwort gibt es keinen Weg zum Empfänger.
told-how-resend = erneut senden bo@partner.example: neuer Link und neues Passwort, wenn sie ersetzt werden können

### Geräte ohne Passwort

unlock-device-here = Dieses Gerät ist eingerichtet. Sie brauchen hier kein Passwort.
unlock-device = Ohne Passwort öffnet es sich auf einem Gerät, das Sie für Mails von { $sender } eingerichtet haben. Dieser Browser ist keines davon, oder seine Cookies wurden gelöscht, oder diese Seiten haben eine neue Adresse.
unlock-device-hint = Einen Code können Sie auf einem eingerichteten Gerät erzeugen: Öffnen Sie dort einen dieser Links, wählen Sie „Geräte ohne Passwort“ und dann „Code erzeugen“.
unlock-device-none = Kein solches Gerät mehr?
unlock-device-none-text = { $sender } kann dies beenden und es mit einem Passwort noch einmal senden. Auch die Betreiber beim Absender können Ihnen einen Code geben.
files-quick = Nächstes Mal ohne Passwort?
files-quick-text = Richten Sie diesen Browser ein, und weitere Mails dieses Absenders öffnen sich darin ohne Passwort.
devices-heading = Geräte ohne Passwort
devices-back = Zurück
devices-offer = Wenn Sie diesen Browser einrichten, öffnen sich Mails von { $sender } darin ohne Passwort, auch frühere, die Ihnen so gesendet wurden.
devices-rules = Es endet, wenn das Gerät { $time } nicht benutzt wird, wenn Cookies gelöscht werden, und im privaten Fenster, wenn es geschlossen wird. Richten Sie keinen Computer ein, den auch andere benutzen.
devices-idle = { $days ->
    [one] einen Tag lang
   *[other] { $days } Tage lang
}
devices-set-up = Diesen Browser einrichten
devices-prove = Damit feststeht, wer ihn einrichtet, wird ein Code an { $recipient } gesendet.
devices-elsewhere = Dieser Browser kann von hier aus nicht eingerichtet werden. Erzeugen Sie einen Code auf einem eingerichteten Gerät und geben Sie ihn dort ein, wo die nächste Mail von { $sender } danach fragt.
devices-here = Mails von { $sender } öffnen sich in diesem Browser ohne Passwort.
devices-done = Dieser Browser ist eingerichtet.
devices-too-many = Für dieses Postfach sind mehr Geräte nicht möglich. Wählen Sie auf einem davon „Geräte ohne Passwort“, entfernen Sie eines, das nicht gebraucht wird, und versuchen Sie es noch einmal. Ist keines zur Hand, kann die Hilfe des Absenders alle beenden.
devices-no-cookie = Dieser Browser hatte das Cookie nicht, das er dafür braucht. Bitte geben Sie den Code noch einmal ein. Lesen Sie das wieder, dann erlauben Sie Cookies für diese Seiten.
devices-over = Nichts wurde geändert: Das ist hier nicht oder nicht mehr möglich.
devices-list = Ihre Geräte
devices-name = Gerät { $number }
devices-this = dieses
devices-times = eingerichtet am { $since }, zuletzt benutzt am { $used }
devices-remove = Entfernen
devices-remove-one = Gerät { $number } entfernen
devices-removed = Das Gerät wurde entfernt. Es öffnet nichts mehr ohne Passwort.
devices-another = Ein weiteres Gerät
devices-another-text = Mit einem Code kann ein weiteres Gerät von Ihnen, oder von jemandem, der das Postfach mit Ihnen teilt, all das ohne Passwort öffnen.
devices-another-button = Code erzeugen
devices-code = Code für ein weiteres Gerät
devices-code-how = Öffnen Sie auf dem anderen Gerät einen Link aus einer Mail von { $sender } und geben Sie den Code ein. Er gilt bis { $time } und ein einziges Mal und wird nur hier angezeigt.
devices-end = Wieder mit Passwort
devices-end-text = Danach sendet Ihnen { $sender } wieder ein Passwort, und was ohne eines gesendet wurde, öffnet sich nirgends mehr.
devices-end-button = Wieder Passwörter verlangen
devices-ended = Ab jetzt erhalten Sie wieder Passwörter.
devices-ready-heading = Dieser Browser ist eingerichtet
devices-ready-text = Die nächste Mail dieses Absenders öffnet sich darin ohne Passwort. Was vorher gesendet wurde, bleibt hier geschlossen; der Absender kann es noch einmal senden.
passkey-set-up = Stattdessen einen Passkey verwenden
passkey-open = Mit Ihrem Passkey öffnen
passkey-failed = Das hat nicht geklappt. Es wurde nichts geöffnet und nichts eingerichtet. Versuchen Sie es noch einmal oder machen Sie ohne Passkey weiter: Nicht jeder kann das.
passkey-done = Ihr Passkey ist eingerichtet. Mails dieses Absenders öffnen sich damit in jedem Browser, der ihn hat.
passkey-mark = Passkey
passkey-here = Mails von { $sender } öffnen sich mit Ihrem Passkey, ohne Passwort.
sender-quick-end = Wieder mit Passwort
sender-quick-end-for = Wieder mit Passwort für { $recipient }
sender-done-parted = Ab Ihrer nächsten Mail erhält dieser Empfänger wieder ein Passwort. Was sich nur auf einem Gerät öffnete, öffnet sich dort nicht mehr.
quick-mail-added-subject = Ein Gerät öffnet Mails ohne Passwort
quick-mail-added-text = Gerät { $number } wurde soeben eingerichtet. Es öffnet ohne Passwort, was { $sender } an { $recipient } sendet.
quick-mail-added-more = Das waren nicht Sie? Öffnen Sie einen Link dieses Absenders auf einem anderen Ihrer Geräte und entfernen Sie es unter „Geräte ohne Passwort“, oder bitten Sie den Absender, wieder Passwörter zu senden.
quick-mail-code-subject = Ein Code für ein Gerät wurde ausgegeben
quick-mail-code-text = Ein Betreiber hat einen Code erzeugt. Wer ihn innerhalb eines Tages eingibt, öffnet ohne Passwort, was { $sender } an { $recipient } sendet.
quick-mail-code-more = Niemand hat darum gebeten? Bitte sagen Sie es sofort den Betreibern.
quick-mail-ended-subject = Wieder mit Passwort
quick-mail-ended-text = Was { $sender } an { $recipient } sendet, braucht ab der nächsten Mail wieder ein Passwort.
quick-mail-ended-more = Was ohne Passwort gesendet wurde, öffnet sich nicht mehr. Der Absender kann es noch einmal senden.
report-heading = Diese Nachricht melden
report-text = Wer diesen Dienst betreibt, erfährt, wer sie wann an wen geschrieben hat, und ihr Kennzeichen; nicht, was darin steht.
report-because = Was damit nicht stimmt (freiwillig)
report-button = Melden
reported-heading = Diese Nachricht wurde gemeldet
reported-text = Wer diesen Dienst betreibt, weiß davon seit: { $date }.
reported-subject = Eine Nachricht von außen wurde gemeldet
reported-mail-text = Jemand hat eine Nachricht bekommen, die auf unseren Seiten geschrieben wurde, und meldet sie. Was darin steht, ist nicht in dieser Mail.
reported-because = Was damit nicht stimmt: { $text }
paused-subject = SMS wurden angehalten: Wird ein Konto missbraucht?
paused-numbers = In einer Stunde sollten SMS an mehr Nummern gehen, die mit { $prefix } beginnen, als Ihre Grenze erlaubt. Über „{ $channel }“ gehen keine weiteren mehr hinaus.
paused-money = An einem Tag haben die SMS über „{ $channel }“ so viel gekostet, wie sie dürfen. Es gehen keine weiteren mehr hinaus.
paused-until = Das gilt mindestens bis { $date }. Die Passwörter nehmen den nächsten Weg, zuletzt den zu den Absendern.
paused-first = Die erste, die liegen blieb, war für eine Mail von { $sender }.
paused-look = Wenn niemand einen Grund dafür kennt, wird vielleicht ein Konto missbraucht, um an Anrufen zu verdienen. Die Zeilen „noticed“ im Log nennen die Mails.
