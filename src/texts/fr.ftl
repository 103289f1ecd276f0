# Forme d'adresse : vous.
#
# Glossary, one word per thing:
# transfer: transfert; link: lien; password: mot de passe; code: code; file: fichier; mail: e-mail; message: message; mailbox: messagerie
# sender: expéditeur, or „the person who …“; recipient: destinataire; operators: service informatique; receipt: accusé d’envoi
# take back, withdraw: retirer; extend: prolonger; fetch, download: télécharger; expire: expirer; delete: supprimer
# locked after wrong tries: bloqué, débloquer; lock a page: verrouiller; approve, release: valider; drop: rejeter; protected: protégé
# A name never stands behind “de” or “que”, which lose their vowel before some: “envoyé par”. A no-break space before : and inside « »,
# a narrow one before ; ? !

### Le bloc dans l'e-mail

# Here and in the next section with ' instead of ’, which ISO 8859 lacks: a mail in it keeps its charset.

block-title = { $count ->
    [one] { $count } fichier envoyé par { $sender } ({ $size })
   *[other] { $count } fichiers envoyés par { $sender } ({ $size })
}
block-more = { $count ->
    [one] et { $count } autre fichier
   *[other] et { $count } autres fichiers
}
block-view = { $count ->
    [one] Pour le voir :
   *[other] Pour les voir :
}
block-button = { $count ->
    [one] Voir le fichier
   *[other] Voir les { $count } fichiers
}
block-button-leads = Le bouton mène à
block-password-sms = Mot de passe : envoyé par SMS au numéro qui se termine par { $digits }.
block-password-sender = Mot de passe : { $sender } vous le donnera de vive voix ou par téléphone.
block-password-other = Mot de passe : vous le recevrez { $way }.
way-separately = séparément
block-password-code = Code : vous le recevrez par e-mail quand vous ouvrirez le lien.
block-password-quick = Aucun mot de passe sur un appareil que vous avez configuré.
block-password-agreed = Mot de passe : celui qui a été convenu avec { $organisation }.
block-until = Disponible jusqu'au { $date }.
block-genuine = { $organisation } envoie ses fichiers de cette façon. Aucun compte n'est nécessaire et personne ne vous demandera le mot de passe de votre messagerie.
block-check = Comment vérifier que ce message est authentique

### Un e-mail dont le texte est protégé aussi

sealed-title = { $count ->
    [0] Un message envoyé par { $sender } ({ $address })
    [one] Un message envoyé par { $sender } ({ $address }), avec { $count } fichier
   *[other] Un message envoyé par { $sender } ({ $address }), avec { $count } fichiers
}
sealed-read = Pour le lire :
sealed-button = Lire le message
sealed-answer = Vous pouvez répondre sur la même page, et votre réponse sera protégée elle aussi.
sealed-genuine = { $organisation } envoie ses messages confidentiels de cette façon. Aucun compte n'est nécessaire et personne ne vous demandera le mot de passe de votre messagerie.
sealed-subject = Message envoyé par { $organisation }
# Without an apostrophe or a hyphen: programs make others of them.
sealed-line = la suite est protégée

### Pages : cadre

page-title = { $title } - { $organisation }
page-title-error = Erreur : { $title }
page-skip = Aller au contenu
page-language = Langue
page-language-now = Langue : { $name }
page-this-language = Français
footer-genuine = Cette page est-elle authentique ?
footer-accessibility = Accessibilité
footer-privacy = Données personnelles
footer-transfer = Transfert { $id }

### Pages : ouvrir

unlock-heading = Fichiers envoyés par { $sender }
unlock-heading-message = Message envoyé par { $sender }
unlock-sent = { $address }, envoyé le { $date } à { $recipient }
unlock-password = Mot de passe
unlock-hint-sms = Il a été envoyé par SMS au numéro qui se termine par { $digits }.
unlock-hint-sender = { $sender } vous le donnera de vive voix ou par téléphone.
unlock-hint-other = Vous le recevrez { $way }.
unlock-hint-agreed = C’est le mot de passe qui a été convenu avec { $organisation }.
unlock-no-password-needed = Aucun mot de passe n’est nécessaire.
unlock-remember = Se souvenir de ce navigateur pendant 30 jours (pas sur un ordinateur partagé)
# Instead of the field for the password.
unlock-remembered = Ce navigateur est reconnu. Aucun mot de passe n’est nécessaire ici.
forget-browser = Oublier ce navigateur
unlock-open = Ouvrir
unlock-missing = Pas de mot de passe ?
unlock-missing-text = Il peut mettre quelques minutes à arriver. Si rien ne vient, répondez à l’e-mail et demandez-le à { $sender }.
unlock-until = Disponible jusqu’au { $date }
ask-password = Demander le mot de passe à { $sender }
ask-unlock = Demander à { $sender } de débloquer la page
asked = Demande envoyée à { $sender } : { $time }.
unlock-phone = Ouvrir sur un téléphone
unlock-phone-text = Dirigez l’appareil photo de votre téléphone vers ce code. Il ne contient que le lien : le téléphone demandera lui aussi le mot de passe.
unlock-phone-code = QR code avec l’adresse de cette page
terms-heading = Conditions d’utilisation
terms-agree = J’accepte les conditions d’utilisation
terms-read = les lire
terms-missing = Veuillez d’abord accepter les conditions d’utilisation.
unlock-empty = Veuillez saisir le mot de passe.
wrong-password = { $tries ->
    [0] Ce mot de passe ne convient pas.
    [one] Ce mot de passe ne convient pas. Encore { $tries } essai, puis une pause d’une heure.
   *[other] Ce mot de passe ne convient pas. Encore { $tries } essais, puis une pause d’une heure.
}
wrong-password-hint = Les majuscules, les espaces et les tirets ne comptent pas.
paused = Trop d’essais. Prochain essai possible à { $time }.
locked = Bloqué après trop de mots de passe erronés. Les fichiers sont en sécurité. Répondez à l’e-mail et demandez à { $sender } de les débloquer.

### Pages : un code par e-mail au lieu d'un mot de passe

code-why = Pour ouvrir cette page, il vous faut un code. Il est envoyé à { $recipient }, la messagerie qui a reçu le lien.
code-send = Recevoir un code
code-label = Code
code-hint = Un e-mail avec un code à six chiffres a été envoyé à { $recipient }. Le code est valable jusqu’à { $time }.
code-missing = Pas de code ?
code-missing-text = Il peut mettre quelques minutes à arriver ; regardez aussi parmi les e-mails indésirables. Si rien ne vient, répondez à l’e-mail qui contient le lien et demandez à { $sender }.
code-again = Recevoir un autre code
code-empty = Veuillez saisir le code.
code-over = Plus aucun code n’est valable. Veuillez en demander un nouveau.
wrong-code = { $tries ->
    [0] Ce code ne convient pas.
    [one] Ce code ne convient pas. Encore { $tries } essai, puis une pause d’une heure.
   *[other] Ce code ne convient pas. Encore { $tries } essais, puis une pause d’une heure.
}
code-limit = Assez de codes ont été envoyés pour le moment. Le prochain pourra l’être à partir de : { $time }.
code-not-sent = Le code n’a pas pu être envoyé. Veuillez réessayer dans quelques minutes.
code-refused = Aucun code ne peut être envoyé à { $recipient }. Répondez à l’e-mail qui contient le lien et demandez à { $sender }.
locked-codes = Bloqué après trop de codes erronés. Les fichiers sont en sécurité. Répondez à l’e-mail qui contient le lien et demandez à { $sender } de les débloquer.

### Pages : un e-mail qui attend

approve-heading = Un e-mail attend votre validation
approve-hidden = Ni son contenu ni le nom de ses fichiers ne sont affichés ici.
approve-release = Valider
approve-transfer = Valider avec des liens
approve-transfer-hint = Validé avec des liens, ses fichiers partent au moins derrière un lien.
approve-because = Pourquoi il est rejeté, pour son expéditeur (facultatif)
approve-drop = Rejeter
withdraw-heading = Votre e-mail attend une validation
withdraw-text = Il n’est pas parti. Tant que personne n’a décidé, vous pouvez le retirer : personne ne le recevra.
withdraw-button = Retirer
decided-heading = La décision est prise
# $who is an address, or the operators.
decided-released = L’e-mail a été validé par { $who } : { $date }.
decided-dropped = L’e-mail a été rejeté par { $who } : { $date }. Il n’est pas parti et ne partira pas.
decided-withdrawn = L’e-mail a été retiré par { $who } : { $date }. Il n’est pas parti et ne partira pas.
decided-over = Personne n’a décidé à temps. L’e-mail a été rejeté : { $date }.
# $approvers are addresses.
decided-asked = Personnes sollicitées : { $approvers }.

### Pages : rien ici, quelque chose ne va pas

gone-heading = Ces fichiers ne sont plus ici
gone-text = Ils ont peut-être expiré ou été retirés. Si vous avez l’e-mail, répondez-y pour joindre la personne qui l’a envoyé.
session-heading = Veuillez rouvrir le lien
session-text = Cette page est restée longtemps ouverte et a été verrouillée. Rouvrez le lien dans l’e-mail.
busy-heading = Un instant, s’il vous plaît
busy-text = Beaucoup de personnes ouvrent des fichiers en ce moment. Veuillez réessayer dans une minute.
missed-text = De nombreux liens qui ne mènent nulle part ont été ouverts depuis votre réseau en peu de temps. Veuillez réessayer dans une minute.
too-often = Trop d’essais en peu de temps. Veuillez attendre une minute, puis réessayer.
error-heading = Cela n’a pas fonctionné
error-text = Une erreur s’est produite ici. Rien n’est perdu ; veuillez réessayer dans quelques minutes.
error-reference = Référence en cas de question : { $id }
not-found-heading = Cette page n’existe pas
not-found-text = Veuillez vérifier que vous avez le lien complet de l’e-mail.

### Pages : fichiers

files-heading = Fichiers envoyés par { $sender }
files-summary = { $count ->
    [one] { $count } fichier, { $size }.
   *[other] { $count } fichiers, { $size }.
}
files-until = Disponible jusqu’au { $date } ({ $left }).
files-all = Tout télécharger en ZIP, { $size }
files-download = Télécharger
files-download-name = Télécharger { $name }, { $size }
files-details = Détails
files-type = Type
files-checksum = SHA-256
files-fetched = Téléchargé le { $date }
files-fetched-times = { $count ->
    [one] Téléchargé { $count } fois
   *[other] Téléchargé { $count } fois
}
files-left = { $count ->
    [one] Peut encore être téléchargé { $count } fois
   *[other] Peut encore être téléchargé { $count } fois
}
files-used-up = Tous les téléchargements autorisés ont été utilisés. Répondez à l’e-mail pour en demander d’autres.
files-message = Message
files-open-message = Ouvrir le message
files-mail-only = Enregistrez le message et ouvrez-le dans votre logiciel de messagerie.
files-lock = Verrouiller cette page
files-none = Il n’y a pas de fichier, seulement un message.
files-delete = J’ai tout, supprimer maintenant
delete-heading = Supprimer maintenant ?
delete-text = Ensuite, plus personne ne pourra ouvrir votre lien, pas même vous. Les autres destinataires du même e-mail gardent le leur. La personne qui l’a envoyé peut voir que vous avez supprimé.
delete-left = { $count ->
    [one] { $count } fichier n’a pas encore été téléchargé.
   *[other] { $count } fichiers n’ont pas encore été téléchargés.
}
delete-now = Supprimer
delete-not = Retour, ne rien supprimer
days-left = { $days ->
    [0] dernier jour
    [one] encore { $days } jour
   *[other] encore { $days } jours
}

### Pages : message

message-heading = Message envoyé par { $sender }
message-back = Fichiers
message-back-files = { $count ->
    [one] Fichiers ({ $count })
   *[other] Fichiers ({ $count })
}
message-print = Imprimer
message-save = Enregistrer en .eml
message-from = De
message-to = À
message-date = Date
message-subject = Objet
message-no-subject = (sans objet)
message-pictures = Les images venant d’internet ne sont pas chargées.
message-no-text = Ce message n’a pas de texte à afficher. Veuillez l’enregistrer et l’ouvrir dans votre logiciel de messagerie.
message-too-large = Ce message est trop grand pour être affiché ici. Veuillez l’enregistrer et l’ouvrir dans votre logiciel de messagerie.
message-cut = Le message est plus long que ce que cette page peut afficher. Enregistrez-le pour le lire en entier.
message-as-html = Afficher avec la mise en forme
message-as-text = Afficher en texte brut

### Pages : types de fichiers, comme on les appelle

type-archive = Archive
type-document = Document texte
type-file = Fichier
type-film = Vidéo
type-mail = E-mail
type-pdf = Document PDF
type-picture = Image
type-slides = Présentation
type-sound = Son
type-table = Tableau
type-text = Texte

### Pages : les mêmes pour tout le monde

bad-request-text = Votre navigateur a envoyé quelque chose qui n’a pas pu être compris. Veuillez rouvrir le lien dans l’e-mail.
closed-heading = La page est verrouillée
closed-text = Pour revoir les fichiers, ouvrez le lien dans l’e-mail.
forgotten-heading = Ce navigateur est oublié
forgotten-text = La prochaine fois, le mot de passe sera de nouveau demandé pour tout ce qui a été ouvert dans ce navigateur.
home-heading = Fichiers et messages envoyés par { $organisation }
home-text = Les fichiers ne sont pas listés ici. Ouvrez le lien dans l’e-mail que vous avez reçu.
home-genuine = Aucun compte n’est nécessaire et personne ne vous demandera le mot de passe de votre messagerie.
home-send = Nous envoyer des fichiers
deleted-heading = C’est supprimé
deleted-text = Votre lien n’ouvre plus rien. Ce que vous avez téléchargé vous reste.
genuine-host = L’adresse de ces pages commence par { $host }. Regardez la barre d’adresse de votre navigateur avant de saisir un mot de passe.
genuine-never = Aucun compte n’est nécessaire. Personne ne vous demandera le mot de passe de votre messagerie, de l’argent ou l’installation d’un programme.
genuine-check = Si un e-mail vous semble douteux, n’y répondez pas. Appelez la personne qui l’a envoyé à un numéro que vous connaissiez déjà, ou allez vous-même sur le site : { $organisation }.
accessibility-aim = Ces pages sont conçues pour respecter les Règles pour l’accessibilité des contenus Web (WCAG) 2.2, niveau AA, et la norme européenne EN 301 549.
accessibility-how = Elles fonctionnent sans scripts, au clavier, avec des lecteurs d’écran et agrandies à 400 %, en couleurs claires et sombres. Les mots de passe peuvent être collés.
accessibility-problem = Si quelque chose ne fonctionne pas pour vous, répondez à l’e-mail qui contenait le lien : { $organisation } vous enverra les fichiers autrement.
privacy-files = Les fichiers sont conservés chiffrés. Ils ne peuvent être ouverts qu’avec le lien de l’e-mail et, s’il est demandé, le mot de passe. Après la date indiquée, ils sont supprimés.
privacy-cookie = Un cookie garde la page ouverte une fois que vous l’avez ouverte. Il est supprimé quand vous verrouillez la page ou fermez le navigateur.
privacy-known = Un deuxième cookie indique pendant 30 jours que ce navigateur a ouvert un lien, pour que les mots de passe erronés d’autres personnes ne puissent pas vous bloquer. Seulement si vous le demandez, il ouvre aussi le lien sans mot de passe. Il est supprimé quand vous choisissez « Oublier ce navigateur ».
privacy-quick = Si vous configurez un appareil sans mot de passe, un cookie à part garde sa clé. Nous gardons ce qui permet de le reconnaître, quand il a été configuré et quand il a servi la dernière fois ; tout cela prend fin quand vous supprimez l’appareil, ou quand il n’a pas servi pendant longtemps et qu’il ne reste rien de ce qui a été envoyé avant. Une page qui ne s’ouvre que sur des appareils pose ce cookie pour un jour, afin qu’un code puisse être saisi.
privacy-terms = Un troisième cookie retient pendant 30 jours que vous avez accepté les conditions d’utilisation.
privacy-send = Si vous écrivez à { $organisation } d’ici, un cookie attend le code pendant dix minutes, et un autre indique pendant 30 jours que votre adresse a été vérifiée dans ce navigateur. Il est conservé 30 jours de plus, afin que d’autres personnes qui demandent des codes pour votre adresse ne puissent pas vous en priver. Il est supprimé lorsque vous choisissez « Ce n’est pas moi ». Les adresses auxquelles vous avez écrit peuvent être conservées pour vous être proposées ; vous pouvez vider cette liste, et elle est supprimée si vous ne l’avez pas utilisée pendant 30 jours.
privacy-nothing = Il n’y a pas d’autre cookie, et rien n’est mesuré.
privacy-log = { $organisation } enregistre quand les fichiers sont ouverts et téléchargés, et depuis quelle adresse internet, pour vous protéger ainsi que la personne qui les a envoyés. Celle-ci peut être informée du téléchargement des fichiers.
privacy-others = Ces pages ne chargent rien depuis d’autres sites, et personne d’autre n’apprend votre visite.

### Avis

# At most 160 characters of GSM 03.38 with ordinary names: é, è, à and ù are in that alphabet; ê, ç, ’ and no-break spaces are not.
sms = { $organisation } : mot de passe pour les fichiers, { $sender } : { $password }. Saisie sur { $host }
password-mail-subject = { $count ->
    [one] Veuillez transmettre un mot de passe
   *[other] Veuillez transmettre { $count } mots de passe
}
password-mail-intro = { $count ->
    [one] Votre message est parti, protégé. Veuillez donner le mot de passe à ce destinataire, de vive voix ou par téléphone, pas par e-mail :
   *[other] Votre message est parti, protégé. Veuillez donner à chaque destinataire son mot de passe, de vive voix ou par téléphone, pas par e-mail :
}
password-mail-until = Les fichiers sont disponibles jusqu’au { $date }.
password-mail-genuine = Les destinataires ont déjà le lien. Cet e-mail n’est envoyé qu’à vous.
code-mail-subject = Votre code, envoyé par { $organisation }
code-mail-text = Votre code pour ouvrir l’envoi fait par { $sender } :
code-mail-until = Saisissez-le sur la page qui le demande, avant { $time }. Il ne sert qu’une fois.
code-mail-genuine = Vous n’avez pas demandé de code ? Alors ne faites rien : sans lui, la page reste fermée. Ne le donnez à personne ; { $organisation } ne le demande jamais par téléphone ni par e-mail.
notice-failed-subject = Un mot de passe n’a pas pu être remis
notice-failed-text = Le mot de passe pour { $recipient } n’a pas pu être remis. Veuillez le donner de vive voix ou par téléphone, ou renvoyer le message.

### Accusé d'envoi

receipt-subject = { $count ->
    [0] Envoyé protégé : { $subject }
    [one] Envoyé avec { $count } fichier sous forme de lien : { $subject }
   *[other] Envoyé avec { $count } fichiers sous forme de liens : { $subject }
}
receipt-intro = { $count ->
    [0] Votre message « { $subject } » est parti. Son texte a été remplacé par un lien.
    [one] Votre message « { $subject } » est parti. Son fichier ({ $size }) a été remplacé par un lien.
   *[other] Votre message « { $subject } » est parti. Ses { $count } fichiers ({ $size }) ont été remplacés par un lien.
}
receipt-why = Raison
receipt-until = Expiration
receipt-to = À
receipt-password = Mot de passe
receipt-password-sms = SMS au numéro qui se termine par { $digits }
number-from-directory = issu de l’annuaire
number-from-earlier = d’un e-mail précédent de votre part
receipt-password-tell = veuillez communiquer à { $recipient } : { $password }
receipt-password-none = aucun nécessaire
receipt-password-other = { $way }
receipt-by-phone = Par téléphone ou de vive voix, pas par e-mail.
receipt-original = a reçu les fichiers d’origine
receipt-shared = partage un lien avec d’autres
receipt-transfer = Transfert { $id }
receipt-password-code = un code par e-mail, quand la page le demande
receipt-password-quick = aucun nécessaire : s’ouvre sur un appareil que le destinataire a configuré
receipt-password-known = celui que vous avez choisi
password-agreed-with-them = celui qui a été convenu avec le destinataire
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Envoyé protégé
    [one] Envoyé avec { $count } fichier sous forme de lien
   *[other] Envoyé avec { $count } fichiers sous forme de liens
}
receipt-left-intro = { $count ->
    [0] Votre message est parti. Son texte a été remplacé par un lien.
    [one] Votre message est parti. Son fichier ({ $size }) a été remplacé par un lien.
   *[other] Votre message est parti. Ses { $count } fichiers ({ $size }) ont été remplacés par un lien.
}
receipt-waits = n’a pas encore le message : les essais continuent
receipt-unclear = n’a peut-être pas le message : le serveur suivant ne l’a pas confirmé
# $text is what a mail server said, with its code.
receipt-refused = n’a pas reçu le message : { $text }
# A link follows on a line of its own.
receipt-page = Voir qui a téléchargé quoi, changer la date, retirer :
# REVOKE stays as it is in every language.
receipt-revoke = Retirer tout de suite : répondez à cet e-mail par le mot REVOKE.

### Avis ultérieurs à l'expéditeur

downloaded-subject = Téléchargé : fichiers pour { $recipient }
downloaded-text = { $count ->
    [one] { $name } a été téléchargé depuis la page créée pour { $recipient } ({ $date }).
   *[other] { $name } et d’autres, { $count } fichiers en tout, ont été téléchargés depuis la page créée pour { $recipient } ({ $date }).
}
unread-subject = Pas encore téléchargé : fichiers pour { $recipient }
unread-text = Les fichiers pour { $recipient } expirent le { $date }. Personne ne les a téléchargés.
asked-subject = Mot de passe manquant : fichiers pour { $recipient }
asked-password = Une personne ayant le lien créé pour { $recipient } vous demande le mot de passe.
asked-locked = Une personne ayant le lien créé pour { $recipient } vous demande de débloquer la page : elle est bloquée après trop d’essais erronés.
# $time is a day and a time.
asked-when = { $count ->
    [one] Demandé le { $time }.
   *[other] Demandé le { $time }, { $count } fois en un jour.
}
asked-hand-on = Si vous avez le mot de passe, veuillez le donner de vive voix ou par téléphone, pas par e-mail.
asked-again = Si vous ne l’avez plus, renvoyez le message : il en recevra un nouveau.
asked-lift = Les fichiers sont en sécurité. Demandez par téléphone si les essais venaient bien de là, puis débloquez la page.
# A link follows on a line of its own.
asked-page = Ce que vous pouvez faire est indiqué sur votre page :
asked-genuine = Personne n’a rien demandé ? Alors ne faites rien : rien n’a été ouvert.
locked-subject = Bloqué : fichiers pour { $recipient }
locked-text = { $tries } mots de passe erronés : la page pour { $recipient } est bloquée. Les fichiers sont en sécurité ; les autres destinataires ne sont pas concernés.
downloaded-day-subject = Téléchargements du { $date }
downloaded-day-text = Ces fichiers ont été téléchargés depuis les pages créées pour vos destinataires :
unread-do = S’ils sont encore utiles, rappelez-le à la personne ou changez la date sur la page ci-dessous. Sinon, vous n’avez rien à faire.
locked-codes-text = { $tries } codes erronés : la page pour { $recipient } est bloquée. Les fichiers sont en sécurité ; les autres destinataires ne sont pas concernés.
locked-do = Sur la page ci-dessous, vous pouvez la débloquer ou retirer les fichiers. Demandez d’abord au destinataire si ces essais étaient les siens.
locked-deleted-text = { $tries } mots de passe erronés : selon les règles fixées par { $organisation }, la page pour { $recipient } a été supprimée. Ces essais n’ont permis à personne d’ouvrir les fichiers ; les autres destinataires ne sont pas concernés.
locked-deleted-do = Cela ne peut pas être annulé. Si les fichiers sont encore utiles, renvoyez le message.
# To an administrator.
locked-sender = Expéditeur du message : { $sender }
locked-from = Le dernier essai venait de l’adresse { $address }
revoked-subject = Retiré : plus personne ne peut l’ouvrir
revoked-text = Retiré : plus personne ne peut ouvrir les fichiers. Les copies déjà téléchargées restent où elles sont.
revoked-text-one = Retiré pour { $recipient } : cette page ne peut plus être ouverte. Les copies déjà téléchargées restent où elles sont.
revoked-never = Personne n’avait rien téléchargé avant.
revoked-before = { $count ->
    [one] { $count } fichier avait déjà été téléchargé depuis la page créée pour { $recipient }, la dernière fois le { $date }.
   *[other] { $count } fichiers avaient déjà été téléchargés depuis la page créée pour { $recipient }, la dernière fois le { $date }.
}
extended-subject = Disponible jusqu’au { $date }
extended-text = Les fichiers sont maintenant disponibles jusqu’au { $date }.

### La page de l'expéditeur

sender-title = Votre transfert { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Envoyé le { $date }.
    [one] { $count } fichier, { $size }. Envoyé le { $date }.
   *[other] { $count } fichiers, { $size }. Envoyé le { $date }.
}
sender-files = { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
}
sender-people = Destinataires
sender-mail = E-mail
sender-mail-sent = envoyé
sender-mail-held = en route
sender-mail-lost = non remis
sender-mail-waits = pas encore remis
# Each is a time of day, or a day and a time.
sender-mail-tried = Essais depuis : { $since } ; prochain : { $next } ; dernier au plus tard : { $until }.
# $text is a reply of a mail server.
sender-mail-answer = Réponse du serveur de messagerie : { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = retiré : { $time }
sender-mail-deleted = supprimé par le destinataire : { $time }
sender-password-sms = SMS au numéro qui se termine par { $digits }
sender-password-you = à transmettre par vous
sender-password-code = code par e-mail à l’ouverture du lien
sender-downloads = Téléchargé
sender-fetched-never = pas encore
sender-opened = ouvert, rien de téléchargé pour l’instant : { $time }
# $count of $of files.
sender-fetched = { $count } sur { $of }, dernière fois : { $time }
sender-locked = Bloqué après trop de mots de passe erronés : { $time }
sender-paused = Pause après des mots de passe erronés, jusqu’à : { $time }
sender-lift = Débloquer
sender-revoke-one = Retirer
sender-revoke-for = Retirer à { $recipient }
sender-until = Fin
sender-new-day = Disponible jusqu’à la fin de ce jour
sender-latest = Au plus tard le { $date }
sender-change = Changer
sender-revoke-title = Retirer
sender-revoke-text = À partir de cet instant, plus personne ne peut rien ouvrir. Cela ne peut pas être annulé. Ce qui a déjà été téléchargé reste chez qui l’a.
sender-revoke-all = Retirer à tout le monde
sender-history = Historique
sender-history-note = « Téléchargé » signifie : depuis la page créée pour ce destinataire. Personne ne peut savoir qui l’a lu.
sender-is-revoked = Il a été retiré. Plus personne ne peut l’ouvrir.
sender-is-expired = Il est terminé. Plus personne ne peut l’ouvrir.
sender-over-heading = Ce transfert est terminé
sender-over-text = Ses fichiers sont supprimés, et son historique avec eux.
sender-done-revoked = Retiré. Qui avait ce lien ne peut plus rien ouvrir.
sender-done-extended = La fin a été changée.
sender-done-latest = La fin a été changée, pour le dernier moment autorisé.
sender-done-lifted = Débloqué. Le mot de passe peut de nouveau être essayé.
sender-done-nothing = Il n’y avait rien à changer.
sender-no-day = Veuillez indiquer un jour.
sender-past = Ce jour est passé. Pour terminer maintenant, retirez le transfert.
prefs-heading = Ce dont vous êtes informé
prefs-back = Votre transfert
# $address is the sender's.
prefs-text = Pour tous les e-mails envoyés par { $address }, à partir de maintenant.
prefs-receipts = Un accusé d’envoi pour chaque e-mail avec des fichiers protégés
prefs-yes = oui
prefs-no = non
prefs-downloads = Quand des fichiers sont téléchargés
prefs-each = un e-mail à chaque fois, un peu plus tard
prefs-daily = un e-mail par jour
prefs-off = aucun e-mail
prefs-language = Langue de ces e-mails
prefs-language-own = celle de chaque e-mail
prefs-always = Dans tous les cas, vous êtes informé quand une page est bloquée, quand un transfert que personne n’a téléchargé expire bientôt et quand un transfert a été retiré.
prefs-save = Enregistrer
prefs-saved = C’est enregistré. Si quelque chose a changé, un e-mail vous le confirmera aussi.
prefs-fewer = Choisissez lesquels de ces e-mails vous recevez :
chosen-subject = Ce dont vous êtes informé a été modifié
chosen-text = Sur la page d’un de vos transferts, quelqu’un a choisi quels e-mails vous recevez à partir de maintenant :
chosen-other = Si ce n’était pas vous, quelqu’un d’autre a un de vos liens. Veuillez rétablir votre choix ici et prévenir le service informatique :
takeback-heading = Retirer à tout le monde ?
takeback-heading-one = Retirer ?
takeback-text = À partir de cet instant, aucune de ces personnes ne pourra plus l’ouvrir :
takeback-note = Cela ne peut pas être annulé. Ce qui a déjà été téléchargé reste chez qui l’a.
takeback-yes = Retirer
takeback-no = Ne rien changer
event-sent = Envoyé
event-opened = Ouvert
event-fetched = { $count ->
    [one] { $count } fichier téléchargé
   *[other] { $count } fichiers téléchargés
}
event-fetched-names = Téléchargé : { $names }
event-locked = Bloqué après trop de mots de passe erronés
event-lifted = { $by ->
    [sender] Débloqué par vous
   *[other] Débloqué par le service informatique
}
event-asked = Le mot de passe a été demandé
event-answered = Une réponse a été écrite
event-revoked = { $by ->
    [sender] Retiré par vous
    [operator] Retiré par le service informatique
   *[other] Supprimé après trop de mots de passe erronés
}
event-extended = { $by ->
    [sender] Fin changée par vous : { $date }
   *[other] Fin changée par le service informatique : { $date }
}
event-link-sent = { $by ->
    [sender] Nouveau lien envoyé par vous
   *[other] Nouveau lien envoyé par le service informatique
}
event-password-sent = { $by ->
    [sender] Nouveau mot de passe créé par vous
   *[other] Nouveau mot de passe créé par le service informatique
}
event-password-shown = { $by ->
    [sender] Nouveau mot de passe créé par vous et affiché pour vous
   *[other] Nouveau mot de passe créé par le service informatique et affiché pour lui
}
event-deleted = Supprimé par le destinataire
event-text-arrived = Le SMS contenant le mot de passe a été remis

### Réponses à un accusé d'envoi

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = retirer, révoquer, revoquer
command-extend = prolonger
command-who = qui
command-numbers = numéros, numeros
command-forget = oublier, oubliez, oublie
command-unlock = débloquer, debloquer
command-help = aide
command-days = j, jour, jours
command-weeks = s, sem, semaine, semaines
told-subject-done = C’est fait : transfert { $id }
told-subject-not = Pas fait : transfert { $id }
told-subject-who = Qui a téléchargé quoi : transfert { $id }
told-subject-help = Ce que vous pouvez répondre : transfert { $id }
told-revoked = Retiré : plus personne ne peut ouvrir le transfert { $id }. Ce qui a déjà été téléchargé reste chez qui l’a.
told-revoked-one = Retiré : { $recipient } ne peut plus ouvrir le transfert { $id }. Ce qui a déjà été téléchargé y reste.
told-extended = Fin du transfert { $id } : { $date }.
told-latest = C’est le dernier moment autorisé.
told-lifted = Débloqué : le mot de passe peut de nouveau être essayé.
told-no-recipient = Rien n’a été changé : le transfert { $id } n’a pas de lien pour { $recipient }.
told-past = Rien n’a été changé : ce jour est passé. Pour terminer maintenant, répondez par le mot retirer.
told-over = Rien n’a été changé : le transfert { $id } était déjà terminé ou retiré.
told-not-locked = Rien n’a été changé : rien n’est bloqué.
told-unread = Rien n’a été changé : votre réponse n’a pas pu être comprise.
told-how = Écrivez l’un de ces mots sur la première ligne de votre réponse à un accusé d’envoi :
# In front of the colon stands one of the words above.
told-how-revoke = retirer : plus personne ne peut l’ouvrir
told-how-revoke-one = retirer bo@partner.example : seul ce destinataire ne le peut plus
told-how-extend = prolonger 7 jours : il finit 7 jours plus tard (aussi : prolonger 2 semaines, prolonger 2025-12-24)
told-how-who = qui : qui a ouvert et téléchargé quoi
told-how-unlock = débloquer : les mots de passe peuvent de nouveau être essayés
told-how-numbers = numéros : les numéros de téléphone que vous avez indiqués dans des e-mails précédents
told-how-forget = oublier bo@partner.example, ou oublier : un tel numéro, ou tous, ne servent plus
told-subject-numbers = Numéros de téléphone de vos e-mails
told-numbers-none = Aucun numéro de téléphone de votre part n’est retenu.
told-numbers = Ces numéros de téléphone, que vous avez indiqués dans des e-mails précédents, servent quand vous n’en indiquez pas :
told-number = { $recipient } : se termine par { $digits }, dernière utilisation { $date }
told-forgot = { $count ->
    [0] Aucun numéro de ce genre n’était retenu.
    [one] { $count } numéro de téléphone a été oublié.
   *[other] { $count } numéros de téléphone ont été oubliés.
}
told-how-help = aide : cette liste
told-who-revoked = retiré
told-who-locked = bloqué après trop de mots de passe erronés
told-who-never = pas encore ouvert
# $date is a day and a time.
told-who-opened = ouvert le { $date }, { $count } sur { $of } téléchargés

### E-mails qui attendent une validation

# To an approver. $sender is an address.
hold-ask-subject = En attente de votre validation : un e-mail envoyé par { $sender }
hold-ask-text = Un e-mail envoyé par { $sender } attend que quelqu’un le valide. Vous le pouvez. Son contenu n’est pas affiché ici.
hold-ask-until = Si personne ne décide avant cette date, il est rejeté et son expéditeur est prévenu : { $date }.
hold-ask-how = Sur la passerelle de messagerie, l’une de ces commandes décide :
# A link follows on a line of its own.
hold-ask-page = Décidez sur cette page :
hold-withdraw-page = Tant que personne n’a décidé, vous pouvez le retirer ici :
# One line per recipient.
hold-to = À : { $recipient }
hold-sent = Envoyé : { $date }
hold-size = { $count ->
    [0] Taille : { $size }, sans fichier
    [one] Taille : { $size }, { $count } fichier
   *[other] Taille : { $size }, { $count } fichiers
}
# $rule is the id of a rule, $text its reason.
hold-why = Raison : { $text } ({ $rule })
hold-mail = E-mail { $id }
# Stands behind “par”.
hold-operator = le service informatique
# To the sender.
hold-waits-subject = Votre e-mail attend une validation
hold-waits-text = Votre e-mail n’est pas encore parti : il doit être validé par { $approvers }. Vous n’avez rien à faire.
hold-waits-until = Si personne ne décide avant cette date, il est rejeté et vous recevez un avis : { $date }.
hold-released-subject = Votre e-mail a été validé
hold-released-text = Votre e-mail a été validé par { $who } et il est en route.
hold-dropped-subject = Votre e-mail n’a pas été validé
hold-dropped-text = Votre e-mail a été rejeté par { $who }. Il n’est pas parti et ne partira pas.
hold-dropped-because = La raison donnée : { $text }
hold-over-subject = Votre e-mail n’a pas été validé à temps
hold-over-text = Personne n’a décidé à temps. Votre e-mail a été rejeté et n’est pas parti. Demandez une validation, puis envoyez-le de nouveau.
hold-missed-subject = Pas de décision à temps : un e-mail de votre organisation
hold-missed-text = Personne n’a décidé à temps au sujet de l’e-mail envoyé par { $sender }. Il a été rejeté, et la personne qui l’a envoyé a été prévenue.
hold-failed-subject = Votre e-mail n’a pas pu être remis à tout le monde
hold-failed-text = Votre e-mail a été validé, mais il n’est pas arrivé chez :

# Un expéditeur dit comment ceux qu’aucun moyen n'atteint reçoivent leur mot de passe.
unreached-subject = Votre e-mail attend : comment recevront-ils le mot de passe ?
unreached-heading = Comment recevront-ils le mot de passe ?
unreached-text = Votre e-mail n’est pas encore parti : aucun moyen ne permet de transmettre leur mot de passe à ces destinataires.
unreached-how-phone = Indiquez leurs numéros de mobile, ou choisissez un autre moyen, sur cette page :
unreached-how = Choisissez sur cette page comment ils le recevront :
unreached-until = Sans réponse avant le { $date }, l’e-mail sera rejeté et vous en serez averti.
unreached-way-number = Par SMS
unreached-number = Numéro de mobile, par exemple +46 70 123 45 67
unreached-way-sender = Je le reçois par e-mail et le transmets moi-même
unreached-way-link = Aucun mot de passe : quiconque lit l’e-mail peut ouvrir les fichiers
unreached-send = Envoyer
unreached-keep = Enregistrer
unreached-approval = Quelqu’un doit en outre valider l’e-mail. Ce qui manquera alors vous parviendra.
unreached-withdraw = Ou personne ne le reçoit :
unreached-mend = Il manque quelque chose. Rien n’a été envoyé.
unreached-choose = Choisissez un moyen.
unreached-no-country = Écrivez le numéro avec son pays, par exemple +46 70 123 45 67.
unreached-no-number = Ce n’est pas un numéro de téléphone : vérifiez les chiffres.
unreached-wrong-kind = Aucun SMS ne peut être envoyé à ce numéro.
unreached-over-subject = Votre e-mail n’a pas été envoyé
unreached-over-text = Personne n’a indiqué à temps comment les destinataires reçoivent leur mot de passe. L’e-mail a été rejeté et n’est pas parti. Envoyez-le de nouveau, avec un numéro de téléphone comme { $tag } dans l’objet.

### Rapports de remise, à l'expéditeur

report-failed-subject = Votre e-mail n’est pas arrivé chez tout le monde
report-failed-text = Votre e-mail n’est pas arrivé chez ces destinataires, et il n’y aura pas d’autre essai :
report-failed-advice = Pour le reste, votre e-mail est en ordre : il ne s’agit que des destinataires ci-dessus. Veuillez vérifier leurs adresses et le leur envoyer de nouveau. Si les adresses sont justes, montrez ce message à votre service informatique.
report-unclear-subject = Votre e-mail n’est peut-être pas arrivé chez tout le monde
report-unclear-text = On ne sait pas si votre e-mail est arrivé chez ces destinataires. La connexion a été perdue chaque fois, avant que le serveur suivant ne le confirme :
report-unclear-advice = Veuillez leur demander avant de l’envoyer de nouveau.
report-delayed-subject = Votre e-mail a du retard
report-delayed-text = Votre e-mail n’est pas encore arrivé chez ces destinataires. Les essais continuent et vous n’avez rien à faire :
report-delayed-until = S’ils échouent jusqu’au { $date }, vous recevrez un avis.
report-relayed-subject = Votre e-mail a été transmis
report-relayed-text = Votre e-mail a été transmis pour ces destinataires. Le serveur suivant n’indique pas ce qu’il devient :
# $text is what the next mail server said, with its code.
report-said = Le serveur suivant a répondu : { $text }
# $text is what our own server noted, with its code, in English.
report-we = Notre serveur a noté : { $text }

### Pages : répondre

files-reply = Répondre
write-heading = Répondre à { $name }
write-back = Retour aux fichiers
write-others = Envoyer aussi à
write-text = Votre texte
write-files = Fichiers
write-files-hint = Jusqu’à { $size } au total. Sur un téléphone, vous pouvez aussi prendre une photo.
write-here = Déjà ici
write-cut = Ces fichiers ne sont pas arrivés en entier. Choisissez-les de nouveau :
write-send = Envoyer
write-wait = Le texte et les fichiers sont envoyés ensemble. Avec de gros fichiers, cela prend du temps : gardez cette page ouverte jusqu’à ce que la suivante apparaisse.
write-empty = Écrivez un texte ou choisissez un fichier.
write-too-large = C’est trop. Les fichiers peuvent faire { $size } au total.
write-too-many-files = Il y a trop de fichiers. Mettez-les dans un fichier ZIP ou envoyez-les en deux réponses.
write-too-many = Vous avez envoyé plusieurs réponses aujourd’hui. Veuillez réessayer demain.
write-unfinished = Un fichier n’est pas arrivé en entier. Veuillez le choisir de nouveau.
write-no-room = Il n’y a pas de place pour ces fichiers en ce moment. Veuillez réessayer plus tard.
write-nobody = Choisissez à qui l’envoyer.
write-gone = Cette réponse a été envoyée ou a expiré. Commencez-en une nouvelle.
write-waiting = Ces fichiers sont en route. Vous pourrez envoyer quand tous seront là.
write-done = Arrivé
write-lost = Connexion interrompue, reprend toute seule
write-failed = Non accepté
write-retry = Réessayer
write-remove = Enlever
written-heading = Envoyé à { $name }
written-to = À
written-time = Heure
written-number = Référence
written-copy = Voulez-vous recevoir cette confirmation par e-mail à { $address } ?
written-copy-send = Recevoir la confirmation
written-copied = La confirmation est envoyée à { $address }.

### People who were sent nothing, and write to us

send-heading = Envoyer des fichiers à { $name }
send-why = Vous écrivez à des personnes de { $organisation }, avec des fichiers de toute taille. Votre adresse est d’abord vérifiée : un message contenant un code y est envoyé.
send-address = Votre adresse e-mail
send-name = Votre nom (facultatif)
send-address-wrong = Saisissez votre adresse e-mail complète, par exemple nom@example.com.
send-subject = Objet
send-code-heading = Saisir le code
send-code-hint = Si { $address } peut nous écrire, un message contenant un code à huit chiffres est en route. Saisissez-le ici, dans ce navigateur, avant { $time }.
send-code-wrong = Ce code ne correspond pas. Essais restants : { $tries }.
send-code-missing = Il peut mettre quelques minutes à arriver ; regardez aussi parmi les indésirables. Seuls quelques codes par heure sont envoyés à une même adresse.
send-other-address = Utiliser une autre adresse ou redemander un code
send-continue = Continuer
send-you = Vous écrivez en tant que { $address }.
send-not-me = Ce n’est pas moi : oublier ce navigateur
send-to-hint = Adresses de { $organisation }, séparées par des virgules.
send-book = Personnes à qui vous avez écrit
send-book-text = Ces adresses vous sont proposées dans chaque navigateur où votre adresse a été vérifiée. La liste est supprimée si vous ne l’avez pas utilisée pendant 30 jours.
send-book-empty = Vider cette liste
send-nobody = Indiquez à qui cela est destiné.
send-too-many = { $most } adresses au plus à la fois.
send-not-ours = Vous ne pouvez pas écrire d’ici à { $address }, seulement à des adresses de { $organisation }.
send-unknown = Le courrier pour { $address } ne peut pas être remis. Vérifiez l’orthographe.
send-limit = C’est assez pour aujourd’hui. Veuillez réessayer demain.
send-too-many-files = Il y a trop de fichiers. Mettez-les dans un fichier ZIP ou envoyez-les en deux fois.
send-gone = Cela a été envoyé ou a pris fin. Recommencez.
send-more = Envoyer autre chose
guest-mail-text = Votre code pour envoyer des fichiers à { $organisation } :
guest-mail-asked = Il a été demandé : { $time }, depuis l’adresse réseau { $address }.
guest-mail-genuine = Ce n’était pas vous ? Alors ne faites rien : sans le code, personne ne peut écrire en votre nom. Ne le donnez à personne ; { $organisation } ne le demande jamais par téléphone ni par e-mail.

### L'e-mail qui apporte une réponse

written-from = { $name } via { $organisation }
written-by-reply = Écrit sur { $host }, { $date }, par une personne qui a ouvert les fichiers envoyés à { $address }.
written-by-address = Écrit sur { $host }, { $date }, par une personne qui lit la boîte { $address } : un code envoyé à cette adresse a été saisi : { $proven }.
written-reference = Référence { $id }
written-unwanted = Indésirable ? Votre service informatique peut exclure cette adresse : donnez-lui la référence.
written-report = Un problème avec ce message ? Signalez-le : { $link }
written-no-subject = Fichiers de { $name }
written-copy-subject = Votre message à { $organisation }
written-copy-text = Votre message a été envoyé à { $organisation }.
written-unscanned = Non contrôlé contre les logiciels malveillants, car trop grand : { $name }

checked-heading = Contrôle en cours
checked-text = Votre message est en cours de contrôle contre les logiciels malveillants. Il sera remis ensuite ; vous n’avez pas besoin d’attendre ici. S’il ne peut pas être remis, vous recevrez un mail.
checked-again = Regarder à nouveau
denied-heading = Non remis
denied-infected = « { $file } » n’a pas été remis : le contrôle de { $organisation } prend ce fichier pour un logiciel malveillant. Le reste de votre message n’a pas été remis non plus.
denied-infected-text = Votre message n’a pas été remis : le contrôle de { $organisation } prend son texte pour un logiciel malveillant.
denied-too-large = « { $file } » n’a pas été remis : ce fichier est plus grand que ce que { $organisation } peut contrôler contre les logiciels malveillants. Le reste de votre message n’a pas été remis non plus.
denied-unchecked = Votre message n’a pas été remis : il n’a pas pu être contrôlé à temps contre les logiciels malveillants.
denied-do = Si vous pensez que c’est une erreur, contactez { $organisation } par un autre moyen.
denied-subject = Votre message à { $organisation } n’a pas été remis
denied-admin-subject = Un logiciel malveillant a été refusé
denied-admin-text = { $address } a écrit sur nos pages, et le contrôle y voit un logiciel malveillant. Rien n’en a été remis, et les destinataires n’ont pas été avertis.
denied-admin-found = Le contrôle le nomme { $found }.

### A new link and password

asked-renew = Si vous ne l’avez plus, vous pouvez faire créer un nouveau lien et un nouveau mot de passe.
asked-renew-locked = Vous pouvez aussi faire créer un nouveau lien et un nouveau mot de passe : les anciens n’ouvrent alors plus rien.
locked-renew = Vous pouvez aussi y faire créer un nouveau lien et un nouveau mot de passe pour ce destinataire.
receipt-recovery-all = Si un lien ou un mot de passe est perdu, vous pouvez en faire créer de nouveaux sur cette page.
receipt-recovery-some = Si un lien ou un mot de passe est perdu : pour certains destinataires, vous pouvez en faire créer de nouveaux sur cette page ; pour les autres, renvoyez le message.
receipt-recovery-none = Si un lien ou un mot de passe est perdu, personne ne peut le remplacer : renvoyez le message.
sender-lost = En cas de perte
sender-recovery-gateway = Un nouveau lien et un nouveau mot de passe peuvent être créés.
sender-recovery-none = Le lien et le mot de passe ne peuvent pas être remplacés : renvoyez le message.
sender-renew = Nouveau lien et mot de passe
sender-renew-link = Nouveau lien
sender-done-renewed = Un nouveau lien est en route par e-mail. Le précédent n’ouvre plus rien.
sender-done-often = Rien n’a été changé : de nouveaux liens peuvent être créés 5 fois par jour et 20 fois en tout.
sender-done-before = Cela a déjà été fait il y a un instant. L’historique ci-dessous indique quand.
sender-done-shown = Le nouveau mot de passe a été créé et affiché il y a un instant, et personne ne peut l’afficher à nouveau. Si vous ne l’avez pas vu, créez encore une fois un nouveau lien et un nouveau mot de passe.
sender-done-held = Rien n’a été changé : le message n’est pas encore parti, ou personne ne sait s’il l’est.
sender-done-no-way = Rien n’a été changé : il n’y a aucune voie pour transmettre le nouveau mot de passe au destinataire.
sender-done-lost = Rien n’a été changé : le lien et le mot de passe ne peuvent pas être remplacés.
renew-heading = Créer un nouveau lien et un nouveau mot de passe ?
renew-heading-link = Créer un nouveau lien ?
renew-for = Cela concerne :
renew-text = Le nouveau lien part tout de suite par e-mail. Le lien envoyé auparavant n’ouvre plus rien dès cet instant, et les navigateurs qui le connaissaient sont oubliés. Un lien ne peut pas être renvoyé tel quel : seul son destinataire le possède.
renew-password = Le mot de passe précédent n’est plus valable non plus.
renew-chosen = Celui qui a été choisi à la main est remplacé par un mot de passe créé ici.
renew-how = Le nouveau mot de passe
renew-same = suit la même voie que le premier
renew-show = m’est affiché
renew-show-hint = Une seule fois, et vous le transmettez par téléphone ou de vive voix.
renew-yes = Créer
shown-heading = Le nouveau mot de passe
shown-link = Un nouveau lien est en route par e-mail. Le précédent n’ouvre plus rien.
shown-for = Le mot de passe correspondant, pour :
shown-once = Il n’est affiché que cette fois et n’est conservé nulle part. S’il est perdu, faites-en créer un autre.
shown-by-phone = Veuillez le transmettre par téléphone ou de vive voix, pas par e-mail.
shown-back = Retour à votre transfert
renewed-subject = Nouveau lien vers les fichiers de { $sender }
renewed-subject-message = Nouveau lien vers le message de { $sender }
renewed-text = Voici un nouveau lien. Celui que vous aviez auparavant et son mot de passe n’ouvrent plus rien.
renewed-text-link = Voici un nouveau lien. Celui que vous aviez auparavant n’ouvre plus rien.
renewed-failed-subject = Nouveau lien non remis
renewed-failed-text = L’e-mail contenant le nouveau lien n’a pas pu être remis, et aucun mot de passe n’a été envoyé :
command-resend = renvoyer, nouveau lien, nouveau mot de passe
told-renewed = Un nouveau lien du transfert { $id } est en route par e-mail. Le précédent n’ouvre plus rien.
told-lost = Rien n’a été changé : le lien et le mot de passe ne peuvent pas être remplacés. Renvoyez le message.
told-too-often = Rien n’a été changé : de nouveaux liens peuvent être créés 5 fois par jour et 20 fois en tout.
told-which-one = Rien n’a été changé : il y a plusieurs destinataires. Écrivez pour qui : renvoyer bo@partner.example
told-not-left = Rien n’a été changé : le message n’est pas encore parti, ou personne ne sait s’il l’est.
told-no-way = Rien n’a été changé : il n’y a aucune voie pour transmettre le nouveau mot de passe au destinataire.
told-how-resend = renvoyer bo@partner.example : un nouveau lien et un nouveau mot de passe, s’ils peuvent être remplacés

### Appareils sans mot de passe

unlock-device-here = Cet appareil est configuré. Aucun mot de passe n’est nécessaire ici.
unlock-device = Sans mot de passe, cela s’ouvre sur un appareil que vous avez configuré pour les e-mails envoyés par { $sender }. Ce navigateur n’en fait pas partie, ou ses cookies ont été supprimés, ou ces pages ont changé d’adresse.
unlock-device-hint = Vous pouvez créer un code sur un appareil configuré : ouvrez-y un de ces liens, choisissez « Appareils sans mot de passe », puis « Créer un code ».
unlock-device-none = Plus aucun appareil de ce genre ?
unlock-device-none-text = { $sender } peut y mettre fin et renvoyer le tout avec un mot de passe. Le service informatique de l’expéditeur peut aussi vous donner un code.
files-quick = Sans mot de passe la prochaine fois ?
files-quick-text = Configurez ce navigateur, et les prochains e-mails de cet expéditeur s’y ouvriront sans mot de passe.
devices-heading = Appareils sans mot de passe
devices-back = Retour
devices-offer = Si vous configurez ce navigateur, les e-mails envoyés par { $sender } s’y ouvrent sans mot de passe, même ceux qui vous ont été envoyés ainsi auparavant.
devices-rules = Cela prend fin quand l’appareil ne sert pas pendant { $time }, quand les cookies sont supprimés et, dans une fenêtre privée, quand elle est fermée. Ne configurez pas un ordinateur que d’autres utilisent aussi.
devices-idle = { $days ->
    [one] un jour
   *[other] { $days } jours
}
devices-set-up = Configurer ce navigateur
devices-prove = Pour savoir avec certitude qui le configure, un code est envoyé à { $recipient }.
devices-elsewhere = Ce navigateur ne peut pas être configuré d’ici. Créez un code sur un appareil configuré et saisissez-le là où le prochain e-mail envoyé par { $sender } le demande.
devices-here = Les e-mails envoyés par { $sender } s’ouvrent dans ce navigateur sans mot de passe.
devices-done = Ce navigateur est configuré.
devices-too-many = Cette boîte aux lettres a autant d’appareils qu’il peut y en avoir. Sur l’un d’eux, choisissez « Appareils sans mot de passe », supprimez-en un dont vous n’avez pas besoin, puis réessayez. Si vous n’en avez aucun sous la main, l’assistance de l’expéditeur peut tous les supprimer.
devices-no-cookie = Ce navigateur n’avait pas le cookie nécessaire. Veuillez saisir le code encore une fois. Si ce message revient, autorisez les cookies pour ces pages.
devices-over = Rien n’a été changé : ce n’est pas possible ici, ou plus maintenant.
devices-list = Vos appareils
devices-name = Appareil { $number }
devices-this = celui-ci
devices-times = configuré le { $since }, utilisé la dernière fois le { $used }
devices-remove = Supprimer
devices-remove-one = Supprimer l’appareil { $number }
devices-removed = L’appareil a été supprimé. Il n’ouvre plus rien sans mot de passe.
devices-another = Un autre appareil
devices-another-text = Avec un code, un autre appareil, le vôtre ou celui d’une personne qui partage la messagerie, peut ouvrir tout cela sans mot de passe.
devices-another-button = Créer un code
devices-code = Code pour un autre appareil
devices-code-how = Sur l’autre appareil, ouvrez un lien dans un e-mail envoyé par { $sender } et saisissez le code. Il est valable jusqu’à { $time }, une seule fois, et n’est affiché qu’ici.
devices-end = De nouveau des mots de passe
devices-end-text = Ensuite, { $sender } vous envoie de nouveau un mot de passe, et ce qui a été envoyé sans mot de passe ne s’ouvre plus nulle part.
devices-end-button = Redemander des mots de passe
devices-ended = Désormais, vous recevez de nouveau des mots de passe.
devices-ready-heading = Ce navigateur est configuré
devices-ready-text = Le prochain e-mail de cet expéditeur s’y ouvre sans mot de passe. Ce qui a été envoyé avant reste fermé ici ; l’expéditeur peut le renvoyer.
passkey-set-up = Utiliser plutôt une clé d’accès (passkey)
passkey-open = Ouvrir avec votre clé d’accès (passkey)
passkey-failed = Cela n’a pas fonctionné. Rien n’a été ouvert ni configuré. Réessayez, ou continuez sans clé d’accès : toutes n’en sont pas capables.
passkey-done = Votre clé d’accès est configurée. Les e-mails de cet expéditeur s’ouvrent avec elle dans tout navigateur qui la possède.
passkey-mark = clé d’accès (passkey)
passkey-here = Les e-mails envoyés par { $sender } s’ouvrent avec votre clé d’accès, sans mot de passe.
sender-quick-end = De nouveau des mots de passe
sender-quick-end-for = De nouveau des mots de passe pour { $recipient }
sender-done-parted = Dès votre prochain e-mail, ce destinataire reçoit de nouveau un mot de passe. Ce qui s’ouvrait seulement sur un appareil ne s’y ouvre plus.
quick-mail-added-subject = Un appareil ouvre des e-mails sans mot de passe
quick-mail-added-text = L’appareil { $number } vient d’être configuré. Il ouvre sans mot de passe ce qui est envoyé par { $sender } à { $recipient }.
quick-mail-added-more = Ce n’était pas vous ? Ouvrez un lien de cet expéditeur sur un autre de vos appareils et supprimez-le sous « Appareils sans mot de passe », ou demandez à l’expéditeur d’envoyer de nouveau des mots de passe.
quick-mail-code-subject = Un code pour un appareil a été donné
quick-mail-code-text = Le service informatique a créé un code. Qui le saisit dans la journée ouvre sans mot de passe ce qui est envoyé par { $sender } à { $recipient }.
quick-mail-code-more = Personne ne l’a demandé ? Dites-le tout de suite au service informatique.
quick-mail-ended-subject = De nouveau des mots de passe
quick-mail-ended-text = Ce qui est envoyé par { $sender } à { $recipient } demande de nouveau un mot de passe dès le prochain e-mail.
quick-mail-ended-more = Ce qui a été envoyé sans mot de passe ne s’ouvre plus. L’expéditeur peut le renvoyer.
report-heading = Signaler ce message
report-text = Les responsables de ce service apprennent qui l’a écrit, quand et à qui, ainsi que sa référence, mais pas ce qu’il contient.
report-because = Ce qui ne va pas (facultatif)
report-button = Signaler
reported-heading = Ce message a été signalé
reported-text = Les responsables de ce service en ont connaissance depuis : { $date }.
reported-subject = Un message de l’extérieur a été signalé
reported-mail-text = Une personne qui a reçu un message écrit sur nos pages le signale. Son contenu ne figure pas dans ce courriel.
reported-because = Ce qui ne va pas : { $text }
paused-subject = Des SMS ont été arrêtés : un compte est-il détourné ?
paused-numbers = En une heure, des SMS devaient partir vers plus de numéros commençant par { $prefix } que votre limite ne le permet. Aucun autre ne part par « { $channel } ».
paused-money = En un jour, les SMS de « { $channel } » ont coûté ce qu’ils peuvent coûter. Aucun autre ne part.
paused-until = Cela dure au moins jusqu’au { $date }. Les mots de passe prennent la voie suivante, en dernier lieu vers les expéditeurs.
paused-first = Le premier qui est resté concernait un courriel de { $sender }.
paused-look = Si personne ne connaît de raison, le compte de quelqu’un est peut-être détourné pour gagner de l’argent avec des appels. Les lignes « noticed » du journal indiquent les courriels.
