# Tilltal: du.
#
# Glossary, one word per thing:
# transfer: överföring; link: länk; password: lösenord; code: kod; file: fil; mail: mejl; message: meddelande; mailbox: brevlåda
# sender: avsändare; recipient: mottagare; operators: driftansvariga; receipt: kvitto
# take back, withdraw: återkalla; extend: förlänga; fetch: hämta; download: ladda ner; expire: gå ut; delete: radera
# locked after wrong tries: låst, låsa upp; approve, release: godkänna; protected: skyddad

### Blocket i mejlet

block-title = { $count ->
    [one] 1 fil från { $sender } ({ $size })
   *[other] { $count } filer från { $sender } ({ $size })
}
block-more = { $count ->
    [one] och 1 fil till
   *[other] och { $count } filer till
}
block-view = { $count ->
    [one] Visa den här:
   *[other] Visa dem här:
}
block-button = { $count ->
    [one] Visa filen
   *[other] Visa de { $count } filerna
}
block-button-leads = Knappen leder till
block-password-sms = Lösenord: skickat som sms till numret som slutar på { $digits }.
block-password-sender = Lösenord: { $sender } ger dig det personligen eller per telefon.
block-password-other = Lösenord: du får det { $way }.
way-separately = separat
block-password-code = Kod: du får den per mejl när du öppnar länken.
block-password-quick = Inget lösenord behövs på en enhet som du har lagt upp.
block-password-agreed = Lösenord: det som du har kommit överens om med { $organisation }.
block-until = Tillgängligt till { $date }.
block-genuine = { $organisation } skickar filer på det här sättet. Du behöver inget konto, och ingen kommer att fråga efter lösenordet till din e-post.
block-check = Så kontrollerar du att det här är äkta

### Ett mejl vars text också skickas skyddad

sealed-title = { $count ->
    [0] Ett meddelande från { $sender } ({ $address })
    [one] Ett meddelande från { $sender } ({ $address }) med 1 fil
   *[other] Ett meddelande från { $sender } ({ $address }) med { $count } filer
}
sealed-read = Läs det här:
sealed-button = Läs meddelandet
sealed-answer = Du kan svara på samma sida; även ditt svar skickas skyddat.
sealed-genuine = { $organisation } skickar förtroliga meddelanden på det här sättet. Du behöver inget konto, och ingen kommer att fråga efter lösenordet till din e-post.
sealed-subject = Meddelande från { $organisation }
sealed-line = skyddat härifrån

### Sidor: ram

page-title = { $title } - { $organisation }
page-title-error = Fel: { $title }
page-skip = Hoppa till innehållet
page-language = Språk
page-language-now = Språk: { $name }
page-this-language = Svenska
footer-genuine = Är det här äkta?
footer-accessibility = Tillgänglighet
footer-privacy = Personuppgifter
footer-transfer = Överföring { $id }

### Sidor: öppna

unlock-heading = Filer från { $sender }
unlock-heading-message = Meddelande från { $sender }
unlock-sent = { $address }, skickat { $date } till { $recipient }
unlock-password = Lösenord
unlock-hint-sms = Det skickades som sms till numret som slutar på { $digits }.
unlock-hint-sender = { $sender } ger dig det personligen eller per telefon.
unlock-hint-other = Du får det { $way }.
unlock-hint-agreed = Det är lösenordet som du har kommit överens om med { $organisation }.
unlock-no-password-needed = Inget lösenord behövs.
unlock-remember = Kom ihåg den här webbläsaren i 30 dagar (inte på en delad dator)
# Instead of the field for the password.
unlock-remembered = Den här webbläsaren är ihågkommen. Du behöver inget lösenord här.
forget-browser = Glöm den här webbläsaren
unlock-open = Öppna
unlock-missing = Inget lösenord?
unlock-missing-text = Det kan ta några minuter innan det kommer fram. Om inget kommer, svara på mejlet och fråga { $sender }.
unlock-until = Tillgängligt till { $date }
ask-password = Be { $sender } om lösenordet
ask-unlock = Be { $sender } att låsa upp
asked = { $sender } tillfrågades { $time }.
unlock-phone = Öppna i telefonen
unlock-phone-text = Rikta telefonens kamera mot koden. Den innehåller bara länken: även telefonen frågar efter lösenordet.
unlock-phone-code = QR-kod med sidans adress
terms-heading = Användarvillkor
terms-agree = Jag godkänner användarvillkoren
terms-read = läs dem
terms-missing = Godkänn användarvillkoren först.
unlock-empty = Skriv in lösenordet.
wrong-password = { $tries ->
    [0] Lösenordet stämmer inte.
    [one] Lösenordet stämmer inte. 1 försök kvar, sedan en timmes paus.
   *[other] Lösenordet stämmer inte. { $tries } försök kvar, sedan en timmes paus.
}
wrong-password-hint = Stora och små bokstäver, mellanslag och bindestreck spelar ingen roll.
paused = För många försök. Nästa försök är möjligt klockan { $time }.
locked = Låst efter för många felaktiga lösenord. Filerna är i säkerhet. Svara på mejlet och be { $sender } att låsa upp dem.

### Sidor: en kod per mejl i stället för ett lösenord

code-why = För att öppna sidan behöver du en kod. Den skickas till { $recipient }, brevlådan som fick länken.
code-send = Skicka en kod
code-label = Kod
code-hint = Ett mejl med sex siffror har skickats till { $recipient }. De gäller till klockan { $time }.
code-missing = Ingen kod?
code-missing-text = Det kan ta några minuter innan den kommer fram; titta också bland skräpposten. Om inget kommer, svara på mejlet med länken och fråga { $sender }.
code-again = Skicka en ny kod
code-empty = Skriv in koden.
code-over = Ingen kod gäller längre. Be om en ny.
wrong-code = { $tries ->
    [0] Koden stämmer inte.
    [one] Koden stämmer inte. 1 försök kvar, sedan en timmes paus.
   *[other] Koden stämmer inte. { $tries } försök kvar, sedan en timmes paus.
}
code-limit = Tillräckligt många koder har skickats för tillfället. Nästa kan skickas från { $time }.
code-not-sent = Koden kunde inte skickas just nu. Försök igen om några minuter.
code-refused = Ingen kod kan skickas till { $recipient }. Svara på mejlet med länken och fråga { $sender }.
locked-codes = Låst efter för många felaktiga koder. Filerna är i säkerhet. Svara på mejlet med länken och be { $sender } att låsa upp dem.

### Sidor: ett mejl som väntar

approve-heading = Ett mejl väntar på ditt godkännande
approve-hidden = Vad som står i det visas inte här, inte heller namn på filer.
approve-release = Släpp
approve-transfer = Släpp som länkar
approve-transfer-hint = Släpps det som länkar lämnar filerna oss åtminstone bakom en länk.
approve-because = Varför det kastas, till avsändaren (frivilligt)
approve-drop = Kasta
withdraw-heading = Ditt mejl väntar på godkännande
withdraw-text = Det har inte skickats. Så länge ingen har bestämt något kan du dra tillbaka det: då får ingen det.
withdraw-button = Dra tillbaka
decided-heading = Det är avgjort
# $who is an address, or the operators.
decided-released = Mejlet släpptes av { $who }: { $date }.
decided-dropped = Mejlet kastades av { $who }: { $date }. Det har inte skickats och kommer inte att skickas.
decided-withdrawn = Mejlet drogs tillbaka av { $who }: { $date }. Det har inte skickats och kommer inte att skickas.
decided-over = Ingen bestämde något om mejlet i tid. Det kastades: { $date }.
# $approvers are addresses.
decided-asked = Tillfrågade var: { $approvers }.

### Sidor: inget här, något är fel

gone-heading = De här filerna finns inte längre kvar
gone-text = Tiden kan ha gått ut, eller så har de tagits tillbaka. Om du har mejlet kan du svara på det för att nå avsändaren.
session-heading = Öppna länken igen
session-text = Sidan har varit öppen länge och har låsts. Öppna länken i mejlet igen.
busy-heading = Ett ögonblick
busy-text = Många öppnar filer just nu. Försök igen om en minut.
missed-text = Många länkar som inte leder någonstans har öppnats från ditt nätverk på kort tid. Försök igen om en minut.
too-often = För många försök på kort tid. Vänta en minut och försök sedan igen.
error-heading = Det gick inte
error-text = Något gick fel hos oss. Inget har gått förlorat; försök igen om några minuter.
error-reference = Referens vid frågor: { $id }
not-found-heading = Sidan finns inte
not-found-text = Kontrollera att du har fått med hela länken från mejlet.

### Sidor: filer

files-heading = Filer från { $sender }
files-summary = { $count ->
    [one] 1 fil, { $size }.
   *[other] { $count } filer, { $size }.
}
files-until = Tillgängligt till { $date } ({ $left }).
files-all = Ladda ner allt som ZIP, { $size }
files-download = Ladda ner
files-download-name = Ladda ner { $name }, { $size }
files-details = Detaljer
files-type = Typ
files-checksum = SHA-256
files-fetched = Nedladdad { $date }
files-fetched-times = { $count ->
    [one] Nedladdad en gång
   *[other] Nedladdad { $count } gånger
}
files-left = { $count ->
    [one] Kan laddas ner 1 gång till
   *[other] Kan laddas ner { $count } gånger till
}
files-used-up = Alla tillåtna nedladdningar är använda. Svara på mejlet om du behöver fler.
files-message = Meddelande
files-open-message = Öppna meddelandet
files-mail-only = Spara meddelandet och öppna det i ditt e-postprogram.
files-lock = Lås sidan
files-none = Det finns inga filer, bara ett meddelande.
files-delete = Jag har allt, ta bort det nu
delete-heading = Ta bort det nu?
delete-text = Sedan kan ingen öppna din länk längre, inte heller du. Andra mottagare av samma mejl behåller sin. Avsändaren kan se att du har tagit bort det.
delete-left = { $count ->
    [one] 1 fil har inte hämtats än.
   *[other] { $count } filer har inte hämtats än.
}
delete-now = Ta bort
delete-not = Tillbaka, ta inte bort något
days-left = { $days ->
    [0] sista dagen
    [one] 1 dag kvar
   *[other] { $days } dagar kvar
}

### Sidor: meddelande

message-heading = Meddelande från { $sender }
message-back = Filer
message-back-files = { $count ->
    [one] Filer (1)
   *[other] Filer ({ $count })
}
message-print = Skriv ut
message-save = Spara som .eml
message-from = Från
message-to = Till
message-date = Datum
message-subject = Ämne
message-no-subject = (inget ämne)
message-pictures = Bilder från internet laddas inte.
message-no-text = Meddelandet har ingen text som kan visas här. Spara det och öppna det i ditt e-postprogram.
message-too-large = Meddelandet är för stort för att visas här. Spara det och öppna det i ditt e-postprogram.
message-cut = Meddelandet är längre än vad sidan kan visa. Spara det för att läsa allt.
message-as-html = Visa med formatering
message-as-text = Visa som ren text

### Sidor: slag av filer, som man kallar dem

type-archive = Arkiv
type-document = Textdokument
type-file = Fil
type-film = Video
type-mail = Mejl
type-pdf = PDF-dokument
type-picture = Bild
type-slides = Presentation
type-sound = Ljud
type-table = Kalkylblad
type-text = Text

### Sidor: lika för alla

bad-request-text = Din webbläsare skickade något som inte gick att förstå. Öppna länken i mejlet igen.
closed-heading = Sidan är låst
closed-text = Öppna länken i mejlet för att se filerna igen.
forgotten-heading = Webbläsaren är glömd
forgotten-text = Nästa gång frågas det efter lösenordet igen, för allt som har öppnats i den här webbläsaren.
home-heading = Filer och meddelanden från { $organisation }
home-text = Här listas inga filer. Öppna länken i mejlet som du har fått.
home-genuine = Du behöver inget konto, och ingen kommer att fråga efter lösenordet till din e-post.
home-send = Skicka filer till oss
deleted-heading = Det är borttaget
deleted-text = Din länk öppnar inget längre. Det du har hämtat har du kvar.
genuine-host = Adressen till de här sidorna börjar med { $host }. Titta i webbläsarens adressfält innan du skriver ett lösenord.
genuine-never = Du behöver inget konto. Ingen frågar efter lösenordet till din brevlåda, efter pengar eller om att installera ett program.
genuine-check = Om du tvivlar på ett mejl, svara inte på det. Ring avsändaren på ett nummer du redan kände till, eller gå själv till { $organisation }s sidor.
accessibility-aim = Sidorna är gjorda för att uppfylla riktlinjerna för tillgängligt webbinnehåll (WCAG) 2.2, nivå AA, och den europeiska standarden EN 301 549.
accessibility-how = De fungerar utan skript, med tangentbord, med skärmläsare och förstorade till 400 %, i ljusa och mörka färger. Lösenord kan klistras in.
accessibility-problem = Om något inte fungerar för dig, svara på mejlet som ledde dig hit: { $organisation } skickar filerna till dig på annat sätt.
privacy-files = Filerna lagras krypterade. De kan bara öppnas med länken i mejlet och, där det behövs, lösenordet. Efter datumet som visas raderas de.
privacy-cookie = En kaka håller sidan öppen när du har låst upp den. Den tas bort när du låser sidan eller stänger webbläsaren.
privacy-known = En andra kaka säger i 30 dagar att den här webbläsaren har öppnat en länk, så att andras felaktiga lösenord inte kan stänga dig ute. Bara om du ber om det öppnar den också länken utan lösenord. Den tas bort när du väljer ”Glöm den här webbläsaren”.
privacy-quick = Om du lägger upp en enhet utan lösenord bevarar en egen kaka dess nyckel. Vi sparar vad den känns igen på, när den lades upp och när den senast användes; allt det upphör när du tar bort enheten, eller när den inte har använts på länge och inget som skickades före finns kvar. En sida som bara öppnas på enheter lägger dit kakan för ett dygn, så att en kod kan skrivas in.
privacy-terms = En tredje kaka kommer i 30 dagar ihåg att du har godkänt användarvillkoren.
privacy-send = Om du skriver till { $organisation } härifrån väntar en kaka i tio minuter på koden, och en annan säger i 30 dagar att din adress har bekräftats i den här webbläsaren. Den sparas i ytterligare 30 dagar, så att andra som ber om koder till din adress inte kan stänga dig ute. Den tas bort när du väljer ”Det är inte jag”. Adresserna du har skrivit till kan sparas för att föreslås för dig; du kan tömma listan, och den tas bort när du inte har använt den på 30 dagar.
privacy-nothing = Det finns ingen annan kaka, och inget mäts.
privacy-log = { $organisation } antecknar när filer öppnas och laddas ner, och från vilken internetadress, för att skydda dig och avsändaren. Avsändaren kan få veta att filer har laddats ner.
privacy-others = Sidorna hämtar ingenting från någon annan, och ingen annan får veta att du har varit här.

### Aviseringar

sms = { $organisation }: lösenord till filerna från { $sender }: { $password }. Skriv in det på { $host }
password-mail-subject = { $count ->
    [one] Lämna ett lösenord vidare
   *[other] Lämna { $count } lösenord vidare
}
password-mail-intro = { $count ->
    [one] Ditt meddelande har skickats skyddat. Ge mottagaren lösenordet personligen eller per telefon, inte per mejl:
   *[other] Ditt meddelande har skickats skyddat. Ge varje mottagare sitt lösenord personligen eller per telefon, inte per mejl:
}
password-mail-until = Filerna är tillgängliga till { $date }.
password-mail-genuine = Mottagarna har redan länken. Det här mejlet går bara till dig.
code-mail-subject = Din kod från { $organisation }
code-mail-text = Din kod för att öppna det som { $sender } har skickat till dig:
code-mail-until = Skriv in den på sidan som frågar efter den, före klockan { $time }. Den kan användas en gång.
code-mail-genuine = Har du inte bett om någon kod? Gör då ingenting: utan den förblir sidan stängd. Ge den inte till någon; { $organisation } frågar aldrig efter den per telefon eller mejl.
notice-failed-subject = Ett lösenord kunde inte levereras
notice-failed-text = Lösenordet till { $recipient } kunde inte levereras. Lämna det personligen eller per telefon, eller skicka meddelandet igen.

### Kvitto till avsändaren

receipt-subject = { $count ->
    [0] Skickat skyddat: { $subject }
    [one] Skickat med 1 fil som länk: { $subject }
   *[other] Skickat med { $count } filer som länkar: { $subject }
}
receipt-intro = { $count ->
    [0] Ditt meddelande ”{ $subject }” har skickats. Texten ersattes av en länk.
    [one] Ditt meddelande ”{ $subject }” har skickats. Filen ({ $size }) ersattes av en länk.
   *[other] Ditt meddelande ”{ $subject }” har skickats. De { $count } filerna ({ $size }) ersattes av en länk.
}
receipt-why = Varför
receipt-until = Till och med
receipt-to = Till
receipt-password = Lösenord
receipt-password-sms = sms till numret som slutar på { $digits }
number-from-directory = från katalogen
number-from-earlier = från ett tidigare mejl från dig
receipt-password-tell = berätta för { $recipient }: { $password }
receipt-password-none = behövs inte
receipt-password-other = { $way }
receipt-by-phone = Per telefon eller personligen, inte per mejl.
receipt-original = fick originalfilerna
receipt-shared = delar länk med andra
receipt-transfer = Överföring { $id }
receipt-password-code = en kod per mejl när sidan frågar efter den
receipt-password-quick = behövs inte: öppnas på en enhet som mottagaren har lagt upp
receipt-password-known = det du själv har valt
password-agreed-with-them = det som mottagaren har kommit överens om med oss
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Skickat skyddat
    [one] Skickat med 1 fil som länk
   *[other] Skickat med { $count } filer som länkar
}
receipt-left-intro = { $count ->
    [0] Ditt meddelande har skickats. Texten har ersatts av en länk.
    [one] Ditt meddelande har skickats. Filen ({ $size }) har ersatts av en länk.
   *[other] Ditt meddelande har skickats. De { $count } filerna ({ $size }) har ersatts av en länk.
}
receipt-waits = har inte fått meddelandet än: nya försök görs
receipt-unclear = har kanske inte fått meddelandet: nästa mejlserver har inte svarat
# $text is what a mail server said, with its code.
receipt-refused = fick inte meddelandet: { $text }
# A link follows on a line of its own.
receipt-page = Se vem som har hämtat vad, ändra datum, ta tillbaka:
# REVOKE stays as it is in every language.
receipt-revoke = Ta tillbaka det nu: svara på det här mejlet med ordet REVOKE.

### Senare aviseringar till avsändaren

downloaded-subject = Nedladdat: filer till { $recipient }
downloaded-text = { $count ->
    [one] { $name } laddades ner från sidan för { $recipient } ({ $date }).
   *[other] { $name } med flera, sammanlagt { $count } filer, laddades ner från sidan för { $recipient } ({ $date }).
}
unread-subject = Inte hämtat än: filer till { $recipient }
unread-text = Filerna till { $recipient } försvinner { $date }. Ingen har hämtat dem.
asked-subject = Lösenord saknas: filer till { $recipient }
asked-password = Någon med länken till { $recipient } ber dig om lösenordet.
asked-locked = Någon med länken till { $recipient } ber dig låsa upp sidan: den är låst efter för många felaktiga försök.
asked-when = { $count ->
    [one] Frågan kom { $time }.
   *[other] Frågan kom { $time }, { $count } gånger inom ett dygn.
}
asked-hand-on = Om du har lösenordet, lämna det personligen eller på telefon, inte via mejl.
asked-again = Om du inte har det längre, skicka meddelandet igen: det får ett nytt.
asked-lift = Filerna är säkra. Fråga på telefon om försöken var deras och lås sedan upp.
asked-page = Vad du kan göra står på din sida:
asked-genuine = Har ingen frågat? Gör då ingenting: inget har öppnats.
locked-subject = Låst: filer till { $recipient }
locked-text = { $tries } felaktiga lösenord: sidan för { $recipient } är låst. Filerna är i säkerhet; andra mottagare påverkas inte.
downloaded-day-subject = Nedladdat { $date }
downloaded-day-text = De här filerna har laddats ned från sidor för dina mottagare:
unread-do = Om de fortfarande behövs, påminn mottagaren eller ändra datumet på sidan nedan. Annars behöver du inte göra något.
locked-codes-text = { $tries } felaktiga koder: sidan för { $recipient } är låst. Filerna är i säkerhet; andra mottagare påverkas inte.
locked-do = På sidan nedan kan du låsa upp den eller ta tillbaka filerna. Fråga först mottagaren om försöken var deras egna.
locked-deleted-text = { $tries } felaktiga lösenord: enligt reglerna hos { $organisation } har sidan för { $recipient } raderats. Ingen har öppnat filerna med dessa försök; andra mottagare påverkas inte.
locked-deleted-do = Det går inte att ångra. Om filerna fortfarande behövs, skicka meddelandet igen.
# To an administrator.
locked-sender = Meddelandets avsändare: { $sender }
locked-from = Det sista försöket kom från { $address }
revoked-subject = Tillbakataget: ingen kan öppna det längre
revoked-text = Tillbakataget: ingen kan öppna filerna längre. Kopior som någon redan har laddat ned finns kvar där de är.
revoked-text-one = Tillbakataget för { $recipient }: sidan går inte att öppna längre. Kopior som någon redan har laddat ned finns kvar där de är.
revoked-never = Ingen hade laddat ned något innan.
revoked-before = { $count ->
    [one] Från sidan för { $recipient } hade 1 fil laddats ned innan, senast { $date }.
   *[other] Från sidan för { $recipient } hade { $count } filer laddats ned innan, senast { $date }.
}
extended-subject = Tillgängligt till { $date }
extended-text = Filerna är nu tillgängliga till { $date }.

### Avsändarens sida

sender-title = Din överföring { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Skickat { $date }.
    [one] 1 fil, { $size }. Skickat { $date }.
   *[other] { $count } filer, { $size }. Skickat { $date }.
}
sender-files = { $count ->
    [one] 1 fil
   *[other] { $count } filer
}
sender-people = Mottagare
sender-mail = Mejl
sender-mail-sent = skickat
sender-mail-held = på väg
sender-mail-lost = inte levererat
sender-mail-waits = inte levererat än
# Each is a time of day, or a day and a time.
sender-mail-tried = Försök sedan { $since }, igen { $next }, längst till { $until }.
# $text is a reply of a mail server.
sender-mail-answer = E-postservern säger: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = återkallat: { $time }
sender-mail-deleted = raderat av mottagaren: { $time }
sender-password-sms = sms till numret som slutar på { $digits }
sender-password-you = du lämnar det vidare
sender-password-code = kod per mejl när länken öppnas
sender-downloads = Hämtat
sender-fetched-never = inte än
sender-opened = öppnat, inget hämtat än: { $time }
# $count of $of files.
sender-fetched = { $count } av { $of }, senast: { $time }
sender-locked = Låst efter för många felaktiga lösenord: { $time }
sender-paused = Paus efter felaktiga lösenord till { $time }
sender-lift = Lås upp
sender-revoke-one = Återkalla
sender-revoke-for = Återkalla för { $recipient }
sender-until = Slut
sender-new-day = Tillgängligt till slutet av
sender-latest = Senast { $date }
sender-change = Ändra
sender-revoke-title = Återkalla
sender-revoke-text = Från denna stund kan ingen öppna något mer. Det går inte att ångra. Det som redan laddats ner finns kvar hos den som har det.
sender-revoke-all = Återkalla för alla
sender-history = Historik
sender-history-note = Nedladdat betyder: från sidan som gjordes för den mottagaren. Vem som har läst det kan ingen veta.
sender-is-revoked = Den har återkallats. Ingen kan öppna den längre.
sender-is-expired = Den har gått ut. Ingen kan öppna den längre.
sender-over-heading = Den här överföringen är avslutad
sender-over-text = Filerna är raderade, och historiken med dem.
sender-done-revoked = Återkallat. Ingen som hade den länken kan öppna något mer.
sender-done-extended = Slutet har ändrats.
sender-done-latest = Slutet har ändrats, till den senaste tid som är tillåten.
sender-done-lifted = Upplåst. Lösenordet kan provas igen.
sender-done-nothing = Det fanns inget att ändra.
sender-no-day = Ange en dag.
sender-past = Den dagen är förbi. Återkalla överföringen om den ska sluta nu.
prefs-heading = Vad du får veta
prefs-back = Din överföring
# $address is the sender's.
prefs-text = Gäller från och med nu all e-post som { $address } skickar.
prefs-receipts = Ett kvitto för varje mejl med skyddade filer
prefs-yes = ja
prefs-no = nej
prefs-downloads = När filer laddas ner
prefs-each = ett mejl varje gång, lite senare
prefs-daily = ett mejl om dagen
prefs-off = inget mejl
prefs-language = Språk i de här mejlen
prefs-language-own = samma som i respektive mejl
prefs-always = Du får alltid veta när en sida har låsts, när något som snart går ut inte har hämtats av någon och när något har återkallats.
prefs-save = Spara
prefs-saved = Sparat. Om något ändrades får du också ett mejl om det.
prefs-fewer = Välj vilka av de här mejlen du får:
chosen-subject = Vad du får veta har ändrats
chosen-text = På sidan för en av dina överföringar har det valts vilka mejl du får från och med nu:
chosen-other = Om det inte var du har någon annan en av dina länkar. Ändra tillbaka här och berätta det för dem som sköter e-posten i din organisation:
takeback-heading = Återkalla för alla?
takeback-heading-one = Återkalla?
takeback-text = Från denna stund kan ingen av dessa öppna något mer:
takeback-note = Det går inte att ångra. Det som redan laddats ner finns kvar hos den som har det.
takeback-yes = Återkalla
takeback-no = Låt vara
event-sent = Skickat
event-opened = Öppnat
event-fetched = { $count ->
    [one] 1 fil nedladdad
   *[other] { $count } filer nedladdade
}
event-fetched-names = Nedladdat: { $names }
event-locked = Låst efter för många felaktiga lösenord
event-lifted = { $by ->
    [sender] Upplåst av dig
   *[other] Upplåst av de driftansvariga
}
event-asked = Någon bad om lösenordet
event-answered = Ett svar skrevs
event-revoked = { $by ->
    [sender] Återkallat av dig
    [operator] Återkallat av de driftansvariga
   *[other] Raderat efter för många felaktiga lösenord
}
event-extended = { $by ->
    [sender] Du ändrade slutet till { $date }
   *[other] De driftansvariga ändrade slutet till { $date }
}
event-link-sent = { $by ->
    [sender] Ny länk skickad av dig
   *[other] Ny länk skickad av de driftansvariga
}
event-password-sent = { $by ->
    [sender] Nytt lösenord gjort av dig
   *[other] Nytt lösenord gjort av de driftansvariga
}
event-password-shown = { $by ->
    [sender] Nytt lösenord gjort av dig och visat för dig
   *[other] Nytt lösenord gjort av de driftansvariga och visat för dem
}
event-deleted = Raderat av mottagaren
event-text-arrived = Sms:et med lösenordet har kommit fram

### Avsändarens svar på ett kvitto

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = återkalla, ta tillbaka
command-extend = förläng, förlänga
command-who = vem
command-numbers = nummer
command-forget = glöm
command-unlock = lås upp
command-help = hjälp
command-days = d, dag, dagar
command-weeks = v, vecka, veckor
told-subject-done = Klart: överföring { $id }
told-subject-not = Inte gjort: överföring { $id }
told-subject-who = Vem har hämtat vad: överföring { $id }
told-subject-help = Vad du kan svara: överföring { $id }
told-revoked = Återkallat: ingen kan öppna överföring { $id } längre. Det som redan laddats ner finns kvar hos den som har det.
told-revoked-one = Återkallat: { $recipient } kan inte öppna överföring { $id } längre. Det som redan laddats ner finns kvar där.
told-extended = Överföring { $id } slutar: { $date }.
told-latest = Det är den senaste tid som är tillåten.
told-lifted = Upplåst: lösenordet kan provas igen.
told-no-recipient = Inget ändrades: överföring { $id } har ingen länk för { $recipient }.
told-past = Inget ändrades: den dagen är förbi. Svara med ordet återkalla om den ska sluta nu.
told-over = Inget ändrades: överföring { $id } är redan avslutad eller återkallad.
told-not-locked = Inget ändrades: inget är låst.
told-unread = Inget ändrades: ditt svar gick inte att förstå.
told-how = Skriv något av detta på första raden i ditt svar på ett kvitto:
# In front of the colon stands one of the words above.
told-how-revoke = återkalla: ingen kan öppna den längre
told-how-revoke-one = återkalla bo@partner.example: bara den mottagaren kan inte
told-how-extend = förläng 7 dagar: den slutar 7 dagar senare (även: förläng 2 veckor, förläng 2025-12-24)
told-how-who = vem: vem som har öppnat och hämtat vad
told-how-unlock = lås upp: lösenord kan provas igen
told-how-numbers = nummer: telefonnumren som du angav i tidigare mejl
told-how-forget = glöm bo@partner.example, eller glöm: ett sådant nummer, eller alla, används inte längre
told-subject-numbers = Telefonnummer för dina mejl
told-numbers-none = Inget telefonnummer från dig är sparat.
told-numbers = De här telefonnumren, som du angav i tidigare mejl, används när du inte anger något:
told-number = { $recipient }: slutar på { $digits }, användes senast { $date }
told-forgot = { $count ->
    [0] Inget sådant telefonnummer var sparat.
    [one] Ett telefonnummer glömdes.
   *[other] { $count } telefonnummer glömdes.
}
told-how-help = hjälp: den här listan
told-who-revoked = återkallat
told-who-locked = låst efter för många felaktiga lösenord
told-who-never = inte öppnat än
# $date is a day and a time.
told-who-opened = öppnat { $date }, hämtat { $count } av { $of }

### Mails that wait for approval

# To an approver. $sender is an address.
hold-ask-subject = Väntar på ditt godkännande: ett mejl från { $sender }
hold-ask-text = Ett mejl från { $sender } väntar tills någon släpper det. Du får göra det. Innehållet visas inte här.
hold-ask-until = Om ingen bestämmer sig före { $date } kastas det, och avsändaren får veta det.
hold-ask-how = På mejlportalen avgör ett av dessa kommandon:
# A link follows on a line of its own.
hold-ask-page = Bestäm på den här sidan:
hold-withdraw-page = Så länge ingen har bestämt något kan du dra tillbaka det här:
# One line per recipient.
hold-to = Till: { $recipient }
hold-sent = Skickat: { $date }
hold-size = { $count ->
    [0] Storlek: { $size }, inga filer
    [one] Storlek: { $size }, 1 fil
   *[other] Storlek: { $size }, { $count } filer
}
# $rule is the id of a rule, $text its reason.
hold-why = Varför: { $text } ({ $rule })
hold-mail = Mejl { $id }
hold-operator = mejlportalens driftansvariga
# To the sender.
hold-waits-subject = Ditt mejl väntar på godkännande
hold-waits-text = Ditt mejl har inte skickats än: det väntar på godkännande av { $approvers }. Du behöver inte göra något.
hold-waits-until = Om ingen bestämmer sig före { $date } kastas det, och du får veta det.
hold-released-subject = Ditt mejl har släppts
hold-released-text = Ditt mejl har släppts av { $who } och är på väg.
hold-dropped-subject = Ditt mejl släpptes inte
hold-dropped-text = Ditt mejl kastades av { $who }. Det har inte skickats och kommer inte att skickas.
hold-dropped-because = Motivering: { $text }
hold-over-subject = Ditt mejl släpptes inte i tid
hold-over-text = Ingen bestämde sig om ditt mejl i tid. Det kastades och har inte skickats. Be om godkännande och skicka det igen.
hold-missed-subject = Inte avgjort i tid: ett mejl från en kollega
hold-missed-text = Ingen bestämde sig om mejlet från { $sender } i tid. Det kastades, och avsändaren har fått veta det.
hold-failed-subject = Ditt mejl kunde inte levereras till alla
hold-failed-text = Ditt mejl släpptes, men nådde inte fram till:

# En avsändare säger hur de som ingen väg når får sitt lösenord.
unreached-subject = Ditt mejl väntar: hur ska de få lösenordet?
unreached-heading = Hur ska de få lösenordet?
unreached-text = Ditt mejl har inte gått iväg än: det finns ingen väg att ge de här mottagarna deras lösenord.
unreached-how-phone = Ange deras mobilnummer, eller välj ett annat sätt, på den här sidan:
unreached-how = Välj på den här sidan hur de får det:
unreached-until = Utan svar till { $date } kastas mejlet, och du får veta det.
unreached-way-number = Med sms
unreached-number = Mobilnummer, till exempel +46 70 123 45 67
unreached-way-sender = Jag får det med mejl och berättar det själv
unreached-way-link = Inget lösenord: den som läser mejlet kan öppna filerna
unreached-send = Skicka
unreached-keep = Spara
unreached-approval = Någon måste också godkänna mejlet. Det som saknas då kommer till dig.
unreached-withdraw = Eller så får ingen det:
unreached-mend = Något saknas. Inget skickades.
unreached-choose = Välj ett sätt.
unreached-no-country = Skriv numret med land, till exempel +46 70 123 45 67.
unreached-no-number = Det här är inget telefonnummer: kontrollera siffrorna.
unreached-wrong-kind = Det går inte att skicka sms till det här numret.
unreached-over-subject = Ditt mejl skickades inte
unreached-over-text = Ingen sa i tid hur mottagarna får sitt lösenord. Mejlet kastades och har inte skickats. Skicka det igen, med ett telefonnummer som { $tag } i ämnesraden.

### Leveransrapporter, till avsändaren

report-failed-subject = Ditt mejl nådde inte alla
report-failed-text = Ditt mejl nådde inte dessa mottagare, och inga fler försök görs:
report-failed-advice = I övrigt är allt som det ska med ditt mejl: det gäller bara mottagarna ovan. Kontrollera deras adresser och skicka det till dem igen. Om adresserna stämmer, visa detta mejl för din it-support.
report-unclear-subject = Ditt mejl nådde kanske inte alla
report-unclear-text = Det är inte känt om ditt mejl nådde dessa mottagare. Förbindelsen bröts varje gång innan nästa mejlserver hann bekräfta det:
report-unclear-advice = Fråga dem innan du skickar det igen.
report-delayed-subject = Ditt mejl är försenat
report-delayed-text = Ditt mejl har inte nått dessa mottagare än. Försöken fortsätter, du behöver inte göra något:
report-delayed-until = Om det inte har lyckats { $date } får du veta det.
report-relayed-subject = Ditt mejl har skickats vidare
report-relayed-text = Ditt mejl har skickats vidare till dessa mottagare. Nästa mejlserver rapporterar inte vad som händer med det:
# $text is what the next mail server said, with its code.
report-said = Nästa mejlserver svarade: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Vår mejlserver noterade: { $text }

### Pages: writing back

files-reply = Svara
write-heading = Svar till { $name }
write-back = Tillbaka till filerna
write-others = Skicka också till
write-text = Din text
write-files = Filer
write-files-hint = Högst { $size } tillsammans. På telefonen kan du också ta en bild.
write-here = Redan här
write-cut = De här filerna kom inte fram i sin helhet. Välj dem igen:
write-send = Skicka
write-wait = Text och filer skickas tillsammans. Med stora filer tar det en stund: låt sidan vara öppen tills nästa visas.
write-empty = Skriv en text eller välj en fil.
write-too-large = Det är för mycket. Filerna får vara { $size } tillsammans.
write-too-many-files = Det är för många filer. Packa dem i en ZIP-fil eller skicka dem i två svar.
write-too-many = Du har redan skickat flera svar i dag. Försök igen i morgon.
write-unfinished = En fil kom inte fram i sin helhet. Välj den igen.
write-no-room = Det finns ingen plats för filerna just nu. Försök igen senare.
write-nobody = Välj vem som ska få det.
write-gone = Svaret har skickats eller gått ut. Börja på ett nytt.
write-waiting = Filerna är på väg. Du kan skicka när alla har kommit fram.
write-done = Framme
write-lost = Avbrott, fortsätter av sig självt
write-failed = Togs inte emot
write-retry = Försök igen
write-remove = Ta bort
written-heading = Skickat till { $name }
written-to = Till
written-time = Tid
written-number = Referens
written-copy = Vill du få kvittot med e-post till { $address }?
written-copy-send = Skicka kvittot
written-copied = Kvittot går till { $address }.

### People who were sent nothing, and write to us

send-heading = Skicka filer till { $name }
send-why = Du skriver till personer hos { $organisation }, med filer av alla storlekar. Först kontrolleras din adress: ett mejl med en kod skickas dit.
send-address = Din e-postadress
send-name = Ditt namn (kan utelämnas)
send-address-wrong = Skriv hela din e-postadress, till exempel namn@example.com.
send-subject = Ämne
send-code-heading = Skriv in koden
send-code-hint = Om { $address } får skriva till oss är ett mejl med en åttasiffrig kod på väg dit. Skriv in den här, i den här webbläsaren, före klockan { $time }.
send-code-wrong = Koden stämmer inte. Försök kvar: { $tries }.
send-code-missing = Det kan ta några minuter innan den kommer fram; titta även bland skräpposten. Bara några få koder i timmen skickas till samma adress.
send-other-address = Använd en annan adress eller be om en ny kod
send-continue = Fortsätt
send-you = Du skriver som { $address }.
send-not-me = Det är inte jag: glöm den här webbläsaren
send-to-hint = Adresser hos { $organisation }, med kommatecken emellan om de är flera.
send-book = Personer du har skrivit till
send-book-text = De här adresserna föreslås i varje webbläsare där du har bekräftat din adress. Listan tas bort när du inte har använt den på 30 dagar.
send-book-empty = Töm listan
send-nobody = Skriv vem det ska till.
send-too-many = Högst { $most } adresser åt gången.
send-not-ours = Du kan inte skriva till { $address } härifrån, bara till adresser hos { $organisation }.
send-unknown = Mejl till { $address } kan inte levereras. Kontrollera stavningen.
send-limit = Det räcker för i dag. Försök igen i morgon.
send-too-many-files = Det är för många filer. Packa dem i en ZIP-fil eller skicka två gånger.
send-gone = Det här har skickats eller avslutats. Börja på nytt.
send-more = Skicka något mer
guest-mail-text = Din kod för att skicka filer till { $organisation }:
guest-mail-asked = Någon bad om den { $time }, från nätverksadressen { $address }.
guest-mail-genuine = Var det inte du? Gör då ingenting: utan koden kan ingen skriva i ditt namn. Ge den inte till någon; { $organisation } frågar aldrig efter den per telefon eller mejl.

### The mail that brings an answer in

written-from = { $name } via { $organisation }
written-by-reply = Skrivet på { $host }, { $date }, av någon som har öppnat filerna som skickades till { $address }.
written-by-address = Skrivet på { $host }, { $date }, av någon som läser brevlådan { $address }: en kod som skickades dit skrevs in { $proven }.
written-reference = Referens { $id }
written-unwanted = Oönskat? Er it-avdelning kan stänga ute adressen: ge dem referensen.
written-report = Är något fel med det? Anmäl det: { $link }
written-no-subject = Filer från { $name }
written-copy-subject = Ditt meddelande till { $organisation }
written-copy-text = Ditt meddelande till { $organisation } har skickats.
written-unscanned = Inte kontrollerad mot skadlig kod, eftersom den är för stor: { $name }

checked-heading = Kontrolleras
checked-text = Ditt meddelande kontrolleras mot skadlig kod. Sedan levereras det; du behöver inte vänta här. Om det inte kan levereras får du ett mejl.
checked-again = Titta igen
denied-heading = Inte levererat
denied-infected = ”{ $file }” levererades inte: kontrollen hos { $organisation } tar filen för skadlig kod. Resten av ditt meddelande levererades inte heller.
denied-infected-text = Ditt meddelande levererades inte: kontrollen hos { $organisation } tar dess text för skadlig kod.
denied-too-large = ”{ $file }” levererades inte: filen är större än vad { $organisation } kan kontrollera mot skadlig kod. Resten av ditt meddelande levererades inte heller.
denied-unchecked = Ditt meddelande levererades inte: det kunde inte kontrolleras mot skadlig kod i tid.
denied-do = Om du tror att detta är ett misstag, kontakta { $organisation } på något annat sätt.
denied-subject = Ditt meddelande till { $organisation } levererades inte
denied-admin-subject = Skadlig kod stoppades
denied-admin-text = { $address } skrev på våra sidor, och kontrollen tar det för skadlig kod. Inget av det levererades, och de som det var avsett för har inte fått veta något.
denied-admin-found = Kontrollen kallar det { $found }.

### A new link and password

asked-renew = Om du inte har det längre kan du låta skapa en ny länk och ett nytt lösenord.
asked-renew-locked = Du kan också låta skapa en ny länk och ett nytt lösenord: då öppnar de gamla inget mer.
locked-renew = Där kan du också låta skapa en ny länk och ett nytt lösenord för den här mottagaren.
receipt-recovery-all = Om en länk eller ett lösenord tappas bort kan du låta skapa nya på den sidan.
receipt-recovery-some = Om en länk eller ett lösenord tappas bort: för vissa mottagare kan du låta skapa nya på den sidan, till de andra skickar du meddelandet igen.
receipt-recovery-none = Om en länk eller ett lösenord tappas bort kan ingen ersätta det: skicka då meddelandet igen.
sender-lost = Om det tappas bort
sender-recovery-gateway = En ny länk och ett nytt lösenord kan skapas.
sender-recovery-none = Länk och lösenord kan inte ersättas: skicka meddelandet igen.
sender-renew = Ny länk och nytt lösenord
sender-renew-link = Ny länk
sender-done-renewed = En ny länk är på väg via mejl. Den förra öppnar inget mer.
sender-done-often = Inget ändrades: nya länkar kan skapas 5 gånger om dagen och sammanlagt 20 gånger.
sender-done-before = Det gjordes redan, för en stund sedan. Historiken nedan säger när.
sender-done-shown = Det nya lösenordet skapades och visades för en stund sedan, och ingen kan visa det igen. Om du inte såg det, skapa en ny länk och ett nytt lösenord en gång till.
sender-done-held = Inget ändrades: meddelandet har inte gått iväg än, eller så vet ingen om det har det.
sender-done-no-way = Inget ändrades: det nya lösenordet har ingen väg till mottagaren.
sender-done-lost = Inget ändrades: länk och lösenord kan inte ersättas.
renew-heading = Skapa en ny länk och ett nytt lösenord?
renew-heading-link = Skapa en ny länk?
renew-for = Det gäller:
renew-text = Den nya länken går ut via mejl genast. Länken som skickades förut öppnar inget mer från denna stund, och webbläsare som kände den glöms. En länk kan inte skickas igen som den var: bara mottagaren har den.
renew-password = Även det förra lösenordet slutar gälla.
renew-chosen = Det som valdes för hand ersätts av ett som skapas här.
renew-how = Det nya lösenordet
renew-same = går samma väg som det första
renew-show = visas för mig
renew-show-hint = En enda gång, och du lämnar det vidare på telefon eller personligen.
renew-yes = Skapa
shown-heading = Det nya lösenordet
shown-link = En ny länk är på väg via mejl. Den förra öppnar inget mer.
shown-for = Lösenordet som hör till, för:
shown-once = Det visas bara den här gången och sparas ingenstans. Låt skapa ett nytt om det tappas bort.
shown-by-phone = Lämna det på telefon eller personligen, inte via mejl.
shown-back = Tillbaka till din överföring
renewed-subject = Ny länk till filerna från { $sender }
renewed-subject-message = Ny länk till meddelandet från { $sender }
renewed-text = Här är en ny länk. Länken som du hade förut, och dess lösenord, öppnar inget mer.
renewed-text-link = Här är en ny länk. Länken som du hade förut öppnar inget mer.
renewed-failed-subject = Ny länk inte levererad
renewed-failed-text = Mejlet med den nya länken kunde inte levereras, och inget lösenord skickades:
command-resend = skicka igen, ny länk, nytt lösenord
told-renewed = En ny länk till överföring { $id } är på väg via mejl. Den förra öppnar inget mer.
told-lost = Inget ändrades: länk och lösenord kan inte ersättas. Skicka meddelandet igen.
told-too-often = Inget ändrades: nya länkar kan skapas 5 gånger om dagen och sammanlagt 20 gånger.
told-which-one = Inget ändrades: det finns flera mottagare. Skriv för vem: skicka igen bo@partner.example
told-not-left = Inget ändrades: meddelandet har inte gått iväg än, eller så vet ingen om det har det.
told-no-way = Inget ändrades: det nya lösenordet har ingen väg till mottagaren.
told-how-resend = skicka igen bo@partner.example: ny länk och nytt lösenord, om de kan ersättas

### Enheter utan lösenord

unlock-device-here = Den här enheten är upplagd. Du behöver inget lösenord här.
unlock-device = Utan lösenord öppnas det på en enhet som du har lagt upp för mejl från { $sender }. Den här webbläsaren är inte en av dem, eller så har dess kakor raderats, eller så har de här sidorna fått en ny adress.
unlock-device-hint = En kod kan du skapa på en enhet som är upplagd: öppna en av de här länkarna där, välj ”Enheter utan lösenord” och sedan ”Skapa en kod”.
unlock-device-none = Ingen sådan enhet längre?
unlock-device-none-text = { $sender } kan avsluta det här och skicka det igen med ett lösenord. Även de driftansvariga hos avsändaren kan ge dig en kod.
files-quick = Utan lösenord nästa gång?
files-quick-text = Lägg upp den här webbläsaren, så öppnas fler mejl från avsändaren i den utan lösenord.
devices-heading = Enheter utan lösenord
devices-back = Tillbaka
devices-offer = Om du lägger upp den här webbläsaren öppnas mejl från { $sender } i den utan lösenord, även tidigare som har skickats till dig så.
devices-rules = Det upphör när enheten inte har använts på { $time }, när kakor raderas, och i ett privat fönster när det stängs. Lägg inte upp en dator som även andra använder.
devices-idle = { $days ->
    [one] en dag
   *[other] { $days } dagar
}
devices-set-up = Lägg upp den här webbläsaren
devices-prove = För att det ska vara säkert vem som lägger upp den skickas en kod till { $recipient }.
devices-elsewhere = Den här webbläsaren kan inte läggas upp härifrån. Skapa en kod på en enhet som är upplagd, och skriv in den där nästa mejl från { $sender } frågar efter den.
devices-here = Mejl från { $sender } öppnas i den här webbläsaren utan lösenord.
devices-done = Den här webbläsaren är upplagd.
devices-too-many = Den här brevlådan har så många enheter som det kan finnas. Välj ”Enheter utan lösenord” på en av dem, ta bort en som inte behövs och försök igen. Finns ingen till hands kan avsändarens support avsluta alla.
devices-no-cookie = Den här webbläsaren saknade den kaka som behövs för detta. Skriv in koden en gång till. Läser du det här igen: tillåt kakor för de här sidorna.
devices-over = Inget ändrades: det går inte här, eller inte längre.
devices-list = Dina enheter
devices-name = Enhet { $number }
devices-this = den här
devices-times = upplagd { $since }, senast använd { $used }
devices-remove = Ta bort
devices-remove-one = Ta bort enhet { $number }
devices-removed = Enheten togs bort. Den öppnar inget utan lösenord längre.
devices-another = En enhet till
devices-another-text = Med en kod kan en enhet till, din eller en kollegas som delar brevlådan, öppna allt det här utan lösenord.
devices-another-button = Skapa en kod
devices-code = Kod för en enhet till
devices-code-how = Öppna på den andra enheten en länk i ett mejl från { $sender } och skriv in koden. Den gäller till { $time }, en enda gång, och visas bara här.
devices-end = Lösenord igen
devices-end-text = Sedan skickar { $sender } ett lösenord till dig igen, och det som har skickats utan öppnas ingenstans längre.
devices-end-button = Be om lösenord igen
devices-ended = Från och med nu får du lösenord igen.
devices-ready-heading = Den här webbläsaren är upplagd
devices-ready-text = Nästa mejl från avsändaren öppnas i den utan lösenord. Det som skickades före förblir stängt här; avsändaren kan skicka det igen.
passkey-set-up = Använd en nyckel (passkey) i stället
passkey-open = Öppna med din nyckel (passkey)
passkey-failed = Det gick inte. Inget öppnades och inget lades upp. Försök igen eller fortsätt utan nyckel: alla nycklar klarar inte detta.
passkey-done = Din nyckel är upplagd. Mejl från den här avsändaren öppnas med den i alla webbläsare som har den.
passkey-mark = nyckel (passkey)
passkey-here = Mejl från { $sender } öppnas med din nyckel, utan lösenord.
sender-quick-end = Lösenord igen
sender-quick-end-for = Lösenord igen för { $recipient }
sender-done-parted = Från och med ditt nästa mejl får mottagaren ett lösenord igen. Det som bara öppnades på en enhet öppnas inte där längre.
quick-mail-added-subject = En enhet öppnar mejl utan lösenord
quick-mail-added-text = Enhet { $number } lades upp alldeles nyss. Den öppnar utan lösenord det som { $sender } skickar till { $recipient }.
quick-mail-added-more = Var det inte du? Öppna en länk från avsändaren på en annan av dina enheter och ta bort den under ”Enheter utan lösenord”, eller be avsändaren att skicka lösenord igen.
quick-mail-code-subject = En kod för en enhet har lämnats ut
quick-mail-code-text = En driftansvarig har skapat en kod. Den som skriver in den inom ett dygn öppnar utan lösenord det som { $sender } skickar till { $recipient }.
quick-mail-code-more = Har ingen bett om den? Säg det genast till de driftansvariga.
quick-mail-ended-subject = Lösenord igen
quick-mail-ended-text = Det som { $sender } skickar till { $recipient } behöver ett lösenord igen från och med nästa mejl.
quick-mail-ended-more = Det som skickades utan lösenord öppnas inte längre. Avsändaren kan skicka det igen.
report-heading = Anmäl det här meddelandet
report-text = De som driver tjänsten får veta vem som skrev det, när och till vem, och dess referens; inte vad som står i det.
report-because = Vad som är fel med det (frivilligt)
report-button = Anmäl
reported-heading = Det här meddelandet är anmält
reported-text = De som driver tjänsten känner till det sedan { $date }.
reported-subject = Ett meddelande utifrån har anmälts
reported-mail-text = Någon som fick ett meddelande som skrevs på våra sidor anmäler det. Vad som står i det finns inte i det här mejlet.
reported-because = Vad som är fel med det: { $text }
paused-subject = Sms har stoppats: missbrukas ett konto?
paused-numbers = På en timme skulle sms skickas till fler nummer som börjar med { $prefix } än vad din gräns tillåter. Inga fler av dem går ut via ”{ $channel }”.
paused-money = På ett dygn har sms via ”{ $channel }” kostat så mycket som de får. Inga fler går ut.
paused-until = Det gäller åtminstone till { $date }. Lösenorden tar nästa väg, till sist till avsändarna.
paused-first = Det första som blev kvar gällde ett mejl från { $sender }.
paused-look = Om ingen vet varför kan någons konto vara missbrukat för att tjäna pengar på samtal. Raderna ”noticed” i loggen anger vilka mejl det gäller.
