# Aanspreekvorm: u.
#
# Glossary, one word per thing:
# transfer: transfer; link: link; password: wachtwoord; code: code; file: bestand; mail: mail; message: bericht; mailbox: mailbox
# sender: afzender; recipient: ontvanger; operators: beheerders; receipt: ontvangstbewijs
# take back, withdraw: intrekken; extend: verlengen; fetch: ophalen; download: downloaden; expire: verlopen; delete: verwijderen
# locked after wrong tries: geblokkeerd, deblokkeren; approve, release: vrijgeven; protected: beschermd

### Het blok in de mail

block-title = { $count ->
    [one] 1 bestand van { $sender } ({ $size })
   *[other] { $count } bestanden van { $sender } ({ $size })
}
block-more = { $count ->
    [one] en nog 1 bestand
   *[other] en nog { $count } bestanden
}
block-view = { $count ->
    [one] Bekijk het hier:
   *[other] Bekijk ze hier:
}
block-button = { $count ->
    [one] Bestand bekijken
   *[other] { $count } bestanden bekijken
}
block-button-leads = De knop leidt naar
block-password-sms = Wachtwoord: per sms verstuurd naar het nummer dat eindigt op { $digits }.
block-password-sender = Wachtwoord: { $sender } geeft het u persoonlijk of telefonisch.
block-password-other = Wachtwoord: u krijgt het { $way }.
way-separately = apart
block-password-code = Code: u krijgt deze per mail wanneer u de link opent.
block-password-quick = Op een apparaat dat u hebt ingesteld, is geen wachtwoord nodig.
block-password-agreed = Wachtwoord: het wachtwoord dat u met { $organisation } hebt afgesproken.
block-until = Beschikbaar tot { $date }.
block-genuine = { $organisation } verstuurt bestanden op deze manier. U hebt geen account nodig, en niemand vraagt u om het wachtwoord van uw mailbox.
block-check = Zo controleert u of dit bericht echt is

### Een mail waarvan ook de tekst beschermd reist

sealed-title = { $count ->
    [0] Een bericht van { $sender } ({ $address })
    [one] Een bericht van { $sender } ({ $address }) met 1 bestand
   *[other] Een bericht van { $sender } ({ $address }) met { $count } bestanden
}
sealed-read = Lees het hier:
sealed-button = Bericht lezen
sealed-answer = U kunt op dezelfde pagina antwoorden; ook uw antwoord wordt beschermd verstuurd.
sealed-genuine = { $organisation } verstuurt vertrouwelijke berichten op deze manier. U hebt geen account nodig, en niemand vraagt u om het wachtwoord van uw mailbox.
sealed-subject = Bericht van { $organisation }
sealed-line = vanaf hier beveiligd

### Pagina's: kader

page-title = { $title } - { $organisation }
page-title-error = Fout: { $title }
page-skip = Naar de inhoud
page-language = Taal
page-language-now = Taal: { $name }
page-this-language = Nederlands
footer-genuine = Is dit echt?
footer-accessibility = Toegankelijkheid
footer-privacy = Privacy
footer-transfer = Transfer { $id }

### Pagina's: openen

unlock-heading = Bestanden van { $sender }
unlock-heading-message = Bericht van { $sender }
unlock-sent = { $address }, verstuurd op { $date } aan { $recipient }
unlock-password = Wachtwoord
unlock-hint-sms = Het is per sms verstuurd naar het nummer dat eindigt op { $digits }.
unlock-hint-sender = { $sender } geeft het u persoonlijk of telefonisch.
unlock-hint-other = U krijgt het { $way }.
unlock-hint-agreed = Het is het wachtwoord dat u met { $organisation } hebt afgesproken.
unlock-no-password-needed = Er is geen wachtwoord nodig.
unlock-remember = Deze browser 30 dagen onthouden (niet op een gedeelde computer)
# Instead of the field for the password.
unlock-remembered = Deze browser is onthouden. U hebt hier geen wachtwoord nodig.
forget-browser = Deze browser vergeten
unlock-open = Openen
unlock-missing = Geen wachtwoord?
unlock-missing-text = Het kan enkele minuten duren voordat het aankomt. Komt er niets, beantwoord dan de mail en vraag het aan { $sender }.
unlock-until = Beschikbaar tot { $date }
ask-password = { $sender } om het wachtwoord vragen
ask-unlock = { $sender } vragen om te ontgrendelen
asked = { $sender } is gevraagd: { $time }.
unlock-phone = Op de telefoon openen
unlock-phone-text = Richt de camera van uw telefoon op deze code. De code bevat alleen de link: ook de telefoon vraagt om het wachtwoord.
unlock-phone-code = QR-code met het adres van deze pagina
# With a soft hyphen, for narrow screens.
terms-heading = Gebruiks­voorwaarden
terms-agree = Ik ga akkoord met de gebruiksvoorwaarden
terms-read = lezen
terms-missing = Ga eerst akkoord met de gebruiksvoorwaarden.
unlock-empty = Vul het wachtwoord in.
wrong-password = { $tries ->
    [0] Dit wachtwoord klopt niet.
    [one] Dit wachtwoord klopt niet. Nog 1 poging, daarna een pauze van een uur.
   *[other] Dit wachtwoord klopt niet. Nog { $tries } pogingen, daarna een pauze van een uur.
}
wrong-password-hint = Hoofdletters, spaties en streepjes maken niet uit.
paused = Te veel pogingen. De volgende poging kan om { $time } uur.
locked = Geblokkeerd na te veel verkeerde wachtwoorden. De bestanden zijn veilig. Beantwoord de mail en vraag { $sender } om ze vrij te geven.

### Pagina's: een code per mail in plaats van een wachtwoord

code-why = Om deze pagina te openen hebt u een code nodig. Die wordt gestuurd naar { $recipient }, de mailbox die de link kreeg.
code-send = Stuur mij een code
code-label = Code
code-hint = Een mail met zes cijfers is verstuurd naar { $recipient }. Ze gelden tot { $time } uur.
code-missing = Geen code?
code-missing-text = Het kan enkele minuten duren voordat deze aankomt; kijk ook bij ongewenste mail. Komt er niets, beantwoord dan de mail met de link en vraag het aan { $sender }.
code-again = Stuur een nieuwe code
code-empty = Vul de code in.
code-over = Er geldt geen code meer. Vraag een nieuwe aan.
wrong-code = { $tries ->
    [0] Deze code klopt niet.
    [one] Deze code klopt niet. Nog 1 poging, daarna een pauze van een uur.
   *[other] Deze code klopt niet. Nog { $tries } pogingen, daarna een pauze van een uur.
}
code-limit = Er zijn voorlopig genoeg codes verstuurd. De volgende kan vanaf { $time } uur worden verstuurd.
code-not-sent = De code kon zojuist niet worden verstuurd. Probeer het over enkele minuten opnieuw.
code-refused = Naar { $recipient } kan geen code worden verstuurd. Beantwoord de mail met de link en vraag het aan { $sender }.
locked-codes = Geblokkeerd na te veel verkeerde codes. De bestanden zijn veilig. Beantwoord de mail met de link en vraag { $sender } om ze vrij te geven.

### Pagina's: een mail die wacht

approve-heading = Er wacht een mail op uw goedkeuring
approve-hidden = Wat erin staat, wordt hier niet getoond, ook geen bestandsnamen.
approve-release = Vrijgeven
approve-transfer = Als links vrijgeven
approve-transfer-hint = Als links vrijgegeven vertrekken de bestanden ten minste achter een link.
approve-because = Waarom de mail wordt weggegooid, voor de afzender (niet verplicht)
approve-drop = Weggooien
withdraw-heading = Uw mail wacht op goedkeuring
withdraw-text = De mail is niet vertrokken. Zolang niemand heeft beslist, kunt u haar intrekken: dan krijgt niemand haar.
withdraw-button = Intrekken
decided-heading = Er is beslist
# $who is an address, or the operators.
decided-released = De mail is vrijgegeven door { $who }: { $date }.
decided-dropped = De mail is weggegooid door { $who }: { $date }. De mail is niet vertrokken en vertrekt ook niet.
decided-withdrawn = De mail is ingetrokken door { $who }: { $date }. De mail is niet vertrokken en vertrekt ook niet.
decided-over = Niemand heeft op tijd over de mail beslist. De mail is weggegooid: { $date }.
# $approvers are addresses.
decided-asked = Gevraagd waren: { $approvers }.

### Pagina's: niets te vinden, er ging iets mis

gone-heading = Deze bestanden zijn hier niet meer
gone-text = Ze zijn misschien verlopen of teruggenomen. Als u de mail hebt, beantwoord die dan om de afzender te bereiken.
session-heading = Open de link opnieuw
session-text = Deze pagina stond lang open en is vergrendeld. Open de link in de mail opnieuw.
busy-heading = Een ogenblik
busy-text = Op dit moment openen veel mensen bestanden. Probeer het over een minuut opnieuw.
missed-text = Vanaf uw netwerk zijn in korte tijd veel links geopend die nergens heen leiden. Probeer het over een minuut opnieuw.
too-often = Te veel pogingen in korte tijd. Wacht een minuut en probeer het dan opnieuw.
error-heading = Dat is niet gelukt
error-text = Er ging hier iets mis. Er is niets verloren; probeer het over enkele minuten opnieuw.
error-reference = Kenmerk bij vragen: { $id }
not-found-heading = Deze pagina bestaat niet
not-found-text = Controleer of u de hele link uit de mail hebt.

### Pagina's: bestanden

files-heading = Bestanden van { $sender }
files-summary = { $count ->
    [one] 1 bestand, { $size }.
   *[other] { $count } bestanden, { $size }.
}
files-until = Beschikbaar tot { $date } ({ $left }).
files-all = Alles als ZIP downloaden, { $size }
files-download = Downloaden
files-download-name = { $name } downloaden, { $size }
files-details = Details
files-type = Type
files-checksum = SHA-256
files-fetched = Gedownload op { $date }
files-fetched-times = { $count ->
    [one] Eén keer gedownload
   *[other] { $count } keer gedownload
}
files-left = { $count ->
    [one] Kan nog 1 keer worden gedownload
   *[other] Kan nog { $count } keer worden gedownload
}
files-used-up = Het toegestane aantal downloads is bereikt. Beantwoord de mail om meer te vragen.
files-message = Bericht
files-open-message = Bericht openen
files-mail-only = Sla het bericht op en open het in uw mailprogramma.
files-lock = Deze pagina vergrendelen
files-none = Er zijn geen bestanden, alleen een bericht.
files-delete = Ik heb alles, nu verwijderen
delete-heading = Nu verwijderen?
delete-text = Daarna kan niemand uw link nog openen, ook u niet. Andere ontvangers van dezelfde mail houden de hunne. De afzender kan zien dat u hebt verwijderd.
delete-left = { $count ->
    [one] 1 bestand is nog niet gedownload.
   *[other] { $count } bestanden zijn nog niet gedownload.
}
delete-now = Verwijderen
delete-not = Terug, niets verwijderen
days-left = { $days ->
    [0] laatste dag
    [one] nog 1 dag
   *[other] nog { $days } dagen
}

### Pagina's: bericht

message-heading = Bericht van { $sender }
message-back = Bestanden
message-back-files = { $count ->
    [one] Bestanden (1)
   *[other] Bestanden ({ $count })
}
message-print = Afdrukken
message-save = Opslaan als .eml
message-from = Van
message-to = Aan
message-date = Datum
message-subject = Onderwerp
message-no-subject = (geen onderwerp)
message-pictures = Afbeeldingen van internet worden niet geladen.
message-no-text = Dit bericht heeft geen tekst die hier getoond kan worden. Sla het op en open het in uw mailprogramma.
message-too-large = Dit bericht is te groot om hier te tonen. Sla het op en open het in uw mailprogramma.
message-cut = Het bericht is langer dan deze pagina kan tonen. Sla het op om alles te lezen.
message-as-html = Met opmaak tonen
message-as-text = Als platte tekst tonen

### Pagina's: soorten bestanden, zoals men ze noemt

type-archive = Archief
type-document = Tekstdocument
type-file = Bestand
type-film = Video
type-mail = Mail
type-pdf = PDF-document
type-picture = Afbeelding
type-slides = Presentatie
type-sound = Geluid
type-table = Rekenblad
type-text = Tekst

### Pagina's: voor iedereen gelijk

bad-request-text = Uw browser heeft iets verstuurd dat niet begrepen is. Open de link in de mail opnieuw.
closed-heading = De pagina is vergrendeld
closed-text = Open de link in de mail om de bestanden weer te zien.
forgotten-heading = Deze browser is vergeten
forgotten-text = De volgende keer wordt weer om het wachtwoord gevraagd, voor alles wat in deze browser is geopend.
home-heading = Bestanden en berichten van { $organisation }
home-text = Hier staan geen bestanden in een lijst. Open de link in de mail die u hebt ontvangen.
home-genuine = U hebt geen account nodig, en niemand zal naar het wachtwoord van uw mailbox vragen.
home-send = Bestanden naar ons sturen
deleted-heading = Het is verwijderd
deleted-text = Uw link opent niets meer. Wat u hebt gedownload, houdt u.
genuine-host = Het adres van deze pagina’s begint met { $host }. Kijk in de adresbalk van uw browser voordat u een wachtwoord invoert.
genuine-never = U hebt geen account nodig. Niemand vraagt om het wachtwoord van uw mailbox, om geld of om een programma te installeren.
genuine-check = Twijfelt u aan een mail, beantwoord die dan niet. Bel de afzender op een nummer dat u al kende, of ga zelf naar de pagina’s van { $organisation }.
accessibility-aim = Deze pagina's zijn gemaakt om te voldoen aan de richtlijnen voor toegankelijke webinhoud (WCAG) 2.2, niveau AA, en de Europese norm EN 301 549.
accessibility-how = Ze werken zonder scripts, met het toetsenbord, met schermlezers en vergroot tot 400 %, in lichte en donkere kleuren. Wachtwoorden kunnen worden geplakt.
accessibility-problem = Als iets voor u niet werkt, beantwoord dan de mail die u hier bracht: { $organisation } stuurt u de bestanden op een andere manier.
privacy-files = De bestanden zijn versleuteld opgeslagen. Ze kunnen alleen worden geopend met de link uit de mail en, waar daarom wordt gevraagd, het wachtwoord. Na de getoonde datum worden ze verwijderd.
privacy-cookie = Eén cookie houdt de pagina open nadat u haar hebt ontgrendeld. Het wordt verwijderd als u de pagina vergrendelt of de browser sluit.
privacy-known = Een tweede cookie zegt 30 dagen lang dat deze browser een link heeft geopend, zodat verkeerde wachtwoorden van anderen u niet kunnen buitensluiten. Alleen als u daarom vraagt, opent het de link ook zonder wachtwoord. Het wordt verwijderd als u „Deze browser vergeten” kiest.
privacy-quick = Als u een apparaat zonder wachtwoord instelt, bewaart een eigen cookie de sleutel ervan. Wij bewaren waaraan het te herkennen is, wanneer het is ingesteld en wanneer het voor het laatst is gebruikt; dat alles eindigt als u het apparaat verwijdert, of als het lange tijd niet is gebruikt en er niets meer is van wat eerder is gestuurd. Een pagina die alleen op apparaten opent, plaatst die cookie voor één dag, zodat er een code kan worden ingevoerd.
privacy-terms = Een derde cookie onthoudt 30 dagen lang dat u akkoord bent gegaan met de gebruiksvoorwaarden.
privacy-send = Als u van hieruit aan { $organisation } schrijft, wacht één cookie tien minuten op de code en zegt een andere 30 dagen lang dat uw adres in deze browser is bevestigd. Die blijft nog 30 dagen bewaard, zodat anderen die codes voor uw adres aanvragen u niet kunnen buitensluiten. Die wordt verwijderd als u „Dat ben ik niet” kiest. De adressen waaraan u hebt geschreven, kunnen worden bewaard om ze u voor te stellen; u kunt die lijst leegmaken, en ze wordt verwijderd als u haar 30 dagen niet hebt gebruikt.
privacy-nothing = Er is geen ander cookie, en er wordt niets gemeten.
privacy-log = { $organisation } legt vast wanneer en vanaf welk internetadres bestanden worden geopend en gedownload, om u en de afzender te beschermen. De afzender kan te horen krijgen dat bestanden zijn gedownload.
privacy-others = Deze pagina's laden niets van anderen, en niemand anders komt te weten dat u hier was.

### Berichten

sms = { $organisation }: wachtwoord voor de bestanden van { $sender }: { $password }. Invullen op { $host }
password-mail-subject = { $count ->
    [one] Geef alstublieft een wachtwoord door
   *[other] Geef alstublieft { $count } wachtwoorden door
}
password-mail-intro = { $count ->
    [one] Uw bericht is beschermd verstuurd. Geef de ontvanger het wachtwoord persoonlijk of telefonisch, niet per mail:
   *[other] Uw bericht is beschermd verstuurd. Geef elke ontvanger het eigen wachtwoord persoonlijk of telefonisch, niet per mail:
}
password-mail-until = De bestanden zijn beschikbaar tot { $date }.
password-mail-genuine = De ontvangers hebben de link al. Deze mail gaat alleen naar u.
code-mail-subject = Uw code van { $organisation }
code-mail-text = Uw code om te openen wat { $sender } u heeft gestuurd:
code-mail-until = Vul deze vóór { $time } uur in op de pagina die erom vraagt. De code werkt één keer.
code-mail-genuine = Hebt u niet om een code gevraagd? Doe dan niets: zonder code blijft de pagina gesloten. Geef hem aan niemand; { $organisation } vraagt er nooit per telefoon of mail om.
notice-failed-subject = Een wachtwoord kon niet worden bezorgd
notice-failed-text = Het wachtwoord voor { $recipient } kon niet worden bezorgd. Geef het persoonlijk of telefonisch door, of verstuur het bericht opnieuw.

### Bewijs voor de afzender

receipt-subject = { $count ->
    [0] Beschermd verstuurd: { $subject }
    [one] Verstuurd met 1 bestand als link: { $subject }
   *[other] Verstuurd met { $count } bestanden als links: { $subject }
}
receipt-intro = { $count ->
    [0] Uw bericht ‘{ $subject }’ is verstuurd. De tekst is vervangen door een link.
    [one] Uw bericht ‘{ $subject }’ is verstuurd. Het bestand ({ $size }) is vervangen door een link.
   *[other] Uw bericht ‘{ $subject }’ is verstuurd. De { $count } bestanden ({ $size }) zijn vervangen door een link.
}
receipt-why = Waarom
receipt-until = Tot
receipt-to = Aan
receipt-password = Wachtwoord
receipt-password-sms = sms naar het nummer dat eindigt op { $digits }
number-from-directory = uit de adreslijst
number-from-earlier = uit een eerdere e-mail van u
receipt-password-tell = geef door aan { $recipient }: { $password }
receipt-password-none = niet nodig
receipt-password-other = { $way }
receipt-by-phone = Telefonisch of persoonlijk, niet per mail.
receipt-original = heeft de originele bestanden gekregen
receipt-shared = deelt een link met anderen
receipt-transfer = Transfer { $id }
receipt-password-code = een code per mail, als de pagina daarom vraagt
receipt-password-quick = niet nodig: opent op een apparaat dat de ontvanger heeft ingesteld
receipt-password-known = het wachtwoord dat u hebt gekozen
password-agreed-with-them = het wachtwoord dat met de ontvanger is afgesproken
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Beschermd verzonden
    [one] Verzonden met 1 bestand als link
   *[other] Verzonden met { $count } bestanden als links
}
receipt-left-intro = { $count ->
    [0] Uw bericht is verzonden. De tekst is vervangen door een link.
    [one] Uw bericht is verzonden. Het bestand ({ $size }) is vervangen door een link.
   *[other] Uw bericht is verzonden. De { $count } bestanden ({ $size }) zijn vervangen door een link.
}
receipt-waits = heeft het bericht nog niet: het wordt nog geprobeerd
receipt-unclear = heeft het bericht misschien niet: de volgende mailserver heeft het niet bevestigd
# $text is what a mail server said, with its code.
receipt-refused = heeft het bericht niet gekregen: { $text }
# A link follows on a line of its own.
receipt-page = Zien wie wat heeft opgehaald, de datum wijzigen, terugnemen:
# REVOKE stays as it is in every language.
receipt-revoke = Nu terugnemen: beantwoord deze mail met het woord REVOKE.

### Latere berichten aan de afzender

downloaded-subject = Gedownload: bestanden voor { $recipient }
downloaded-text = { $count ->
    [one] { $name } is gedownload van de pagina voor { $recipient } ({ $date }).
   *[other] { $name } en meer, samen { $count } bestanden, zijn gedownload van de pagina voor { $recipient } ({ $date }).
}
unread-subject = Nog niet opgehaald: bestanden voor { $recipient }
unread-text = De bestanden voor { $recipient } verlopen op { $date }. Niemand heeft ze opgehaald.
asked-subject = Wachtwoord ontbreekt: bestanden voor { $recipient }
asked-password = Iemand met de link voor { $recipient } vraagt u om het wachtwoord.
asked-locked = Iemand met de link voor { $recipient } vraagt u de pagina te ontgrendelen: ze is vergrendeld na te veel verkeerde pogingen.
asked-when = { $count ->
    [one] Gevraagd: { $time }.
   *[other] Gevraagd: { $time }, { $count } keer binnen een dag.
}
asked-hand-on = Als u het wachtwoord hebt, geef het dan persoonlijk of telefonisch door, niet per mail.
asked-again = Als u het niet meer hebt, stuur het bericht dan opnieuw: het krijgt een nieuw wachtwoord.
asked-lift = De bestanden zijn veilig. Vraag telefonisch of de pogingen van de ontvanger waren en hef dan de vergrendeling op.
asked-page = Wat u kunt doen, staat op uw pagina:
asked-genuine = Heeft niemand gevraagd? Doe dan niets: er is niets geopend.
locked-subject = Geblokkeerd: bestanden voor { $recipient }
locked-text = { $tries } verkeerde wachtwoorden: de pagina voor { $recipient } is geblokkeerd. De bestanden zijn veilig; andere ontvangers merken er niets van.
downloaded-day-subject = Gedownload op { $date }
downloaded-day-text = Deze bestanden zijn gedownload van de pagina's van uw ontvangers:
unread-do = Als ze nog nodig zijn, herinner dan de ontvanger of wijzig de datum op de pagina hieronder. Zo niet, dan hoeft u niets te doen.
locked-codes-text = { $tries } verkeerde codes: de pagina voor { $recipient } is geblokkeerd. De bestanden zijn veilig; andere ontvangers merken er niets van.
locked-do = Op de pagina hieronder kunt u haar vrijgeven of de bestanden terugnemen. Vraag eerst aan de ontvanger of die het zelf heeft geprobeerd.
locked-deleted-text = { $tries } verkeerde wachtwoorden: zoals { $organisation } het wil, is de pagina voor { $recipient } verwijderd. Met deze pogingen heeft niemand de bestanden geopend; andere ontvangers merken er niets van.
locked-deleted-do = Dit kan niet ongedaan worden gemaakt. Als de bestanden nog nodig zijn, verzend het bericht dan opnieuw.
# To an administrator.
locked-sender = Afzender van het bericht: { $sender }
locked-from = De laatste poging kwam van { $address }
revoked-subject = Teruggenomen: niemand kan het meer openen
revoked-text = Teruggenomen: niemand kan de bestanden meer openen. Kopieën die al zijn gedownload, blijven waar ze zijn.
revoked-text-one = Teruggenomen voor { $recipient }: deze pagina kan niet meer worden geopend. Kopieën die al zijn gedownload, blijven waar ze zijn.
revoked-never = Niemand had eerder iets gedownload.
revoked-before = { $count ->
    [one] Van de pagina voor { $recipient } was eerder 1 bestand gedownload, voor het laatst op { $date }.
   *[other] Van de pagina voor { $recipient } waren eerder { $count } bestanden gedownload, voor het laatst op { $date }.
}
extended-subject = Beschikbaar tot { $date }
extended-text = De bestanden zijn nu beschikbaar tot { $date }.

### De pagina van de afzender

sender-title = Uw transfer { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Verzonden op { $date }.
    [one] 1 bestand, { $size }. Verzonden op { $date }.
   *[other] { $count } bestanden, { $size }. Verzonden op { $date }.
}
sender-files = { $count ->
    [one] 1 bestand
   *[other] { $count } bestanden
}
sender-people = Ontvangers
sender-mail = E-mail
sender-mail-sent = verzonden
sender-mail-held = onderweg
sender-mail-lost = niet afgeleverd
sender-mail-waits = nog niet bezorgd
# Each is a time of day, or a day and a time.
sender-mail-tried = Geprobeerd sinds { $since }, opnieuw { $next }, uiterlijk tot { $until }.
# $text is a reply of a mail server.
sender-mail-answer = De mailserver zegt: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = ingetrokken: { $time }
sender-mail-deleted = door de ontvanger verwijderd: { $time }
sender-password-sms = sms naar het nummer dat eindigt op { $digits }
sender-password-you = u geeft het door
sender-password-code = code per mail bij het openen van de link
sender-downloads = Opgehaald
sender-fetched-never = nog niet
sender-opened = geopend, nog niets opgehaald: { $time }
# $count of $of files.
sender-fetched = { $count } van { $of }, laatst: { $time }
sender-locked = Geblokkeerd na te veel verkeerde wachtwoorden: { $time }
sender-paused = Pauze na verkeerde wachtwoorden tot { $time }
sender-lift = Deblokkeren
sender-revoke-one = Intrekken
sender-revoke-for = Intrekken voor { $recipient }
sender-until = Einde
sender-new-day = Beschikbaar tot het einde van
sender-latest = Uiterlijk { $date }
sender-change = Wijzigen
sender-revoke-title = Intrekken
sender-revoke-text = Vanaf dit moment kan niemand meer iets openen. Dit kan niet ongedaan worden gemaakt. Wat al is gedownload, blijft bij wie het heeft.
sender-revoke-all = Intrekken voor iedereen
sender-history = Geschiedenis
sender-history-note = Gedownload betekent: van de pagina voor die ontvanger. Wie het heeft gelezen, kan niemand weten.
sender-is-revoked = Hij is ingetrokken. Niemand kan hem meer openen.
sender-is-expired = Hij is verlopen. Niemand kan hem meer openen.
sender-over-heading = Deze transfer is beëindigd
sender-over-text = De bestanden zijn verwijderd, en de geschiedenis ook.
sender-done-revoked = Ingetrokken. Wie die link had, kan niets meer openen.
sender-done-extended = Het einde is gewijzigd.
sender-done-latest = Het einde is gewijzigd, in het laatste tijdstip dat is toegestaan.
sender-done-lifted = Gedeblokkeerd. Het wachtwoord kan weer worden geprobeerd.
sender-done-nothing = Er viel niets te wijzigen.
sender-no-day = Vul een dag in.
sender-past = Die dag is voorbij. Trek de transfer in als hij nu moet eindigen.
prefs-heading = Waarover u bericht krijgt
prefs-back = Uw transfer
# $address is the sender's.
prefs-text = Geldt vanaf nu voor alle berichten die { $address } verstuurt.
prefs-receipts = Een ontvangstbewijs voor elk bericht met beveiligde bestanden
prefs-yes = ja
prefs-no = nee
prefs-downloads = Als bestanden worden gedownload
prefs-each = telkens een e-mail, iets later
prefs-daily = één e-mail per dag
prefs-off = geen e-mail
prefs-language = Taal van deze e-mails
prefs-language-own = die van het bericht zelf
prefs-always = U krijgt in elk geval bericht als een pagina is geblokkeerd, als iets bijna afloopt dat niemand heeft opgehaald en als iets is ingetrokken.
prefs-save = Opslaan
prefs-saved = Opgeslagen. Als er iets is gewijzigd, krijgt u er ook een e-mail over.
prefs-fewer = Kies welke van deze e-mails u krijgt:
chosen-subject = Uw berichtgeving is gewijzigd
chosen-text = Op de pagina van een van uw transfers is gekozen welke e-mails u vanaf nu krijgt:
chosen-other = Als u dat niet was, heeft iemand anders een van uw links. Zet het hier terug en meld het bij wie in uw organisatie over e-mail gaat:
takeback-heading = Intrekken voor iedereen?
takeback-heading-one = Intrekken?
takeback-text = Vanaf dit moment kan niemand van hen meer iets openen:
takeback-note = Dit kan niet ongedaan worden gemaakt. Wat al is gedownload, blijft bij wie het heeft.
takeback-yes = Intrekken
takeback-no = Zo laten
event-sent = Verzonden
event-opened = Geopend
event-fetched = { $count ->
    [one] 1 bestand gedownload
   *[other] { $count } bestanden gedownload
}
event-fetched-names = Gedownload: { $names }
event-locked = Geblokkeerd na te veel verkeerde wachtwoorden
event-lifted = { $by ->
    [sender] Door u gedeblokkeerd
   *[other] Door de beheerders gedeblokkeerd
}
event-asked = Er werd om het wachtwoord gevraagd
event-answered = Er werd een antwoord geschreven
event-revoked = { $by ->
    [sender] Door u ingetrokken
    [operator] Door de beheerders ingetrokken
   *[other] Verwijderd na te veel verkeerde wachtwoorden
}
event-extended = { $by ->
    [sender] U hebt het einde gewijzigd in { $date }
   *[other] De beheerders hebben het einde gewijzigd in { $date }
}
event-link-sent = { $by ->
    [sender] Nieuwe link door u verzonden
   *[other] Nieuwe link door de beheerders verzonden
}
event-password-sent = { $by ->
    [sender] Nieuw wachtwoord door u gemaakt
   *[other] Nieuw wachtwoord door de beheerders gemaakt
}
event-password-shown = { $by ->
    [sender] Nieuw wachtwoord door u gemaakt en aan u getoond
   *[other] Nieuw wachtwoord door de beheerders gemaakt en aan hen getoond
}
event-deleted = Door de ontvanger verwijderd
event-text-arrived = De sms met het wachtwoord is bezorgd

### Antwoorden van de afzender op een ontvangstbewijs

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = intrekken, terugnemen
command-extend = verlengen, verleng
command-who = wie
command-numbers = nummers
command-forget = vergeet, vergeten
command-unlock = deblokkeren, ontgrendelen
command-help = hulp
command-days = d, dag, dagen
command-weeks = w, week, weken
told-subject-done = Gedaan: transfer { $id }
told-subject-not = Niet gedaan: transfer { $id }
told-subject-who = Wie heeft wat opgehaald: transfer { $id }
told-subject-help = Wat u kunt antwoorden: transfer { $id }
told-revoked = Ingetrokken: niemand kan transfer { $id } meer openen. Wat al is gedownload, blijft bij wie het heeft.
told-revoked-one = Ingetrokken: { $recipient } kan transfer { $id } niet meer openen. Wat al is gedownload, blijft daar.
told-extended = Transfer { $id } eindigt: { $date }.
told-latest = Dat is het laatste tijdstip dat is toegestaan.
told-lifted = Gedeblokkeerd: het wachtwoord kan weer worden geprobeerd.
told-no-recipient = Er is niets gewijzigd: transfer { $id } heeft geen link voor { $recipient }.
told-past = Er is niets gewijzigd: die dag is voorbij. Antwoord met het woord intrekken als hij nu moet eindigen.
told-over = Er is niets gewijzigd: transfer { $id } is al beëindigd of ingetrokken.
told-not-locked = Er is niets gewijzigd: er is niets geblokkeerd.
told-unread = Er is niets gewijzigd: uw antwoord was niet te begrijpen.
told-how = Schrijf een van deze in de eerste regel van uw antwoord op een ontvangstbewijs:
# In front of the colon stands one of the words above.
told-how-revoke = intrekken: niemand kan hem meer openen
told-how-revoke-one = intrekken bo@partner.example: alleen deze ontvanger niet meer
told-how-extend = verlengen 7 dagen: hij eindigt 7 dagen later (ook: verlengen 2 weken, verlengen 2025-12-24)
told-how-who = wie: wie wat heeft geopend en opgehaald
told-how-unlock = deblokkeren: wachtwoorden kunnen weer worden geprobeerd
told-how-numbers = nummers: de telefoonnummers die u bij eerdere e-mails hebt opgegeven
told-how-forget = vergeet bo@partner.example, of vergeet: zo’n nummer, of alle, worden niet meer gebruikt
told-subject-numbers = Telefoonnummers van uw e-mails
told-numbers-none = Er is geen telefoonnummer van u onthouden.
told-numbers = Deze telefoonnummers, die u bij eerdere e-mails hebt opgegeven, gelden waar u er geen opgeeft:
told-number = { $recipient }: eindigt op { $digits }, laatst gebruikt { $date }
told-forgot = { $count ->
    [0] Zo’n telefoonnummer was niet onthouden.
    [one] Eén telefoonnummer is vergeten.
   *[other] { $count } telefoonnummers zijn vergeten.
}
told-how-help = hulp: deze lijst
told-who-revoked = ingetrokken
told-who-locked = geblokkeerd na te veel verkeerde wachtwoorden
told-who-never = nog niet geopend
# $date is a day and a time.
told-who-opened = geopend { $date }, { $count } van { $of } opgehaald

### Mails that wait for approval

# To an approver. $sender is an address.
hold-ask-subject = Wacht op uw goedkeuring: een e-mail van { $sender }
hold-ask-text = Een e-mail van { $sender } wacht tot iemand hem vrijgeeft. U mag dat. De inhoud wordt hier niet getoond.
hold-ask-until = Als niemand voor { $date } beslist, wordt hij verwijderd en krijgt de afzender bericht.
hold-ask-how = Op de mailgateway beslist een van deze opdrachten:
# A link follows on a line of its own.
hold-ask-page = Beslis op deze pagina:
hold-withdraw-page = Zolang niemand heeft beslist, kunt u haar hier intrekken:
# One line per recipient.
hold-to = Aan: { $recipient }
hold-sent = Verzonden: { $date }
hold-size = { $count ->
    [0] Grootte: { $size }, geen bestanden
    [one] Grootte: { $size }, 1 bestand
   *[other] Grootte: { $size }, { $count } bestanden
}
# $rule is the id of a rule, $text its reason.
hold-why = Waarom: { $text } ({ $rule })
hold-mail = E-mail { $id }
hold-operator = de beheerders van de mailgateway
# To the sender.
hold-waits-subject = Uw e-mail wacht op goedkeuring
hold-waits-text = Uw e-mail is nog niet verzonden: hij wacht op goedkeuring door { $approvers }. U hoeft niets te doen.
hold-waits-until = Als niemand voor { $date } beslist, wordt hij verwijderd en krijgt u bericht.
hold-released-subject = Uw e-mail is vrijgegeven
hold-released-text = Uw e-mail is vrijgegeven door { $who } en is onderweg.
hold-dropped-subject = Uw e-mail is niet vrijgegeven
hold-dropped-text = Uw e-mail is verwijderd door { $who }. Hij is niet verzonden en wordt niet meer verzonden.
hold-dropped-because = De toelichting: { $text }
hold-over-subject = Uw e-mail is niet op tijd vrijgegeven
hold-over-text = Niemand heeft op tijd over uw e-mail beslist. Hij is verwijderd en niet verzonden. Vraag om goedkeuring en verzend hem opnieuw.
hold-missed-subject = Niet op tijd beslist: een e-mail van een collega
hold-missed-text = Niemand heeft op tijd over de e-mail van { $sender } beslist. Hij is verwijderd en de afzender heeft bericht gekregen.
hold-failed-subject = Uw e-mail kon niet aan iedereen worden bezorgd
hold-failed-text = Uw e-mail is vrijgegeven, maar bereikte niet:

# Een afzender zegt hoe zij hun wachtwoord krijgen die langs geen weg bereikbaar zijn.
unreached-subject = Uw e-mail wacht: hoe krijgen zij het wachtwoord?
unreached-heading = Hoe krijgen zij het wachtwoord?
unreached-text = Uw e-mail is nog niet verzonden: er is geen weg om deze ontvangers hun wachtwoord te brengen.
unreached-how-phone = Geef op deze pagina hun mobiele nummers op, of kies een andere weg:
unreached-how = Kies op deze pagina hoe zij het krijgen:
unreached-until = Zonder antwoord vóór { $date } wordt de e-mail verwijderd, en hoort u dat.
unreached-way-number = Per sms
unreached-number = Mobiel nummer, zoals +46 70 123 45 67
unreached-way-sender = Ik krijg het per e-mail en geef het zelf door
unreached-way-link = Geen wachtwoord: wie de e-mail leest, kan de bestanden openen
unreached-send = Verzenden
unreached-keep = Opslaan
unreached-approval = Bovendien moet iemand de e-mail goedkeuren. Wat dan nog ontbreekt, komt naar u.
unreached-withdraw = Of niemand krijgt hem:
unreached-mend = Er ontbreekt nog iets. Er is niets verzonden.
unreached-choose = Kies een weg.
unreached-no-country = Schrijf het nummer met het land, zoals +46 70 123 45 67.
unreached-no-number = Dit is geen telefoonnummer: controleer de cijfers.
unreached-wrong-kind = Naar dit nummer kan geen sms worden gestuurd.
unreached-over-subject = Uw e-mail is niet verzonden
unreached-over-text = Niemand heeft op tijd gezegd hoe de ontvangers hun wachtwoord krijgen. De e-mail is verwijderd en niet verzonden. Verzend hem opnieuw, met een telefoonnummer zoals { $tag } in het onderwerp.

### Bezorgberichten, aan de afzender

report-failed-subject = Uw e-mail heeft niet iedereen bereikt
report-failed-text = Uw e-mail heeft deze ontvangers niet bereikt en wordt niet opnieuw geprobeerd:
report-failed-advice = Verder is er met uw e-mail niets aan de hand: het gaat alleen om de ontvangers hierboven. Controleer hun adressen en stuur hun de e-mail opnieuw. Kloppen de adressen, laat dit bericht dan aan uw IT-ondersteuning zien.
report-unclear-subject = Uw e-mail heeft misschien niet iedereen bereikt
report-unclear-text = Het is niet bekend of uw e-mail deze ontvangers heeft bereikt. De verbinding werd telkens verbroken voordat de volgende mailserver dat bevestigde:
report-unclear-advice = Vraag het hun voordat u de e-mail opnieuw stuurt.
report-delayed-subject = Uw e-mail is vertraagd
report-delayed-text = Uw e-mail heeft deze ontvangers nog niet bereikt. Er wordt verder geprobeerd; u hoeft niets te doen:
report-delayed-until = Als het op { $date } nog niet is gelukt, krijgt u bericht.
report-relayed-subject = Uw e-mail is doorgegeven
report-relayed-text = Uw e-mail is voor deze ontvangers doorgegeven. De volgende mailserver meldt niet wat ermee gebeurt:
# $text is what the next mail server said, with its code.
report-said = De volgende mailserver zei: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Onze mailserver noteerde: { $text }

### Pages: writing back

files-reply = Beantwoorden
write-heading = Antwoord aan { $name }
write-back = Terug naar de bestanden
write-others = Ook sturen naar
write-text = Uw tekst
write-files = Bestanden
write-files-hint = Samen tot { $size }. Op een telefoon kunt u ook een foto maken.
write-here = Al hier
write-cut = Deze bestanden zijn niet volledig aangekomen. Kies ze opnieuw:
write-send = Versturen
write-wait = Tekst en bestanden worden samen verstuurd. Met grote bestanden duurt dat even: laat deze pagina open tot de volgende verschijnt.
write-empty = Schrijf een tekst of kies een bestand.
write-too-large = Dat is te veel. Bestanden mogen samen { $size } groot zijn.
write-too-many-files = Dit zijn te veel bestanden. Zet ze in een ZIP-bestand of stuur twee antwoorden.
write-too-many = U hebt vandaag al meerdere antwoorden gestuurd. Probeer het morgen opnieuw.
write-unfinished = Een bestand is niet volledig aangekomen. Kies het opnieuw.
write-no-room = Er is nu geen ruimte voor deze bestanden. Probeer het later opnieuw.
write-nobody = Kies wie het moet krijgen.
write-gone = Dit antwoord is verstuurd of verlopen. Begin een nieuw antwoord.
write-waiting = Deze bestanden zijn onderweg. U kunt versturen als ze er allemaal zijn.
write-done = Aangekomen
write-lost = Verbinding verbroken, gaat vanzelf verder
write-failed = Niet aangenomen
write-retry = Opnieuw
write-remove = Verwijderen
written-heading = Verstuurd naar { $name }
written-to = Aan
written-time = Tijd
written-number = Kenmerk
written-copy = Wilt u dit bewijs per mail ontvangen op { $address }?
written-copy-send = Stuur mij het bewijs
written-copied = Het bewijs gaat naar { $address }.

### People who were sent nothing, and write to us

send-heading = Bestanden naar { $name } sturen
send-why = U schrijft aan mensen bij { $organisation }, met bestanden van elke grootte. Eerst wordt uw adres gecontroleerd: er gaat een mail met een code naartoe.
send-address = Uw mailadres
send-name = Uw naam (mag leeg blijven)
send-address-wrong = Vul uw volledige mailadres in, zoals naam@example.com.
send-subject = Onderwerp
send-code-heading = Code invullen
send-code-hint = Als { $address } ons mag schrijven, is er een mail met een code van acht cijfers naar onderweg. Vul die vóór { $time } uur hier in deze browser in.
send-code-wrong = Die code klopt niet. Resterende pogingen: { $tries }.
send-code-missing = Het kan enkele minuten duren voordat hij aankomt; kijk ook bij de ongewenste mail. Naar één adres gaan maar enkele codes per uur.
send-other-address = Een ander adres gebruiken of opnieuw aanvragen
send-continue = Verder
send-you = U schrijft als { $address }.
send-not-me = Dat ben ik niet: deze browser vergeten
send-to-hint = Adressen bij { $organisation }, meerdere met komma’s ertussen.
send-book = Aan wie u hebt geschreven
send-book-text = Deze adressen worden u voorgesteld in elke browser waarin u uw adres hebt bevestigd. De lijst wordt verwijderd als u haar 30 dagen niet hebt gebruikt.
send-book-empty = Deze lijst leegmaken
send-nobody = Vul in naar wie het gaat.
send-too-many = Hoogstens { $most } adressen tegelijk.
send-not-ours = Van hieruit kunt u niet aan { $address } schrijven, alleen aan adressen bij { $organisation }.
send-unknown = Mail aan { $address } kan niet worden bezorgd. Controleer de schrijfwijze.
send-limit = Dat is genoeg voor vandaag. Probeer het morgen opnieuw.
send-too-many-files = Dit zijn te veel bestanden. Zet ze in een ZIP-bestand of stuur twee keer.
send-gone = Dit is verzonden of beëindigd. Begin opnieuw.
send-more = Nog iets sturen
guest-mail-text = Uw code om bestanden naar { $organisation } te sturen:
guest-mail-asked = Hij is aangevraagd op { $time }, vanaf het netwerkadres { $address }.
guest-mail-genuine = Was u dat niet? Doe dan niets: zonder de code kan niemand in uw naam schrijven. Geef hem aan niemand; { $organisation } vraagt er nooit per telefoon of mail om.

### The mail that brings an answer in

written-from = { $name } via { $organisation }
written-by-reply = Geschreven op { $host }, { $date }, door iemand die de bestanden aan { $address } heeft geopend.
written-by-address = Geschreven op { $host }, { $date }, door iemand die de mailbox { $address } leest: een daarheen gestuurde code is ingevuld op { $proven }.
written-reference = Kenmerk { $id }
written-unwanted = Ongewenst? Uw ICT-afdeling kan dit adres uitsluiten: geef de referentie door.
written-report = Klopt er iets niet? Meld het: { $link }
written-no-subject = Bestanden van { $name }
written-copy-subject = Uw bericht aan { $organisation }
written-copy-text = Uw bericht aan { $organisation } is verstuurd.
written-unscanned = Niet op malware gecontroleerd, want te groot: { $name }

checked-heading = Wordt gecontroleerd
checked-text = Uw bericht wordt op malware gecontroleerd. Daarna wordt het bezorgd; u hoeft hier niet te wachten. Als het niet bezorgd kan worden, krijgt u een mail.
checked-again = Opnieuw kijken
denied-heading = Niet bezorgd
denied-infected = ‘{ $file }’ is niet bezorgd: de controle van { $organisation } ziet het bestand aan voor malware. Ook de rest van uw bericht is niet bezorgd.
denied-infected-text = Uw bericht is niet bezorgd: de controle van { $organisation } ziet de tekst aan voor malware.
denied-too-large = ‘{ $file }’ is niet bezorgd: het bestand is groter dan { $organisation } op malware kan controleren. Ook de rest van uw bericht is niet bezorgd.
denied-unchecked = Uw bericht is niet bezorgd: het kon niet op tijd op malware worden gecontroleerd.
denied-do = Als u denkt dat dit een vergissing is, neem dan op een andere manier contact op met { $organisation }.
denied-subject = Uw bericht aan { $organisation } is niet bezorgd
denied-admin-subject = Malware is geweigerd
denied-admin-text = { $address } heeft op onze pagina’s geschreven, en de controle ziet het aan voor malware. Er is niets van bezorgd, en de mensen voor wie het bestemd was hebben er niets van gehoord.
denied-admin-found = De controle noemt het { $found }.

### A new link and password

asked-renew = Als u het niet meer hebt, kunt u een nieuwe link en een nieuw wachtwoord laten maken.
asked-renew-locked = U kunt ook een nieuwe link en een nieuw wachtwoord laten maken: de oude openen dan niets meer.
locked-renew = Daar kunt u voor deze ontvanger ook een nieuwe link en een nieuw wachtwoord laten maken.
receipt-recovery-all = Raakt een link of een wachtwoord kwijt, dan kunt u op die pagina nieuwe laten maken.
receipt-recovery-some = Raakt een link of een wachtwoord kwijt: voor sommige ontvangers kunt u op die pagina nieuwe laten maken, stuur het bericht voor de anderen opnieuw.
receipt-recovery-none = Raakt een link of een wachtwoord kwijt, dan kan niemand die vervangen: stuur het bericht dan opnieuw.
sender-lost = Bij verlies
sender-recovery-gateway = Er kunnen een nieuwe link en een nieuw wachtwoord worden gemaakt.
sender-recovery-none = Link en wachtwoord kunnen niet worden vervangen: stuur het bericht opnieuw.
sender-renew = Nieuwe link en nieuw wachtwoord
sender-renew-link = Nieuwe link
sender-done-renewed = Een nieuwe link is per mail onderweg. De vorige opent niets meer.
sender-done-often = Er is niets gewijzigd: nieuwe links kunnen 5 keer per dag en in totaal 20 keer worden gemaakt.
sender-done-before = Dit is zojuist al gedaan. In de geschiedenis hieronder staat wanneer.
sender-done-shown = Het nieuwe wachtwoord is zojuist gemaakt en getoond, en niemand kan het nog eens tonen. Hebt u het niet gezien, maak dan opnieuw een nieuwe link en een nieuw wachtwoord.
sender-done-held = Er is niets gewijzigd: het bericht is nog niet verzonden, of niemand weet of dat zo is.
sender-done-no-way = Er is niets gewijzigd: voor het nieuwe wachtwoord is er geen weg naar de ontvanger.
sender-done-lost = Er is niets gewijzigd: link en wachtwoord kunnen niet worden vervangen.
renew-heading = Een nieuwe link en een nieuw wachtwoord maken?
renew-heading-link = Een nieuwe link maken?
renew-for = Dit geldt voor:
renew-text = De nieuwe link gaat meteen per mail weg. De link die eerder is verzonden, opent vanaf dit moment niets meer, en browsers die hem kenden worden vergeten. Een link kan niet ongewijzigd opnieuw worden verzonden: alleen de ontvanger heeft hem.
renew-password = Ook het vorige wachtwoord geldt dan niet meer.
renew-chosen = Het zelf gekozen wachtwoord wordt vervangen door een dat hier wordt gemaakt.
renew-how = Het nieuwe wachtwoord
renew-same = gaat langs dezelfde weg als het eerste
renew-show = wordt aan mij getoond
renew-show-hint = Eén keer, en u geeft het telefonisch of persoonlijk door.
renew-yes = Maken
shown-heading = Het nieuwe wachtwoord
shown-link = Een nieuwe link is per mail onderweg. De vorige opent niets meer.
shown-for = Het wachtwoord dat erbij hoort, voor:
shown-once = Het wordt alleen deze keer getoond en nergens bewaard. Raakt het kwijt, laat dan een ander maken.
shown-by-phone = Geef het telefonisch of persoonlijk door, niet per mail.
shown-back = Terug naar uw transfer
renewed-subject = Nieuwe link naar de bestanden van { $sender }
renewed-subject-message = Nieuwe link naar het bericht van { $sender }
renewed-text = Hier is een nieuwe link. De link die u eerder had en het wachtwoord ervan openen niets meer.
renewed-text-link = Hier is een nieuwe link. De link die u eerder had, opent niets meer.
renewed-failed-subject = Nieuwe link niet bezorgd
renewed-failed-text = De mail met de nieuwe link kon niet worden bezorgd en er is geen wachtwoord verzonden:
command-resend = opnieuw sturen, nieuwe link, nieuw wachtwoord
told-renewed = Een nieuwe link van transfer { $id } is per mail onderweg. De vorige opent niets meer.
told-lost = Er is niets gewijzigd: link en wachtwoord kunnen niet worden vervangen. Stuur het bericht opnieuw.
told-too-often = Er is niets gewijzigd: nieuwe links kunnen 5 keer per dag en in totaal 20 keer worden gemaakt.
told-which-one = Er is niets gewijzigd: er zijn meerdere ontvangers. Schrijf voor wie: opnieuw sturen bo@partner.example
told-not-left = Er is niets gewijzigd: het bericht is nog niet verzonden, of niemand weet of dat zo is.
told-no-way = Er is niets gewijzigd: voor het nieuwe wachtwoord is er geen weg naar de ontvanger.
told-how-resend = opnieuw sturen bo@partner.example: nieuwe link en nieuw wachtwoord, als ze vervangen kunnen worden

### Apparaten zonder wachtwoord

unlock-device-here = Dit apparaat is ingesteld. U hebt hier geen wachtwoord nodig.
unlock-device = Zonder wachtwoord opent het op een apparaat dat u hebt ingesteld voor mails van { $sender }. Deze browser hoort daar niet bij, of de cookies zijn verwijderd, of deze pagina’s hebben een ander adres gekregen.
unlock-device-hint = Een code maakt u op een apparaat dat is ingesteld: open daar een van deze links, kies „Apparaten zonder wachtwoord” en dan „Maak een code”.
unlock-device-none = Geen zulk apparaat meer?
unlock-device-none-text = { $sender } kan dit beëindigen en het opnieuw sturen met een wachtwoord. Ook de beheerders bij de afzender kunnen u een code geven.
files-quick = Volgende keer zonder wachtwoord?
files-quick-text = Stel deze browser in, en verdere mails van deze afzender openen erin zonder wachtwoord.
devices-heading = Apparaten zonder wachtwoord
devices-back = Terug
devices-offer = Als u deze browser instelt, openen mails van { $sender } erin zonder wachtwoord, ook eerdere die u zo zijn gestuurd.
devices-rules = Het eindigt als het apparaat { $time } niet wordt gebruikt, als cookies worden verwijderd, en in een privévenster als u dat sluit. Stel geen computer in die ook anderen gebruiken.
devices-idle = { $days ->
    [one] één dag
   *[other] { $days } dagen
}
devices-set-up = Stel deze browser in
devices-prove = Om zeker te weten wie hem instelt, wordt een code gestuurd naar { $recipient }.
devices-elsewhere = Deze browser kan hier niet worden ingesteld. Maak een code op een apparaat dat is ingesteld, en voer die in waar de volgende mail van { $sender } erom vraagt.
devices-here = Mails van { $sender } openen in deze browser zonder wachtwoord.
devices-done = Deze browser is ingesteld.
devices-too-many = Deze mailbox heeft zoveel apparaten als er kunnen zijn. Kies op een ervan “Apparaten zonder wachtwoord”, verwijder een apparaat dat niet nodig is en probeer het opnieuw. Hebt u er geen bij de hand, dan kan de helpdesk van de afzender ze allemaal beëindigen.
devices-no-cookie = Deze browser had de cookie niet die hiervoor nodig is. Voer de code nog een keer in. Leest u dit opnieuw, sta dan cookies toe voor deze pagina’s.
devices-over = Er is niets gewijzigd: dat kan hier niet, of niet meer.
devices-list = Uw apparaten
devices-name = Apparaat { $number }
devices-this = dit apparaat
devices-times = ingesteld op { $since }, laatst gebruikt op { $used }
devices-remove = Verwijderen
devices-remove-one = Apparaat { $number } verwijderen
devices-removed = Het apparaat is verwijderd. Het opent niets meer zonder wachtwoord.
devices-another = Nog een apparaat
devices-another-text = Met een code kan nog een apparaat van u, of van een collega die de mailbox deelt, dit alles openen zonder wachtwoord.
devices-another-button = Maak een code
devices-code = Code voor nog een apparaat
devices-code-how = Open op het andere apparaat een link in een mail van { $sender } en voer de code in. Die geldt tot { $time }, één keer, en wordt alleen hier getoond.
devices-end = Weer wachtwoorden
devices-end-text = Daarna stuurt { $sender } u weer een wachtwoord, en wat zonder is gestuurd, opent nergens meer.
devices-end-button = Vraag weer om wachtwoorden
devices-ended = Vanaf nu krijgt u weer wachtwoorden.
devices-ready-heading = Deze browser is ingesteld
devices-ready-text = De volgende mail van deze afzender opent erin zonder wachtwoord. Wat eerder is gestuurd, blijft hier gesloten; de afzender kan het opnieuw sturen.
passkey-set-up = In plaats daarvan een toegangssleutel (passkey) gebruiken
passkey-open = Met uw toegangssleutel (passkey) openen
passkey-failed = Dat is niet gelukt. Er is niets geopend en niets ingesteld. Probeer het nog eens, of ga verder zonder toegangssleutel: niet elke sleutel kan dit.
passkey-done = Uw toegangssleutel is ingesteld. Mails van deze afzender openen ermee in elke browser die hem heeft.
passkey-mark = toegangssleutel (passkey)
passkey-here = Mails van { $sender } openen met uw toegangssleutel, zonder wachtwoord.
sender-quick-end = Weer wachtwoorden
sender-quick-end-for = Weer wachtwoorden voor { $recipient }
sender-done-parted = Vanaf uw volgende mail krijgt deze ontvanger weer een wachtwoord. Wat alleen op een apparaat opende, opent daar niet meer.
quick-mail-added-subject = Een apparaat opent mails zonder wachtwoord
quick-mail-added-text = Apparaat { $number } is zojuist ingesteld. Het opent zonder wachtwoord wat { $sender } stuurt naar { $recipient }.
quick-mail-added-more = Was u dat niet? Open een link van deze afzender op een ander apparaat van u en verwijder het onder „Apparaten zonder wachtwoord”, of vraag de afzender om weer wachtwoorden te sturen.
quick-mail-code-subject = Er is een code voor een apparaat afgegeven
quick-mail-code-text = Een beheerder heeft een code gemaakt. Wie die binnen een dag invoert, opent zonder wachtwoord wat { $sender } stuurt naar { $recipient }.
quick-mail-code-more = Heeft niemand erom gevraagd? Zeg het dan meteen tegen de beheerders.
quick-mail-ended-subject = Weer wachtwoorden
quick-mail-ended-text = Wat { $sender } stuurt naar { $recipient }, heeft vanaf de volgende mail weer een wachtwoord nodig.
quick-mail-ended-more = Wat zonder wachtwoord is gestuurd, opent niet meer. De afzender kan het opnieuw sturen.
report-heading = Dit bericht melden
report-text = Wie deze dienst beheert, krijgt te horen wie het schreef, wanneer en aan wie, en het kenmerk; niet wat erin staat.
report-because = Wat er niet klopt (niet verplicht)
report-button = Melden
reported-heading = Dit bericht is gemeld
reported-text = Wie deze dienst beheert, weet ervan sinds { $date }.
reported-subject = Een bericht van buiten is gemeld
reported-mail-text = Iemand die een bericht kreeg dat op onze pagina's is geschreven, meldt het. Wat erin staat, staat niet in deze mail.
reported-because = Wat er niet klopt: { $text }
paused-subject = Sms-berichten zijn gestopt: wordt een account misbruikt?
paused-numbers = In één uur moesten er sms-berichten naar meer nummers die met { $prefix } beginnen dan uw limiet toestaat. Via “{ $channel }” gaan er geen meer uit.
paused-money = In één dag hebben de sms-berichten via “{ $channel }” zoveel gekost als mag. Er gaan er geen meer uit.
paused-until = Dit duurt ten minste tot { $date }. De wachtwoorden nemen de volgende weg, uiteindelijk naar de afzenders.
paused-first = Het eerste dat bleef liggen was voor een mail van { $sender }.
paused-look = Als niemand een reden weet, wordt misschien iemands account misbruikt om aan telefoonverkeer te verdienen. De regels “noticed” in het log noemen de mails.
