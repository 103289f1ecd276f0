# Forma bezosobowa: "można", "należy", "prosimy"; tryb rozkazujący tylko na przyciskach.
#
# Glossary, one word per thing:
# transfer: przesyłka; link: link; password: hasło; code: kod; file: plik; mail: e-mail; message: wiadomość; mailbox: skrzynka pocztowa
# sender: nadawca; recipient: odbiorca; operators: obsługa systemu; receipt: potwierdzenie
# take back, withdraw: wycofać; extend: przedłużyć; fetch, download: pobrać; expire: wygasnąć; delete: usunąć
# locked after wrong tries: zablokowana, odblokować; lock a page: zamknąć; approve, release: zatwierdzić; drop: odrzucić; protected: chroniony
# Names stand only where they need no ending ("nadawca: Anna Lind"), and no verb in the past says whether somebody is a man or a woman.
# Dates are in the genitive: "do 5 grudnia 2025". Counts are whole numbers: one, few and many are all their forms.

### Blok w e-mailu

block-title = { $count ->
    [one] { $count } plik ({ $size }), nadawca: { $sender }
    [few] { $count } pliki ({ $size }), nadawca: { $sender }
   *[many] { $count } plików ({ $size }), nadawca: { $sender }
}
block-more = { $count ->
    [one] i jeszcze { $count } plik
    [few] i jeszcze { $count } pliki
   *[many] i jeszcze { $count } plików
}
block-view = { $count ->
    [one] Plik można zobaczyć tutaj:
    [few] Pliki można zobaczyć tutaj:
   *[many] Pliki można zobaczyć tutaj:
}
block-button = { $count ->
    [one] Zobacz plik
    [few] Zobacz { $count } pliki
   *[many] Zobacz { $count } plików
}
block-button-leads = Przycisk prowadzi do
block-password-sms = Hasło: wysłane SMS-em na numer kończący się cyframi { $digits }.
block-password-sender = Hasło: { $sender } przekaże je osobiście lub telefonicznie.
block-password-other = Hasło będzie przekazane: { $way }.
way-separately = osobno
block-password-code = Kod: zostanie wysłany e-mailem po otwarciu linku.
block-password-quick = Na skonfigurowanym urządzeniu hasło nie jest potrzebne.
block-password-agreed = Hasło: uzgodnione wcześniej ({ $organisation }).
block-until = Dostępne do { $date }.
block-genuine = { $organisation } wysyła pliki w ten sposób. Konto nie jest potrzebne i nikt nie zapyta o hasło do skrzynki pocztowej.
block-check = Jak sprawdzić, czy ta wiadomość jest prawdziwa

### E-mail, którego treść też jest chroniona

sealed-title = { $count ->
    [0] Wiadomość, nadawca: { $sender } ({ $address })
    [one] Wiadomość i { $count } plik, nadawca: { $sender } ({ $address })
    [few] Wiadomość i { $count } pliki, nadawca: { $sender } ({ $address })
   *[many] Wiadomość i { $count } plików, nadawca: { $sender } ({ $address })
}
sealed-read = Wiadomość można przeczytać tutaj:
sealed-button = Przeczytaj wiadomość
sealed-answer = Na tej samej stronie można odpowiedzieć; odpowiedź też będzie chroniona.
sealed-genuine = { $organisation } wysyła poufne wiadomości w ten sposób. Konto nie jest potrzebne i nikt nie zapyta o hasło do skrzynki pocztowej.
sealed-subject = Wiadomość, nadawca: { $organisation }
sealed-line = odtąd treść chroniona

### Strony: rama

page-title = { $title } - { $organisation }
page-title-error = Błąd: { $title }
page-skip = Przejdź do treści
page-language = Język
page-language-now = Język: { $name }
page-this-language = Polski
footer-genuine = Czy to prawdziwa strona?
footer-accessibility = Dostępność
footer-privacy = Prywatność
footer-transfer = Przesyłka { $id }

### Strony: otwieranie

unlock-heading = Pliki, nadawca: { $sender }
unlock-heading-message = Wiadomość, nadawca: { $sender }
unlock-sent = { $address }, wysłano { $date } na adres { $recipient }
unlock-password = Hasło
unlock-hint-sms = Zostało wysłane SMS-em na numer kończący się cyframi { $digits }.
unlock-hint-sender = { $sender } przekaże je osobiście lub telefonicznie.
unlock-hint-other = Będzie przekazane: { $way }.
unlock-hint-agreed = To hasło uzgodnione wcześniej ({ $organisation }).
unlock-no-password-needed = Hasło nie jest potrzebne.
unlock-remember = Zapamiętaj tę przeglądarkę na 30 dni (nie na wspólnym komputerze)
# Instead of the field for the password.
unlock-remembered = Ta przeglądarka jest zapamiętana. Hasło nie jest tu potrzebne.
forget-browser = Zapomnij tę przeglądarkę
unlock-open = Otwórz
unlock-missing = Brak hasła?
unlock-missing-text = Może dotrzeć dopiero po kilku minutach. Jeśli nic nie przyjdzie, można odpowiedzieć na e-mail i poprosić o hasło. Nadawca: { $sender }.
unlock-until = Dostępne do { $date }
ask-password = Poproś o hasło (nadawca: { $sender })
ask-unlock = Poproś o odblokowanie (nadawca: { $sender })
asked = Prośba wysłana, nadawca plików: { $sender } ({ $time }).
unlock-phone = Otwórz na telefonie
unlock-phone-text = Wystarczy skierować aparat telefonu na ten kod. Zawiera tylko link: telefon też zapyta o hasło.
unlock-phone-code = Kod QR z adresem tej strony
terms-heading = Warunki korzystania
terms-agree = Akceptuję warunki korzystania
terms-read = treść
terms-missing = Najpierw trzeba zaakceptować warunki korzystania.
unlock-empty = Prosimy wpisać hasło.
wrong-password = { $tries ->
    [0] To hasło nie pasuje.
    [one] To hasło nie pasuje. Została { $tries } próba, potem godzina przerwy.
    [few] To hasło nie pasuje. Zostały { $tries } próby, potem godzina przerwy.
   *[many] To hasło nie pasuje. Zostało { $tries } prób, potem godzina przerwy.
}
wrong-password-hint = Wielkość liter, spacje i myślniki nie mają znaczenia.
paused = Zbyt wiele prób. Następna będzie możliwa o godz. { $time }.
locked = Zablokowane po zbyt wielu błędnych hasłach. Pliki są bezpieczne. Można odpowiedzieć na e-mail i poprosić o odblokowanie. Nadawca: { $sender }.

### Strony: kod w e-mailu zamiast hasła

code-why = Do otwarcia tej strony potrzebny jest kod. Zostanie wysłany na { $recipient }, adres skrzynki, która otrzymała link.
code-send = Wyślij kod
code-label = Kod
code-hint = E-mail z sześciocyfrowym kodem wysłano na adres { $recipient }. Kod jest ważny do godz. { $time }.
code-missing = Brak kodu?
code-missing-text = Może dotrzeć dopiero po kilku minutach; prosimy zajrzeć też do niechcianej poczty. Jeśli nic nie przyjdzie, można odpowiedzieć na e-mail z linkiem i zapytać. Nadawca: { $sender }.
code-again = Wyślij nowy kod
code-empty = Prosimy wpisać kod.
code-over = Żaden kod nie jest już ważny. Prosimy zamówić nowy.
wrong-code = { $tries ->
    [0] Ten kod nie pasuje.
    [one] Ten kod nie pasuje. Została { $tries } próba, potem godzina przerwy.
    [few] Ten kod nie pasuje. Zostały { $tries } próby, potem godzina przerwy.
   *[many] Ten kod nie pasuje. Zostało { $tries } prób, potem godzina przerwy.
}
code-limit = Na razie wysłano już dość kodów. Następny można wysłać od: { $time }.
code-not-sent = Nie udało się teraz wysłać kodu. Prosimy spróbować ponownie za kilka minut.
code-refused = Na adres { $recipient } nie można wysłać kodu. Można odpowiedzieć na e-mail z linkiem i zapytać. Nadawca: { $sender }.
locked-codes = Zablokowane po zbyt wielu błędnych kodach. Pliki są bezpieczne. Można odpowiedzieć na e-mail z linkiem i poprosić o odblokowanie. Nadawca: { $sender }.

### Strony: e-mail, który czeka

approve-heading = E-mail czeka na zatwierdzenie
approve-hidden = Jego treść i nazwy plików nie są tu pokazywane.
approve-release = Zatwierdź
approve-transfer = Zatwierdź z linkami
approve-transfer-hint = Po zatwierdzeniu z linkami pliki zostaną wysłane co najmniej za linkiem.
approve-because = Powód odrzucenia, dla nadawcy (nieobowiązkowo)
approve-drop = Odrzuć
withdraw-heading = Ten e-mail czeka na zatwierdzenie
withdraw-text = Nie został wysłany. Dopóki nikt nie zdecyduje, można go wycofać: wtedy nikt go nie otrzyma.
withdraw-button = Wycofaj
decided-heading = Decyzja zapadła
# $who is an address, or the operators.
decided-released = E-mail został zatwierdzony przez { $who }: { $date }.
decided-dropped = E-mail został odrzucony przez { $who }: { $date }. Nie został i nie zostanie wysłany.
decided-withdrawn = E-mail został wycofany przez { $who }: { $date }. Nie został i nie zostanie wysłany.
decided-over = Nikt nie zdecydował w terminie. E-mail został odrzucony: { $date }.
# $approvers are addresses.
decided-asked = Zapytano: { $approvers }.

### Strony: nic tu nie ma, coś jest nie tak

gone-heading = Tych plików już tu nie ma
gone-text = Mogły wygasnąć lub zostać wycofane. Odpowiadając na e-mail, można skontaktować się z nadawcą.
session-heading = Prosimy ponownie otworzyć link
session-text = Ta strona była długo otwarta i została zamknięta. Prosimy ponownie otworzyć link z e-maila.
busy-heading = Chwileczkę
busy-text = W tej chwili wiele osób otwiera pliki. Prosimy spróbować ponownie za minutę.
missed-text = Z tej sieci w krótkim czasie otwarto wiele linków, które nigdzie nie prowadzą. Prosimy spróbować ponownie za minutę.
too-often = Zbyt wiele prób w krótkim czasie. Prosimy odczekać minutę i spróbować ponownie.
error-heading = Nie udało się
error-text = Coś poszło nie tak. Nic nie zginęło; prosimy spróbować ponownie za kilka minut.
error-reference = Numer do podania w razie pytań: { $id }
not-found-heading = Nie ma takiej strony
not-found-text = Prosimy sprawdzić, czy to cały link z e-maila.

### Strony: pliki

files-heading = Pliki, nadawca: { $sender }
files-summary = { $count ->
    [one] { $count } plik, { $size }.
    [few] { $count } pliki, { $size }.
   *[many] { $count } plików, { $size }.
}
files-until = Dostępne do { $date } ({ $left }).
files-all = Pobierz wszystko jako ZIP, { $size }
files-download = Pobierz
files-download-name = Pobierz { $name }, { $size }
files-details = Szczegóły
files-type = Typ
files-checksum = SHA-256
files-fetched = Pobrano { $date }
files-fetched-times = { $count ->
    [one] Pobrano { $count } raz
    [few] Pobrano { $count } razy
   *[many] Pobrano { $count } razy
}
files-left = { $count ->
    [one] Można pobrać jeszcze { $count } raz
    [few] Można pobrać jeszcze { $count } razy
   *[many] Można pobrać jeszcze { $count } razy
}
files-used-up = Wykorzystano wszystkie dozwolone pobrania. O kolejne można poprosić, odpowiadając na e-mail.
files-message = Wiadomość
files-open-message = Otwórz wiadomość
files-mail-only = Wiadomość należy zapisać i otworzyć w programie pocztowym.
files-lock = Zamknij tę stronę
files-none = Nie ma plików, jest tylko wiadomość.
files-delete = Mam wszystko, usuń teraz
delete-heading = Usunąć teraz?
delete-text = Potem nikt już nie otworzy tego linku, także z tej skrzynki. Inni odbiorcy tego e-maila zachowują swoje linki. Nadawca zobaczy, że pliki zostały usunięte.
delete-left = { $count ->
    [one] { $count } plik nie został jeszcze pobrany.
    [few] { $count } pliki nie zostały jeszcze pobrane.
   *[many] { $count } plików nie zostało jeszcze pobranych.
}
delete-now = Usuń
delete-not = Wróć, niczego nie usuwaj
days-left = { $days ->
    [0] ostatni dzień
    [one] jeszcze { $days } dzień
    [few] jeszcze { $days } dni
   *[many] jeszcze { $days } dni
}

### Strony: wiadomość

message-heading = Wiadomość, nadawca: { $sender }
message-back = Pliki
message-back-files = { $count ->
    [one] Pliki ({ $count })
    [few] Pliki ({ $count })
   *[many] Pliki ({ $count })
}
message-print = Drukuj
message-save = Zapisz jako .eml
message-from = Od
message-to = Do
message-date = Data
message-subject = Temat
message-no-subject = (bez tematu)
message-pictures = Obrazy z internetu nie są wczytywane.
message-no-text = Ta wiadomość nie ma tekstu, który można pokazać. Należy ją zapisać i otworzyć w programie pocztowym.
message-too-large = Ta wiadomość jest za duża, by ją tu pokazać. Należy ją zapisać i otworzyć w programie pocztowym.
message-cut = Wiadomość jest dłuższa, niż może pokazać ta strona. Aby przeczytać całość, należy ją zapisać.
message-as-html = Pokaż z formatowaniem
message-as-text = Pokaż jako zwykły tekst

### Strony: rodzaje plików, jak się je nazywa

type-archive = Archiwum
type-document = Dokument tekstowy
type-file = Plik
type-film = Wideo
type-mail = E-mail
type-pdf = Dokument PDF
type-picture = Obraz
type-slides = Prezentacja
type-sound = Dźwięk
type-table = Arkusz
type-text = Tekst

### Strony: takie same dla wszystkich

bad-request-text = Przeglądarka wysłała coś niezrozumiałego. Prosimy ponownie otworzyć link z e-maila.
closed-heading = Strona jest zamknięta
closed-text = Aby znów zobaczyć pliki, należy otworzyć link z e-maila.
forgotten-heading = Ta przeglądarka nie jest już pamiętana
forgotten-text = Następnym razem potrzebne będzie znów hasło do wszystkiego, co otwarto w tej przeglądarce.
home-heading = Pliki i wiadomości, nadawca: { $organisation }
home-text = Nie ma tu listy plików. Prosimy otworzyć link z otrzymanego e-maila.
home-genuine = Konto nie jest potrzebne i nikt nie zapyta o hasło do skrzynki pocztowej.
home-send = Wyślij nam pliki
deleted-heading = Usunięto
deleted-text = Ten link niczego już nie otwiera. To, co pobrano, pozostaje tam, gdzie jest.
genuine-host = Adres tych stron zaczyna się od { $host }. Przed wpisaniem hasła warto spojrzeć na pasek adresu przeglądarki.
genuine-never = Konto nie jest potrzebne. Nikt nie zapyta o hasło do skrzynki pocztowej ani o pieniądze i nikt nie poprosi o zainstalowanie programu.
genuine-check = Na e-mail, który budzi wątpliwości, nie należy odpowiadać. Lepiej zadzwonić do nadawcy pod znany wcześniej numer lub samodzielnie wejść na stronę organizacji: { $organisation }.
accessibility-aim = Te strony mają spełniać wytyczne dla dostępności treści internetowych (WCAG) 2.2 na poziomie AA i normę europejską EN 301 549.
accessibility-how = Działają bez skryptów, z klawiaturą, z czytnikami ekranu i w powiększeniu do 400%, w jasnych i ciemnych kolorach. Hasła można wklejać.
accessibility-problem = Jeśli coś nie działa, prosimy odpowiedzieć na e-mail z linkiem: { $organisation } wyśle pliki w inny sposób.
privacy-files = Pliki są przechowywane w postaci zaszyfrowanej. Można je otworzyć tylko za pomocą linku z e-maila oraz hasła, jeśli jest wymagane. Po podanym terminie są usuwane.
privacy-cookie = Jeden plik cookie utrzymuje stronę otwartą po jej otwarciu hasłem. Jest usuwany po zamknięciu strony lub przeglądarki.
privacy-known = Drugi plik cookie przez 30 dni zaznacza, że w tej przeglądarce otwarto link, aby błędne hasła innych osób nie zablokowały dostępu. Tylko na życzenie otwiera też link bez hasła. Jest usuwany po wybraniu „Zapomnij tę przeglądarkę”.
privacy-quick = Po skonfigurowaniu urządzenia bez hasła osobny plik cookie przechowuje jego klucz. Przechowujemy to, po czym je rozpoznać, kiedy je skonfigurowano i kiedy ostatnio go użyto; wszystko to kończy się po usunięciu urządzenia albo gdy długo nie było używane i nie zostało nic z tego, co wysłano wcześniej. Strona, która otwiera się tylko na urządzeniach, zapisuje ten plik cookie na jeden dzień, aby można było wpisać kod.
privacy-terms = Trzeci plik cookie przez 30 dni pamięta, że zaakceptowano warunki korzystania.
privacy-send = Przy pisaniu stąd do { $organisation } jedno ciasteczko czeka dziesięć minut na kod, a drugie przez 30 dni mówi, że adres został potwierdzony w tej przeglądarce. Pozostaje przez kolejne 30 dni, aby inne osoby proszące o kody na ten adres nie mogły odciąć dostępu. Jest usuwane po wybraniu „To nie ja”. Adresy, na które wysłano wiadomości, mogą być przechowywane jako podpowiedzi; listę tę można opróżnić, a po 30 dniach bez użycia jest usuwana.
privacy-nothing = Innych plików cookie nie ma i niczego się tu nie mierzy.
privacy-log = { $organisation } zapisuje, kiedy i z jakiego adresu internetowego pliki są otwierane i pobierane, aby chronić odbiorcę i nadawcę. Nadawca może otrzymać informację, że pliki zostały pobrane.
privacy-others = Te strony niczego nie wczytują z innych miejsc i nikt inny nie dowie się o tej wizycie.

### Powiadomienia

# At most 160 characters of GSM 03.38 with ordinary names. None of the letters ą ć ę ł ń ś ź ż is in that alphabet: without them, as banks do.
sms = { $organisation }: haslo do plikow (nadawca: { $sender }): { $password }. Nalezy je wpisac na { $host }
password-mail-subject = { $count ->
    [one] Prosimy przekazać hasło
    [few] Prosimy przekazać { $count } hasła
   *[many] Prosimy przekazać { $count } haseł
}
password-mail-intro = { $count ->
    [one] Wiadomość została wysłana pod ochroną. Prosimy przekazać odbiorcy hasło osobiście lub telefonicznie, nie e-mailem:
    [few] Wiadomość została wysłana pod ochroną. Prosimy przekazać każdemu odbiorcy jego hasło osobiście lub telefonicznie, nie e-mailem:
   *[many] Wiadomość została wysłana pod ochroną. Prosimy przekazać każdemu odbiorcy jego hasło osobiście lub telefonicznie, nie e-mailem:
}
password-mail-until = Pliki są dostępne do { $date }.
password-mail-genuine = Odbiorcy mają już link. Ten e-mail trafia tylko do nadawcy.
code-mail-subject = Kod, nadawca: { $organisation }
code-mail-text = Kod do otwarcia przesyłki (nadawca: { $sender }):
code-mail-until = Należy go wpisać na stronie, która o niego prosi, przed godz. { $time }. Można go użyć tylko raz.
code-mail-genuine = Kod nie był zamawiany? Wtedy nie trzeba nic robić: bez niego strona pozostanie zamknięta. Kodu nie należy nikomu podawać; { $organisation } nigdy nie pyta o niego telefonicznie ani e-mailem.
notice-failed-subject = Nie udało się dostarczyć hasła
notice-failed-text = Nie udało się dostarczyć hasła dla { $recipient }. Prosimy przekazać je osobiście lub telefonicznie albo wysłać wiadomość ponownie.

### Potwierdzenie dla nadawcy

receipt-subject = { $count ->
    [0] Wysłano pod ochroną: { $subject }
    [one] Wysłano z { $count } plikiem jako link: { $subject }
    [few] Wysłano z { $count } plikami jako linki: { $subject }
   *[many] Wysłano z { $count } plikami jako linki: { $subject }
}
receipt-intro = { $count ->
    [0] Wiadomość „{ $subject }” została wysłana. Jej treść zastąpiono linkiem.
    [one] Wiadomość „{ $subject }” została wysłana. Jej plik ({ $size }) zastąpiono linkiem.
    [few] Wiadomość „{ $subject }” została wysłana. Jej { $count } pliki ({ $size }) zastąpiono linkiem.
   *[many] Wiadomość „{ $subject }” została wysłana. Jej { $count } plików ({ $size }) zastąpiono linkiem.
}
receipt-why = Powód
receipt-until = Do
receipt-to = Odbiorca
receipt-password = Hasło
receipt-password-sms = SMS na numer kończący się cyframi { $digits }
number-from-directory = z katalogu
number-from-earlier = z wcześniejszego e-maila nadawcy
receipt-password-tell = prosimy przekazać (odbiorca: { $recipient }): { $password }
receipt-password-none = niepotrzebne
receipt-password-other = { $way }
receipt-by-phone = Telefonicznie lub osobiście, nie e-mailem.
receipt-original = otrzymuje oryginalne pliki
receipt-shared = ma wspólny link z innymi
receipt-transfer = Przesyłka { $id }
receipt-password-code = kod w e-mailu, gdy strona o niego poprosi
receipt-password-quick = niepotrzebne: otwiera się na urządzeniu skonfigurowanym przez odbiorcę
receipt-password-known = hasło wybrane przez nadawcę
password-agreed-with-them = hasło uzgodnione z odbiorcą
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Wysłano pod ochroną
    [one] Wysłano z { $count } plikiem jako link
    [few] Wysłano z { $count } plikami jako linki
   *[many] Wysłano z { $count } plikami jako linki
}
receipt-left-intro = { $count ->
    [0] Wiadomość została wysłana. Jej treść zastąpiono linkiem.
    [one] Wiadomość została wysłana. Jej plik ({ $size }) zastąpiono linkiem.
    [few] Wiadomość została wysłana. Jej { $count } pliki ({ $size }) zastąpiono linkiem.
   *[many] Wiadomość została wysłana. Jej { $count } plików ({ $size }) zastąpiono linkiem.
}
receipt-waits = nie ma jeszcze wiadomości: trwają kolejne próby
receipt-unclear = może nie mieć wiadomości: następny serwer poczty tego nie potwierdził
# $text is what a mail server said, with its code.
receipt-refused = wiadomość nie dotarła: { $text }
# A link follows on a line of its own.
receipt-page = Kto co pobrał, zmiana terminu, wycofanie:
# REVOKE stays as it is in every language.
receipt-revoke = Aby wycofać od razu: wystarczy odpowiedzieć na ten e-mail słowem REVOKE.

### Późniejsze powiadomienia dla nadawcy

downloaded-subject = Pobrano: pliki dla { $recipient }
downloaded-text = { $count ->
    [one] Ze strony dla { $recipient } pobrano { $name } ({ $date }).
    [few] Ze strony dla { $recipient } pobrano { $name } i inne, razem { $count } pliki ({ $date }).
   *[many] Ze strony dla { $recipient } pobrano { $name } i inne, razem { $count } plików ({ $date }).
}
unread-subject = Jeszcze nie pobrano: pliki dla { $recipient }
unread-text = Pliki dla { $recipient } wygasną { $date }. Nikt ich nie pobrał.
asked-subject = Brak hasła: pliki dla { $recipient }
asked-password = Osoba z linkiem dla { $recipient } prosi o hasło.
asked-locked = Osoba z linkiem dla { $recipient } prosi o odblokowanie strony: jest zablokowana po zbyt wielu błędnych próbach.
# $time is a day and a time.
asked-when = { $count ->
    [one] Prośbę wysłano { $time }.
    [few] Prośbę wysłano { $time }, { $count } razy w ciągu doby.
   *[many] Prośbę wysłano { $time }, { $count } razy w ciągu doby.
}
asked-hand-on = Jeśli hasło jest znane, prosimy przekazać je osobiście lub telefonicznie, nie e-mailem.
asked-again = Jeśli już go nie ma, prosimy wysłać wiadomość ponownie: otrzyma nowe.
asked-lift = Pliki są bezpieczne. Prosimy zapytać telefonicznie, czy to były próby odbiorcy, a potem odblokować stronę.
# A link follows on a line of its own.
asked-page = Co można zrobić, podano na stronie nadawcy:
asked-genuine = Nikt nie prosił? Wtedy nie trzeba nic robić: niczego nie otwarto.
locked-subject = Zablokowano: pliki dla { $recipient }
locked-text = Błędne hasła: { $tries }. Strona dla { $recipient } jest zablokowana. Pliki są bezpieczne; innych odbiorców to nie dotyczy.
downloaded-day-subject = Pobrania, { $date }
downloaded-day-text = Te pliki pobrano ze stron odbiorców:
unread-do = Jeśli są jeszcze potrzebne, prosimy przypomnieć o nich odbiorcy lub zmienić termin na stronie poniżej. Jeśli nie, nie trzeba nic robić.
locked-codes-text = Błędne kody: { $tries }. Strona dla { $recipient } jest zablokowana. Pliki są bezpieczne; innych odbiorców to nie dotyczy.
locked-do = Na stronie poniżej można ją odblokować albo wycofać pliki. Najpierw prosimy zapytać odbiorcę, czy to były jego próby.
locked-deleted-text = Błędne hasła: { $tries }. Zgodnie z zasadami, które ustala { $organisation }, strona dla { $recipient } została usunięta. Przy tych próbach nikt nie otworzył plików; innych odbiorców to nie dotyczy.
locked-deleted-do = Tego nie można cofnąć. Jeśli pliki są jeszcze potrzebne, prosimy wysłać wiadomość ponownie.
# To an administrator.
locked-sender = Nadawca wiadomości: { $sender }
locked-from = Ostatnia próba pochodziła z adresu { $address }
revoked-subject = Wycofano: nikt już tego nie otworzy
revoked-text = Wycofano: nikt już nie otworzy plików. Kopie pobrane wcześniej pozostają tam, gdzie są.
revoked-text-one = Wycofano dla { $recipient }: tej strony nie można już otworzyć. Kopie pobrane wcześniej pozostają tam, gdzie są.
revoked-never = Wcześniej nikt niczego nie pobrał.
revoked-before = { $count ->
    [one] Ze strony dla { $recipient } pobrano wcześniej { $count } plik, ostatnio { $date }.
    [few] Ze strony dla { $recipient } pobrano wcześniej { $count } pliki, ostatnio { $date }.
   *[many] Ze strony dla { $recipient } pobrano wcześniej { $count } plików, ostatnio { $date }.
}
extended-subject = Dostępne do { $date }
extended-text = Pliki są teraz dostępne do { $date }.

### Strona nadawcy

sender-title = Przesyłka { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Wysłano { $date }.
    [one] { $count } plik, { $size }. Wysłano { $date }.
    [few] { $count } pliki, { $size }. Wysłano { $date }.
   *[many] { $count } plików, { $size }. Wysłano { $date }.
}
sender-files = { $count ->
    [one] { $count } plik
    [few] { $count } pliki
   *[many] { $count } plików
}
sender-people = Odbiorcy
sender-mail = E-mail
sender-mail-sent = wysłany
sender-mail-held = w drodze
sender-mail-lost = niedostarczony
sender-mail-waits = jeszcze niedostarczony
# Each is a time of day, or a day and a time.
sender-mail-tried = Próby od { $since }; następna: { $next }; najpóźniej do { $until }.
# $text is a reply of a mail server.
sender-mail-answer = Serwer pocztowy odpowiada: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = wycofany: { $time }
sender-mail-deleted = usunięty przez odbiorcę: { $time }
sender-password-sms = SMS na numer kończący się cyframi { $digits }
sender-password-you = przekazuje nadawca
sender-password-code = kod w e-mailu po otwarciu linku
sender-downloads = Pobrano
sender-fetched-never = jeszcze nie
sender-opened = otwarto, jeszcze nic nie pobrano: { $time }
# $count of $of files.
sender-fetched = { $count } z { $of }, ostatnio: { $time }
sender-locked = Zablokowano po zbyt wielu błędnych hasłach: { $time }
sender-paused = Przerwa po błędnych hasłach, do: { $time }
sender-lift = Odblokuj
sender-revoke-one = Wycofaj
sender-revoke-for = Wycofaj dla { $recipient }
sender-until = Koniec
sender-new-day = Dostępne do końca dnia
sender-latest = Najpóźniej { $date }
sender-change = Zmień
sender-revoke-title = Wycofanie
sender-revoke-text = Od tej chwili nikt już niczego nie otworzy. Tego nie można cofnąć. Co pobrano wcześniej, pozostaje u tego, kto to ma.
sender-revoke-all = Wycofaj dla wszystkich
sender-history = Historia
sender-history-note = „Pobrano” oznacza: ze strony dla tego odbiorcy. Nikt nie może wiedzieć, kto to przeczytał.
sender-is-revoked = Przesyłka została wycofana. Nikt już jej nie otworzy.
sender-is-expired = Przesyłka wygasła. Nikt już jej nie otworzy.
sender-over-heading = Ta przesyłka się zakończyła
sender-over-text = Jej pliki zostały usunięte, a z nimi jej historia.
sender-done-revoked = Wycofano. Nikt, kto ma ten link, niczego już nie otworzy.
sender-done-extended = Zmieniono termin końca.
sender-done-latest = Zmieniono termin końca na najpóźniejszy dozwolony.
sender-done-lifted = Odblokowano. Hasło można znów wpisać.
sender-done-nothing = Nie było nic do zmiany.
sender-no-day = Prosimy podać dzień.
sender-past = Ten dzień już minął. Aby zakończyć teraz, należy wycofać przesyłkę.
prefs-heading = Wybór powiadomień
prefs-back = Ta przesyłka
# $address is the sender's.
prefs-text = Dotyczy odtąd wszystkich e-maili wysyłanych z adresu { $address }.
prefs-receipts = Potwierdzenie dla każdego e-maila z chronionymi plikami
prefs-yes = tak
prefs-no = nie
prefs-downloads = Gdy pliki zostaną pobrane
prefs-each = e-mail za każdym razem, nieco później
prefs-daily = jeden e-mail dziennie
prefs-off = bez e-maili
prefs-language = Język tych e-maili
prefs-language-own = taki jak w danym e-mailu
prefs-always = W każdym przypadku przychodzi powiadomienie o zablokowaniu strony, o przesyłce, która wkrótce wygaśnie i której nikt nie pobrał, oraz o wycofaniu.
prefs-save = Zapisz
prefs-saved = Zapisano. Jeśli coś się zmieniło, potwierdzi to także e-mail.
prefs-fewer = Wybór, które z tych e-maili mają przychodzić:
chosen-subject = Zmieniono wybór powiadomień
chosen-text = Na stronie jednej z przesyłek wybrano, które e-maile mają odtąd przychodzić:
chosen-other = Jeśli wyboru dokonała inna osoba, ma ona jeden z linków nadawcy. Tutaj można przywrócić poprzedni wybór; prosimy też powiadomić obsługę systemu:
takeback-heading = Wycofać dla wszystkich?
takeback-heading-one = Wycofać?
takeback-text = Od tej chwili nikt z tych odbiorców już jej nie otworzy:
takeback-note = Tego nie można cofnąć. Co pobrano wcześniej, pozostaje u tego, kto to ma.
takeback-yes = Wycofaj
takeback-no = Zostaw bez zmian
event-sent = Wysłano
event-opened = Otwarto
event-fetched = { $count ->
    [one] Pobrano { $count } plik
    [few] Pobrano { $count } pliki
   *[many] Pobrano { $count } plików
}
event-fetched-names = Pobrano: { $names }
event-locked = Zablokowano po zbyt wielu błędnych hasłach
event-lifted = { $by ->
    [sender] Odblokowano przez nadawcę
   *[other] Odblokowano przez obsługę systemu
}
event-asked = Poproszono o hasło
event-answered = Napisano odpowiedź
event-revoked = { $by ->
    [sender] Wycofano przez nadawcę
    [operator] Wycofano przez obsługę systemu
   *[other] Usunięto po zbyt wielu błędnych hasłach
}
event-extended = { $by ->
    [sender] Nowy termin końca, ustalony przez nadawcę: { $date }
   *[other] Nowy termin końca, ustalony przez obsługę systemu: { $date }
}
event-link-sent = { $by ->
    [sender] Nowy link, wysłany przez nadawcę
   *[other] Nowy link, wysłany przez obsługę systemu
}
event-password-sent = { $by ->
    [sender] Nowe hasło, utworzone przez nadawcę
   *[other] Nowe hasło, utworzone przez obsługę systemu
}
event-password-shown = { $by ->
    [sender] Nowe hasło, utworzone przez nadawcę i mu pokazane
   *[other] Nowe hasło, utworzone przez obsługę systemu i jej pokazane
}
event-deleted = Usunięto przez odbiorcę
event-text-arrived = SMS z hasłem został dostarczony

### Odpowiedzi nadawcy na potwierdzenie

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = wycofaj, wycofać, cofnij
command-extend = przedłuż, przedluz, przedłużyć
command-who = kto
command-numbers = numery
command-forget = zapomnij
command-unlock = odblokuj, odblokować
command-help = pomoc
command-days = d, dzień, dzien, dni
command-weeks = tydz, tydzień, tydzien, tygodnie, tygodni
told-subject-done = Gotowe: przesyłka { $id }
told-subject-not = Nie wykonano: przesyłka { $id }
told-subject-who = Kto co pobrał: przesyłka { $id }
told-subject-help = Co można odpowiedzieć: przesyłka { $id }
told-revoked = Wycofano: nikt już nie otworzy przesyłki { $id }. Co pobrano wcześniej, pozostaje u tego, kto to ma.
told-revoked-one = Wycofano: { $recipient } nie otworzy już przesyłki { $id }. Co tam pobrano wcześniej, tam pozostaje.
told-extended = Koniec przesyłki { $id }: { $date }.
told-latest = To najpóźniejszy dozwolony termin.
told-lifted = Odblokowano: hasło można znów wpisać.
told-no-recipient = Nic nie zmieniono: przesyłka { $id } nie ma linku dla { $recipient }.
told-past = Nic nie zmieniono: ten dzień już minął. Aby zakończyć teraz, należy odpowiedzieć słowem wycofaj.
told-over = Nic nie zmieniono: przesyłka { $id } już wcześniej się zakończyła lub została wycofana.
told-not-locked = Nic nie zmieniono: nic nie jest zablokowane.
told-unread = Nic nie zmieniono: odpowiedź była niezrozumiała.
told-how = W pierwszym wierszu odpowiedzi na potwierdzenie można napisać:
# In front of the colon stands one of the words above.
told-how-revoke = wycofaj: nikt już jej nie otworzy
told-how-revoke-one = wycofaj bo@partner.example: tylko ten odbiorca jej nie otworzy
told-how-extend = przedłuż 7 dni: skończy się 7 dni później (także: przedłuż 2 tygodnie, przedłuż 2025-12-24)
told-how-who = kto: kto co otworzył i pobrał
told-how-unlock = odblokuj: hasła można znów wpisywać
told-how-numbers = numery: numery telefonów podane we wcześniejszych e-mailach
told-how-forget = zapomnij bo@partner.example albo zapomnij: taki numer, albo wszystkie, nie będą już używane
told-subject-numbers = Numery telefonów z wysłanych e-maili
told-numbers-none = Żaden numer telefonu nie jest zapamiętany.
told-numbers = Te numery telefonów, podane we wcześniejszych e-mailach, są używane, gdy żaden nie jest podany:
told-number = { $recipient }: kończy się na { $digits }, ostatnio użyty { $date }
told-forgot = { $count ->
    [0] Żaden taki numer telefonu nie był zapamiętany.
    [one] Zapomniano jeden numer telefonu.
    [few] Zapomniano { $count } numery telefonów.
   *[many] Zapomniano { $count } numerów telefonów.
}
told-how-help = pomoc: ta lista
told-who-revoked = wycofano
told-who-locked = zablokowano po zbyt wielu błędnych hasłach
told-who-never = jeszcze nie otwarto
# $date is a day and a time.
told-who-opened = otwarto { $date }, pobrano { $count } z { $of }

### E-maile, które czekają na zatwierdzenie

# To an approver. $sender is an address.
hold-ask-subject = Czeka na zatwierdzenie: e-mail, nadawca { $sender }
hold-ask-text = E-mail (nadawca: { $sender }) czeka, aż ktoś go zatwierdzi. Ten adres ma do tego prawo. Treść nie jest tu pokazywana.
hold-ask-until = Jeśli nikt nie zdecyduje do { $date }, e-mail zostanie odrzucony, a nadawca otrzyma informację.
hold-ask-how = Na bramce pocztowej decyduje jedno z tych poleceń:
# A link follows on a line of its own.
hold-ask-page = Decyzję można podjąć na tej stronie:
hold-withdraw-page = Dopóki nikt nie zdecyduje, można go wycofać tutaj:
# One line per recipient.
hold-to = Do: { $recipient }
hold-sent = Wysłano: { $date }
hold-size = { $count ->
    [0] Rozmiar: { $size }, bez plików
    [one] Rozmiar: { $size }, { $count } plik
    [few] Rozmiar: { $size }, { $count } pliki
   *[many] Rozmiar: { $size }, { $count } plików
}
# $rule is the id of a rule, $text its reason.
hold-why = Powód: { $text } ({ $rule })
hold-mail = E-mail { $id }
# Stands behind "przez".
hold-operator = obsługę systemu
# To the sender.
hold-waits-subject = Wysłany e-mail czeka na zatwierdzenie
hold-waits-text = E-mail nie został jeszcze wysłany: czeka na zatwierdzenie przez { $approvers }. Nie trzeba nic robić.
hold-waits-until = Jeśli nikt nie zdecyduje do { $date }, e-mail zostanie odrzucony, o czym poinformujemy.
hold-released-subject = E-mail został zatwierdzony
hold-released-text = E-mail został zatwierdzony przez { $who } i jest w drodze.
hold-dropped-subject = E-mail nie został zatwierdzony
hold-dropped-text = E-mail został odrzucony przez { $who }. Nie został i nie zostanie wysłany.
hold-dropped-because = Podany powód: { $text }
hold-over-subject = E-mail nie został zatwierdzony w terminie
hold-over-text = Nikt nie zdecydował w terminie. E-mail został odrzucony i nie został wysłany. Należy poprosić o zatwierdzenie i wysłać go ponownie.
hold-missed-subject = Brak decyzji w terminie: e-mail z własnej organizacji
hold-missed-text = Nikt nie zdecydował w terminie o e-mailu (nadawca: { $sender }). Został odrzucony, a nadawca otrzymał informację.
hold-failed-subject = E-mail nie dotarł do wszystkich
hold-failed-text = E-mail został zatwierdzony, ale nie dotarł do:

# Nadawca mówi, jak otrzymają hasło ci, do których nie prowadzi żadna droga.
unreached-subject = E-mail czeka: jak odbiorcy otrzymają hasło?
unreached-heading = Jak odbiorcy otrzymają hasło?
unreached-text = E-mail jeszcze nie został wysłany: nie ma sposobu, aby przekazać hasło tym odbiorcom.
unreached-how-phone = Na tej stronie można podać ich numery komórkowe albo wybrać inny sposób:
unreached-how = Na tej stronie można wybrać, jak je otrzymają:
unreached-until = Bez odpowiedzi do { $date } e-mail zostanie odrzucony, o czym przyjdzie powiadomienie.
unreached-way-number = SMS-em
unreached-number = Numer komórkowy, na przykład +46 70 123 45 67
unreached-way-sender = Hasło przyjdzie do mnie e-mailem i przekażę je osobiście
unreached-way-link = Bez hasła: każdy, kto czyta e-mail, może otworzyć pliki
unreached-send = Wyślij
unreached-keep = Zapisz
unreached-approval = Ponadto ktoś musi zatwierdzić e-mail. To, czego wtedy zabraknie, przyjdzie do nadawcy.
unreached-withdraw = Albo nikt go nie otrzyma:
unreached-mend = Czegoś brakuje. Nic nie zostało wysłane.
unreached-choose = Należy wybrać sposób.
unreached-no-country = Numer należy wpisać z krajem, na przykład +46 70 123 45 67.
unreached-no-number = To nie jest numer telefonu: należy sprawdzić cyfry.
unreached-wrong-kind = Na ten numer nie można wysłać SMS-a.
unreached-over-subject = E-mail nie został wysłany
unreached-over-text = Nikt nie powiedział w terminie, jak odbiorcy otrzymają hasło. E-mail został odrzucony i nie został wysłany. Należy wysłać go ponownie, z numerem telefonu takim jak { $tag } w temacie.

### Raporty o doręczeniu, dla nadawcy

report-failed-subject = E-mail nie dotarł do wszystkich
report-failed-text = E-mail nie dotarł do tych odbiorców i nie będzie kolejnych prób:
report-failed-advice = Poza tym e-mail jest w porządku: chodzi tylko o odbiorców wymienionych powyżej. Prosimy sprawdzić ich adresy i wysłać do nich e-mail ponownie. Jeśli adresy są poprawne, prosimy pokazać tę wiadomość działowi IT.
report-unclear-subject = E-mail mógł nie dotrzeć do wszystkich
report-unclear-text = Nie wiadomo, czy e-mail dotarł do tych odbiorców. Połączenie za każdym razem zostało przerwane, zanim następny serwer poczty to potwierdził:
report-unclear-advice = Przed ponownym wysłaniem prosimy ich zapytać.
report-delayed-subject = E-mail się opóźnia
report-delayed-text = E-mail nie dotarł jeszcze do tych odbiorców. Próby trwają i nie trzeba nic robić:
report-delayed-until = Jeśli nie uda się to do { $date }, poinformujemy o tym.
report-relayed-subject = E-mail przekazano dalej
report-relayed-text = E-mail dla tych odbiorców przekazano dalej. Następny serwer poczty nie informuje, co się z nim dzieje:
# $text is what the next mail server said, with its code.
report-said = Następny serwer poczty odpowiedział: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Nasz serwer poczty zanotował: { $text }

### Strony: odpowiadanie

files-reply = Odpowiedz
write-heading = Odpowiedź dla: { $name }
write-back = Wróć do plików
write-others = Wyślij także do
write-text = Tekst
write-files = Pliki
write-files-hint = Razem do { $size }. Na telefonie można też zrobić zdjęcie.
write-here = Już są
write-cut = Te pliki nie dotarły w całości. Prosimy wybrać je ponownie:
write-send = Wyślij
write-wait = Tekst i pliki są wysyłane razem. Przy dużych plikach trochę to trwa: prosimy nie zamykać tej strony, aż pojawi się następna.
write-empty = Prosimy napisać tekst lub wybrać plik.
write-too-large = To za dużo. Pliki mogą mieć razem { $size }.
write-too-many-files = Plików jest za dużo. Można umieścić je w pliku ZIP albo wysłać w dwóch odpowiedziach.
write-too-many = Dzisiaj wysłano już kilka odpowiedzi. Prosimy spróbować ponownie jutro.
write-unfinished = Jeden z plików nie dotarł w całości. Prosimy wybrać go ponownie.
write-no-room = W tej chwili nie ma miejsca na te pliki. Prosimy spróbować później.
write-nobody = Prosimy wybrać, do kogo wysłać.
write-gone = Ta odpowiedź została wysłana lub wygasła. Prosimy zacząć nową.
write-waiting = Te pliki są w drodze. Wysłać będzie można, gdy dotrą wszystkie.
write-done = Dotarł
write-lost = Połączenie przerwane, ciąg dalszy nastąpi sam
write-failed = Nie przyjęto
write-retry = Spróbuj ponownie
write-remove = Usuń
written-heading = Wysłano do: { $name }
written-to = Do
written-time = Czas
written-number = Numer
written-copy = Czy wysłać to potwierdzenie e-mailem na adres { $address }?
written-copy-send = Wyślij potwierdzenie
written-copied = Potwierdzenie zostanie wysłane na adres { $address }.

### People who were sent nothing, and write to us

send-heading = Wysyłanie plików do { $name }
send-why = Stąd można pisać do osób w { $organisation } i dołączać pliki dowolnej wielkości. Najpierw sprawdzany jest adres nadawcy: zostanie tam wysłana wiadomość z kodem.
send-address = Adres e-mail nadawcy
send-name = Imię i nazwisko (nieobowiązkowe)
send-address-wrong = Należy wpisać cały adres e-mail, na przykład nazwa@example.com.
send-subject = Temat
send-code-heading = Wpisywanie kodu
send-code-hint = Jeśli { $address } może do nas pisać, wiadomość z ośmiocyfrowym kodem jest już w drodze. Kod należy wpisać tutaj, w tej przeglądarce, przed godziną { $time }.
send-code-wrong = Kod jest nieprawidłowy. Pozostałe próby: { $tries }.
send-code-missing = Dostarczenie może potrwać kilka minut; warto zajrzeć też do niechcianej poczty. Na jeden adres wysyła się tylko kilka kodów na godzinę.
send-other-address = Użyj innego adresu lub poproś o nowy kod
send-continue = Dalej
send-you = Nadawca: { $address }.
send-not-me = To nie ja: zapomnij tę przeglądarkę
send-to-hint = Adresy w { $organisation }, kilka oddzielonych przecinkami.
send-book = Dotychczasowi odbiorcy
send-book-text = Adresy te są podpowiadane w każdej przeglądarce, w której potwierdzono adres. Lista jest usuwana po 30 dniach bez użycia.
send-book-empty = Opróżnij listę
send-nobody = Należy podać odbiorcę.
send-too-many = Jednocześnie najwyżej { $most } adresów.
send-not-ours = Stąd nie można pisać na adres { $address }, tylko na adresy w { $organisation }.
send-unknown = Nie można dostarczyć poczty na adres { $address }. Należy sprawdzić pisownię.
send-limit = Na dziś wystarczy. Prosimy spróbować jutro.
send-too-many-files = Plików jest za dużo. Należy spakować je do pliku ZIP albo wysłać w dwóch częściach.
send-gone = To zostało wysłane lub zakończone. Należy zacząć od nowa.
send-more = Wyślij coś jeszcze
guest-mail-text = Kod do wysyłania plików do { $organisation }:
guest-mail-asked = Poproszono o niego: { $time }, z adresu sieciowego { $address }.
guest-mail-genuine = Jeśli to pomyłka, nie trzeba nic robić: bez kodu nikt nie może pisać w cudzym imieniu. Kodu nie należy nikomu podawać; { $organisation } nigdy nie pyta o niego przez telefon ani pocztą.

### E-mail, który przynosi odpowiedź

written-from = { $name } via { $organisation }
written-by-reply = Napisano na { $host }, { $date }, przez osobę, która otworzyła pliki wysłane na adres { $address }.
written-by-address = Napisane na { $host }, { $date }, przez osobę, która czyta skrzynkę { $address }: wysłany tam kod wpisano: { $proven }.
written-reference = Numer { $id }
written-unwanted = Niechciane? Dział IT może zablokować ten adres: wystarczy podać numer referencyjny.
written-report = Coś jest nie tak? Zgłoszenie: { $link }
written-no-subject = Pliki od { $name }
written-copy-subject = Wiadomość do: { $organisation }
written-copy-text = Wiadomość została wysłana do: { $organisation }.
written-unscanned = Nie sprawdzono pod kątem złośliwego oprogramowania, bo plik jest za duży: { $name }

checked-heading = Trwa sprawdzanie
checked-text = Wiadomość jest sprawdzana pod kątem złośliwego oprogramowania. Potem zostanie dostarczona; nie trzeba tu czekać. Jeśli nie będzie można jej dostarczyć, przyjdzie o tym wiadomość e-mail.
checked-again = Sprawdź ponownie
denied-heading = Nie dostarczono
denied-infected = Plik „{ $file }” nie został dostarczony: kontrola w { $organisation } uznała go za złośliwe oprogramowanie. Pozostała część wiadomości też nie została dostarczona.
denied-infected-text = Wiadomość nie została dostarczona: kontrola w { $organisation } uznała jej treść za złośliwe oprogramowanie.
denied-too-large = Plik „{ $file }” nie został dostarczony: jest większy, niż { $organisation } może sprawdzić pod kątem złośliwego oprogramowania. Pozostała część wiadomości też nie została dostarczona.
denied-unchecked = Wiadomość nie została dostarczona: nie udało się jej na czas sprawdzić pod kątem złośliwego oprogramowania.
denied-do = Jeśli to pomyłka, prosimy o kontakt z { $organisation } w inny sposób.
denied-subject = Wiadomość do { $organisation } nie została dostarczona
denied-admin-subject = Odrzucono złośliwe oprogramowanie
denied-admin-text = { $address } – z tego adresu napisano na naszych stronach coś, co kontrola uznała za złośliwe oprogramowanie. Niczego nie dostarczono, a adresaci nie zostali powiadomieni.
denied-admin-found = Kontrola nazywa to { $found }.

### A new link and password

asked-renew = Jeśli już go nie ma, można utworzyć nowy link i nowe hasło.
asked-renew-locked = Można też utworzyć nowy link i nowe hasło: poprzednie niczego już wtedy nie otworzą.
locked-renew = Można tam też utworzyć nowy link i nowe hasło dla tego odbiorcy.
receipt-recovery-all = Jeśli link lub hasło zaginie, na tej stronie można utworzyć nowe.
receipt-recovery-some = Jeśli link lub hasło zaginie: dla niektórych odbiorców można na tej stronie utworzyć nowe, do pozostałych prosimy wysłać wiadomość ponownie.
receipt-recovery-none = Jeśli link lub hasło zaginie, nikt nie może ich zastąpić: prosimy wysłać wiadomość ponownie.
sender-lost = W razie utraty
sender-recovery-gateway = Można utworzyć nowy link i nowe hasło.
sender-recovery-none = Linku i hasła nie można zastąpić: prosimy wysłać wiadomość ponownie.
sender-renew = Nowy link i nowe hasło
sender-renew-link = Nowy link
sender-done-renewed = Nowy link jest w drodze e-mailem. Poprzedni niczego już nie otwiera.
sender-done-often = Nic nie zmieniono: nowe linki można tworzyć 5 razy dziennie i łącznie 20 razy.
sender-done-before = Zrobiono to już przed chwilą. Historia poniżej podaje, kiedy.
sender-done-shown = Nowe hasło utworzono i pokazano przed chwilą; nikt nie może pokazać go ponownie. Jeśli pozostało niezauważone, należy jeszcze raz utworzyć nowy link i hasło.
sender-done-held = Nic nie zmieniono: wiadomość jeszcze nie wyszła albo nikt nie wie, czy wyszła.
sender-done-no-way = Nic nie zmieniono: nie ma drogi, którą nowe hasło dotarłoby do odbiorcy.
sender-done-lost = Nic nie zmieniono: linku i hasła nie można zastąpić.
renew-heading = Utworzyć nowy link i nowe hasło?
renew-heading-link = Utworzyć nowy link?
renew-for = Dotyczy to:
renew-text = Nowy link wychodzi od razu e-mailem. Link wysłany wcześniej od tej chwili niczego już nie otwiera, a przeglądarki, które go znały, zostają zapomniane. Linku nie można wysłać ponownie w tej samej postaci: ma go tylko odbiorca.
renew-password = Poprzednie hasło też traci ważność.
renew-chosen = Hasło wybrane ręcznie zostaje zastąpione hasłem utworzonym tutaj.
renew-how = Nowe hasło
renew-same = idzie tą samą drogą co pierwsze
renew-show = zostanie pokazane tutaj
renew-show-hint = Tylko raz; należy przekazać je telefonicznie lub osobiście.
renew-yes = Utworzyć
shown-heading = Nowe hasło
shown-link = Nowy link jest w drodze e-mailem. Poprzedni niczego już nie otwiera.
shown-for = Hasło do niego, dla:
shown-once = Jest pokazywane tylko ten jeden raz i nigdzie nie jest przechowywane. Jeśli zaginie, można utworzyć kolejne.
shown-by-phone = Prosimy przekazać je telefonicznie lub osobiście, nie e-mailem.
shown-back = Powrót do przesyłki
renewed-subject = Nowy link do plików, nadawca: { $sender }
renewed-subject-message = Nowy link do wiadomości, nadawca: { $sender }
renewed-text = Oto nowy link. Poprzedni link i hasło do niego niczego już nie otwierają.
renewed-text-link = Oto nowy link. Poprzedni link niczego już nie otwiera.
renewed-failed-subject = Nowego linku nie doręczono
renewed-failed-text = E-maila z nowym linkiem nie udało się doręczyć, a hasła nie wysłano:
command-resend = wyślij ponownie, nowy link, nowe hasło
told-renewed = Nowy link przesyłki { $id } jest w drodze e-mailem. Poprzedni niczego już nie otwiera.
told-lost = Nic nie zmieniono: linku i hasła nie można zastąpić. Prosimy wysłać wiadomość ponownie.
told-too-often = Nic nie zmieniono: nowe linki można tworzyć 5 razy dziennie i łącznie 20 razy.
told-which-one = Nic nie zmieniono: odbiorców jest kilku. Należy napisać, dla kogo: wyślij ponownie bo@partner.example
told-not-left = Nic nie zmieniono: wiadomość jeszcze nie wyszła albo nikt nie wie, czy wyszła.
told-no-way = Nic nie zmieniono: nie ma drogi, którą nowe hasło dotarłoby do odbiorcy.
told-how-resend = wyślij ponownie bo@partner.example: nowy link i nowe hasło, jeśli można je zastąpić

### Urządzenia bez hasła

unlock-device-here = To urządzenie jest skonfigurowane. Hasło nie jest tu potrzebne.
unlock-device = Bez hasła otwiera się to na urządzeniu skonfigurowanym dla e-maili (nadawca: { $sender }). Ta przeglądarka do nich nie należy albo usunięto jej pliki cookie, albo te strony mają nowy adres.
unlock-device-hint = Kod można utworzyć na skonfigurowanym urządzeniu: należy otworzyć tam jeden z tych linków i wybrać „Urządzenia bez hasła”, a potem „Utwórz kod”.
unlock-device-none = Nie ma już takiego urządzenia?
unlock-device-none-text = Nadawca ({ $sender }) może to zakończyć i wysłać wszystko ponownie z hasłem. Kod może też podać obsługa systemu u nadawcy.
files-quick = Następnym razem bez hasła?
files-quick-text = Po skonfigurowaniu tej przeglądarki kolejne e-maile tego nadawcy będą się w niej otwierać bez hasła.
devices-heading = Urządzenia bez hasła
devices-back = Wróć
devices-offer = Po skonfigurowaniu tej przeglądarki e-maile (nadawca: { $sender }) otwierają się w niej bez hasła, także wcześniejsze, wysłane w ten sposób.
devices-rules = Kończy się to, gdy urządzenie nie jest używane przez { $time }, gdy pliki cookie zostaną usunięte, a w oknie prywatnym po jego zamknięciu. Nie należy konfigurować komputera, z którego korzystają też inni.
devices-idle = { $days ->
    [one] jeden dzień
    [few] { $days } dni
   *[many] { $days } dni
}
devices-set-up = Skonfiguruj tę przeglądarkę
devices-prove = Aby było pewne, kto ją konfiguruje, kod zostanie wysłany na adres { $recipient }.
devices-elsewhere = Tej przeglądarki nie można stąd skonfigurować. Kod należy utworzyć na skonfigurowanym urządzeniu i wpisać tam, gdzie poprosi o niego następny e-mail (nadawca: { $sender }).
devices-here = E-maile (nadawca: { $sender }) otwierają się w tej przeglądarce bez hasła.
devices-done = Ta przeglądarka jest skonfigurowana.
devices-too-many = Ta skrzynka ma tyle urządzeń, ile może mieć. Na jednym z nich należy wybrać „Urządzenia bez hasła”, usunąć niepotrzebne i spróbować ponownie. Jeśli żadnego nie ma pod ręką, pomoc techniczna nadawcy może usunąć wszystkie.
devices-no-cookie = W tej przeglądarce nie było potrzebnego pliku cookie. Proszę wpisać kod jeszcze raz. Jeśli ten komunikat się powtórzy, należy zezwolić na pliki cookie dla tych stron.
devices-over = Nic nie zmieniono: tutaj nie jest to możliwe albo już nie jest.
devices-list = Urządzenia
devices-name = Urządzenie { $number }
devices-this = to
devices-times = skonfigurowano { $since }, ostatnie użycie { $used }
devices-remove = Usuń
devices-remove-one = Usuń urządzenie { $number }
devices-removed = Urządzenie usunięto. Niczego już nie otwiera bez hasła.
devices-another = Kolejne urządzenie
devices-another-text = Dzięki kodowi kolejne urządzenie, własne lub osoby korzystającej z tej samej skrzynki pocztowej, może to wszystko otwierać bez hasła.
devices-another-button = Utwórz kod
devices-code = Kod dla kolejnego urządzenia
devices-code-how = Na drugim urządzeniu należy otworzyć link z e-maila (nadawca: { $sender }) i wpisać kod. Jest ważny do { $time }, jeden raz, i jest widoczny tylko tutaj.
devices-end = Znowu z hasłem
devices-end-text = Potem nadawca ({ $sender }) znowu przesyła hasło, a to, co wysłano bez hasła, nigdzie się już nie otworzy.
devices-end-button = Poproś znowu o hasła
devices-ended = Od teraz hasła są znowu przesyłane.
devices-ready-heading = Ta przeglądarka jest skonfigurowana
devices-ready-text = Następny e-mail tego nadawcy otworzy się w niej bez hasła. To, co wysłano wcześniej, pozostaje tu zamknięte; nadawca może wysłać to ponownie.
passkey-set-up = Zamiast tego użyj klucza dostępu (passkey)
passkey-open = Otwórz kluczem dostępu (passkey)
passkey-failed = Nie udało się. Niczego nie otwarto ani nie skonfigurowano. Można spróbować ponownie albo kontynuować bez klucza dostępu: nie każdy to potrafi.
passkey-done = Klucz dostępu jest skonfigurowany. E-maile od tego nadawcy otwierają się nim w każdej przeglądarce, która go ma.
passkey-mark = klucz dostępu (passkey)
passkey-here = E-maile (nadawca: { $sender }) otwierają się kluczem dostępu, bez hasła.
sender-quick-end = Znowu z hasłem
sender-quick-end-for = Znowu z hasłem: { $recipient }
sender-done-parted = Od następnego e-maila ten odbiorca znowu otrzymuje hasło. To, co otwierało się tylko na urządzeniu, już się tam nie otworzy.
quick-mail-added-subject = Urządzenie otwiera e-maile bez hasła
quick-mail-added-text = Urządzenie { $number } zostało właśnie skonfigurowane. Otwiera bez hasła to, co przychodzi na adres { $recipient } (nadawca: { $sender }).
quick-mail-added-more = Nie było to zamierzone? Należy otworzyć link tego nadawcy na innym swoim urządzeniu i usunąć je w części „Urządzenia bez hasła” albo poprosić nadawcę, aby znowu przesyłał hasła.
quick-mail-code-subject = Wydano kod dla urządzenia
quick-mail-code-text = Obsługa systemu utworzyła kod. Kto wpisze go w ciągu doby, otwiera bez hasła to, co przychodzi na adres { $recipient } (nadawca: { $sender }).
quick-mail-code-more = Nikt o niego nie prosił? Prosimy od razu powiadomić obsługę systemu.
quick-mail-ended-subject = Znowu z hasłem
quick-mail-ended-text = To, co przychodzi na adres { $recipient } (nadawca: { $sender }), od następnego e-maila znowu wymaga hasła.
quick-mail-ended-more = To, co wysłano bez hasła, już się nie otworzy. Nadawca może wysłać to ponownie.
report-heading = Zgłoszenie tej wiadomości
report-text = Administratorzy usługi dowiedzą się, kto ją napisał, kiedy i do kogo, oraz poznają jej oznaczenie, ale nie jej treść.
report-because = Co jest nie tak (opcjonalnie)
report-button = Zgłoś
reported-heading = Ta wiadomość została zgłoszona
reported-text = Administratorzy usługi wiedzą o tym od: { $date }.
reported-subject = Zgłoszono wiadomość z zewnątrz
reported-mail-text = Osoba, która otrzymała wiadomość napisaną na naszych stronach, zgłasza ją. Treści wiadomości nie ma w tym mailu.
reported-because = Co jest nie tak: { $text }
paused-subject = Wstrzymano SMS-y: czy ktoś nadużywa konta?
paused-numbers = W ciągu godziny SMS-y miały trafić na więcej numerów zaczynających się od { $prefix }, niż pozwala limit. Kanałem „{ $channel }” nie wychodzi ich więcej.
paused-money = W ciągu doby SMS-y kanału „{ $channel }” kosztowały tyle, ile mogą. Nie wychodzi ich więcej.
paused-until = Trwa to co najmniej do: { $date }. Hasła idą następną drogą, w końcu do nadawców.
paused-first = Pierwszy zatrzymany SMS dotyczył maila od { $sender }.
paused-look = Jeśli nikt nie zna powodu, możliwe, że ktoś nadużywa konta, aby zarabiać na połączeniach. Wiersze „noticed” w logu wskazują te maile.
