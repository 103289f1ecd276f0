# Forma di cortesia: Lei.
#
# Glossary, one word per thing:
# transfer: trasferimento; link: link; password: password; code: codice; file: file; mail: e-mail; message: messaggio
# mailbox: casella di posta; sender: mittente; recipient: destinatario; operators: chi gestisce il servizio; receipt: ricevuta
# take back: revocare; withdraw: ritirare; extend: prolungare; fetch, download: scaricare; expire: scadere; delete: eliminare
# locked after wrong tries: bloccato, sbloccare; lock a page: chiudere; approve, release: approvare; drop: scartare; protected: protetto
# Before a date without its weekday stands a colon or nothing: "il" and "al" would be "l'" and "all'" before 8 and 11.

### Il blocco nell'e-mail

# Here and in the next section with ' instead of ’, which ISO 8859 lacks: a mail in it keeps its charset.

block-title = { $count ->
    [one] { $count } file da { $sender } ({ $size })
   *[other] { $count } file da { $sender } ({ $size })
}
block-more = { $count ->
    [one] e { $count } altro file
   *[other] e altri { $count } file
}
block-view = { $count ->
    [one] Può vederlo qui:
   *[other] Può vederli qui:
}
block-button = { $count ->
    [one] Vedere il file
   *[other] Vedere i { $count } file
}
block-button-leads = Il pulsante porta a
block-password-sms = Password: inviata per SMS al numero che termina con { $digits }.
block-password-sender = Password: { $sender } gliela darà di persona o per telefono.
block-password-other = Password: la riceverà { $way }.
way-separately = separatamente
block-password-code = Codice: lo riceverà per e-mail quando aprirà il link.
block-password-quick = Su un dispositivo che ha configurato non serve alcuna password.
block-password-agreed = Password: quella concordata con { $organisation }.
block-until = Disponibile fino a { $date }.
block-genuine = { $organisation } invia i file in questo modo. Non serve alcun account e nessuno Le chiederà la password della Sua casella di posta.
block-check = Come verificare che questo messaggio è autentico

### Un'e-mail il cui testo viaggia protetto

sealed-title = { $count ->
    [0] Un messaggio da { $sender } ({ $address })
    [one] Un messaggio da { $sender } ({ $address }), con { $count } file
   *[other] Un messaggio da { $sender } ({ $address }), con { $count } file
}
sealed-read = Può leggerlo qui:
sealed-button = Leggere il messaggio
sealed-answer = Può rispondere nella stessa pagina; anche la Sua risposta viaggia protetta.
sealed-genuine = { $organisation } invia i messaggi riservati in questo modo. Non serve alcun account e nessuno Le chiederà la password della Sua casella di posta.
sealed-subject = Messaggio da { $organisation }
sealed-line = protetto da qui in poi

### Pagine: cornice

page-title = { $title } - { $organisation }
page-title-error = Errore: { $title }
page-skip = Vai al contenuto
page-language = Lingua
page-language-now = Lingua: { $name }
page-this-language = Italiano
footer-genuine = Questa pagina è autentica?
footer-accessibility = Accessibilità
footer-privacy = Dati personali
footer-transfer = Trasferimento { $id }

### Pagine: aprire

unlock-heading = File da { $sender }
unlock-heading-message = Messaggio da { $sender }
unlock-sent = { $address }, inviato a { $recipient } ({ $date })
unlock-password = Password
unlock-hint-sms = È stata inviata per SMS al numero che termina con { $digits }.
unlock-hint-sender = { $sender } gliela darà di persona o per telefono.
unlock-hint-other = La riceverà { $way }.
unlock-hint-agreed = È la password concordata con { $organisation }.
unlock-no-password-needed = Non serve alcuna password.
unlock-remember = Ricorda questo browser per 30 giorni (non su un computer condiviso)
# Instead of the field for the password.
unlock-remembered = Questo browser è ricordato. Qui non serve alcuna password.
forget-browser = Dimentica questo browser
unlock-open = Apri
unlock-missing = Non ha la password?
unlock-missing-text = Può impiegare qualche minuto ad arrivare. Se non arriva nulla, risponda all’e-mail e la chieda a { $sender }.
unlock-until = Disponibile fino a { $date }
ask-password = Chiedi la password a { $sender }
ask-unlock = Chiedi a { $sender } di sbloccare la pagina
asked = Richiesta inviata a { $sender }: { $time }.
unlock-phone = Apri sul telefono
unlock-phone-text = Inquadri questo codice con la fotocamera del telefono. Contiene solo il link: anche il telefono chiederà la password.
unlock-phone-code = Codice QR con l’indirizzo di questa pagina
terms-heading = Condizioni d’uso
terms-agree = Accetto le condizioni d’uso
terms-read = da leggere qui
terms-missing = Prima è necessario accettare le condizioni d’uso.
unlock-empty = Inserisca la password.
wrong-password = { $tries ->
    [0] Questa password non è corretta.
    [one] Questa password non è corretta. Resta { $tries } tentativo, poi una pausa di un’ora.
   *[other] Questa password non è corretta. Restano { $tries } tentativi, poi una pausa di un’ora.
}
wrong-password-hint = Maiuscole, spazi e trattini non fanno differenza.
paused = Troppi tentativi. Il prossimo sarà possibile alle ore { $time }.
locked = Bloccato dopo troppe password errate. I file sono al sicuro. Risponda all’e-mail e chieda a { $sender } di sbloccarli.

### Pagine: un codice per e-mail al posto di una password

code-why = Per aprire questa pagina serve un codice. Viene inviato a { $recipient }, la casella che ha ricevuto il link.
code-send = Inviami un codice
code-label = Codice
code-hint = Un’e-mail con un codice di sei cifre è stata inviata a { $recipient }. Il codice è valido fino alle ore { $time }.
code-missing = Non ha il codice?
code-missing-text = Può impiegare qualche minuto ad arrivare; guardi anche nella posta indesiderata. Se non arriva nulla, risponda all’e-mail con il link e chieda a { $sender }.
code-again = Invia un altro codice
code-empty = Inserisca il codice.
code-over = Nessun codice è più valido. Ne chieda uno nuovo.
wrong-code = { $tries ->
    [0] Questo codice non è corretto.
    [one] Questo codice non è corretto. Resta { $tries } tentativo, poi una pausa di un’ora.
   *[other] Questo codice non è corretto. Restano { $tries } tentativi, poi una pausa di un’ora.
}
code-limit = Per ora sono stati inviati abbastanza codici. Il prossimo potrà essere inviato da: { $time }.
code-not-sent = In questo momento non è stato possibile inviare il codice. Riprovi tra qualche minuto.
code-refused = Non è possibile inviare un codice a { $recipient }. Risponda all’e-mail con il link e chieda a { $sender }.
locked-codes = Bloccato dopo troppi codici errati. I file sono al sicuro. Risponda all’e-mail con il link e chieda a { $sender } di sbloccarli.

### Pagine: un'e-mail in attesa

approve-heading = Un’e-mail attende la Sua approvazione
approve-hidden = Qui non vengono mostrati il contenuto né i nomi dei file.
approve-release = Approva
approve-transfer = Approva con link
approve-transfer-hint = Se approvata con link, i suoi file partono almeno dietro un link.
approve-because = Perché viene scartata, per il mittente (facoltativo)
approve-drop = Scarta
withdraw-heading = La Sua e-mail attende l’approvazione
withdraw-text = Non è partita. Finché nessuno ha deciso, può ritirarla: così non la riceverà nessuno.
withdraw-button = Ritira
decided-heading = È stato deciso
# $who is an address, or the operators.
decided-released = L’e-mail è stata approvata da { $who }: { $date }.
decided-dropped = L’e-mail è stata scartata da { $who }: { $date }. Non è partita e non partirà.
decided-withdrawn = L’e-mail è stata ritirata da { $who }: { $date }. Non è partita e non partirà.
decided-over = Nessuno ha deciso in tempo. L’e-mail è stata scartata: { $date }.
# $approvers are addresses.
decided-asked = Sono stati interpellati: { $approvers }.

### Pagine: qui non c'è nulla, qualcosa non va

gone-heading = Questi file non sono più qui
gone-text = Potrebbero essere scaduti o essere stati revocati. Se ha l’e-mail, risponda per contattare il mittente.
session-heading = Apra di nuovo il link
session-text = Questa pagina è rimasta aperta a lungo ed è stata chiusa. Apra di nuovo il link nell’e-mail.
busy-heading = Un momento, per favore
busy-text = In questo momento molte persone stanno aprendo file. Riprovi tra un minuto.
missed-text = Dalla Sua rete sono stati aperti in poco tempo molti link che non portano da nessuna parte. Riprovi tra un minuto.
too-often = Troppi tentativi in poco tempo. Attenda un minuto e riprovi.
error-heading = Non ha funzionato
error-text = Qui qualcosa è andato storto. Nulla è andato perso; riprovi tra qualche minuto.
error-reference = Riferimento per domande: { $id }
not-found-heading = Questa pagina non esiste
not-found-text = Controlli di avere il link completo dell’e-mail.

### Pagine: file

files-heading = File da { $sender }
files-summary = { $count ->
    [one] { $count } file, { $size }.
   *[other] { $count } file, { $size }.
}
files-until = Scadenza: { $date } ({ $left }).
files-all = Scarica tutto in ZIP, { $size }
files-download = Scarica
files-download-name = Scarica { $name }, { $size }
files-details = Dettagli
files-type = Tipo
files-checksum = SHA-256
files-fetched = Scaricato: { $date }
files-fetched-times = { $count ->
    [one] Scaricato { $count } volta
   *[other] Scaricato { $count } volte
}
files-left = { $count ->
    [one] Si può scaricare ancora { $count } volta
   *[other] Si può scaricare ancora { $count } volte
}
files-used-up = Sono stati usati tutti i download consentiti. Risponda all’e-mail per chiederne altri.
files-message = Messaggio
files-open-message = Apri il messaggio
files-mail-only = Salvi il messaggio e lo apra nel Suo programma di posta.
files-lock = Chiudi questa pagina
files-none = Non ci sono file, solo un messaggio.
files-delete = Ho tutto, elimina ora
delete-heading = Eliminare ora?
delete-text = Dopo, nessuno potrà più aprire il Suo link, nemmeno Lei. Gli altri destinatari della stessa e-mail conservano il loro. Il mittente può vedere che è stato eliminato.
delete-left = { $count ->
    [one] { $count } file non è ancora stato scaricato.
   *[other] { $count } file non sono ancora stati scaricati.
}
delete-now = Elimina
delete-not = Indietro, non eliminare nulla
days-left = { $days ->
    [0] ultimo giorno
    [one] ancora { $days } giorno
   *[other] ancora { $days } giorni
}

### Pagine: messaggio

message-heading = Messaggio da { $sender }
message-back = File
message-back-files = { $count ->
    [one] File ({ $count })
   *[other] File ({ $count })
}
message-print = Stampa
message-save = Salva come .eml
message-from = Da
message-to = A
message-date = Data
message-subject = Oggetto
message-no-subject = (nessun oggetto)
message-pictures = Le immagini da internet non vengono caricate.
message-no-text = Questo messaggio non ha testo da mostrare. Lo salvi e lo apra nel Suo programma di posta.
message-too-large = Questo messaggio è troppo grande per essere mostrato qui. Lo salvi e lo apra nel Suo programma di posta.
message-cut = Il messaggio è più lungo di quanto questa pagina possa mostrare. Lo salvi per leggerlo tutto.
message-as-html = Mostra con formattazione
message-as-text = Mostra come testo semplice

### Pagine: tipi di file, come li si chiama

type-archive = Archivio
type-document = Documento di testo
type-file = File
type-film = Video
type-mail = E-mail
type-pdf = Documento PDF
type-picture = Immagine
type-slides = Presentazione
type-sound = Audio
type-table = Foglio di calcolo
type-text = Testo

### Pagine: uguali per tutti

bad-request-text = Il browser ha inviato qualcosa che non è stato possibile capire. Apra di nuovo il link nell’e-mail.
closed-heading = La pagina è chiusa
closed-text = Per rivedere i file, apra il link nell’e-mail.
forgotten-heading = Questo browser è stato dimenticato
forgotten-text = La prossima volta verrà chiesta di nuovo la password, per tutto ciò che è stato aperto in questo browser.
home-heading = File e messaggi da { $organisation }
home-text = Qui non c’è un elenco dei file. Apra il link nell’e-mail che ha ricevuto.
home-genuine = Non serve alcun account e nessuno Le chiederà la password della Sua casella di posta.
home-send = Inviarci file
deleted-heading = Eliminato
deleted-text = Il Suo link non apre più nulla. Ciò che ha scaricato resta a Lei.
genuine-host = L’indirizzo di queste pagine inizia con { $host }. Lo controlli nella barra degli indirizzi del browser prima di digitare una password.
genuine-never = Non serve alcun account. Nessuno Le chiederà la password della Sua casella di posta, denaro o di installare un programma.
genuine-check = Se un’e-mail Le sembra dubbia, non risponda. Chiami il mittente a un numero che già conosceva, oppure vada da sé sulle pagine di { $organisation }.
accessibility-aim = Queste pagine sono fatte per rispettare le linee guida per l’accessibilità dei contenuti web (WCAG) 2.2, livello AA, e la norma europea EN 301 549.
accessibility-how = Funzionano senza script, con la tastiera, con lettori di schermo e ingrandite al 400%, in colori chiari e scuri. Le password si possono incollare.
accessibility-problem = Se qualcosa non funziona per Lei, risponda all’e-mail con il link: { $organisation } Le invierà i file in un altro modo.
privacy-files = I file sono conservati cifrati. Si possono aprire solo con il link dell’e-mail e, se richiesta, con la password. Dopo la data indicata vengono eliminati.
privacy-cookie = Un cookie tiene aperta la pagina dopo che Lei l’ha aperta. Viene eliminato quando chiude la pagina o il browser.
privacy-known = Un secondo cookie indica per 30 giorni che questo browser ha aperto un link, in modo che le password errate di altri non possano tenerla fuori. Solo se Lei lo chiede, apre il link anche senza password. Viene eliminato quando sceglie «Dimentica questo browser».
privacy-quick = Se configura un dispositivo senza password, un cookie a parte ne conserva la chiave. Conserviamo ciò che lo fa riconoscere, quando è stato configurato e quando è stato usato l’ultima volta; tutto finisce quando elimina il dispositivo, o quando non è stato usato a lungo e non resta nulla di ciò che è stato inviato prima. Una pagina che si apre solo su dispositivi imposta quel cookie per un giorno, in modo che si possa inserire un codice.
privacy-terms = Un terzo cookie ricorda per 30 giorni che ha accettato le condizioni d’uso.
privacy-send = Se scrive a { $organisation } da qui, un cookie attende il codice per dieci minuti e un altro indica per 30 giorni che il Suo indirizzo è stato verificato in questo browser. Resta per altri 30 giorni, affinché chi chiede codici per il Suo indirizzo non possa escluderLa. Viene eliminato quando sceglie «Non sono io». Gli indirizzi a cui ha scritto possono essere conservati per proporglieli; può svuotare questo elenco, che viene eliminato se non lo usa per 30 giorni.
privacy-nothing = Non ci sono altri cookie e non si misura nulla.
privacy-log = { $organisation } registra quando i file vengono aperti e scaricati, e da quale indirizzo internet, per proteggere Lei e il mittente. Il mittente può sapere che i file sono stati scaricati.
privacy-others = Queste pagine non caricano nulla da altri e nessun altro viene a sapere della Sua visita.

### Avvisi

# At most 160 characters of GSM 03.38 with ordinary names: à, è, é, ì, ò and ù are in that alphabet; ’ is not.
sms = { $organisation }: password per i file da { $sender }: { $password }. Da inserire su { $host }
password-mail-subject = { $count ->
    [one] Comunichi una password, per favore
   *[other] Comunichi { $count } password, per favore
}
password-mail-intro = { $count ->
    [one] Il Suo messaggio è partito, protetto. Comunichi la password a questo destinatario, di persona o per telefono, non per e-mail:
   *[other] Il Suo messaggio è partito, protetto. Comunichi a ogni destinatario la sua password, di persona o per telefono, non per e-mail:
}
password-mail-until = I file sono disponibili fino a { $date }.
password-mail-genuine = I destinatari hanno già il link. Questa e-mail è solo per Lei.
code-mail-subject = Il Suo codice da { $organisation }
code-mail-text = Il Suo codice per aprire ciò che Le ha inviato { $sender }:
code-mail-until = Lo inserisca nella pagina che lo chiede, prima delle ore { $time }. Si può usare una sola volta.
code-mail-genuine = Non ha chiesto alcun codice? Allora non faccia nulla: senza codice la pagina resta chiusa. Non lo dia a nessuno; { $organisation } non lo chiede mai per telefono o per e-mail.
notice-failed-subject = Non è stato possibile consegnare una password
notice-failed-text = Non è stato possibile consegnare la password per { $recipient }. La comunichi di persona o per telefono, oppure invii di nuovo il messaggio.

### Ricevuta per il mittente

receipt-subject = { $count ->
    [0] Inviato protetto: { $subject }
    [one] Inviato con { $count } file come link: { $subject }
   *[other] Inviato con { $count } file come link: { $subject }
}
receipt-intro = { $count ->
    [0] Il Suo messaggio «{ $subject }» è partito. Il testo è stato sostituito da un link.
    [one] Il Suo messaggio «{ $subject }» è partito. Il file ({ $size }) è stato sostituito da un link.
   *[other] Il Suo messaggio «{ $subject }» è partito. I { $count } file ({ $size }) sono stati sostituiti da un link.
}
receipt-why = Motivo
receipt-until = Fino a
receipt-to = A
receipt-password = Password
receipt-password-sms = SMS al numero che termina con { $digits }
number-from-directory = dalla rubrica
number-from-earlier = da una Sua e-mail precedente
receipt-password-tell = da comunicare a { $recipient }: { $password }
receipt-password-none = non serve
receipt-password-other = { $way }
receipt-by-phone = Per telefono o di persona, non per e-mail.
receipt-original = ha ricevuto i file originali
receipt-shared = condivide un link con altri
receipt-transfer = Trasferimento { $id }
receipt-password-code = un codice per e-mail, quando la pagina lo chiede
receipt-password-quick = non serve: si apre su un dispositivo che il destinatario ha configurato
receipt-password-known = quella scelta da Lei
password-agreed-with-them = quella concordata con il destinatario
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Inviato protetto
    [one] Inviato con { $count } file come link
   *[other] Inviato con { $count } file come link
}
receipt-left-intro = { $count ->
    [0] Il Suo messaggio è partito. Il testo è stato sostituito da un link.
    [one] Il Suo messaggio è partito. Il file ({ $size }) è stato sostituito da un link.
   *[other] Il Suo messaggio è partito. I { $count } file ({ $size }) sono stati sostituiti da un link.
}
receipt-waits = non ha ancora il messaggio: i tentativi continuano
receipt-unclear = forse non ha il messaggio: il server successivo non l’ha confermato
# $text is what a mail server said, with its code.
receipt-refused = non ha ricevuto il messaggio: { $text }
# A link follows on a line of its own.
receipt-page = Vedere chi ha scaricato cosa, cambiare la data, revocare:
# REVOKE stays as it is in every language.
receipt-revoke = Per revocare subito: risponda a questa e-mail con la parola REVOKE.

### Avvisi successivi al mittente

downloaded-subject = Scaricato: file per { $recipient }
downloaded-text = { $count ->
    [one] { $name } è stato scaricato dalla pagina creata per { $recipient } ({ $date }).
   *[other] { $name } e altri, in tutto { $count } file, sono stati scaricati dalla pagina creata per { $recipient } ({ $date }).
}
unread-subject = Non ancora scaricati: file per { $recipient }
unread-text = I file per { $recipient } scadono { $date }. Nessuno li ha scaricati.
asked-subject = Password mancante: file per { $recipient }
asked-password = Una persona con il link creato per { $recipient } Le chiede la password.
asked-locked = Una persona con il link creato per { $recipient } Le chiede di sbloccare la pagina: è bloccata dopo troppi tentativi errati.
# $time is a day and a time.
asked-when = { $count ->
    [one] Richiesta: { $time }.
   *[other] Richiesta: { $time }, { $count } volte in un giorno.
}
asked-hand-on = Se ha la password, la comunichi di persona o per telefono, non per e-mail.
asked-again = Se non l’ha più, invii di nuovo il messaggio: ne riceverà una nuova.
asked-lift = I file sono al sicuro. Chieda per telefono se i tentativi venivano da lì, poi sblocchi la pagina.
# A link follows on a line of its own.
asked-page = Ciò che può fare è indicato nella Sua pagina:
asked-genuine = Nessuno ha chiesto nulla? Allora non faccia nulla: non è stato aperto nulla.
locked-subject = Bloccato: file per { $recipient }
locked-text = { $tries } password errate: la pagina per { $recipient } è bloccata. I file sono al sicuro; gli altri destinatari non sono interessati.
downloaded-day-subject = File scaricati: { $date }
downloaded-day-text = Questi file sono stati scaricati dalle pagine create per i Suoi destinatari:
unread-do = Se servono ancora, lo ricordi al destinatario o cambi la data nella pagina qui sotto. Altrimenti non deve fare nulla.
locked-codes-text = { $tries } codici errati: la pagina per { $recipient } è bloccata. I file sono al sicuro; gli altri destinatari non sono interessati.
locked-do = Nella pagina qui sotto può sbloccarla o revocare i file. Prima chieda al destinatario se i tentativi erano suoi.
locked-deleted-text = { $tries } password errate: secondo le regole di { $organisation }, la pagina per { $recipient } è stata eliminata. Con questi tentativi nessuno ha aperto i file; gli altri destinatari non sono interessati.
locked-deleted-do = Non si può annullare. Se i file servono ancora, invii di nuovo il messaggio.
# To an administrator.
locked-sender = Mittente del messaggio: { $sender }
locked-from = L’ultimo tentativo veniva da { $address }
revoked-subject = Revocato: nessuno può più aprirlo
revoked-text = Revocato: nessuno può più aprire i file. Le copie già scaricate restano dove sono.
revoked-text-one = Revocato per { $recipient }: questa pagina non si può più aprire. Le copie già scaricate restano dove sono.
revoked-never = Prima nessuno aveva scaricato nulla.
revoked-before = { $count ->
    [one] Dalla pagina creata per { $recipient } era già stato scaricato { $count } file, l’ultima volta: { $date }.
   *[other] Dalla pagina creata per { $recipient } erano già stati scaricati { $count } file, l’ultima volta: { $date }.
}
extended-subject = Disponibile fino a { $date }
extended-text = I file sono ora disponibili fino a { $date }.

### La pagina del mittente

sender-title = Il Suo trasferimento { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Inviato: { $date }.
    [one] { $count } file, { $size }. Inviato: { $date }.
   *[other] { $count } file, { $size }. Inviato: { $date }.
}
sender-files = { $count ->
    [one] { $count } file
   *[other] { $count } file
}
sender-people = Destinatari
sender-mail = E-mail
sender-mail-sent = inviata
sender-mail-held = in viaggio
sender-mail-lost = non consegnata
sender-mail-waits = non ancora consegnato
# Each is a time of day, or a day and a time.
sender-mail-tried = Tentativi da: { $since }; il prossimo: { $next }; l’ultimo al più tardi: { $until }.
# $text is a reply of a mail server.
sender-mail-answer = Il server di posta risponde: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = revocata: { $time }
sender-mail-deleted = eliminata dal destinatario: { $time }
sender-password-sms = SMS al numero che termina con { $digits }
sender-password-you = la comunica Lei
sender-password-code = codice per e-mail all’apertura del link
sender-downloads = Scaricati
sender-fetched-never = non ancora
sender-opened = aperto, ancora nulla di scaricato: { $time }
# $count of $of files.
sender-fetched = { $count } di { $of }, ultima volta: { $time }
sender-locked = Bloccato dopo troppe password errate: { $time }
sender-paused = Pausa dopo password errate, fino a: { $time }
sender-lift = Sblocca
sender-revoke-one = Revoca
sender-revoke-for = Revoca per { $recipient }
sender-until = Fine
sender-new-day = Disponibile fino alla fine del giorno
sender-latest = Al più tardi: { $date }
sender-change = Cambia
sender-revoke-title = Revoca
sender-revoke-text = Da questo momento nessuno può più aprire nulla. Non si può annullare. Ciò che è già stato scaricato resta a chi lo ha.
sender-revoke-all = Revoca per tutti
sender-history = Cronologia
sender-history-note = Scaricato significa: dalla pagina creata per quel destinatario. Nessuno può sapere chi l’ha letto.
sender-is-revoked = È stato revocato. Nessuno può più aprirlo.
sender-is-expired = È terminato. Nessuno può più aprirlo.
sender-over-heading = Questo trasferimento è terminato
sender-over-text = I suoi file sono stati eliminati, e con loro la sua cronologia.
sender-done-revoked = Revocato. Chi aveva quel link non può più aprire nulla.
sender-done-extended = La fine è stata cambiata.
sender-done-latest = La fine è stata cambiata, all’ultimo momento consentito.
sender-done-lifted = Sbloccato. La password si può provare di nuovo.
sender-done-nothing = Non c’era nulla da cambiare.
sender-no-day = Inserisca un giorno.
sender-past = Quel giorno è passato. Per terminare ora, revochi il trasferimento.
prefs-heading = Di che cosa viene informato
prefs-back = Il Suo trasferimento
# $address is the sender's.
prefs-text = Per tutte le e-mail inviate da { $address }, da ora in poi.
prefs-receipts = Una ricevuta per ogni e-mail con file protetti
prefs-yes = sì
prefs-no = no
prefs-downloads = Quando vengono scaricati dei file
prefs-each = un’e-mail ogni volta, poco dopo
prefs-daily = un’e-mail al giorno
prefs-off = nessuna e-mail
prefs-language = Lingua di queste e-mail
prefs-language-own = quella di ciascuna e-mail
prefs-always = Viene informato in ogni caso quando una pagina è stata bloccata, quando sta per scadere un trasferimento che nessuno ha scaricato e quando un trasferimento è stato revocato.
prefs-save = Salva
prefs-saved = Salvato. Se qualcosa è cambiato, lo conferma anche un’e-mail per Lei.
prefs-fewer = Scelga quali di queste e-mail ricevere:
chosen-subject = Sono cambiate le informazioni che riceve
chosen-text = Nella pagina di uno dei Suoi trasferimenti è stato scelto quali e-mail Lei riceve da ora in poi:
chosen-other = Se non è stato Lei, qualcun altro ha un Suo link. Lo modifichi di nuovo qui e avvisi chi gestisce il servizio:
takeback-heading = Revocare per tutti?
takeback-heading-one = Revocare?
takeback-text = Da questo momento nessuna di queste persone può più aprirlo:
takeback-note = Non si può annullare. Ciò che è già stato scaricato resta a chi lo ha.
takeback-yes = Revoca
takeback-no = Lascia così
event-sent = Inviato
event-opened = Aperto
event-fetched = { $count ->
    [one] { $count } file scaricato
   *[other] { $count } file scaricati
}
event-fetched-names = Scaricato: { $names }
event-locked = Bloccato dopo troppe password errate
event-lifted = { $by ->
    [sender] Sbloccato da Lei
   *[other] Sbloccato da chi gestisce il servizio
}
event-asked = È stata chiesta la password
event-answered = È stata scritta una risposta
event-revoked = { $by ->
    [sender] Revocato da Lei
    [operator] Revocato da chi gestisce il servizio
   *[other] Eliminato dopo troppe password errate
}
event-extended = { $by ->
    [sender] Fine cambiata da Lei: { $date }
   *[other] Fine cambiata da chi gestisce il servizio: { $date }
}
event-link-sent = { $by ->
    [sender] Nuovo link inviato da Lei
   *[other] Nuovo link inviato da chi gestisce il servizio
}
event-password-sent = { $by ->
    [sender] Nuova password creata da Lei
   *[other] Nuova password creata da chi gestisce il servizio
}
event-password-shown = { $by ->
    [sender] Nuova password creata da Lei e mostrata a Lei
   *[other] Nuova password creata da chi gestisce il servizio e mostrata a chi lo gestisce
}
event-deleted = Eliminato dal destinatario
event-text-arrived = L’SMS con la password è stato consegnato

### Risposte del mittente a una ricevuta

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = revocare, revoca, ritirare
command-extend = prolungare, prolunga
command-who = chi
command-numbers = numeri
command-forget = dimenticare, dimentica, dimentichi
command-unlock = sbloccare, sblocca
command-help = aiuto
command-days = g, gg, giorno, giorni
command-weeks = s, settimana, settimane
told-subject-done = Fatto: trasferimento { $id }
told-subject-not = Non fatto: trasferimento { $id }
told-subject-who = Chi ha scaricato cosa: trasferimento { $id }
told-subject-help = Che cosa può rispondere: trasferimento { $id }
told-revoked = Revocato: nessuno può più aprire il trasferimento { $id }. Ciò che è già stato scaricato resta a chi lo ha.
told-revoked-one = Revocato: { $recipient } non può più aprire il trasferimento { $id }. Ciò che è già stato scaricato resta lì.
told-extended = Fine del trasferimento { $id }: { $date }.
told-latest = È l’ultimo momento consentito.
told-lifted = Sbloccato: la password si può provare di nuovo.
told-no-recipient = Non è stato cambiato nulla: il trasferimento { $id } non ha un link per { $recipient }.
told-past = Non è stato cambiato nulla: quel giorno è passato. Per terminare ora, risponda con la parola revocare.
told-over = Non è stato cambiato nulla: il trasferimento { $id } era già terminato o revocato.
told-not-locked = Non è stato cambiato nulla: nulla è bloccato.
told-unread = Non è stato cambiato nulla: non è stato possibile capire la Sua risposta.
told-how = Scriva una di queste righe all’inizio della Sua risposta a una ricevuta:
# In front of the colon stands one of the words above.
told-how-revoke = revocare: nessuno può più aprirlo
told-how-revoke-one = revocare bo@partner.example: solo questo destinatario non può più
told-how-extend = prolungare 7 giorni: finisce 7 giorni più tardi (anche: prolungare 2 settimane, prolungare 2025-12-24)
told-how-who = chi: chi ha aperto e scaricato cosa
told-how-unlock = sbloccare: le password si possono provare di nuovo
told-how-numbers = numeri: i numeri di telefono che ha indicato in e-mail precedenti
told-how-forget = dimenticare bo@partner.example, o dimenticare: quel numero, o tutti, non si usano più
told-subject-numbers = Numeri di telefono delle Sue e-mail
told-numbers-none = Nessun Suo numero di telefono è conservato.
told-numbers = Questi numeri di telefono, che ha indicato in e-mail precedenti, valgono dove non ne indica:
told-number = { $recipient }: termina con { $digits }, usato l’ultima volta { $date }
told-forgot = { $count ->
    [0] Nessun numero del genere era conservato.
    [one] Un numero di telefono è stato dimenticato.
   *[other] { $count } numeri di telefono sono stati dimenticati.
}
told-how-help = aiuto: questo elenco
told-who-revoked = revocato
told-who-locked = bloccato dopo troppe password errate
told-who-never = non ancora aperto
# $date is a day and a time.
told-who-opened = aperto: { $date }, scaricati { $count } di { $of }

### E-mail in attesa di approvazione

# To an approver. $sender is an address.
hold-ask-subject = Attende la Sua approvazione: un’e-mail da { $sender }
hold-ask-text = Un’e-mail da { $sender } attende che qualcuno la approvi. Lei può farlo. Qui non ne viene mostrato il contenuto.
hold-ask-until = Se nessuno decide fino a { $date }, viene scartata e il mittente riceve un avviso.
hold-ask-how = Sul gateway di posta decide uno di questi comandi:
# A link follows on a line of its own.
hold-ask-page = Decida in questa pagina:
hold-withdraw-page = Finché nessuno ha deciso, può ritirarla qui:
# One line per recipient.
hold-to = A: { $recipient }
hold-sent = Inviata: { $date }
hold-size = { $count ->
    [0] Dimensione: { $size }, senza file
    [one] Dimensione: { $size }, { $count } file
   *[other] Dimensione: { $size }, { $count } file
}
# $rule is the id of a rule, $text its reason.
hold-why = Motivo: { $text } ({ $rule })
hold-mail = E-mail { $id }
# Stands behind "da".
hold-operator = chi gestisce il servizio
# To the sender.
hold-waits-subject = La Sua e-mail attende l’approvazione
hold-waits-text = La Sua e-mail non è ancora partita: deve essere approvata da { $approvers }. Non deve fare nulla.
hold-waits-until = Se nessuno decide fino a { $date }, viene scartata e Lei riceve un avviso.
hold-released-subject = La Sua e-mail è stata approvata
hold-released-text = La Sua e-mail è stata approvata da { $who } ed è in viaggio.
hold-dropped-subject = La Sua e-mail non è stata approvata
hold-dropped-text = La Sua e-mail è stata scartata da { $who }. Non è partita e non partirà.
hold-dropped-because = Il motivo indicato: { $text }
hold-over-subject = La Sua e-mail non è stata approvata in tempo
hold-over-text = Nessuno ha deciso in tempo sulla Sua e-mail. È stata scartata e non è partita. Chieda l’approvazione, poi la invii di nuovo.
hold-missed-subject = Nessuna decisione in tempo: un’e-mail della Sua organizzazione
hold-missed-text = Nessuno ha deciso in tempo sull’e-mail da { $sender }. È stata scartata e il mittente è stato avvisato.
hold-failed-subject = Non è stato possibile consegnare la Sua e-mail a tutti
hold-failed-text = La Sua e-mail è stata approvata, ma non ha raggiunto:

# Un mittente dice come ricevono la password coloro che nessuna via raggiunge.
unreached-subject = La Sua e-mail è in attesa: come riceveranno la password?
unreached-heading = Come riceveranno la password?
unreached-text = La Sua e-mail non è ancora partita: non c’è modo di far avere la password a questi destinatari.
unreached-how-phone = Indichi i loro numeri di cellulare, o scelga un’altra via, in questa pagina:
unreached-how = Scelga in questa pagina come la riceveranno:
unreached-until = Senza risposta entro il { $date } l’e-mail viene scartata e Lei ne è informato.
unreached-way-number = Con un SMS
unreached-number = Numero di cellulare, per esempio +46 70 123 45 67
unreached-way-sender = La ricevo per e-mail e la comunico io
unreached-way-link = Nessuna password: chi legge l’e-mail può aprire i file
unreached-send = Invia
unreached-keep = Salva
unreached-approval = Inoltre qualcuno deve approvare l’e-mail. Ciò che allora manca arriva a Lei.
unreached-withdraw = Oppure non la riceve nessuno:
unreached-mend = Manca qualcosa. Non è stato inviato nulla.
unreached-choose = Scelga una via.
unreached-no-country = Scriva il numero con il suo paese, per esempio +46 70 123 45 67.
unreached-no-number = Questo non è un numero di telefono: controlli le cifre.
unreached-wrong-kind = A questo numero non si possono inviare SMS.
unreached-over-subject = La Sua e-mail non è stata inviata
unreached-over-text = Nessuno ha detto in tempo come i destinatari ricevono la password. L’e-mail è stata scartata e non è partita. La invii di nuovo, con un numero di telefono come { $tag } nell’oggetto.

### Rapporti di consegna, al mittente

report-failed-subject = La Sua e-mail non ha raggiunto tutti
report-failed-text = La Sua e-mail non ha raggiunto questi destinatari, e non ci saranno altri tentativi:
report-failed-advice = Per il resto la Sua e-mail è a posto: si tratta solo dei destinatari qui sopra. Controlli i loro indirizzi e la invii loro di nuovo. Se gli indirizzi sono giusti, mostri questo messaggio alla Sua assistenza informatica.
report-unclear-subject = Forse la Sua e-mail non ha raggiunto tutti
report-unclear-text = Non si sa se la Sua e-mail ha raggiunto questi destinatari. La connessione si è interrotta ogni volta, prima che il server successivo lo confermasse:
report-unclear-advice = Chieda loro prima di inviarla di nuovo.
report-delayed-subject = La Sua e-mail è in ritardo
report-delayed-text = La Sua e-mail non ha ancora raggiunto questi destinatari. I tentativi continuano e non deve fare nulla:
report-delayed-until = Se non riesce fino a { $date }, riceverà un avviso.
report-relayed-subject = La Sua e-mail è stata inoltrata
report-relayed-text = La Sua e-mail è stata inoltrata per questi destinatari. Il server successivo non comunica che cosa ne sarà:
# $text is what the next mail server said, with its code.
report-said = Il server successivo ha risposto: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Il nostro server ha annotato: { $text }

### Pagine: rispondere

files-reply = Rispondi
write-heading = Risposta a { $name }
write-back = Torna ai file
write-others = Invia anche a
write-text = Il Suo testo
write-files = File
write-files-hint = Fino a { $size } in tutto. Sul telefono può anche scattare una foto.
write-here = Già qui
write-cut = Questi file non sono arrivati interi. Li scelga di nuovo:
write-send = Invia
write-wait = Testo e file vengono inviati insieme. Con file grandi ci vuole un po’: lasci aperta questa pagina finché non appare la successiva.
write-empty = Scriva un testo o scelga un file.
write-too-large = È troppo. I file possono occupare in tutto { $size }.
write-too-many-files = Sono troppi file. Li metta in un file ZIP o li invii in due risposte.
write-too-many = Oggi ha già inviato diverse risposte. Riprovi domani.
write-unfinished = Un file non è arrivato intero. Lo scelga di nuovo.
write-no-room = In questo momento non c’è spazio per questi file. Riprovi più tardi.
write-nobody = Scelga a chi inviarlo.
write-gone = Questa risposta è stata inviata o è scaduta. Ne cominci una nuova.
write-waiting = Questi file sono in viaggio. Potrà inviare quando saranno arrivati tutti.
write-done = Arrivato
write-lost = Connessione interrotta, riprende da sola
write-failed = Non accettato
write-retry = Riprova
write-remove = Rimuovi
written-heading = Inviato a { $name }
written-to = A
written-time = Ora
written-number = Riferimento
written-copy = Vuole ricevere questa ricevuta per e-mail a { $address }?
written-copy-send = Inviami la ricevuta
written-copied = La ricevuta viene inviata a { $address }.

### People who were sent nothing, and write to us

send-heading = Inviare file a { $name }
send-why = Lei scrive a persone di { $organisation }, con file di qualsiasi dimensione. Prima viene verificato il Suo indirizzo: vi viene inviato un messaggio con un codice.
send-address = Il Suo indirizzo e-mail
send-name = Il Suo nome (facoltativo)
send-address-wrong = Inserisca il Suo indirizzo e-mail completo, per esempio nome@example.com.
send-subject = Oggetto
send-code-heading = Inserire il codice
send-code-hint = Se { $address } può scriverci, un messaggio con un codice di otto cifre è in arrivo. Lo inserisca qui, in questo browser, prima delle { $time }.
send-code-wrong = Il codice non corrisponde. Tentativi rimasti: { $tries }.
send-code-missing = Può impiegare alcuni minuti ad arrivare; guardi anche nella posta indesiderata. A un indirizzo vengono inviati solo pochi codici all’ora.
send-other-address = Usare un altro indirizzo o chiederlo di nuovo
send-continue = Continua
send-you = Lei scrive come { $address }.
send-not-me = Non sono io: dimentica questo browser
send-to-hint = Indirizzi di { $organisation }, separati da virgole.
send-book = Persone a cui ha scritto
send-book-text = Questi indirizzi Le vengono proposti in ogni browser in cui il Suo indirizzo è stato verificato. L’elenco viene eliminato se non lo usa per 30 giorni.
send-book-empty = Svuota questo elenco
send-nobody = Indichi a chi è destinato.
send-too-many = Al massimo { $most } indirizzi alla volta.
send-not-ours = Da qui non può scrivere a { $address }, solo a indirizzi di { $organisation }.
send-unknown = La posta per { $address } non può essere consegnata. Controlli come è scritto.
send-limit = Per oggi è abbastanza. Riprovi domani.
send-too-many-files = Sono troppi file. Li metta in un file ZIP o li invii in due volte.
send-gone = Questo è stato inviato o è terminato. Ricominci.
send-more = Inviare altro
guest-mail-text = Il Suo codice per inviare file a { $organisation }:
guest-mail-asked = È stato richiesto: { $time }, dall’indirizzo di rete { $address }.
guest-mail-genuine = Non è stato Lei? Allora non faccia nulla: senza il codice nessuno può scrivere a Suo nome. Non lo dia a nessuno; { $organisation } non lo chiede mai per telefono o per e-mail.

### L'e-mail che porta una risposta

written-from = { $name } tramite { $organisation }
written-by-reply = Scritto su { $host }, { $date }, da chi ha aperto i file inviati a { $address }.
written-by-address = Scritto su { $host }, { $date }, da una persona che legge la casella { $address }: un codice inviato lì è stato inserito: { $proven }.
written-reference = Riferimento { $id }
written-unwanted = Indesiderato? Il Suo reparto IT può escludere questo indirizzo: comunichi il riferimento.
written-report = Qualcosa non va? Lo segnali: { $link }
written-no-subject = File da { $name }
written-copy-subject = Il Suo messaggio a { $organisation }
written-copy-text = Il Suo messaggio è stato inviato a { $organisation }.
written-unscanned = Non controllato per software dannoso, perché troppo grande: { $name }

checked-heading = Controllo in corso
checked-text = Il Suo messaggio viene controllato per escludere software dannoso. Dopo sarà consegnato; non occorre che Lei aspetti qui. Se non può essere consegnato, riceverà una mail.
checked-again = Guardi di nuovo
denied-heading = Non consegnato
denied-infected = «{ $file }» non è stato consegnato: il controllo di { $organisation } lo considera software dannoso. Nemmeno il resto del Suo messaggio è stato consegnato.
denied-infected-text = Il Suo messaggio non è stato consegnato: il controllo di { $organisation } ne considera il testo software dannoso.
denied-too-large = «{ $file }» non è stato consegnato: è più grande di quanto { $organisation } possa controllare per escludere software dannoso. Nemmeno il resto del Suo messaggio è stato consegnato.
denied-unchecked = Il Suo messaggio non è stato consegnato: non è stato possibile controllarlo in tempo per escludere software dannoso.
denied-do = Se pensa che si tratti di un errore, contatti { $organisation } in un altro modo.
denied-subject = Il Suo messaggio a { $organisation } non è stato consegnato
denied-admin-subject = Software dannoso rifiutato
denied-admin-text = { $address } ha scritto sulle nostre pagine, e il controllo lo considera software dannoso. Non ne è stato consegnato nulla, e i destinatari non sono stati avvisati.
denied-admin-found = Il controllo lo chiama { $found }.

### A new link and password

asked-renew = Se non l’ha più, può far creare un nuovo link e una nuova password.
asked-renew-locked = Può anche far creare un nuovo link e una nuova password: quelli precedenti non aprono allora più nulla.
locked-renew = Lì può anche far creare un nuovo link e una nuova password per questo destinatario.
receipt-recovery-all = Se un link o una password va perso, può farne creare di nuovi in quella pagina.
receipt-recovery-some = Se un link o una password va perso: per alcuni destinatari può farne creare di nuovi in quella pagina; per gli altri invii di nuovo il messaggio.
receipt-recovery-none = Se un link o una password va perso, nessuno può sostituirlo: invii di nuovo il messaggio.
sender-lost = In caso di smarrimento
sender-recovery-gateway = Si possono creare un nuovo link e una nuova password.
sender-recovery-none = Il link e la password non si possono sostituire: invii di nuovo il messaggio.
sender-renew = Nuovo link e nuova password
sender-renew-link = Nuovo link
sender-done-renewed = Un nuovo link è in arrivo per e-mail. Quello precedente non apre più nulla.
sender-done-often = Non è stato cambiato nulla: si possono creare nuovi link 5 volte al giorno e 20 volte in tutto.
sender-done-before = È già stato fatto un momento fa. La cronologia qui sotto indica quando.
sender-done-shown = La nuova password è stata creata e mostrata un momento fa, e nessuno può mostrarla di nuovo. Se non l’ha vista, crei ancora una volta un nuovo link e una nuova password.
sender-done-held = Non è stato cambiato nulla: il messaggio non è ancora partito, o nessuno sa se è partito.
sender-done-no-way = Non è stato cambiato nulla: la nuova password non ha modo di raggiungere il destinatario.
sender-done-lost = Non è stato cambiato nulla: il link e la password non si possono sostituire.
renew-heading = Creare un nuovo link e una nuova password?
renew-heading-link = Creare un nuovo link?
renew-for = Questo vale per:
renew-text = Il nuovo link parte subito per e-mail. Il link inviato prima non apre più nulla da questo momento, e i browser che lo conoscevano vengono dimenticati. Un link non può essere inviato di nuovo così com’era: lo ha solo il suo destinatario.
renew-password = Anche la password precedente non vale più.
renew-chosen = Quella scelta a mano viene sostituita da una creata qui.
renew-how = La nuova password
renew-same = segue la stessa via della prima
renew-show = viene mostrata a me
renew-show-hint = Una sola volta, e Lei la comunica per telefono o di persona.
renew-yes = Creare
shown-heading = La nuova password
shown-link = Un nuovo link è in arrivo per e-mail. Quello precedente non apre più nulla.
shown-for = La password corrispondente, per:
shown-once = Viene mostrata solo questa volta e non è conservata da nessuna parte. Se va persa, ne faccia creare un’altra.
shown-by-phone = La comunichi per telefono o di persona, non per e-mail.
shown-back = Torna al Suo trasferimento
renewed-subject = Nuovo link ai file di { $sender }
renewed-subject-message = Nuovo link al messaggio di { $sender }
renewed-text = Ecco un nuovo link. Quello che aveva prima e la sua password non aprono più nulla.
renewed-text-link = Ecco un nuovo link. Quello che aveva prima non apre più nulla.
renewed-failed-subject = Nuovo link non recapitato
renewed-failed-text = L’e-mail con il nuovo link non ha potuto essere recapitata e non è stata inviata alcuna password:
command-resend = reinviare, reinvia, nuovo link, nuova password
told-renewed = Un nuovo link del trasferimento { $id } è in arrivo per e-mail. Quello precedente non apre più nulla.
told-lost = Non è stato cambiato nulla: il link e la password non si possono sostituire. Invii di nuovo il messaggio.
told-too-often = Non è stato cambiato nulla: si possono creare nuovi link 5 volte al giorno e 20 volte in tutto.
told-which-one = Non è stato cambiato nulla: ci sono più destinatari. Scriva per chi: reinviare bo@partner.example
told-not-left = Non è stato cambiato nulla: il messaggio non è ancora partito, o nessuno sa se è partito.
told-no-way = Non è stato cambiato nulla: la nuova password non ha modo di raggiungere il destinatario.
told-how-resend = reinviare bo@partner.example: un nuovo link e una nuova password, se si possono sostituire

### Dispositivi senza password

unlock-device-here = Questo dispositivo è configurato. Qui non serve alcuna password.
unlock-device = Senza password si apre su un dispositivo che Lei ha configurato per le e-mail di { $sender }. Questo browser non è tra quelli, o i suoi cookie sono stati eliminati, o queste pagine hanno cambiato indirizzo.
unlock-device-hint = Può creare un codice su un dispositivo configurato: vi apra uno di questi link, scelga «Dispositivi senza password» e poi «Crea un codice».
unlock-device-none = Non ha più un dispositivo del genere?
unlock-device-none-text = { $sender } può mettervi fine e inviare di nuovo il tutto con una password. Anche chi gestisce il servizio presso il mittente può darle un codice.
files-quick = La prossima volta senza password?
files-quick-text = Configuri questo browser, e le prossime e-mail di questo mittente vi si apriranno senza password.
devices-heading = Dispositivi senza password
devices-back = Indietro
devices-offer = Se configura questo browser, le e-mail di { $sender } vi si aprono senza password, anche quelle precedenti che Le sono state inviate così.
devices-rules = Finisce quando il dispositivo non si usa per { $time }, quando i cookie vengono eliminati e, in una finestra privata, quando viene chiusa. Non configuri un computer usato anche da altri.
devices-idle = { $days ->
    [one] un giorno
   *[other] { $days } giorni
}
devices-set-up = Configura questo browser
devices-prove = Per sapere con certezza chi lo configura, un codice viene inviato a { $recipient }.
devices-elsewhere = Questo browser non si può configurare da qui. Crei un codice su un dispositivo configurato e lo inserisca dove lo chiede la prossima e-mail di { $sender }.
devices-here = Le e-mail di { $sender } si aprono in questo browser senza password.
devices-done = Questo browser è configurato.
devices-too-many = Questa casella ha tanti dispositivi quanti possono essercene. Su uno di essi scelga «Dispositivi senza password», ne elimini uno che non serve e riprovi. Se non ne ha nessuno a portata di mano, l’assistenza del mittente può eliminarli tutti.
devices-no-cookie = Questo browser non aveva il cookie necessario. Inserisca il codice ancora una volta. Se legge di nuovo questo messaggio, consenta i cookie per queste pagine.
devices-over = Non è stato cambiato nulla: qui non è possibile, o non lo è più.
devices-list = I Suoi dispositivi
devices-name = Dispositivo { $number }
devices-this = questo
devices-times = configurato: { $since }, ultimo uso: { $used }
devices-remove = Elimina
devices-remove-one = Elimina il dispositivo { $number }
devices-removed = Il dispositivo è stato eliminato. Non apre più nulla senza password.
devices-another = Un altro dispositivo
devices-another-text = Con un codice un altro dispositivo, Suo o di chi condivide la casella di posta, può aprire tutto questo senza password.
devices-another-button = Crea un codice
devices-code = Codice per un altro dispositivo
devices-code-how = Sull’altro dispositivo apra un link in una e-mail di { $sender } e inserisca il codice. Vale fino alle { $time }, una sola volta, ed è mostrato solo qui.
devices-end = Di nuovo le password
devices-end-text = Dopo, { $sender } Le invia di nuovo una password, e ciò che è stato inviato senza non si apre più da nessuna parte.
devices-end-button = Chiedi di nuovo le password
devices-ended = Da ora riceve di nuovo le password.
devices-ready-heading = Questo browser è configurato
devices-ready-text = La prossima e-mail di questo mittente vi si apre senza password. Ciò che è stato inviato prima resta chiuso qui; il mittente può inviarlo di nuovo.
passkey-set-up = Usare invece una passkey
passkey-open = Aprire con la Sua passkey
passkey-failed = Non ha funzionato. Nulla è stato aperto o configurato. Riprovi, oppure prosegua senza passkey: non tutte possono farlo.
passkey-done = La Sua passkey è configurata. Le e-mail di questo mittente si aprono con essa in ogni browser che la possiede.
passkey-mark = con passkey
passkey-here = Le e-mail di { $sender } si aprono con la Sua passkey, senza password.
sender-quick-end = Di nuovo le password
sender-quick-end-for = Di nuovo le password per { $recipient }
sender-done-parted = Dalla Sua prossima e-mail questo destinatario riceve di nuovo una password. Ciò che si apriva solo su un dispositivo non vi si apre più.
quick-mail-added-subject = Un dispositivo apre le e-mail senza password
quick-mail-added-text = Il dispositivo { $number } è stato appena configurato. Apre senza password ciò che { $sender } invia a { $recipient }.
quick-mail-added-more = Non è stato Lei? Apra un link di questo mittente su un altro dei Suoi dispositivi e lo elimini in «Dispositivi senza password», o chieda al mittente di inviare di nuovo le password.
quick-mail-code-subject = È stato dato un codice per un dispositivo
quick-mail-code-text = Chi gestisce il servizio ha creato un codice. Chi lo inserisce entro un giorno apre senza password ciò che { $sender } invia a { $recipient }.
quick-mail-code-more = Non lo ha chiesto nessuno? Lo dica subito a chi gestisce il servizio.
quick-mail-ended-subject = Di nuovo le password
quick-mail-ended-text = Ciò che { $sender } invia a { $recipient } richiede di nuovo una password dalla prossima e-mail.
quick-mail-ended-more = Ciò che è stato inviato senza password non si apre più. Il mittente può inviarlo di nuovo.
report-heading = Segnalare questo messaggio
report-text = Chi gestisce questo servizio viene a sapere chi lo ha scritto, quando e a chi, e il suo riferimento, ma non che cosa dice.
report-because = Che cosa non va (facoltativo)
report-button = Segnala
reported-heading = Questo messaggio è stato segnalato
reported-text = Chi gestisce questo servizio ne è al corrente da: { $date }.
reported-subject = È stato segnalato un messaggio dall’esterno
reported-mail-text = Una persona che ha ricevuto un messaggio scritto sulle nostre pagine lo segnala. Il suo contenuto non è in questa e-mail.
reported-because = Che cosa non va: { $text }
paused-subject = Gli SMS sono stati fermati: un account viene usato in modo illecito?
paused-numbers = In un’ora si volevano inviare SMS a più numeri che iniziano con { $prefix } di quanti ne consenta il Suo limite. Tramite «{ $channel }» non ne parte più nessuno.
paused-money = In un giorno gli SMS di «{ $channel }» sono costati quanto possono costare. Non ne parte più nessuno.
paused-until = Ciò vale almeno fino al { $date }. Le password prendono la via successiva, per ultima quella verso i mittenti.
paused-first = Il primo rimasto fermo era per un’e-mail di { $sender }.
paused-look = Se nessuno ne conosce il motivo, forse l’account di qualcuno viene usato illecitamente per guadagnare con le chiamate. Le righe «noticed» del log indicano le e-mail.
